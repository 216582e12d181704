/** A path in an export: relative, POSIX, no step up, no scheme. */
export function isInside(path: string): boolean {
  if (path === '' || path.startsWith('/') || path.includes('\\') || path.includes('://') || path.includes('\0')) return false;
  return !/^[a-zA-Z]:/.test(path) && path.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
}

/** One line of SHA256SUMS, or undefined when it is none. */
export function parseSum(text: string): { sha256: string; path: string } | undefined {
  const match = /^([0-9a-f]{64}) [ *](.+)$/.exec(text);
  return match ? { sha256: match[1]!, path: match[2]! } : undefined;
}
