/**
 * The work of the scorer process: requests are gathered into batches of one shape and run one after the other. There is never
 * more than one run at a time, on any session: two at once on WebGPU end the process (onnxruntime #32561).
 */
import type { ExecutionProvider } from '../../../shared/model/scorers.ts';
import { gather, part, signature, type TensorData } from './batches.ts';
import type { FromScorer, ModelFile, ModelRequest, ScorerSetup } from './wire.ts';

/** A model that is loaded on one provider. */
export interface LoadedModel {
  inputNames: readonly string[];
  outputNames: readonly string[];
  run(feeds: Record<string, TensorData>): Promise<Record<string, TensorData>>;
  release(): Promise<void>;
}

export interface WorkDeps {
  setup: ScorerSetup;
  /** Loads a model on exactly this provider (cpu takes what it cannot do). Rejects when that cannot be. */
  load(model: ModelFile, provider: ExecutionProvider): Promise<LoadedModel>;
  tell(message: FromScorer): void;
  memory(): number;
}

interface Item {
  id: number;
  request: ModelRequest;
  signature: string;
}

/** A model on its way down: from the first provider to cpu, and from full batches to single ones. */
interface Seat {
  provider: ExecutionProvider;
  batch: number;
  loaded: LoadedModel | null;
  idle: NodeJS.Timeout | undefined;
}

export interface Work {
  add(id: number, request: ModelRequest): void;
  cancel(id: number): void;
  /** Resolves when nothing is left to do. */
  settled(): Promise<void>;
}

/** What drivers say when memory runs out; CUDA, DirectML, WebGPU and plain allocation in that order. */
const OUT_OF_MEMORY =
  /CUDA failure 2\b|CUBLAS_STATUS_ALLOC_FAILED|E_OUTOFMEMORY|0x8007000E|out of memory|failed to allocate|bad_?alloc|allocation failed/i;

export function createWork({ setup, load, tell, memory }: WorkDeps): Work {
  const queue: Item[] = [];
  const seats = new Map<string, Seat>();
  let running: Promise<void> | undefined;

  async function loop(): Promise<void> {
    while (queue.length > 0) {
      const { model } = queue[0]!.request;
      const seat = seatOf(model);
      const open = new Set(take(queue, seat.batch));
      try {
        await runBatch(seat, model, [...open], (item) => open.delete(item));
      } catch (error) {
        for (const { id } of open) tell({ type: 'failed', id, message: `${model.name}: ${firstLine(error)}`, bytes: memory() });
      }
    }
  }

  async function runBatch(seat: Seat, model: ModelFile, items: Item[], answered: (item: Item) => void): Promise<void> {
    let outputs: Record<string, TensorData>;
    const size = seat.batch;
    try {
      clearTimeout(seat.idle);
      seat.loaded ??= await loadDown(seat, model);
      const { '*': only, ...named } = gather(
        items.map((item) => item.request),
        size,
      );
      outputs = await seat.loaded.run(only === undefined ? named : { [seat.loaded.inputNames[0]!]: only, ...named });
    } catch (error) {
      if (!(await makeRoom(seat, model, error))) throw error;
      // The seat is smaller now; every turn of this makes it smaller still, so it ends.
      for (let at = 0; at < items.length; ) {
        const some = items.slice(at, at + seat.batch);
        at += some.length;
        await runBatch(seat, model, some, answered);
      }
      return;
    } finally {
      seat.idle = setTimeout(() => void release(seat), setup.idleMs).unref();
    }
    const names = seat.loaded.outputNames;
    items.forEach((item, at) => {
      const wanted = Object.entries(item.request.outputs).map(([asked, how]) => {
        const name = asked === '*' ? names[0]! : asked;
        const output = outputs[name];
        if (!output) throw new Error(`it has no output ${name}; its outputs are ${names.join(', ')}`);
        return [asked, part(output, at, size, how)] as const;
      });
      tell({ type: 'done', id: item.id, outputs: Object.fromEntries(wanted), provider: seat.provider, bytes: memory() });
      answered(item);
    });
  }

  /** Loads on the first provider from here on that takes the model. */
  async function loadDown(seat: Seat, model: ModelFile): Promise<LoadedModel> {
    for (;;) {
      try {
        return await load(model, seat.provider);
      } catch (error) {
        const next = setup.providers[setup.providers.indexOf(seat.provider) + 1];
        if (next === undefined) throw error;
        const said = firstLine(error);
        tell({ type: 'note', text: `${model.name} does not load on ${seat.provider} (${said}); it runs on ${next}.` });
        moveTo(seat, next);
      }
    }
  }

  /** After memory ran out: half the batch, then the processor. False when there is nothing left to give up. */
  async function makeRoom(seat: Seat, model: ModelFile, error: unknown): Promise<boolean> {
    if (!OUT_OF_MEMORY.test(String(error))) return false;
    if (seat.batch > 1) {
      seat.batch = Math.floor(seat.batch / 2);
      tell({ type: 'note', text: `${model.name}: ${seat.provider} ran out of memory; batches of ${seat.batch} from now on.` });
      return true;
    }
    if (seat.provider === 'cpu') return false;
    await release(seat);
    moveTo(seat, 'cpu');
    tell({ type: 'note', text: `${model.name}: out of memory for a single picture; it runs on cpu from now on.` });
    return true;
  }

  function seatOf(model: ModelFile): Seat {
    const found = seats.get(model.file);
    if (found) return found;
    const seat: Seat = { provider: setup.providers[0]!, batch: 1, loaded: null, idle: undefined };
    moveTo(seat, seat.provider);
    seats.set(model.file, seat);
    return seat;
  }

  function moveTo(seat: Seat, provider: ExecutionProvider): void {
    seat.provider = provider;
    seat.batch = setup.batch[provider] ?? 1;
  }

  async function release(seat: Seat): Promise<void> {
    const { loaded } = seat;
    seat.loaded = null;
    await loaded?.release();
  }

  function start(): void {
    running ??= loop().finally(() => {
      running = undefined;
    });
  }

  return {
    add(id, request) {
      queue.push({ id, request, signature: signature(request) });
      // A turn later, so that what came in together goes into one batch.
      setImmediate(start);
    },
    cancel(id) {
      const at = queue.findIndex((item) => item.id === id);
      if (at >= 0) queue.splice(at, 1);
    },
    async settled() {
      await new Promise((resolve) => setImmediate(resolve));
      await running;
    },
  };
}

/** The first item and up to `size` items of its signature, in order; the others stay. */
function take(queue: Item[], size: number): Item[] {
  const wanted = queue[0]!.signature;
  const taken: Item[] = [];
  for (let at = 0; at < queue.length && taken.length < size; ) {
    if (queue[at]!.signature === wanted) taken.push(...queue.splice(at, 1));
    else at++;
  }
  return taken;
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0]!.slice(0, 300);
}
