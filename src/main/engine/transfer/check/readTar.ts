import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { extract } from 'tar-stream';
import type { ProvenanceLine } from '../formats/shards.ts';
import { besideProvenance, type CheckContext, type FoundSample } from './readBack.ts';

/** Fields of one sample: what stands after the first dot of a name -> bytes. */
export type TarFields = Map<string, Buffer>;

/** The samples of WebDataset shards: neighbouring entries with one key. The fields of all samples of an export must be the same. */
export function readTarSamples(
  context: CheckContext,
  provenance: AsyncIterable<ProvenanceLine>,
  found: (fields: TarFields) => Omit<FoundSample, 'claim' | 'file' | 'line'>,
): AsyncGenerator<FoundSample> {
  let expected = '';
  return besideProvenance(
    context,
    provenance,
    (file) => readSamples(context, file),
    (claim, { key, fields }) => {
      const fault = (message: string) => context.add('row', claim.file, claim.row + 1, message);
      const names = [...fields.keys()].join(' ');
      expected ||= names;
      if (key !== claim.id) fault(`The key is ${key}, not ${claim.id}.`);
      if (names !== expected) fault(`The fields are ${names}, those of the first sample are ${expected}.`);
      return found(fields);
    },
  );
}

async function* readSamples({ root, signal }: CheckContext, file: string): AsyncGenerator<{ key: string; fields: TarFields }> {
  const entries = createReadStream(join(root, file), { signal }).pipe(extract());
  let key = '';
  let fields: TarFields = new Map();
  for await (const entry of entries) {
    const { name } = entry.header;
    const dot = name.indexOf('.');
    const chunks: Buffer[] = [];
    for await (const chunk of entry) chunks.push(chunk as Buffer);
    if (name.slice(0, dot) !== key && fields.size > 0) {
      yield { key, fields };
      fields = new Map();
    }
    key = name.slice(0, dot);
    fields.set(name.slice(dot + 1), Buffer.concat(chunks));
  }
  if (fields.size > 0) yield { key, fields };
}
