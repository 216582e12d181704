import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** What of Electron's safeStorage is used. */
export interface Cipher {
  isEncryptionAvailable(): boolean;
  encryptString(text: string): Buffer;
  decryptString(bytes: Buffer): string;
}

/** Secrets by name, encrypted with a key that the operating system keeps. */
export interface Keychain {
  read(): Record<string, string>;
  /** Throws when there is no keychain: a secret is never written unprotected. */
  write(keys: Record<string, string>): void;
}

/**
 * Keys in a file of the user's data folder, each encrypted by the OS. One that cannot be decrypted (another user, a reinstalled
 * system) counts as not there, so that it is asked for again; the others stay.
 */
export function createKeychain(file: string, cipher: Cipher): Keychain {
  return {
    read() {
      if (!existsSync(file) || !cipher.isEncryptionAvailable()) return {};
      const kept = JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>;
      const keys: Record<string, string> = {};
      for (const [name, encrypted] of Object.entries(kept)) {
        try {
          keys[name] = cipher.decryptString(Buffer.from(encrypted, 'base64'));
        } catch {}
      }
      return keys;
    },
    write(keys) {
      if (!cipher.isEncryptionAvailable())
        throw new Error('This system has no keychain that can be used. Give the key by env:NAME or file:PATH instead.');
      const encrypted = Object.fromEntries(
        Object.entries(keys).map(([name, secret]) => [name, cipher.encryptString(secret).toString('base64')]),
      );
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(`${file}.partial`, JSON.stringify(encrypted), { mode: 0o600 });
      chmodSync(`${file}.partial`, 0o600);
      renameSync(`${file}.partial`, file);
    },
  };
}
