import { chmodSync, mkdtempSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createFileKeyStore, createKeys } from '../../../src/main/engine/keys.ts';

function someKeys(env: Record<string, string> = {}) {
  const dir = mkdtempSync(join(tmpdir(), 'nhr-keys-'));
  const file = join(dir, 'config', 'keys.json');
  return { dir, file, keys: createKeys(createFileKeyStore(file), env) };
}

it('finds keys in the environment, in the key store and in a file of one line', async () => {
  const { dir, keys } = someKeys({ OPENAI_API_KEY: 'from-env' });
  await keys.set('gemini', 'from-store');
  writeFileSync(join(dir, 'token'), 'from-file\n', { mode: 0o600 });
  expect(await keys.get('env:OPENAI_API_KEY')).toBe('from-env');
  expect(await keys.get('stored:gemini')).toBe('from-store');
  expect(await keys.get(`file:${join(dir, 'token')}`)).toBe('from-file');
  expect(await keys.get('')).toBe('');
});

// Catches: an error that names no reference, or one that prints the secret's neighbours.
it('says which key is missing and what to do', async () => {
  const { keys } = someKeys({ EMPTY: '' });
  await keys.set('other', 'secret-of-another');
  for (const [ref, way] of [
    ['env:EMPTY', 'no such variable'],
    ['stored:gemini', 'nhr key set gemini'],
    ['file:/nowhere/at/all', 'does not exist'],
    ['file:relative', 'absolute'],
  ] as const) {
    const failure = await keys.get(ref).catch((error: Error) => error);
    expect(failure).toMatchObject({ name: 'ProviderError', code: 'auth', message: expect.stringContaining(ref) });
    expect((failure as Error).message).toContain(way);
    expect((failure as Error).message).not.toContain('secret-of-another');
  }
});

it.skipIf(process.platform === 'win32')('keeps its file to the user alone, and refuses a key file that others can read', async () => {
  const { dir, file, keys } = someKeys();
  await keys.set('a', '1');
  await keys.set('b', '2');
  await keys.set('a', '');
  expect(await keys.names()).toEqual(['b']);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(statSync(join(dir, 'config')).mode & 0o777).toBe(0o700);
  const open = join(dir, 'open');
  writeFileSync(open, 'x');
  chmodSync(open, 0o644);
  await expect(keys.get(`file:${open}`)).rejects.toMatchObject({ code: 'auth', message: expect.stringContaining('chmod 600') });
});
