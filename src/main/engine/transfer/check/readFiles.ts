import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ProvenanceLine } from '../formats/shards.ts';
import { isInside } from '../sums.ts';
import type { CheckContext, FoundSample } from './readBack.ts';

/**
 * Samples whose pictures are files of their own. `texts` reads what else belongs to a sample; a file it cannot read, or that is no
 * JSON where it should be, is a fault of that sample.
 */
export async function* readFiles(
  context: CheckContext,
  provenance: AsyncIterable<ProvenanceLine>,
  texts: (claim: ProvenanceLine, read: (path: string) => Promise<string>) => Promise<{ instruction?: string }>,
): AsyncGenerator<FoundSample> {
  const read = (path: string) => {
    if (!isInside(path)) throw new RangeError(`the path ${JSON.stringify(path)} leaves the folder`);
    return readFile(join(context.root, path), 'utf8');
  };
  for await (const claim of provenance) {
    const found = await texts(claim, read).catch((error: Error) => {
      context.signal.throwIfAborted();
      context.add('row', claim.file, null, `What belongs to this picture cannot be read: ${error.message}`);
      return {};
    });
    yield { claim, file: claim.file, line: null, ...found, pictures: claim.pictures.map(({ role, path }) => ({ role, path: path ?? '' })) };
  }
}
