import { createHash } from 'node:crypto';

/**
 * One hash of a set of rows, whatever order they come in: SHA-256 (hex) over the sorted rows, each ended by a newline.
 * A row is one canonical line of text; RangeError for a row with a newline in it, which could pass for two.
 */
export function hashRows(rows: readonly string[]): string {
  const hash = createHash('sha256');
  for (const row of [...rows].sort()) {
    if (row.includes('\n')) throw new RangeError('a row of a dataset hash is one line');
    hash.update(row).update('\n');
  }
  return hash.digest('hex');
}
