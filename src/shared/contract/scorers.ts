import { z } from 'zod';
import { JobView } from '../model/events.ts';
import { ModelCard, ProviderChoice, ScorerProcessState, ScorerSettings } from '../model/scorers.ts';
import { call } from './base.ts';

const ModelId = z.object({ id: z.string() });
const Sha256 = z.string().regex(/^[0-9a-fA-F]{64}$/, 'a SHA-256 is 64 hexadecimal digits');

export const scorers = {
  /** Where local models run on this machine and why: tried once for a runtime and driver, then remembered. */
  providers: call.output(ProviderChoice),
  /** Tries every provider again: a few seconds, each in a process of its own. */
  tryProviders: call.output(ProviderChoice),
  process: call.output(ScorerProcessState),
  /** Ends the scorer process between requests, so that its memory (a GPU's too) is given back. */
  freeMemory: call.output(ScorerProcessState),
  settings: call.output(ScorerSettings),
  setSettings: call.input(ScorerSettings).output(ScorerSettings),
  /** The models the app knows how to use, and how they stand on this machine. */
  models: call.output(z.array(ModelCard)),
  /** `licence` is the id of the one that was read. */
  acceptLicence: call.input(ModelId.extend({ licence: z.string() })).output(ModelCard),
  /**
   * Fetches what is missing of a model, as a job. `trustFirstUse`: files whose SHA-256 nobody knows are taken as they come, once.
   * `sha256`: hashes by file name, from a place the user trusts.
   */
  getModel: call
    .input(ModelId.extend({ trustFirstUse: z.boolean().default(false), sha256: z.record(z.string(), Sha256).default({}) }))
    .output(JobView),
  /** Takes a file, or a folder of files, that came another way. */
  importModel: call.input(ModelId.extend({ path: z.string().min(1) })).output(ModelCard),
  removeModel: call.input(ModelId).output(ModelCard),
  /** What should be known before the CUDA provider is installed. */
  cudaWords: call.output(z.array(z.string())),
  /** Installs the CUDA provider by the runtime's own installer, then tries all providers again. */
  installCuda: call.output(JobView),
};
