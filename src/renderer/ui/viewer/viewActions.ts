import { text } from '../../text.ts';
import { MODES, type StageView } from './useStageView.ts';

/** What can be done with the viewer by name. */
export function viewActions(view: StageView, single: boolean): { id: string; name: string; run(): void }[] {
  return [
    ...(single
      ? []
      : MODES.map((mode) => ({ id: `view-${mode}`, name: text.palette.view(text.compare.modes[mode]), run: () => view.setMode(mode) }))),
    { id: 'fit', name: text.shortcuts.fit, run: view.zoom.fit },
    { id: 'full', name: text.shortcuts.full, run: () => view.zoom.full() },
  ];
}
