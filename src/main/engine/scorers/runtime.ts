/** The runtime for local models, seen from the process that runs them. Nothing else loads it: its run() blocks the thread. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const PACKAGE = 'onnxruntime-node';

/** Where the runtime is installed: found without loading it. Throws when it is not installed. */
function packageFolder(): string {
  const require = createRequire(import.meta.url);
  let dir = dirname(require.resolve(PACKAGE));
  while (!existsSync(join(dir, 'package.json'))) dir = dirname(dir);
  return dir;
}

/** Version of the runtime, for cache keys and the screen. */
export function runtimeVersion(): string {
  return (JSON.parse(readFileSync(join(packageFolder(), 'package.json'), 'utf8')) as { version: string }).version;
}

/** The runtime's own installer of what is too large for npm. */
export function installScript(): string {
  return join(packageFolder(), 'script', 'install.js');
}

/** The file the CUDA provider is in; it comes with `nhr gpu install`. */
export function cudaLibrary(): string {
  return join(packageFolder(), 'bin', 'napi-v6', process.platform, process.arch, 'libonnxruntime_providers_cuda.so');
}

/** SHA-256 of bytes, in hexadecimal. */
export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
