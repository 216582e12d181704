import { text } from '../../text.ts';
import { KeyList, KeyRow, KeysDialog } from '../../ui/Keys.tsx';

/** The list of keys of the room. */
export function Shortcuts({ opened, onClose }: { opened: boolean; onClose(): void }) {
  return (
    <KeysDialog opened={opened} onClose={onClose}>
      <KeyList>
        {[...text.edit.shortcuts, ...text.viewer.keys].map(([keys, about]) => (
          <KeyRow key={keys} shown={keys}>
            {about}
          </KeyRow>
        ))}
      </KeyList>
    </KeysDialog>
  );
}
