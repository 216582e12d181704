import type { AddFault } from '../faults.ts';
import type { ProvenanceLine } from '../formats/shards.ts';
import type { Manifest } from '../manifest.ts';
import type { FileIndex } from './fileIndex.ts';

/** What a reader needs of an export that is checked. */
export interface CheckContext {
  root: string;
  manifest: Manifest;
  files: FileIndex;
  add: AddFault;
  signal: AbortSignal;
}

/** A picture as it was found: in a container, or as a file. */
export interface FoundPicture {
  role: string;
  bytes?: Uint8Array | undefined;
  path?: string | undefined;
}

/** One sample as it was read, and what provenance says about it. */
export interface FoundSample {
  claim: ProvenanceLine;
  /** Where to point at: a file and a line or row from 1. */
  file: string;
  line: number | null;
  /** As the trainer will read it; undefined when this format keeps it elsewhere (and checks it there). */
  instruction?: string | undefined;
  /** Text whose floats must have a decimal point. */
  json?: string | undefined;
  pictures: FoundPicture[];
}

/** Reads the samples of an export in the order of provenance.jsonl; everything odd about the container goes to `context.add`. */
export type ReadBack = (context: CheckContext, provenance: AsyncIterable<ProvenanceLine>) => AsyncIterable<FoundSample>;

/** Reads a container sample by sample beside the lines of provenance that name it. `open` gives its samples in order. */
export async function* besideProvenance<S extends object>(
  context: CheckContext,
  provenance: AsyncIterable<ProvenanceLine>,
  open: (file: string) => AsyncGenerator<S>,
  found: (claim: ProvenanceLine, sample: S) => Omit<FoundSample, 'claim' | 'file' | 'line'>,
): AsyncGenerator<FoundSample> {
  let file = '';
  let samples: AsyncGenerator<S> | undefined;
  const finish = async () => {
    if (samples !== undefined && !(await samples.next()).done) context.add('row', file, null, 'There are more samples than were written.');
    await samples?.return(undefined);
  };
  for await (const claim of provenance) {
    if (claim.file !== file) {
      await finish();
      file = claim.file;
      samples = context.files.find(file)?.whole ? open(file) : undefined;
      if (samples === undefined) context.add('row', file, null, 'The samples of this file cannot be read.');
    }
    const next = await samples?.next();
    if (next === undefined) continue;
    if (next.done) {
      context.add('row', file, claim.row + 1, 'This sample is not there.');
      continue;
    }
    yield { claim, file, line: claim.row + 1, ...found(claim, next.value) };
  }
  await finish();
}
