import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { solidPng } from '../../helpers/fakes/png.ts';
import { Answer, type Asked, serve } from '../../helpers/fakes/server.ts';

/** What the prices of the recipe say; usage is never over its worst. */
export const PRICES = { inputUsd: 10e-6, outputUsd: 40e-6, imageUsd: 0.01, gpuUsd: 0.001, worstInput: 3000, worstOutput: 500, worstGpu: 4 };

/** How often each thing goes wrong, 0 to 1. */
export interface Trouble {
  /** Free: 500, 429, a refusal. */
  serverError: number;
  rateLimited: number;
  refusal: number;
  /** Charged: the connection breaks in the answer, the answer cannot be read. */
  reset: number;
  unreadable: number;
}

export interface Bill {
  usd: number;
  gpuSeconds: number;
  /** Requests for which good work was done, by what they ask: how often. */
  worked: Map<string, number>;
}

const EDITS = ['Make it night', 'Make it winter', 'Add a red ball', 'Remove the tree'].map((instruction) => ({
  instruction,
  category: 'Add object',
}));

/**
 * An OpenAI server with words and pictures that keeps its own bill: everything it worked for, whether or not the answer arrived. Chance
 * is drawn from `seed` and the number of the request. `onRequest` hears how many came.
 */
export async function moneyServer(seed: number, trouble: Trouble, onRequest: (count: number) => void) {
  const bill: Bill = { usd: 0, gpuSeconds: 0, worked: new Map() };
  let requests = 0;

  const server = await serve(async (asked, response) => {
    requests += 1;
    const chance = chances(seed, requests);
    onRequest(requests);
    await delay(2 + 15 * chance());
    const text = asked.bytes.toString('latin1');
    const design = /Design (\d+) scenes?/.exec(text);
    const what = pick(chance(), design ? { serverError: 0, rateLimited: 0, refusal: 0, reset: 0, unreadable: 0 } : trouble);
    if (what === 'serverError') return new Answer(500, { error: { message: 'Internal error' } });
    if (what === 'rateLimited') return new Answer(429, { error: { message: 'Slow down', code: 'rate_limit_exceeded' } });
    if (what === 'refusal') return new Answer(400, { error: { message: 'No.', code: 'content_policy_violation' } });
    const reply = asked.path.includes('/images/') ? picture(chance, what === 'unreadable') : words(text, design, chance);
    // What could not be read gave nothing, and may be asked again.
    if (what !== 'unreadable') count(asked);
    const body = JSON.stringify(reply);
    if (what === 'unreadable' && !asked.path.includes('/images/')) return new Answer(200, body.slice(0, -30));
    if (what !== 'reset') return new Answer(200, reply);
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length });
    response.write(body.slice(0, body.length / 2));
    setTimeout(() => response.destroy(), 5);
    return undefined;
  });

  function count({ path, bytes }: Asked): void {
    const name = createHash('sha256')
      .update(`${path}${bytes.toString('latin1').replace(/nhr-[0-9a-f-]{36}/g, '')}`)
      .digest('hex');
    bill.worked.set(name, (bill.worked.get(name) ?? 0) + 1);
  }

  function words(text: string, design: RegExpExecArray | null, chance: () => number): object {
    const usage = { prompt_tokens: Math.floor(PRICES.worstInput * chance()), completion_tokens: Math.floor(PRICES.worstOutput * chance()) };
    bill.usd += usage.prompt_tokens * PRICES.inputUsd + usage.completion_tokens * PRICES.outputUsd;
    const scenes = Array.from({ length: Number(design?.[1] ?? 0) }, (_, i) => ({ prompt: `Place ${i}`, style: 'standard', edits: EDITS }));
    const prose = chance() < trouble.unreadable;
    const scores = prose ? 'I like it.' : JSON.stringify({ adherence: 4.8, aesthetics: 4.8 });
    const content = design ? JSON.stringify({ scenes }) : /Give two scores/.test(text) ? scores : 'Make it a summer day.';
    return { model: 'm', choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }], usage };
  }

  function picture(chance: () => number, broken: boolean): object {
    const seconds = PRICES.worstGpu * chance();
    bill.usd += PRICES.imageUsd + seconds * PRICES.gpuUsd;
    bill.gpuSeconds += seconds;
    const made = solidPng(512, 512, [256 * chance(), 256 * chance(), 256 * chance()].map(Math.floor) as [number, number, number]);
    const bytes = broken ? made.subarray(0, made.length / 2) : made;
    return { created: 1, data: [{ b64_json: bytes.toString('base64') }], inference_time_s: seconds };
  }

  return { ...server, bill };
}

function pick(drawn: number, trouble: Trouble): keyof Trouble | null {
  let left = drawn;
  for (const name of Object.keys(trouble) as (keyof Trouble)[]) {
    left -= trouble[name];
    if (left < 0) return name;
  }
  return null;
}

/** Numbers from 0 to 1 that seed and request decide. */
function chances(seed: number, request: number): () => number {
  let drawn = 0;
  return () => {
    drawn += 1;
    return createHash('sha256').update(`${seed}/${request}/${drawn}`).digest().readUInt32BE(0) / 2 ** 32;
  };
}
