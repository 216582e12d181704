import { Kbd, Modal } from '@mantine/core';
import { text } from '../../text.ts';
import { KEYS } from './keys.ts';

const PLACES = ['grid', 'compare'] as const;

/** The list of keys, made from the table that the keys themselves are read from. */
export function Shortcuts({ opened, onClose }: { opened: boolean; onClose(): void }) {
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={text.shortcuts.title}
      closeButtonProps={{ 'aria-label': text.app.close }}
      size="lg"
      zIndex={400}
    >
      <div className="nhr-shortcuts">
        {PLACES.map((place) => (
          <section key={place}>
            <h3>{text.shortcuts[place]}</h3>
            <dl>
              {KEYS.filter((action) => action.shown && action.where.includes(place)).map((action) => (
                <div key={action.name}>
                  <dt>
                    <Kbd size="xs">{action.shown}</Kbd>
                  </dt>
                  <dd>{action.label}</dd>
                </div>
              ))}
              {place === 'compare' && (
                <div>
                  <dt>
                    <Kbd size="xs">Esc</Kbd>
                  </dt>
                  <dd>{text.shortcuts.close}</dd>
                </div>
              )}
            </dl>
          </section>
        ))}
        <section>
          <h3>{text.viewer.keysTitle}</h3>
          <dl>
            {text.viewer.keys.map(([keys, about]) => (
              <div key={keys}>
                <dt>
                  <Kbd size="xs">{keys}</Kbd>
                </dt>
                <dd>{about}</dd>
              </div>
            ))}
          </dl>
        </section>
      </div>
    </Modal>
  );
}
