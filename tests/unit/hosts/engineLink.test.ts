import { mkdtempSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createEngineLink, type HostPort } from '../../../src/main/desktop/engineLink.ts';
import { createKeychain, type Keychain } from '../../../src/main/desktop/keychain.ts';
import type { ToEngine } from '../../../src/main/desktop/messages.ts';
import { createPortTable } from '../../../src/main/desktop/portTable.ts';

/** A page's end of a channel with the host's end beside it. */
function channel() {
  const listeners = { message: (_event: { data: unknown }) => undefined as unknown, close: () => undefined as unknown };
  const seen: unknown[] = [];
  let closed = false;
  const host: HostPort = {
    on(event: string, listener: never) {
      listeners[event as 'message'] = listener;
    },
    postMessage: (data) => void seen.push(data),
    start: () => undefined,
    close: () => {
      closed = true;
    },
  };
  return { host, seen, isClosed: () => closed, say: (data: unknown) => listeners.message({ data }), leave: () => listeners.close() };
}

const noKeys: Keychain = { read: () => ({}), write: () => undefined };

describe('the line between pages and the engine', () => {
  test('two pages share one pipe without hearing each other, and a closed page closes its end in the engine', () => {
    const closedInEngine: string[] = [];
    const link = createEngineLink((message) => {
      if (Array.isArray(message)) table.receive(message);
      return true;
    }, noKeys);
    const table = createPortTable({
      open(port) {
        let last = '';
        port.on('message', (event) => {
          last = String(event?.data);
          port.postMessage(`re: ${last}`);
        });
        port.on('close', () => closedInEngine.push(last));
      },
      send: link.receive,
    });
    const [one, two] = [channel(), channel()];
    link.attach(one.host);
    link.attach(two.host);
    one.say('a');
    two.say('b');
    one.say('c');
    expect([one.seen, two.seen]).toEqual([['re: a', 're: c'], ['re: b']]);
    two.leave();
    expect(closedInEngine).toEqual(['b']);
  });

  test('when the engine goes, every port is closed and every open question fails', async () => {
    const sent: ToEngine[] = [];
    const link = createEngineLink((message) => sent.push(message) > 0, noKeys);
    const page = channel();
    link.attach(page.host);
    const asked = link.blob('0'.repeat(64), undefined);
    link.drop();
    await expect(asked).rejects.toMatchObject({ code: 'engineDown' });
    expect(page.isClosed()).toBe(true);
    page.say('late');
    link.receive([1, 'late answer of the dead engine']);
    expect([sent.length, page.seen]).toEqual([1, []]);
  });

  test('with no engine a picture is refused at once', async () => {
    await expect(createEngineLink(() => false, noKeys).blob('0'.repeat(64), 256)).rejects.toMatchObject({ code: 'engineDown' });
  });

  test('secrets go to the engine when it asks, are encrypted on disk, and one that cannot be decrypted is asked for again', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'nhr-keys-')), 'keys.json');
    const cipher = {
      isEncryptionAvailable: () => true,
      encryptString: (text: string) => Buffer.from([...text].reverse().join('')),
      decryptString(bytes: Buffer) {
        const text = [...bytes.toString()].reverse().join('');
        if (text.startsWith('lost')) throw new Error('no such key');
        return text;
      },
    };
    const sent: ToEngine[] = [];
    const link = createEngineLink((message) => sent.push(message) > 0, createKeychain(file, cipher));
    link.receive({ type: 'keys', id: 1, write: { openai: 'sk-secret', old: 'lost-secret' } });
    link.receive({ type: 'keys', id: 2, write: null });
    expect(sent.at(-1)).toEqual({ type: 'keys', id: 2, keys: { openai: 'sk-secret' } });
    expect(readFileSync(file, 'utf8')).not.toMatch(/sk-secret|lost-secret/);
    expect(statSync(file).mode & 0o077).toBe(0);

    const locked = createEngineLink(
      (message) => sent.push(message) > 0,
      createKeychain(file, { ...cipher, isEncryptionAvailable: () => false }),
    );
    locked.receive({ type: 'keys', id: 3, write: { openai: 'sk-other' } });
    expect(sent.at(-1)).toMatchObject({ type: 'keys', id: 3, error: expect.stringContaining('no keychain') });
  });
});
