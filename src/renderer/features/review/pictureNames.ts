import type { NamedPicture } from '../../../shared/host.ts';

interface PairOf {
  id: number;
  instruction: string;
  sourceHash: string;
  editedHash: string;
}

/** Both stored pictures of a pair with the names that copies of them get: its number, and what was asked for. */
export function picturesOf({ id, instruction, sourceHash, editedHash }: PairOf): Record<'source' | 'edited', NamedPicture> {
  return { source: { hash: sourceHash, name: `${id} source` }, edited: { hash: editedHash, name: `${id} ${instruction}` } };
}
