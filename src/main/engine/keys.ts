import { chmod, mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import { ProviderError } from '../../shared/model/errors.ts';

/** Where secrets are found. None of them ever reaches the workspace, a log, an export or the page. */
export interface Keys {
  /** The secret a reference stands for (see KeyRef). Rejects with ProviderError auth that names the reference and what to do. */
  get(ref: string): Promise<string>;
  /** Names of the app's own key store. */
  names(): Promise<string[]>;
  /** Stores a secret under a name; an empty one removes it. */
  set(name: string, secret: string): Promise<void>;
}

/** The app's own key store: the OS keychain where the host has one, else a file. */
export interface KeyStore {
  read(): Promise<Record<string, string>>;
  write(keys: Record<string, string>): Promise<void>;
}

/** Secrets out of environment, key store and files. */
export function createKeys(store: KeyStore, env: NodeJS.ProcessEnv): Keys {
  const missing = (ref: string, what: string) => new ProviderError('auth', `The key ${ref} ${what}.`);

  return {
    async get(ref) {
      if (ref === '') return '';
      const [kind, name] = [ref.slice(0, ref.indexOf(':')), ref.slice(ref.indexOf(':') + 1)];
      if (kind === 'env') {
        const secret = env[name];
        if (!secret) throw missing(ref, 'is not set: the environment has no such variable');
        return secret;
      }
      if (kind === 'stored') {
        const secret = (await store.read())[name];
        if (!secret) throw missing(ref, `is not in the key store: add it on the Endpoints screen or with "nhr key set ${name}"`);
        return secret;
      }
      return await secretFile(ref, name);
    },
    names: async () => Object.keys(await store.read()).sort(),
    async set(name, secret) {
      const { [name]: _old, ...others } = await store.read();
      await store.write(secret === '' ? others : { ...others, [name]: secret });
    },
  };

  async function secretFile(ref: string, path: string): Promise<string> {
    if (!isAbsolute(path)) throw missing(ref, 'must name an absolute path');
    const info = await stat(path).catch(() => undefined);
    if (!info) throw missing(ref, 'does not exist');
    if (process.platform !== 'win32' && (info.mode & 0o077) !== 0) throw missing(ref, 'can be read by others: run chmod 600 on it');
    return (await readFile(path, 'utf8')).trim();
  }
}

/** A JSON file of mode 0600 in the user's configuration folder: the key store where there is no keychain. */
export function createFileKeyStore(file = defaultKeyFile(process.env)): KeyStore {
  return {
    async read() {
      const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return '{}';
        throw error;
      });
      return JSON.parse(text) as Record<string, string>;
    },
    async write(keys) {
      await mkdir(dirname(file), { recursive: true, mode: 0o700 });
      const partial = `${file}.partial`;
      await writeFile(partial, `${JSON.stringify(keys, null, 2)}\n`, { mode: 0o600 });
      await chmod(partial, 0o600);
      await rename(partial, file);
    },
  };
}

function defaultKeyFile(env: NodeJS.ProcessEnv): string {
  return join(env.XDG_CONFIG_HOME || join(homedir(), '.config'), 'nhr-studio', 'keys.json');
}
