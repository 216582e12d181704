import { z } from 'zod';
import { JobView } from '../model/events.ts';
import { ProviderChoice, ScorerProcessState, ScorerSettings } from '../model/scorers.ts';
import { call } from './base.ts';

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
  /** What should be known before the CUDA provider is installed. */
  cudaWords: call.output(z.array(z.string())),
  /** Installs the CUDA provider by the runtime's own installer, then tries all providers again. */
  installCuda: call.output(JobView),
};
