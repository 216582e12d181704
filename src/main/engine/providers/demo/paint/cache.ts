/** A cache with a byte limit that forgets what was used longest ago. */
export interface ByteCache<T> {
  /** The value under the key, made once; askers of the same key share the making. */
  get(key: string, make: () => Promise<T>): Promise<T>;
}

/** `sizeOf` gives the bytes a value holds; a value larger than `limit` is handed out but not kept. */
export function byteCache<T>(limit: number, sizeOf: (value: T) => number): ByteCache<T> {
  const entries = new Map<string, { value: Promise<T>; bytes: number }>();
  let held = 0;
  const drop = (key: string) => {
    held -= entries.get(key)?.bytes ?? 0;
    entries.delete(key);
  };
  return {
    get(key, make) {
      const found = entries.get(key);
      if (found) {
        entries.delete(key);
        entries.set(key, found);
        return found.value;
      }
      const entry = { value: make(), bytes: 0 };
      entries.set(key, entry);
      entry.value.then(
        (value) => {
          entry.bytes = sizeOf(value);
          held += entry.bytes;
          for (const oldest of entries.keys()) {
            if (held <= limit) break;
            if ((entries.get(oldest)?.bytes ?? 0) > 0) drop(oldest);
          }
        },
        () => drop(key),
      );
      return entry.value;
    },
  };
}
