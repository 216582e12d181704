import type { PairValues, PictureAnswer, PictureQuestion, ShownDifference, ShownPicture } from './pictureMessages.ts';

type Asked = { resolve(answer: PictureAnswer): void; reject(error: Error): void };
type Question = PictureQuestion extends infer Q ? (Q extends unknown ? Omit<Q, 'id'> : never) : never;

let worker: Worker | null = null;
let lastId = 0;
const asked = new Map<number, Asked>();
/** Pictures that were decoded ahead, until somebody shows them. */
const ready = new Map<string, Promise<ShownPicture>>();
const readyNow = new Map<string, ShownPicture>();

function start(): Worker {
  const made = new Worker(new URL('./pictures.worker.ts', import.meta.url), { type: 'module' });
  made.addEventListener('message', ({ data }: MessageEvent<PictureAnswer>) => {
    asked.get(data.id)?.resolve(data);
    asked.delete(data.id);
  });
  // A worker that fell over (out of memory) is replaced at the next question.
  made.addEventListener('error', () => {
    made.terminate();
    worker = null;
    for (const { reject } of asked.values()) reject(new Error('the picture worker stopped'));
    asked.clear();
  });
  return made;
}

async function ask(question: Question): Promise<PictureAnswer> {
  worker ??= start();
  lastId += 1;
  const id = lastId;
  const answer = await new Promise<PictureAnswer>((resolve, reject) => {
    asked.set(id, { resolve, reject });
    worker?.postMessage({ id, ...question });
  });
  if ('error' in answer) throw new Error(answer.error);
  return answer;
}

const absolute = (src: string) => new URL(src, document.baseURI).href;

async function load(src: string): Promise<ShownPicture> {
  const answer = await ask({ do: 'load', src: absolute(src) });
  if (!('picture' in answer)) throw new Error('unexpected answer');
  return answer.picture;
}

/** The decoded picture at an address. Rejects when it cannot be read; asking again tries again. */
export function loadPicture(src: string): Promise<ShownPicture> {
  const ahead = ready.get(src);
  ready.delete(src);
  readyNow.delete(src);
  return ahead ?? load(src);
}

/** The picture, when it was decoded ahead and is there now: it can be on screen in the same frame. */
export function takeReady(src: string): ShownPicture | undefined {
  const picture = readyNow.get(src);
  if (picture) {
    ready.delete(src);
    readyNow.delete(src);
  }
  return picture;
}

/** Decodes the pictures that may be looked at next; forgets those that are no longer likely. */
export function preparePictures(sources: readonly string[]): void {
  if (typeof Worker === 'undefined') return;
  const wanted = new Set(sources);
  for (const src of [...ready.keys()]) {
    if (wanted.has(src)) continue;
    void ready.get(src)?.then(close, () => {});
    ready.delete(src);
    readyNow.delete(src);
  }
  for (const src of wanted) {
    if (ready.has(src)) continue;
    const picture = load(src);
    ready.set(src, picture);
    // A failure shows when the picture is wanted.
    picture.then(
      (value) => ready.get(src) === picture && readyNow.set(src, value),
      () => ready.get(src) === picture && ready.delete(src),
    );
  }
}

function close({ levels }: ShownPicture): void {
  for (const level of levels) level.close();
}

/** The difference of two pictures as a picture, with what is known of it. */
export async function differenceOf(
  a: string,
  b: string,
  how: Pick<Extract<Question, { do: 'difference' }>, 'look' | 'gain' | 'rule'>,
): Promise<ShownDifference> {
  const answer = await ask({ do: 'difference', a: absolute(a), b: absolute(b), ...how });
  if (!('difference' in answer)) throw new Error('unexpected answer');
  return answer.difference;
}

/** The values of a box of pixels in both pictures. */
export async function valuesOf(a: string, b: string, box: { x: number; y: number; width: number; height: number }): Promise<PairValues> {
  const answer = await ask({ do: 'values', a: absolute(a), b: absolute(b), ...box });
  if (!('values' in answer)) throw new Error('unexpected answer');
  return answer.values;
}
