import { AppError } from '../../../shared/model/errors.ts';
import type { Endpoint, Role, RoleBinding } from '../../../shared/model/provider.ts';
import { worstCost } from '../domain/budget.ts';
import { promptFor } from '../domain/prompts.ts';
import type { ChatTask, ImageAnswer, Models, Provider, RunRecord, SizeRule } from '../ports.ts';
import type { Reservation } from './budgetMeter.ts';
import type { Lane } from './lanes.ts';

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
  text(request: DeskRequest, send: (signal: AbortSignal) => ReturnType<Provider['chat']>, signal: AbortSignal): Promise<Bought<string>>;
  image(
    request: DeskRequest,
    rule: SizeRule | null,
    send: (signal: AbortSignal) => ReturnType<Provider['edit']>,
    signal: AbortSignal,
  ): Promise<Bought<ImageAnswer>>;
}

export interface DeskRequest {
  runId: string;
  role: Role;
  endpoint: Endpoint;
  binding: RoleBinding;
  content: readonly (string | number)[];
  idempotent: boolean;
  unknownCalls: 'hold' | 'askAgain';
}

export interface Bought<V> {
  value: V;
  model: string;
  usd: number;
  usage: { gpuSeconds: number };
  ms: number;
  reused: boolean;
}

export interface ModelsDeps {
  run: RunRecord;
  desk: Desk;
  provider(endpoint: Endpoint): Provider;
  lane(endpoint: Endpoint): Lane;
  askAgain: boolean;
}

/** The recipe's models: each call goes through its endpoint's lane, the ledger, and the reservation that pays for it. */
export function createModels(deps: ModelsDeps): (reservation: Reservation) => Models {
  const { recipe } = deps.run;

  function playerOf(role: Role) {
    const binding = recipe.roles[role];
    const endpoint = recipe.endpoints.find((e) => e.id === binding?.endpoint);
    if (!binding || !endpoint) throw new AppError('recipeInvalid', `No model is bound to ${role}.`, { field: `roles.${role}` });
    return { binding, endpoint, provider: deps.provider(endpoint), lane: deps.lane(endpoint), worst: worstCost(endpoint, role) };
  }

  async function ask<V>(
    role: Role,
    reservation: Reservation,
    signal: AbortSignal,
    content: DeskRequest['content'],
    buy: (request: DeskRequest, player: ReturnType<typeof playerOf>) => Promise<Bought<V>>,
  ) {
    const player = playerOf(role);
    const request: DeskRequest = {
      runId: deps.run.id,
      role,
      endpoint: player.endpoint,
      binding: player.binding,
      content,
      idempotent: player.provider.idempotent,
      unknownCalls: deps.askAgain ? 'askAgain' : recipe.unknownCalls,
    };
    const bought = await player.lane.through(signal, () => {
      if (!reservation.cover(player.worst)) throw new AppError('budgetReached', `The budget has no room for another ${role} call.`);
      return buy(request, player);
    });
    reservation.spend(
      player.worst,
      bought.reused ? {} : { usd: bought.usd, gpuSeconds: bought.usage.gpuSeconds, apiSeconds: bought.ms / 1000 },
    );
    return bought;
  }

  return (reservation) => ({
    async chat(role, task, seed, signal) {
      const prompt = promptFor(task);
      const images = imagesOf(task);
      const temperature = TEMPERATURE[role];
      const bought = await ask(
        role,
        reservation,
        signal,
        ['chat', prompt.version, prompt.text, ...images, seed],
        (request, { provider, binding }) =>
          deps.desk.text(
            request,
            (s) =>
              provider.chat({ role, task, prompt, images, temperature, seed }, { signal: s, model: binding.model, params: binding.params }),
            signal,
          ),
      );
      return { value: bought.value, model: bought.model, promptVersion: prompt.version, usd: bought.usd };
    },
    async generate(request, signal) {
      const content = ['generate', request.prompt, request.width, request.height, request.seed];
      const bought = await ask('textToImage', reservation, signal, content, (desk, { provider, binding }) =>
        deps.desk.image(
          desk,
          recipe.sourceSize,
          (s) => provider.generate(request, { signal: s, model: binding.model, params: binding.params }),
          signal,
        ),
      );
      return { value: bought.value, model: bought.model, promptVersion: '', usd: bought.usd };
    },
    async edit(request, signal) {
      const content = ['edit', request.image, request.instruction, request.seed];
      const bought = await ask('imageEditor', reservation, signal, content, (desk, { provider, binding }) =>
        deps.desk.image(desk, null, (s) => provider.edit(request, { signal: s, model: binding.model, params: binding.params }), signal),
      );
      return { value: bought.value, model: bought.model, promptVersion: '', usd: bought.usd };
    },
  });
}

function imagesOf(task: ChatTask): string[] {
  if (task.kind === 'plausible') return [task.image];
  if (task.kind === 'scores' || task.kind === 'unwantedChange' || task.kind === 'pleasing') return [task.source, task.edited];
  return [];
}
