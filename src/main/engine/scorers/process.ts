/**
 * The scorer process: local models run here, so that neither their blocking run() nor a driver that crashes reaches the engine.
 * Importing this file starts it. `process.js` serves requests; `process.js trial PROVIDER SIZE` tries one provider and ends.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InferenceSession, type OnnxValue, Tensor } from 'onnxruntime-node';
import type { ExecutionProvider } from '../../../shared/model/scorers.ts';
import type { TensorData } from './batches.ts';
import { knownAnswer, knownAnswerModel, knownPair, wrongWith } from './knownAnswer.ts';
import { tokensOf } from './tokens.ts';
import type { FromScorer, ModelRequest, ToScorer, TrialMessage } from './wire.ts';
import { createWork, type LoadedModel, type Work } from './work.ts';

/** The name of a provider in the runtime's profile, where it is not the plain one. */
const PROFILE_NAMES: Record<ExecutionProvider, string> = {
  cuda: 'CUDAExecutionProvider',
  dml: 'DmlExecutionProvider',
  coreml: 'CoreMLExecutionProvider',
  webgpu: 'WebGpuExecutionProvider',
  cpu: 'CPUExecutionProvider',
};
/** Some text models want to know which tokens are padding, others have no such input. */
const TEXT_MASK = 'attention_mask';
const WARM_RUNS = 3;
const ERRORS_ONLY = 3;

function sessionOptions(provider: ExecutionProvider, threads: number): InferenceSession.SessionOptions {
  // cpu stands behind every provider for the steps that one lacks; how many those are is what the trial measures.
  const executionProviders = provider === 'cpu' ? ['cpu'] : [provider, 'cpu'];
  return { executionProviders, intraOpNumThreads: threads, logSeverityLevel: ERRORS_ONLY };
}

/** Models of half precision may want their inputs so too. */
function tensor({ type, data, shape }: TensorData, wanted: string | undefined): Tensor {
  if (type === 'float32' && wanted === 'float16') {
    const half = Float16Array.from(data as Float32Array);
    const made = new Tensor('float16', half as never, shape);
    // The runtime's native part does not know Float16Array (1.30.0: "expected 12, got 0"); it reads the same bits as whole numbers.
    Object.defineProperty(made, 'data', { value: new Uint16Array(half.buffer) });
    return made;
  }
  return new Tensor(type as 'float32', data as Float32Array, shape);
}

function plain(value: OnnxValue): TensorData {
  const { type, data, dims } = value as Tensor;
  // Counts and masks of models come as whole numbers; scores are compared as numbers of one kind.
  const numbers = type === 'float16' && data instanceof Uint16Array ? new Float16Array(data.buffer, data.byteOffset, data.length) : data;
  const floats = type === 'float32' ? (data as Float32Array) : Float32Array.from(numbers as ArrayLike<number>, Number);
  return { type: 'float32', data: floats, shape: [...dims] };
}

async function load(file: string, provider: ExecutionProvider, threads: number): Promise<LoadedModel> {
  const session = await InferenceSession.create(file, sessionOptions(provider, threads));
  const types = new Map(session.inputMetadata.map((input) => [input.name, input.isTensor ? input.type : undefined]));
  return {
    inputNames: session.inputNames,
    outputNames: session.outputNames,
    async run(feeds) {
      const wanted = Object.entries(feeds).filter(([name]) => name !== TEXT_MASK || types.has(name));
      const values = await session.run(Object.fromEntries(wanted.map(([name, data]) => [name, tensor(data, types.get(name))])));
      return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, plain(value)]));
    },
    release: () => session.release(),
  };
}

/** Runs the known-answer graph on a provider, with the runtime's own profile as proof of who did the work. */
async function trial(provider: ExecutionProvider, size: number): Promise<TrialMessage> {
  const dir = mkdtempSync(join(tmpdir(), 'nhr-trial-'));
  try {
    const session = await InferenceSession.create(knownAnswerModel(), {
      ...sessionOptions(provider, 0),
      enableProfiling: true,
      profileFilePrefix: join(dir, 'profile'),
    });
    const pair = knownPair(size);
    const picture = (data: Uint8Array) => new Tensor('uint8', data, [1, size, size, 3]);
    const feeds = { source: picture(pair.source), edited: picture(pair.edited) };
    let result = await session.run(feeds);
    let ms = Number.POSITIVE_INFINITY;
    for (let run = 0; run < WARM_RUNS; run++) {
      const started = performance.now();
      result = await session.run(feeds);
      ms = Math.min(ms, performance.now() - started);
    }
    session.endProfiling();
    const one = (name: string) => Number(result[name]!.data[0]);
    const given = { mask: result.mask!.data as Float32Array, ssim: one('ssim'), ssimOutside: one('ssimOutside') };
    const wrong = wrongWith(given, knownAnswer(pair, size));
    return { ok: true, ms, share: shareOf(dir, provider), wrong };
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Share of the steps in the profile that ran on the provider. */
function shareOf(dir: string, provider: ExecutionProvider): number {
  const [file] = readdirSync(dir);
  if (file === undefined) return 0;
  const events = JSON.parse(readFileSync(join(dir, file), 'utf8')) as { cat?: string; args?: { provider?: string } }[];
  const steps = events.filter((event) => event.cat === 'Node' && event.args?.provider !== undefined && event.args.provider !== '');
  const own = steps.filter((event) => event.args?.provider === PROFILE_NAMES[provider]);
  return steps.length === 0 ? 0 : own.length / steps.length;
}

const [mode, provider, size] = process.argv.slice(2);
if (mode === 'trial') {
  const answer = await trial(provider as ExecutionProvider, Number(size)).catch(
    (error: unknown): TrialMessage => ({ ok: false, error: error instanceof Error ? error.message : String(error) }),
  );
  process.send?.(answer, () => process.exit(0));
} else {
  const tell = (message: FromScorer) => void (process.connected && process.send?.(message));
  let work: Work | undefined;
  const take = (id: number, request: ModelRequest) => {
    try {
      const inputs = Object.entries(request.inputs).flatMap(([name, input]) => {
        if (input.kind !== 'text') return [[name, input]];
        const { ids, mask } = tokensOf(input);
        return [
          [name, ids],
          [TEXT_MASK, mask],
        ];
      });
      work?.add(id, { ...request, inputs: Object.fromEntries(inputs) });
    } catch (error) {
      const message = `${request.model.name}: its tokenizer cannot be used: ${error instanceof Error ? error.message : String(error)}`;
      tell({ type: 'failed', id, message, bytes: process.memoryUsage.rss() });
    }
  };
  process.on('message', (message: ToScorer) => {
    if (message.type === 'setup') {
      const { setup } = message;
      work = createWork({
        setup,
        load: (model, on) => load(model.file, on, setup.threads),
        tell,
        memory: () => process.memoryUsage.rss(),
      });
      tell({ type: 'ready' });
    } else if (message.type === 'run') take(message.id, message.request);
    else work?.cancel(message.id);
  });
  process.on('disconnect', () => process.exit(0));
}
