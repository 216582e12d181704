import type { ProviderChoice, ScorerProcessState, ScorerSettings } from '../../../src/shared/model/scorers.ts';

export interface FakeScorersState {
  choice: ProviderChoice;
  process: ScorerProcessState;
  settings: ScorerSettings;
}

/** A machine with a card whose CUDA libraries are missing. */
export function fakeScorersState(): FakeScorersState {
  const no = { ok: false, software: false, ms: null, share: null };
  return {
    choice: {
      chosen: 'cpu',
      trials: [
        { ...no, provider: 'cuda', reason: 'GPU: CUDA libraries not found (libcudnn.so.9); install CUDA 12 and cuDNN 9.' },
        { ...no, provider: 'webgpu', reason: 'GPU: no Vulkan driver found for WebGPU; install the Vulkan driver of the card.' },
        { provider: 'cpu', ok: true, software: false, reason: '', ms: 7.2, share: 1 },
      ],
      runtime: '1.30.0',
      driver: 'f7b90a9febbb3305',
      triedAt: 1_700_000_000_000,
    },
    process: { state: 'idle', waiting: 0, done: 0, failed: 0, retried: 0, crashes: 0, bytes: 0, notes: [] },
    settings: { providerOrder: [], hub: 'https://huggingface.co', key: '' },
  };
}
