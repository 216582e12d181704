/** Tries providers out, each in a process of its own (a driver that crashes takes only that one), and remembers the answer. */
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { release } from 'node:os';
import { join } from 'node:path';
import { type ExecutionProvider, ProviderChoice, type ProviderTrial } from '../../../shared/model/scorers.ts';
import { scorerEnvironment, scorerModule } from './child.ts';
import { knownAnswerModel } from './knownAnswer.ts';
import { readMachineFile, writeMachineFile } from './machine.ts';
import { candidates, choose, judgeTrial, type Platform, TRIAL_SIZE } from './providers.ts';
import { cudaLibrary, runtimeVersion, sha256 } from './runtime.ts';
import type { TrialMessage } from './wire.ts';

const TRIAL_MS = 60_000;
const FILE = 'providers.json';

export interface ProviderTrials {
  /** The remembered choice when runtime, driver, graph and order are the same; else a new trial. */
  choice(): Promise<ProviderChoice>;
  /** Tries again whatever is remembered. */
  again(): Promise<ProviderChoice>;
  /** For the rest of this process, one provider is out, with its reason. */
  ban(provider: ExecutionProvider, reason: string): void;
}

export interface TrialOptions {
  dir: string;
  order(): Promise<readonly ExecutionProvider[]>;
  now(): number;
  /** Side of the pictures (tests on slow drivers). */
  size?: number;
}

export function createProviderTrials(options: TrialOptions): ProviderTrials {
  const { dir, now, size = TRIAL_SIZE } = options;
  const banned = new Map<ExecutionProvider, string>();
  let underWay: Promise<ProviderChoice> | undefined;

  async function tryAll(fresh: boolean): Promise<ProviderChoice> {
    const platform = thisPlatform();
    const order = await options.order();
    const key = { runtime: runtimeVersion(), driver: driverStamp(platform), graph: sha256(knownAnswerModel()), order, size };
    const kept = fresh ? undefined : await readMachineFile(dir, FILE);
    if (isKept(kept) && JSON.stringify(kept.key) === JSON.stringify(key)) {
      const choice = ProviderChoice.safeParse(kept.choice);
      if (choice.success) return choice.data;
    }
    const { try: list, out } = candidates(platform, order);
    const trials: ProviderTrial[] = [...out];
    for (const provider of list) trials.push(judgeTrial(provider, await tryOne(provider, size), platform));
    const choice = { chosen: choose(trials), trials, runtime: key.runtime, driver: key.driver, triedAt: now() };
    await writeMachineFile(dir, FILE, { key, choice });
    return choice;
  }

  const without = (choice: ProviderChoice): ProviderChoice => {
    if (banned.size === 0) return choice;
    const trials = choice.trials.map((trial) => {
      const reason = banned.get(trial.provider);
      return reason === undefined ? trial : { ...trial, ok: false, reason: `GPU: ${trial.provider} is not used: ${reason}.` };
    });
    return { ...choice, trials, chosen: choose(trials) };
  };

  function once(fresh: boolean): Promise<ProviderChoice> {
    underWay ??= tryAll(fresh).finally(() => {
      underWay = undefined;
    });
    return underWay.then(without);
  }

  return {
    choice: () => once(false),
    again() {
      banned.clear();
      return once(true);
    },
    ban: (provider, reason) => void banned.set(provider, reason),
  };
}

function isKept(value: unknown): value is { key: unknown; choice: unknown } {
  return typeof value === 'object' && value !== null && 'key' in value && 'choice' in value;
}

/** One provider in a process of its own. */
export function tryOne(provider: ExecutionProvider, size: number): Promise<TrialMessage> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [scorerModule(), 'trial', provider, String(size)], {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      serialization: 'advanced',
      env: scorerEnvironment(),
      windowsHide: true,
    });
    let words = '';
    let timedOut = false;
    const limit = setTimeout(() => {
      timedOut = true;
      child.kill('SIGKILL');
    }, TRIAL_MS);
    child.stderr?.on('data', (said: Buffer) => {
      words = (words + said.toString()).slice(-4000);
    });
    const end = (message: TrialMessage) => {
      clearTimeout(limit);
      // What the runtime printed names the library that is missing; its error does not.
      resolve(message.ok ? message : { ok: false, error: `${message.error}\n${words}` });
    };
    let answer: TrialMessage | undefined;
    child.on('message', (message: TrialMessage) => {
      answer = message;
    });
    child.on('error', (error) => end({ ok: false, error: error.message }));
    child.on('close', (code, signal) => {
      const how = timedOut ? `no answer within ${TRIAL_MS / 1000} s` : `the driver ended the process (${signal ?? `exit code ${code}`})`;
      end(answer ?? { ok: false, error: how });
    });
  });
}

export function thisPlatform(): Platform {
  const nvidiaDriver = process.platform !== 'linux' || existsSync('/proc/driver/nvidia/version') || existsSync('/dev/nvidiactl');
  return { os: process.platform, arch: process.arch, cudaInstalled: existsSync(cudaLibrary()), nvidiaDriver };
}

/** Changes when a graphics driver does: names, sizes and times of the files that drivers are made of. */
function driverStamp(platform: Platform): string {
  const { env } = process;
  const files =
    platform.os === 'linux'
      ? ['/proc/driver/nvidia/version', cudaLibrary(), ...vulkanManifests(env)]
      : platform.os === 'win32'
        ? ['nvcuda64.dll', 'nvapi64.dll', 'amdxc64.dll', 'igd12umd64.dll', 'd3d12.dll'].map((name) =>
            join(env.SystemRoot ?? 'C:\\Windows', 'System32', name),
          )
        : [];
  const stamps = files.flatMap((file) => {
    const info = statSync(file, { throwIfNoEntry: false });
    // Files of /proc have the time of the look.
    return info ? [`${file}:${info.size}${file.startsWith('/proc') ? '' : `:${Math.round(info.mtimeMs)}`}`] : [];
  });
  return sha256(Buffer.from([release(), env.LD_LIBRARY_PATH ?? '', ...stamps].join('\n'))).slice(0, 16);
}

function vulkanManifests(env: NodeJS.ProcessEnv): string[] {
  const named = (env.VK_DRIVER_FILES ?? env.VK_ICD_FILENAMES ?? '').split(':').filter(Boolean);
  const folders = ['/usr/share/vulkan/icd.d', '/etc/vulkan/icd.d'];
  return [
    ...named,
    ...folders.flatMap((dir) =>
      existsSync(dir)
        ? readdirSync(dir)
            .sort()
            .map((name) => join(dir, name))
        : [],
    ),
  ];
}
