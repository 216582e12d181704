import { AppError, ProviderError } from '../../../shared/model/errors.ts';
import { isOtherModel } from '../../../shared/model/modelNames.ts';
import type { Endpoint, Role, RoleBinding } from '../../../shared/model/provider.ts';
import { type Cost, failureCost, pricesOf, worstCost } from '../domain/budget.ts';
import { promptFor } from '../domain/prompts.ts';
import { estimateTokens, totalTokens } from '../domain/tokens.ts';
import type {
  Bought,
  CallContext,
  CallLine,
  ChatTask,
  EditRecipe,
  ImageAnswer,
  LedgerRequest,
  Models,
  Provider,
  Reply,
  SizeRule,
  WaitInfo,
  Ways,
} from '../ports.ts';
import type { Reservation } from './budgetMeter.ts';
import type { Lane, LaneWork } from './lanes.ts';

/** Soft judges run at 1e-6, everything that must be exact at 0 (paper, settings); design wants variety. */
const TEMPERATURE: Record<Role, number> = {
  promptEngineer: 1,
  textToImage: 0,
  plausibilityJudge: 1e-6,
  imageEditor: 0,
  softJudge: 1e-6,
  validator: 0,
  inverter: 0,
};

/** The ledger as the pipeline sees it: one call for text, one for pictures. */
export interface Desk {
  text(request: LedgerRequest, ways: Ways<string>, signal: AbortSignal): Promise<Bought<string>>;
  /** `rule` null: the picture is kept as it came. */
  image(request: LedgerRequest, rule: SizeRule | null, ways: Ways<Uint8Array>, signal: AbortSignal): Promise<Bought<ImageAnswer>>;
}

export interface ModelsDeps {
  /** Whose calls they are in the ledger, and by what recipe. */
  run: { id: string; recipe: Pick<EditRecipe, 'roles' | 'endpoints' | 'unknownCalls' | 'sourceSize'> };
  desk: Desk;
  provider(endpoint: Endpoint): Provider;
  lane(endpoint: Endpoint): Lane;
  askAgain: boolean;
  onRetry(): void;
  /** An answer was in the ledger, or was just being bought for another: nothing was asked and nothing paid. */
  onReuse(): void;
  /** A call cost more than its endpoint's prices say it can: `most` is the dearest so far. */
  onOverWorst(role: Role, most: Cost): void;
  /** Another model answered than was asked. */
  onOtherModel(asked: string, answered: string): void;
  /** An edit came in a format that loses detail. */
  onLossyEdit(): void;
  /** The dearest calls of this run in earlier sittings, where they were over the worst price. */
  learnt(role: Role): Pick<Cost, 'usd' | 'gpuSeconds'>;
}

/** Who plays a role in a run, looked up once. */
interface Player {
  provider: Provider;
  lane: Lane;
  binding: RoleBinding;
  /** The most a call can cost: by the endpoint's prices, or what one did cost if that was more. */
  worst: Cost;
  /** Tokens of an answer and whatever else the estimate misses: mean over the newest calls. */
  moreTokens: number;
  request: Omit<LedgerRequest, 'content'>;
}

/** Sums of binary fractions differ by less than this. */
const DUST = 1e-9;
/** Weight of the newest call in the mean of tokens. */
const NEWEST = 1 / 8;

/**
 * The recipe's models: each call goes through its endpoint's lane, the ledger, and the reservation that pays for it. `onWait` hears
 * what a server says about an edit that waits there.
 */
