/**
 * The demo studio: models for every role, offline, repeatable to the byte, with the truth on record. It paints scenes,
 * edits them with honest mistakes, and judges by measuring pixels. Nothing it does costs anything.
 */
import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { AppError, ProviderError } from '../../../../shared/model/errors.ts';
import { NO_USAGE } from '../../../../shared/model/provider.ts';
import type { CallContext, ChatTask, EditRequest, GenerateRequest, Provider, Reply } from '../../ports.ts';
import { apply, categoryOf, inverse, type Op } from './algebra.ts';
import { type Chance, chanceOf } from './chance.ts';
import type { Damage } from './damage.ts';
import { design } from './engineer.ts';
import { createJudges, workerKey } from './judges.ts';
import { joinClauses, read, write } from './language.ts';
import type { DemoMemory, DemoTruthWriter, Truth } from './memory.ts';
import { drawFlaw, drawMistake, MISTAKES, type MistakeName, pixelDamage } from './mistakes.ts';
import { canDo, invertPhoto, PHOTO_MENU, type PhotoOp, readPhoto } from './photo.ts';
import { sceneFor } from './prompt.ts';
import { type Scene, sceneFromText, sceneText } from './scene.ts';
import type { DemoTaskRunner } from './tasks.ts';

export interface DemoDeps {
  run: DemoTaskRunner;
  readBlob(hash: string): Promise<Uint8Array>;
  memory: DemoMemory;
  truth: DemoTruthWriter;
}

const MISTAKE_SHARE = 0.55;
/** Share of sources that are implausible on purpose. */
const FLAW_SHARE = 0.14;
const GPU_SECONDS = { edit: 2.1, generate: 0.8 } as const;

/** The demo's transport. Parameters of a model: mistakes (share, editor), flaws (share, text to image), latencyMs. */
export function createDemoProvider(deps: DemoDeps): Provider {
  const { run, readBlob, memory, truth } = deps;
  const judges = createJudges({ run, readBlob, memory });

  async function keep(bytes: Uint8Array, scene: Scene | null, record: Truth): Promise<void> {
    const hash = createHash('sha256').update(bytes).digest('hex');
    await Promise.all([scene ? memory.remember(hash, sceneText(scene)) : undefined, truth.record(hash, JSON.stringify(record))]);
  }

  async function generate(request: GenerateRequest, ctx: CallContext): Promise<Uint8Array> {
    const chance = chanceOf('generate', request.prompt, request.seed, request.width, request.height);
    const scene = sceneFor(request.prompt, request.seed, request.width, request.height);
    const flaw = drawFlaw(scene, shareOf(ctx, 'flaws', FLAW_SHARE), chance);
    const drawn = flaw && (flaw.name === 'floating' || flaw.name === 'sunken') ? { kind: flaw.name, name: flaw.thing } : null;
    const bytes = await run(
      'demoPaint',
      { scene: sceneText(flaw?.actual ?? scene), flaw: drawn, mark: markOf('source', request.prompt, request.seed) },
      options(ctx, scene),
    );
    await keep(bytes, scene, { kind: 'source', mistake: flaw?.name ?? null, good: !flaw, op: '', strength: flaw ? 1 : 0 });
    return bytes;
  }

  async function editScene(before: Scene, op: Op, request: EditRequest, ctx: CallContext): Promise<Uint8Array> {
    const after = apply(before, op);
    const chance = chanceOf('edit', request.image, request.instruction, request.seed);
    const mistake = drawMistake(before, op, after, shareOf(ctx, 'mistakes', MISTAKE_SHARE), chance);
    const bytes = await run(
      'demoEdit',
      {
        before: sceneText(before),
        actual: sceneText(mistake?.actual ?? after),
        damage: mistake?.damage ?? null,
        mark: markOf(request.image, request.instruction, request.seed),
      },
      options(ctx, before),
    );
    await keep(bytes, after, truthOf(mistake, categoryOf(op)));
    return bytes;
  }

  async function editPhoto(ops: PhotoOp[], request: EditRequest, ctx: CallContext): Promise<Uint8Array> {
    const chance = chanceOf('edit', request.image, request.instruction, request.seed);
    const mistake = drawPhotoMistake(ops, shareOf(ctx, 'mistakes', MISTAKE_SHARE), chance);
    const bytes = await run(
      'demoPhotoEdit',
      {
        bytes: await readBlob(request.image),
        kinds: mistake?.name === 'noOp' ? [] : ops.map((o) => o.kind),
        damage: mistake?.damage ?? null,
        mark: markOf(request.image, request.instruction, request.seed),
      },
      { signal: ctx.signal },
    );
    await keep(bytes, null, truthOf(mistake, ops.map((o) => o.kind).join(' and ')));
    return bytes;
  }

  async function edit(request: EditRequest, ctx: CallContext): Promise<Uint8Array> {
    const known = memory.sceneOf(request.image);
    const scene = known === undefined ? undefined : sceneFromText(known);
    const op = scene && read(request.instruction);
    if (scene && op) return await editScene(scene, op, request, ctx);
    const photoOps = readPhoto(request.instruction);
    if (photoOps?.every(canDo)) return await editPhoto(photoOps, request, ctx);
    throw new ProviderError('refused', scene ? cannotScene(request.instruction) : cannotPhoto(request.instruction));
  }

  function chat(task: ChatTask, seed: number, strict: boolean, signal: AbortSignal): Promise<string> | string {
    switch (task.kind) {
      case 'design':
        return design(task, seed);
      case 'invert':
        return invertText(task.instruction, task.prompt);
      case 'compose':
        return `${joinClauses(task.instructions)}.`;
      default:
        return judges.answer(task, seed, strict, signal);
    }
  }

  return {
    idempotent: true,
    async chat({ role, task, prompt, images, seed }, ctx) {
      return answer(ctx, async () => {
        const text = await chat(task, seed, role === 'validator', ctx.signal);
        return reply(ctx, text, {
          inputTokens: Math.ceil(prompt.text.length / 4) + images.length * 1200,
          outputTokens: Math.ceil(text.length / 4),
        });
      });
    },
    async generate(request, ctx) {
      return answer(ctx, async () =>
        reply(ctx, await generate(request, ctx), { images: 1, gpuSeconds: secondsOf('generate', request.seed) }),
      );
    },
    async edit(request, ctx) {
      return answer(ctx, async () => reply(ctx, await edit(request, ctx), { images: 1, gpuSeconds: secondsOf('edit', request.seed) }));
    },
    probe: async () => ({ models: null, notes: ['The demo studio is part of the app: offline, pretend prices.'] }),
  };
}

