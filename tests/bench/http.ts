import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { request } from 'undici';
import type { ChatRequest } from '../../src/main/engine/ports.ts';
import { createHttp } from '../../src/main/engine/providers/http.ts';
import { parseLongJson } from '../../src/main/engine/providers/openai/b64.ts';
import { createOpenAiProvider } from '../../src/main/engine/providers/openai/index.ts';
import { imageForm } from '../../src/main/engine/providers/openai/multipart.ts';
import { createPictures } from '../../src/main/engine/providers/pictures.ts';
import { Endpoint } from '../../src/shared/model/provider.ts';
import { noisyPng } from '../helpers/fakes/png.ts';
import type { BenchLine } from './bench.ts';

const IN_FLIGHT = 256;
const CALLS = Number(process.env.NHR_BENCH_CALLS ?? 1024);
const ROUNDS = 3;
const RATIO_LIMIT = 1.5;
const TURN_LIMIT_MS = 50;

/** CPU of the client for calls with pictures of 200 kB, against undici moving the same bytes and doing nothing with them. */
export async function run(): Promise<BenchLine[]> {
  const server = fork(join(import.meta.dirname, 'httpServer.ts'), { stdio: 'inherit' });
  const http = createHttp();
  try {
    const [port] = (await once(server, 'message')) as [number];
    const url = `http://127.0.0.1:${port}/v1`;
    const bytes = noisyPng(200_000);
    const picture = { bytes, mime: 'image/png', base64: bytes.toString('base64') };
    const pictures = createPictures(async () => bytes);
    const deps = {
      http,
      pictures,
      clock: { now: Date.now, ticks: () => performance.now(), sleep: async () => undefined },
      key: async () => 'sk-bench',
    };
    const provider = createOpenAiProvider(Endpoint.parse({ id: 'bench', transport: 'openai', baseUrl: url }), deps);
    const ctx = { signal: new AbortController().signal, model: 'm', params: {}, onRemoteId: async () => undefined };

    const bare = async (route: string, type: string, body: Uint8Array | string) => {
      const headers = { 'content-type': type, authorization: 'Bearer sk-bench' };
      await (await request(`${url}${route}`, { method: 'POST', headers, body, dispatcher: http.agent })).body.arrayBuffer();
    };
    const form = imageForm({ model: 'm', prompt: 'Make it snow', n: 1, size: '256x256', output_format: 'png' }, [picture]);
    const uri = { type: 'image_url', image_url: { url: `data:image/png;base64,${picture.base64}` } };
    const chat = JSON.stringify({ model: 'm', messages: [{ role: 'user', content: [uri, uri, { type: 'text', text: 'Score it.' }] }] });

    const edit = (i: number) => provider.edit({ image: 'a', instruction: 'Make it snow', seed: i + 1 }, ctx);
    const judge = (i: number) => provider.chat({ ...QUESTION, seed: i + 1 }, ctx);
    const edits = await ratio(edit, () => bare('/images/edits', form.type, Buffer.concat(form.parts)));
    const judgements = await ratio(judge, () => bare('/chat/completions', 'application/json', chat));
    return [
      line(`edit: CPU of a call against undici's ${edits.bareUs} us`, edits.ratio, 'x', RATIO_LIMIT),
      line(`judgement of two pictures: CPU of a call against undici's ${judgements.bareUs} us`, judgements.ratio, 'x', RATIO_LIMIT),
      line(`edits: longest turn of the event loop${edits.clock}`, edits.turnMs, 'ms', TURN_LIMIT_MS),
      line(`judgements: longest turn of the event loop${judgements.clock}`, judgements.turnMs, 'ms', TURN_LIMIT_MS),
      line('b64_json reply: characters that reach JSON.parse', parsedCharacters(picture.base64), 'chars', 200),
    ];
  } finally {
    server.disconnect();
    await http.close();
  }
}

const QUESTION: ChatRequest = {
  role: 'validator',
  task: { kind: 'scores', instruction: '', source: 'a', edited: 'b' },
  prompt: { text: 'Score it.', version: 'bench', schema: null },
  images: ['a', 'b'],
  temperature: 0,
  seed: 1,
};

/** The best of some rounds that take turns, so that a busy machine spoils both or none. */
async function ratio(ours: (i: number) => Promise<unknown>, bare: (i: number) => Promise<unknown>) {
  await cpuOf(ours, IN_FLIGHT);
  await cpuOf(bare, IN_FLIGHT);
  const rounds: { ours: Cost; bare: Cost }[] = [];
  for (let round = 0; round < ROUNDS; round++) rounds.push({ bare: await cpuOf(bare, CALLS), ours: await cpuOf(ours, CALLS) });
  const least = (pick: (one: (typeof rounds)[number]) => number) => Math.min(...rounds.map(pick));
  const bareUs = least((one) => one.bare.us);
  return {
    ratio: least((one) => one.ours.us) / bareUs,
    bareUs: Math.round(bareUs),
    turnMs: least((one) => one.ours.turnMs),
    clock: `, CPU (by the clock ${least((one) => one.ours.clockMs).toFixed(0)}, undici's ${least((one) => one.bare.clockMs).toFixed(0)})`,
  };
}

interface Cost {
  /** Microseconds of this process a call. */
  us: number;
  /** Most milliseconds of CPU that this thread spent between two ticks of a timer: how late others were, were the machine idle. */
  turnMs: number;
  /** The same by the clock, which other processes on the machine make longer. */
  clockMs: number;
}

/** What calls cost with so many in flight. */
async function cpuOf(call: (i: number) => Promise<unknown>, calls: number): Promise<Cost> {
  let next = 0;
  const lane = async () => {
    while (next < calls) await call(next++);
  };
  let [turnMs, clockMs] = [0, 0];
  let last = { cpu: process.threadCpuUsage(), at: performance.now() };
  const tick = () => {
    const { user, system } = process.threadCpuUsage(last.cpu);
    turnMs = Math.max(turnMs, (user + system) / 1000);
    clockMs = Math.max(clockMs, performance.now() - last.at);
    last = { cpu: process.threadCpuUsage(), at: performance.now() };
  };
  const timer = setInterval(tick, 1);
  const before = process.cpuUsage();
  await Promise.all(Array.from({ length: IN_FLIGHT }, lane));
  const { user, system } = process.cpuUsage(before);
  clearInterval(timer);
  return { us: (user + system) / calls, turnMs, clockMs };
}

function parsedCharacters(base64: string): number {
  const reply = parseLongJson(Buffer.from(JSON.stringify({ created: 1, data: [{ b64_json: base64 }] })));
  return JSON.stringify(reply.value).length;
}

function line(name: string, value: number, unit: string, limit: number): BenchLine {
  return { name, value, unit, limit: `<= ${limit}`, ok: value <= limit };
}

if (import.meta.main) {
  const lines = await run();
  for (const one of lines)
    console.log(`${one.ok ? 'ok  ' : 'BAD '} ${one.name.padEnd(76)} ${Number(one.value.toPrecision(3))} ${one.unit}   ${one.limit}`);
  process.exit(lines.every((one) => one.ok) ? 0 : 1);
}
