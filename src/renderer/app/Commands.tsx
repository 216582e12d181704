import { useMantineColorScheme } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useEffect, useRef } from 'react';
import type { DesktopCommand } from '../../shared/host.ts';
import { useStart } from '../features/edit/useStart.ts';
import { text } from '../text.ts';
import { ErrorNote } from '../ui/ErrorNote.tsx';
import { IconSearch } from '../ui/icons.ts';
import { screenActions } from './actions.ts';
import { PLACES } from './palette/entries.ts';
import { Palette } from './palette/Palette.tsx';
import { readError } from './readError.ts';
import { useStudio } from './studio.tsx';

/** The command palette with its key and its button, and what the desktop's menu asks for. */
export function Commands() {
  const { desktop } = useStudio();
  const { setColorScheme } = useMantineColorScheme();
  const [opened, palette] = useDisclosure(false);
  const editPicture = useStart();
  const mac = /Mac/.test(navigator.platform);

  useEffect(() => {
    const listen = (event: globalThis.KeyboardEvent) => {
      if (event.key.toLowerCase() !== 'k' || event.shiftKey || event.altKey || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      event.stopPropagation();
      palette.toggle();
    };
    // First of all: fields and dialogs must not take it.
    window.addEventListener('keydown', listen, true);
    return () => window.removeEventListener('keydown', listen, true);
  }, [palette.toggle]);

  const act = useRef<(command: DesktopCommand) => void>(undefined);
  act.current = (command) => {
    if (typeof command === 'object') return editPicture.mutate({ start: { from: 'path', path: command.editPicture } });
    if (command === 'palette') return palette.open();
    if (command === 'schemeAuto' || command === 'schemeLight' || command === 'schemeDark')
      return setColorScheme(({ schemeAuto: 'auto', schemeLight: 'light', schemeDark: 'dark' } as const)[command]);
    if (command === 'shortcuts') {
      const own = [...screenActions.getState().values()].flat().find(({ id }) => id === 'shortcuts');
      return own ? own.run() : palette.open();
    }
    const place = command === 'newRun' ? 'go-new-run' : `go-${command}`;
    PLACES.find(({ id }) => id === place)?.run();
  };
  useEffect(() => desktop?.onCommand((command) => act.current?.(command)), [desktop]);

  return (
    <>
      <button type="button" className="nhr-palette-button" onClick={palette.open} aria-keyshortcuts={mac ? 'Meta+K' : 'Control+K'}>
        <IconSearch aria-hidden size={15} stroke={1.6} />
        <span>{text.palette.button}</span>
        <kbd>{mac ? '⌘K' : 'Ctrl K'}</kbd>
      </button>
      <Palette opened={opened} onClose={palette.close} />
      {editPicture.error && (
        <div className="nhr-command-error">
          <ErrorNote error={readError(editPicture.error)} onRetry={editPicture.reset} />
        </div>
      )}
    </>
  );
}
