import { createHash } from 'node:crypto';
import type { SplitName } from '../../../../shared/model/export.ts';
import { sampleId } from '../columns.ts';
import { countOne } from '../countOne.ts';
import { createNumbers } from '../export/numbers.ts';
import type { AddFault, CheckDeps } from '../faults.ts';
import { createIdIndex, createIdSet } from '../idIndex.ts';
import { floatFaults } from './floats.ts';
import type { CheckContext, FoundPicture, FoundSample } from './readBack.ts';

/** What is counted over all samples. */
export interface SampleTally {
  rows: number;
  byKind: Map<string, number>;
  bySplit: Map<SplitName, number>;
}

/** Checks samples one by one, whatever they were read from. 8 bytes a sample, 16 a picture. */
export interface SampleCheck {
  check(sample: FoundSample): Promise<void>;
  tally: SampleTally;
}

interface PictureFacts {
  sha16: string;
  size: { width: number; height: number } | null;
}

export function createSampleCheck(context: CheckContext, deps: CheckDeps, onPicture: () => void): SampleCheck {
  const tally: SampleTally = { rows: 0, byKind: new Map(), bySplit: new Map() };
  const ids = createIdSet();
  const contents = createIdSet();
  const pictures = createIdIndex();
  const splitOf = createNumbers(Uint8Array);
  const splits: SplitName[] = [];

  async function factsOf(picture: FoundPicture, add: AddHere): Promise<PictureFacts | undefined> {
    if (picture.bytes !== undefined) {
      onPicture();
      const sha16 = createHash('sha256').update(picture.bytes).digest('hex').slice(0, 16);
      try {
        return { sha16, size: await deps.decodeBytes(picture.bytes) };
      } catch (error) {
        context.signal.throwIfAborted();
        add('undecodable', `The ${picture.role} picture does not decode: ${error instanceof Error ? error.message : String(error)}`);
        return { sha16, size: null };
      }
    }
    // A path that leaves the folder has its own fault.
    if (picture.path === undefined) return undefined;
    const facts = context.files.find(picture.path);
    if (facts === undefined) add('missing', `The ${picture.role} picture ${picture.path} is in no checksum list.`);
    return facts;
  }

  /** Every picture belongs to one split. */
  function checkLeak({ claim }: FoundSample, add: AddHere): void {
    let split = splits.indexOf(claim.split);
    if (split < 0) split = splits.push(claim.split) - 1;
    for (const { stored, role } of claim.pictures) {
      const number = pictures.numberOf(stored.slice(0, 16));
      if (number === splitOf.length()) splitOf.push(split);
      else if (splitOf.at(number) !== split) add('leak', `The ${role} picture is in the split ${splits[splitOf.at(number)]} too.`);
    }
  }

  return {
    tally,
    async check(sample) {
      const { claim } = sample;
      const add: AddHere = (kind, message) => context.add(kind, sample.file, sample.line, message);
      tally.rows += 1;
      countOne(tally.byKind, claim.kind);
      countOne(tally.bySplit, claim.split);
      const found = await Promise.all(sample.pictures.map((picture) => factsOf(picture, add)));
      checkPictures(sample, found, add);
      checkIdentity(sample, add);
      const content = claim.pictures.map(({ stored }) => stored).join('') + claim.instruction;
      const isId = /^[0-9a-f]{16}$/.test(claim.id);
      if (isId && !ids.add(claim.id)) add('duplicate', `The id ${claim.id} was there before.`);
      else if (!contents.add(createHash('sha256').update(content).digest('hex').slice(0, 16)))
        add('duplicate', 'The same pictures and instruction were there before.');
      checkLeak(sample, add);
      for (const message of sample.json === undefined ? [] : floatFaults(sample.json)) add('float', message);
    },
  };
}

type AddHere = (kind: Parameters<AddFault>[0], message: string) => void;

/** Each picture is there, is the one that was written in this place, and has the size that is said. */
function checkPictures({ claim, pictures }: FoundSample, found: (PictureFacts | undefined)[], add: AddHere): void {
  const embedded = claim.pictures.every((picture) => picture.path === undefined) && !claim.file.endsWith('.jsonl');
  for (const [i, { role, path }] of pictures.entries()) {
    const expected = claim.pictures.find((picture) => picture.role === role);
    const facts = found[i];
    if (expected === undefined) add('row', `There should be no ${role} picture.`);
    else if (facts === undefined && path === undefined && embedded) add('row', `There is no ${role} picture.`);
    if (expected === undefined || facts === undefined) continue;
    const wanted = expected.written.slice(0, 16);
    if (wanted !== '' && facts.sha16 !== wanted) {
      const other = claim.pictures.find((picture) => picture.role !== role && picture.written.startsWith(facts.sha16));
      if (other) add('direction', `The ${role} picture is the ${other.role} picture: they are swapped.`);
      else add('changed', `The ${role} picture is not the one that was written.`);
    }
    if (facts.size && (facts.size.width !== claim.width || facts.size.height !== claim.height))
      add('size', `The ${role} picture is ${facts.size.width}x${facts.size.height}, the row says ${claim.width}x${claim.height}.`);
  }
  const [source, edited] = ['source', 'edited'].map((role) => pictures.findIndex((picture) => picture.role === role)) as [number, number];
  const same = source >= 0 && edited >= 0 && found[source] !== undefined && found[source]?.sha16 === found[edited]?.sha16;
  if (same || (source >= 0 && pictures[source]?.path !== undefined && pictures[source].path === pictures[edited]?.path))
    add('same', 'The source and the edited picture are the same.');
}

/** The sample id names both pictures, in order, and the instruction: a swap or another text gives another id. */
function checkIdentity({ claim, instruction }: FoundSample, add: AddHere): void {
  if (instruction !== undefined && instruction !== claim.instruction.toWellFormed())
    add('row', 'The instruction is not the one that was written.');
  const stored = (role: string) => claim.pictures.find((picture) => picture.role === role)?.stored;
  const [sourceHash, editedHash] = [stored('source'), stored('edited')];
  if (sourceHash === undefined || editedHash === undefined) return;
  const content = sampleId({ sourceHash, editedHash, instruction: claim.instruction });
  if (claim.sample_id !== content) add('row', `sample_id ${claim.sample_id} is not the id of this content (${content}).`);
}
