import type { ModelCard, ProviderChoice, ScorerProcessState, ScorerSettings } from '../../../src/shared/model/scorers.ts';

export interface FakeScorersState {
  choice: ProviderChoice;
  process: ScorerProcessState;
  settings: ScorerSettings;
  models: ModelCard[];
}

function aModel(change: Partial<ModelCard> = {}): ModelCard {
  const state = change.state ?? 'absent';
  const id = change.id ?? 'dinov2-small';
  return {
    id,
    title: 'DINOv2 small',
    role: 'structure',
    about: 'Says whether the structure of what was not to change is still the same, patch by patch.',
    licence: { id: 'Apache-2.0', url: 'https://huggingface.co/facebook/dinov2-small', note: 'By Meta; converted by Xenova.' },
    acceptedAt: null,
    source: `Xenova/${id}`,
    revision: 'main',
    state,
    files: [
      {
        name: 'model.onnx',
        bytes: null,
        present: state === 'ready',
        sha256: state === 'ready' ? 'ab'.repeat(32) : '',
        pinnedBy: state === 'ready' ? 'firstUse' : 'nobody',
      },
    ],
    bytes: 88_500_000,
    folder: `/home/ada/.local/share/nhr-studio/scorers/models/${id}`,
    ...change,
  };
}

export function setModel(state: FakeScorersState, id: string, change: Partial<ModelCard>): ModelCard {
  state.models = state.models.map((model) => (model.id === id ? { ...model, ...change } : model));
  return state.models.find((model) => model.id === id)!;
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
    models: [
      aModel(),
      aModel({
        id: 'siglip2-base',
        title: 'SigLIP2 base 224',
        role: 'imageText',
        state: 'ready',
        acceptedAt: 1_700_000_000_000,
        bytes: 785_000_000,
      }),
      aModel({ id: 'nsfw-vit', title: 'NSFW detector (ViT base)', role: 'nsfw', acceptedAt: 1_700_000_000_000 }),
    ],
  };
}
