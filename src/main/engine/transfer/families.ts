import type { ExportRow } from './columns.ts';

/** Originals in one folder of an export. */
const ORIGINALS_PER_FOLDER = 1000;

const KIND_ORDER = ['forward', 'inverse', 'composed', 'interactive', 'imported'] as const;

/** Joins neighbouring rows that share a root. Rows of one root must come one after the other. */
export async function* families(rows: AsyncIterable<ExportRow> | Iterable<ExportRow>): AsyncGenerator<ExportRow[]> {
  let family: ExportRow[] = [];
  for await (const row of rows) {
    if (family.length > 0 && family[0]?.rootHash !== row.rootHash) {
      yield family;
      family = [];
    }
    family.push(row);
  }
  if (family.length > 0) yield family;
}

/**
 * Order of a family's rows: kind, then content. It depends on nothing but the triplets themselves, so two runs that
 * mined the same set in another order are exported alike.
 */
export function inContentOrder(family: readonly ExportRow[]): readonly ExportRow[] {
  if (family.length === 1) return family;
  const key = (row: ExportRow) => `${KIND_ORDER.indexOf(row.kind)}\n${row.instruction}\n${row.sourceHash}\n${row.editedHash}`;
  const keyed = family.map((row) => ({ key: key(row), row }));
  keyed.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  return keyed.map((item) => item.row);
}

/**
 * Names the pictures of a family: for each sample, a path for each of its pictures. The root is `_original`, every other picture
 * `_edited_K` in order of first use; each picture is there once however many samples use it. `index` is the family's number in its
 * split, from 0; `extensionOf` gives jpg, png, ... by the bytes that are written. Paths start from the folder of the metadata.
 */
export function planFamily(
  samples: readonly { rootHash: string; pictures: readonly string[] }[],
  index: number,
  extensionOf: (hash: string) => string,
): string[][] {
  const stem = `images/${familyFolder(index)}/image_${String(index).padStart(7, '0')}`;
  const paths = new Map<string, string>();
  let edited = 0;
  const pathOf = (hash: string, root: string) => {
    const known = paths.get(hash);
    if (known !== undefined) return known;
    const path = `${stem}_${hash === root ? 'original' : `edited_${++edited}`}.${extensionOf(hash)}`;
    paths.set(hash, path);
    return path;
  };
  return samples.map(({ rootHash, pictures }) => pictures.map((hash) => pathOf(hash, rootHash)));
}

/** Name of the folder a family's pictures are in. */
export function familyFolder(index: number): string {
  return String(Math.floor(index / ORIGINALS_PER_FOLDER)).padStart(2, '0');
}
