/** Which execution provider local models run on: the rules, apart from processes and files. */
import type { ExecutionProvider, ProviderTrial } from '../../../shared/model/scorers.ts';
import type { TrialMessage } from './wire.ts';

export interface Platform {
  os: NodeJS.Platform;
  arch: string;
  /** The CUDA provider's library is beside the runtime. */
  cudaInstalled: boolean;
  /** An NVIDIA driver is loaded. */
  nvidiaDriver: boolean;
}

/** Side of the pictures in a trial, in pixels. */
export const TRIAL_SIZE = 256;
/** A provider that needs longer for a warm 256 x 256 pair is a driver that computes on the processor (which needs about 8 ms). */
const SOFTWARE_MS = 50;
/** A provider must do this share of the steps itself, or its pictures travel to and fro for nothing. */
const MIN_SHARE = 0.8;

const INSTALL = 'run "nhr gpu install"';
const LIBRARIES = 'install CUDA 12 and cuDNN 9 and put their folders on LD_LIBRARY_PATH';

/** What may work on a platform, best first (onnxruntime-node's own table of what it is built with). */
function platformOrder({ os, arch }: Pick<Platform, 'os' | 'arch'>): ExecutionProvider[] {
  if (os === 'win32') return ['dml', 'webgpu', 'cpu'];
  if (os === 'darwin') return ['coreml', 'webgpu', 'cpu'];
  return arch === 'x64' ? ['cuda', 'webgpu', 'cpu'] : ['cpu'];
}

/**
 * What is tried, in order: the user's order cut to what the platform has, cpu always at the end. What is known not to work is
 * not tried but named with its reason.
 */
export function candidates(platform: Platform, order: readonly ExecutionProvider[]): { try: ExecutionProvider[]; out: ProviderTrial[] } {
  const own = platformOrder(platform);
  const wanted = order.length === 0 ? own : [...new Set(order.filter((name) => own.includes(name)))];
  const out: ProviderTrial[] = [];
  const list = wanted.filter((name) => {
    if (name === 'cpu') return false;
    if (name !== 'cuda' || platform.cudaInstalled) return true;
    const reason = platform.nvidiaDriver
      ? `GPU: the CUDA provider is not installed; ${INSTALL}.`
      : `GPU: no NVIDIA driver, and the CUDA provider is not installed. With an NVIDIA card, install its driver and ${INSTALL}.`;
    out.push({ provider: 'cuda', ok: false, software: false, reason, ms: null, share: null });
    return false;
  });
  // A user who puts cpu first wants nothing else.
  return { try: wanted[0] === 'cpu' ? ['cpu'] : [...list, 'cpu'], out };
}

/** A trial's message as a result that says what is wrong and what to do. */
export function judgeTrial(provider: ExecutionProvider, message: TrialMessage, platform: Platform): ProviderTrial {
  const base = { provider, ok: false, software: false, ms: null, share: null };
  if (!message.ok) return { ...base, reason: reasonOf(provider, message.error, platform) };
  const { ms, share, wrong } = message;
  const measured = { ...base, ms, share };
  if (wrong !== '') return { ...measured, reason: `${provider} computes wrong: ${wrong}. Update its driver.` };
  if (share < MIN_SHARE)
    return {
      ...measured,
      reason: `${provider} did only ${Math.round(share * 100)} % of the steps itself; the rest fell back to the processor.`,
    };
  if (provider !== 'cpu' && ms > SOFTWARE_MS)
    return {
      ...measured,
      ok: true,
      software: true,
      reason: `${provider} needs ${Math.round(ms)} ms for a small pair: a driver that computes on the processor. It comes after cpu.`,
    };
  return { ...measured, ok: true, reason: '' };
}

/** The first that works wins; drivers that compute on the processor come after it. */
export function choose(trials: readonly ProviderTrial[]): ExecutionProvider {
  return trials.find((trial) => trial.ok && !trial.software)?.provider ?? 'cpu';
}

/** What the runtime or a driver said, as a sentence that leads on. */
function reasonOf(provider: ExecutionProvider, error: string, platform: Platform): string {
  const library = /(lib(?:cu|nv)[\w.-]+\.so[.\d]*)/.exec(error)?.[1];
  if (provider === 'cuda') {
    if (!platform.nvidiaDriver) return 'GPU: no NVIDIA driver is loaded; install the driver of the card.';
    if (library !== undefined) return `GPU: CUDA libraries not found (${library}); ${LIBRARIES}.`;
    if (/Failed to load shared library|cannot open shared object|LoadLibrary/.test(error))
      return `GPU: CUDA libraries not found; ${LIBRARIES}, or ${INSTALL} when the provider itself is missing.`;
    if (/CUDA failure 35|driver version is insufficient/.test(error)) return 'GPU: the NVIDIA driver is too old for CUDA 12; update it.';
  }
  if (provider === 'webgpu' && /Failed to get a WebGPU adapter|No supported adapters|Couldn't load Vulkan/.test(error))
    return platform.os === 'linux'
      ? 'GPU: no Vulkan driver found for WebGPU; install the Vulkan driver of the card (mesa-vulkan-drivers or NVIDIA).'
      : 'GPU: no adapter found for WebGPU; update the graphics driver.';
  // A process that ended says why on its error stream, somewhere among a stack trace.
  const said = [error.split('\n')[0]!, ...(/^\w*Error: .*$/m.exec(error.slice(error.indexOf('\n') + 1)) ?? [])].join(': ').slice(0, 300);
  return provider === 'cpu' ? `The runtime does not start: ${said}` : `GPU: ${provider} does not start: ${said}`;
}