export function createModels(deps: ModelsDeps): (reservation: Reservation, onWait?: (info: WaitInfo) => void) => Models {
  const { recipe } = deps.run;
  const players = new Map<Role, Player>();

  function playerOf(role: Role): Player {
    const known = players.get(role);
    if (known) return known;
    const binding = recipe.roles[role];
    const endpoint = recipe.endpoints.find((e) => e.id === binding?.endpoint);
    if (!binding || !endpoint) throw new AppError('recipeInvalid', `No model is bound to ${role}.`, { field: `roles.${role}` });
    const provider = deps.provider(endpoint);
    const unknownCalls = deps.askAgain ? 'askAgain' : recipe.unknownCalls;
    const request = { runId: deps.run.id, role, endpoint, binding, idempotent: provider.idempotent, unknownCalls } as const;
    const player: Player = {
      provider,
      lane: deps.lane(endpoint),
      binding,
      worst: atLeast(worstCost(endpoint, role, binding.model), deps.learnt(role)),
      moreTokens: pricesOf(endpoint, binding.model).worstOutputTokens,
      request,
    };
    players.set(role, player);
    return player;
  }

  async function ask<V>(
    player: Player,
    reservation: Reservation,
    said: { text: string; pictures: number },
    signal: AbortSignal,
    buy: () => Promise<Bought<V>>,
  ): Promise<Bought<V>> {
    const { role, endpoint } = player.request;
    // Only an endpoint with a limit on tokens needs to know how many there will be.
    const estimate = endpoint.tokensPerMinute > 0 ? estimateTokens(said.text, said.pictures) : 0;
    const work: LaneWork<Bought<V>> = {
      kind: `${role}/${player.binding.model}`,
      tokens: estimate && estimate + player.moreTokens,
      took: (bought) => (bought.reused ? null : { tokens: totalTokens(bought.usage), ms: bought.ms }),
      onRetry: deps.onRetry,
    };
    const through = player.lane.through(signal, work, async () => {
      const { worst } = player;
      if (!reservation.cover(worst)) throw new AppError('budgetReached', `The budget has no room for another ${role} call.`);
      try {
        return await buy();
      } catch (error) {
        if (error instanceof ProviderError) reservation.spend(worst, costOfFailure(player, error));
        throw error;
      }
    });
    const bought = await through.catch((error: unknown) => {
      if (!(error instanceof ProviderError) || !error.held || signal.aborted) throw error;
      throw new AppError('callUnknown', `${error.message} The call may have been charged.`, {
        hint: 'Resume with "ask again" to send it once more.',
      });
    });
    if (bought.reused) {
      deps.onReuse();
      return bought;
    }
    if (isOtherModel(player.binding.model, bought.model)) deps.onOtherModel(player.binding.model, bought.model);
    const { gpuSeconds } = bought.usage;
    reservation.spend(player.worst, { usd: bought.usd, gpuSeconds, apiSeconds: bought.ms / 1000 });
    player.moreTokens += (totalTokens(bought.usage) - estimate - player.moreTokens) * NEWEST;
    if (bought.usd > player.worst.usd + DUST || gpuSeconds > player.worst.gpuSeconds + DUST) {
      player.worst = atLeast(player.worst, { usd: bought.usd, gpuSeconds });
      deps.onOverWorst(role, player.worst);
    }
    return bought;
  }

  return (reservation, onWait) => ({
    async chat(role, task, seed, signal) {
      const player = playerOf(role);
      const prompt = promptFor(task);
      const images = imagesOf(task);
      const chat = { role, task, prompt, images, temperature: TEMPERATURE[role], seed };
      const request = { ...player.request, content: ['chat', prompt.version, prompt.text, ...images, seed] };
      const ways = waysOf<string>(player, 'text', (ctx) => player.provider.chat(chat, ctx));
      const bought = await ask(player, reservation, { text: prompt.text, pictures: images.length }, signal, () =>
        deps.desk.text(request, ways, signal),
      );
      return { value: bought.value, model: bought.model, promptVersion: prompt.version, usd: bought.usd };
    },
    async generate(wanted, signal) {
      const player = playerOf('textToImage');
      const request = { ...player.request, content: ['generate', wanted.prompt, wanted.width, wanted.height, wanted.seed] };
      const ways = waysOf<Uint8Array>(player, 'image', (ctx) => player.provider.generate(wanted, ctx));
      const bought = await ask(player, reservation, { text: wanted.prompt, pictures: 0 }, signal, () =>
        deps.desk.image(request, recipe.sourceSize, ways, signal),
      );
      return { value: bought.value, model: bought.model, promptVersion: '', usd: bought.usd };
    },
    async edit(wanted, signal) {
      const player = playerOf('imageEditor');
      const request = { ...player.request, content: ['edit', wanted.image, wanted.instruction, wanted.seed] };
      const ways = waysOf<Uint8Array>(player, 'image', (ctx) => player.provider.edit(wanted, ctx), onWait);
      const bought = await ask(player, reservation, { text: wanted.instruction, pictures: 1 }, signal, () =>
        deps.desk.image(request, null, ways, signal),
      );
      if (!bought.reused && bought.value.lossy) deps.onLossyEdit();
      return { value: bought.value, model: bought.model, promptVersion: '', usd: bought.usd };
    },
  });
}

/** What a failed call counts as: what it used where that is known, the worst where nobody knows, else nothing. Like in the ledger. */
function costOfFailure({ worst, request: { endpoint, role, binding, idempotent } }: Player, error: ProviderError): Partial<Cost> {
  const cost = failureCost(error, { endpoint, role, model: binding.model, idempotent });
  if (cost === 'unknown') return { usd: worst.usd, gpuSeconds: worst.gpuSeconds };
  return cost ? { usd: cost.usd, gpuSeconds: cost.usage.gpuSeconds } : {};
}

function atLeast(cost: Cost, { usd, gpuSeconds }: Pick<Cost, 'usd' | 'gpuSeconds'>): Cost {
  return { ...cost, usd: Math.max(cost.usd, usd), gpuSeconds: Math.max(cost.gpuSeconds, gpuSeconds) };
}

function waysOf<T extends string | Uint8Array>(
  { provider, binding }: Player,
  kind: 'text' | 'image',
  send: (ctx: CallContext) => Promise<Reply<T>>,
  onWait?: (info: WaitInfo) => void,
): Ways<T> {
  const { model, params, bagel } = binding;
  const heard = onWait && { onWait };
  const context = (line: CallLine): CallContext => ({ signal: line.signal, onRemoteId: line.onRemoteId, model, params, bagel, ...heard });
  return {
    send: (line) => send(context(line)),
    collect: provider.collect ? (remoteId, line) => provider.collect!(remoteId, kind, context(line)) as Promise<Reply<T> | null> : null,
  };
}

function imagesOf(task: ChatTask): string[] {
  if (task.kind === 'plausible') return [task.image];
  if (task.kind === 'scores' || task.kind === 'unwantedChange' || task.kind === 'pleasing') return [task.source, task.edited];
  return [];
}
