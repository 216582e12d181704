import type { Endpoint } from '../../../shared/model/provider.ts';
import type { Models, Provider, RunStore, WaitInfo } from '../ports.ts';
import type { Reservation } from './budgetMeter.ts';
import type { Lanes } from './lanes.ts';
import { createModels, type Desk, type ModelsDeps } from './models.ts';
import { otherModelCounter } from './progress.ts';

export interface CountedModelsDeps {
  runs: Pick<RunStore, 'count'>;
  desk: Desk;
  provider(endpoint: Endpoint): Provider;
  lanes: Lanes;
}

/**
 * `createModels` for work that is no run: what happens to its calls is counted under the name that the ledger has for it, and nothing is
 * known of dearer calls in earlier sittings. `onReuse` hears of answers that were there already.
 */
export function createCountedModels(
  { runs, desk, provider, lanes }: CountedModelsDeps,
  run: ModelsDeps['run'],
  askAgain: boolean,
  onReuse: () => void = () => undefined,
): (reservation: Reservation, onWait?: (info: WaitInfo) => void) => Models {
  const count = (name: string) => void runs.count(run.id, name, 1);
  return createModels({
    run,
    desk,
    provider,
    lane: lanes.of,
    askAgain,
    onRetry: () => count('call.retries'),
    onReuse() {
      onReuse();
      count('call.reused');
    },
    onLossyEdit: () => count('edit.lossy'),
    onOtherModel: (asked, answered) => count(otherModelCounter(asked, answered)),
    onOverWorst: () => count('cost.overWorst'),
    learnt: () => ({ usd: 0, gpuSeconds: 0 }),
  });
}
