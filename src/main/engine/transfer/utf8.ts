/** Bytes of a text as UTF-8, at most: three a unit (a surrogate pair is two of them and takes four). Measuring takes as long as writing. */
export function mostBytes(text: string): number {
  return text.length * 3;
}