/** The inverse of an instruction, told from the prompt of the original picture. Throws ProviderError refused when it cannot be read. */
function invertText(instruction: string, prompt: string): string {
  const op = prompt === '' ? undefined : read(instruction);
  if (op) return write(inverse(sceneFor(prompt, 0, 1024, 1024), op), chanceOf('invert', instruction, prompt));
  const photo = readPhoto(instruction);
  const clauses = photo && invertPhoto(photo);
  if (!clauses) throw new ProviderError('refused', `The demo inverter cannot invert "${instruction}"`);
  return `${joinClauses(clauses)}.`;
}

function cannotScene(instruction: string): string {
  return `The demo editor can only add, remove, replace, recolour, move and resize objects and change the time of day, season, weather, background and sign text of its own pictures, or apply: ${PHOTO_MENU}; it cannot "${instruction}"`;
}

function cannotPhoto(instruction: string): string {
  return `The demo editor can only apply global changes (${PHOTO_MENU}) on real photos; it cannot "${instruction}"`;
}

/** One answer: waits the asked latency, honours the abort, and throws nothing but ProviderError or the signal's own reason. */
async function answer<T>(ctx: CallContext, work: () => Promise<T>): Promise<T> {
  ctx.signal.throwIfAborted();
  const wait = Number(ctx.params.latencyMs ?? 0);
  try {
    if (wait > 0) await delay(wait, undefined, { signal: ctx.signal });
    return await work();
  } catch (error) {
    ctx.signal.throwIfAborted();
    if (error instanceof ProviderError) throw error;
    if (error instanceof AppError && error.code === 'inputInvalid')
      throw new ProviderError('refused', `The demo studio cannot do this: ${error.message}.`);
    throw new ProviderError('serverError', `The demo studio failed: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function reply<T>(ctx: CallContext, value: T, usage: Partial<Reply<T>['usage']>): Reply<T> {
  return { value, usage: { ...NO_USAGE, ...usage }, modelAnswered: ctx.model, remoteId: '' };
}

function secondsOf(work: keyof typeof GPU_SECONDS, seed: number): number {
  return Math.round(GPU_SECONDS[work] * chanceOf('seconds', work, seed).range(0.9, 1.1) * 1000) / 1000;
}

/** A share from the model's parameters. Throws ProviderError badRequest for anything but a number from 0 to 1. */
function shareOf(ctx: CallContext, name: string, standard: number): number {
  const value = ctx.params[name];
  if (value === undefined) return standard;
  if (typeof value === 'number' && value >= 0 && value <= 1) return value;
  throw new ProviderError('badRequest', `The parameter ${name} of ${ctx.model} must be a number from 0 to 1, not ${value}.`);
}

/** Sent to the worker that has this scene's background, where that is possible. */
function options(ctx: CallContext, scene: Scene): { signal: AbortSignal; key: string } {
  return { signal: ctx.signal, key: workerKey(sceneText(scene)) };
}

function markOf(...request: (string | number)[]): string {
  return `NHR Studio demo ${createHash('sha256').update(request.join('\n')).digest('hex').slice(0, 24)}`;
}

function truthOf(mistake: { name: MistakeName; strength: number } | null, op: string): Truth {
  return { kind: 'edit', mistake: mistake?.name ?? null, good: mistake === null, op, strength: mistake?.strength ?? 0 };
}

/** Mistakes that also make sense on a photo; null when the draw says it goes well. */
function drawPhotoMistake(
  ops: PhotoOp[],
  share: number,
  chance: Chance,
): { name: MistakeName; strength: number; damage: Damage | null } | null {
  if (chance.next() >= share) return null;
  const mirror = ops.some((o) => o.kind === 'flip' || o.kind === 'flipVertical');
  const soft = ops.some((o) => o.kind === 'blur' || o.kind === 'blurBackground');
  for (const name of chance.shuffle(MISTAKES)) {
    const strength = chance.next();
    if (name === 'noOp') return { name, strength, damage: null };
    if ((name === 'ghost' && !mirror) || (name === 'softPartial' && mirror) || (soft && (name === 'blur' || name === 'jpegNoise')))
      continue;
    const damage = pixelDamage(name, strength, chance);
    if (damage) return { name, strength, damage };
  }
  throw new Error('noOp is always possible');
}
