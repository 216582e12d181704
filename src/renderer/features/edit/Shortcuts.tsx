import { Kbd, Modal } from '@mantine/core';
import { text } from '../../text.ts';

/** The list of keys of the room. */
export function Shortcuts({ opened, onClose }: { opened: boolean; onClose(): void }) {
  return (
    <Modal opened={opened} onClose={onClose} title={text.app.shortcuts} closeButtonProps={{ 'aria-label': text.app.close }}>
      <dl className="nhr-room-keys">
        {[...text.edit.shortcuts, ...text.viewer.keys].map(([keys, about]) => (
          <div key={keys}>
            <dt>
              <Kbd size="xs">{keys}</Kbd>
            </dt>
            <dd>{about}</dd>
          </div>
        ))}
      </dl>
    </Modal>
  );
}
