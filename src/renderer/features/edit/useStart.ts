import { useMutation } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import type { EditStart } from '../../../shared/contract/edit.ts';
import { go } from '../../app/route.ts';
import { useStudio } from '../../app/studio.tsx';
import { wantsBagelSize } from './choice.ts';
import { pictureIn, uploadPicture } from './upload.ts';

/** Starts sessions: from bytes, from a path (desktop), from a triplet. A started one is opened. */
export function useStart(how: 'push' | 'replace' = 'push') {
  const { client, engine, queries } = useStudio();
  return useMutation({
    async mutationFn(from: { file: File } | { start: EditStart }) {
      // BAGEL wants its own sizes; others take what there is.
      const bagelSize = wantsBagelSize(await queries.ensureQueryData(engine.edit.actors.queryOptions()));
      if ('start' in from) return client.edit.start({ start: from.start, bagelSize });
      const name = from.file.name || 'pasted picture';
      const { hash } = await uploadPicture(from.file, name);
      return client.edit.start({ start: { from: 'upload', hash, name }, bagelSize });
    },
    onSuccess(session) {
      queries.setQueryData(engine.edit.get.queryKey({ input: { sessionId: session.id } }), session);
      void queries.invalidateQueries({ queryKey: engine.edit.sessions.key() });
      go({ screen: 'edit', sessionId: session.id }, how);
    },
  });
}

/** Pictures that are dropped anywhere on the page or pasted. Says whether one hangs over the page now. */
export function usePictures(onPicture: (file: File) => void): boolean {
  const [over, setOver] = useState(false);
  const latest = useRef(onPicture);
  latest.current = onPicture;
  useEffect(() => {
    const listening = new AbortController();
    const { signal } = listening;
    let depth = 0;
    const holdsFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') === true;
    const leave = () => {
      depth = 0;
      setOver(false);
    };
    window.addEventListener(
      'dragenter',
      (event) => {
        if (!holdsFiles(event)) return;
        depth += 1;
        setOver(true);
      },
      { signal },
    );
    window.addEventListener(
      'dragleave',
      () => {
        depth -= 1;
        if (depth <= 0) leave();
      },
      { signal },
    );
    // Without this the browser would open the picture in place of the page.
    window.addEventListener('dragover', (event) => holdsFiles(event) && event.preventDefault(), { signal });
    window.addEventListener(
      'drop',
      (event) => {
        if (!holdsFiles(event)) return;
        event.preventDefault();
        leave();
        const file = pictureIn(event.dataTransfer);
        if (file) latest.current(file);
      },
      { signal },
    );
    window.addEventListener(
      'paste',
      (event) => {
        const file = pictureIn(event.clipboardData);
        if (!file) return;
        event.preventDefault();
        latest.current(file);
      },
      { signal },
    );
    return () => listening.abort();
  }, []);
  return over;
}
