import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { AppError } from '../../../shared/model/errors.ts';
import { cudaLibrary, installScript, runtimeVersion } from './runtime.ts';

/** What a person should know before the CUDA provider is fetched. */
export function cudaInstallWords(): string[] {
  return [
    `This downloads the CUDA provider of ONNX Runtime ${runtimeVersion()} (package Microsoft.ML.OnnxRuntime.Gpu.Linux of nuget.org, several hundred MB)`,
    "into node_modules, by the runtime's own install script. ONNX Runtime is under the MIT licence; the CUDA and cuDNN libraries it needs are",
    "NVIDIA's, under NVIDIA's licences, and are not part of it.",
    'It works with an NVIDIA driver that knows CUDA 12, the CUDA 12 runtime libraries and cuDNN 9 on LD_LIBRARY_PATH. Installing packages',
    'again (npm ci) removes it. A proxy is named by GLOBAL_AGENT_HTTPS_PROXY.',
  ];
}

export interface CudaInstallOptions {
  signal: AbortSignal;
  onLine(line: string): void;
  /** The runtime's install script (another one in tests). */
  script?: string;
  /** The file that must be there afterwards. */
  library?: string;
  platform?: { os: string; arch: string };
}

/** Runs the runtime's own installer. Only ever on request. Throws AppError that says why it did not work. */
export async function installCuda(options: CudaInstallOptions): Promise<void> {
  const { signal, onLine, script = installScript(), library = cudaLibrary() } = options;
  const { os, arch } = options.platform ?? { os: process.platform, arch: process.arch };
  if (os !== 'linux' || arch !== 'x64')
    throw new AppError('inputInvalid', `The CUDA provider is for Linux on x64; this is ${os} on ${arch}.`, {
      hint: os === 'win32' ? 'On Windows, DirectML uses the card without it.' : '',
    });
  const code = await new Promise<number | null>((resolve, reject) => {
    const child = spawn(process.execPath, [script], {
      env: { ...process.env, ELECTRON_RUN_AS_NODE: '1', ONNXRUNTIME_NODE_INSTALL: 'cuda12' },
      stdio: ['ignore', 'pipe', 'pipe'],
      signal,
      windowsHide: true,
    });
    const say = (said: Buffer) => {
      for (const line of said.toString().split('\n')) if (line.trim() !== '') onLine(line.trimEnd());
    };
    child.stdout.on('data', say);
    child.stderr.on('data', say);
    child.on('error', (error) => reject(signal.aborted ? signal.reason : error));
    child.on('close', resolve);
  });
  if (code !== 0 || !existsSync(library))
    throw new AppError('internal', `The CUDA provider was not installed (the installer ended with ${code}).`, {
      hint: 'Its own words are above. Without a way to nuget.org it cannot work; behind a proxy set GLOBAL_AGENT_HTTPS_PROXY.',
    });
}
