import type { ExportRow } from './columns.ts';

/** Originals in one folder of an export. */
const ORIGINALS_PER_FOLDER = 1000;

const KIND_ORDER = ['forward', 'inverse', 'composed', 'interactive', 'imported'] as const;

/** Joins neighbouring rows that share a root. Rows of one root must come one after the other. */
export function* families(rows: Iterable<ExportRow>): Generator<ExportRow[]> {
  let family: ExportRow[] = [];
  for (const row of rows) {
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

/** Numbers the pictures of a family by its samples: 0 is the root, the others count from 1 in order of first use. */
export function numberFamily(samples: readonly { root: string; pictures: readonly { hash: string }[] }[]): number[][] {
  const numbers = new Map<string, number>();
  let edited = 0;
  return samples.map(({ root, pictures }) =>
    pictures.map(({ hash }) => {
      const number = numbers.get(hash) ?? (hash === root ? 0 : ++edited);
      numbers.set(hash, number);
      return number;
    }),
  );
}

/** What the paths of a family's pictures begin with, from the folder of the metadata. `index` is the family's number in its split, from 0. */
export function familyPath(index: number): string {
  return `images/${familyFolder(index)}/image_${String(index).padStart(7, '0')}_`;
}

/** How they end: the root is `original`, every other picture `edited_K`. `number` is the picture's in its family, 0 for the root. */
export function pictureName(number: number, extension: string): string {
  return number === 0 ? `original.${extension}` : `edited_${number}.${extension}`;
}

/** Name of the folder a family's pictures are in. */
export function familyFolder(index: number): string {
  return String(Math.floor(index / ORIGINALS_PER_FOLDER)).padStart(2, '0');
}
