import { useEffect, useState } from 'react';
import { useActions } from '../../app/actions.ts';
import { useStudio } from '../../app/studio.tsx';
import { text } from '../../text.ts';
import { preparePictures } from '../../ui/viewer/pictures.ts';
import type { StageView } from '../../ui/viewer/useStageView.ts';
import { viewActions } from '../../ui/viewer/viewActions.ts';
import { neighbours } from './ahead.ts';
import type { Rows } from './useRows.ts';

/** What the keys of every comparison do to its pictures. */
export function viewKeys(view: StageView) {
  const { zoom } = view;
  return {
    mode: view.nextMode,
    blink: view.flip,
    fit: zoom.fit,
    full: () => zoom.full(),
    zoomIn: () => zoom.zoomBy(1.25),
    zoomOut: () => zoom.zoomBy(0.8),
  };
}

/** The sibling candidate that is looked at instead of the edit, if any. It belongs to the open one (`id`) and ends with it. */
export function useSibling<T>(id: number, siblings: readonly T[]) {
  const [candidate, setCandidate] = useState({ of: id, index: -1 });
  const index = candidate.of === id ? candidate.index : -1;
  return {
    sibling: siblings[index],
    index,
    /** Looks at one, or at the edit again when it is looked at already or is not there. */
    show: (to: number) => setCandidate({ of: id, index: to === index || to >= siblings.length ? -1 : to }),
  };
}

/** Those that may come next are read and their pictures fetched while this one is looked at. `read` must stay the same. */
export function useNeighbours<T extends { id: number; sourceHash: string; editedHash: string }>(
  rows: Rows<T>,
  place: number,
  read: (id: number) => void,
): void {
  const { blobUrl } = useStudio();
  useEffect(() => {
    const near = neighbours(place, rows.count, rows.at);
    for (const { id } of near) read(id);
    preparePictures(near.flatMap(({ sourceHash, editedHash }) => [blobUrl(sourceHash), blobUrl(editedHash)]));
  }, [rows, place, read, blobUrl]);
}

/** What can be done in a comparison, for the command palette. */
export function useCompareActions(view: StageView, onHelp: () => void): void {
  useActions([...viewActions(view, false), { id: 'shortcuts', name: text.app.shortcuts, keys: '?', run: onHelp }]);
}
