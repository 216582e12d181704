import { AppError } from '../../../../shared/model/errors.ts';

/** Everything in a tar archive is a multiple of this many bytes. */
export const BLOCK = 512;
/** Twelve bytes of octal digits and a NUL reach this far; larger sizes go into the pax header. */
const LARGEST_OCTAL = 0o77777777777;
const NAME_BYTES = 100;
const PREFIX_BYTES = 155;
const FIELDS = {
  name: 0,
  mode: 100,
  uid: 108,
  gid: 116,
  size: 124,
  mtime: 136,
  checksum: 148,
  type: 156,
  magic: 257,
  version: 263,
  prefix: 345,
};

/**
 * What stands before the bytes of a file: its ustar header (POSIX.1-1988), and a pax header (POSIX.1-2001) before that when the name is
 * not ASCII or too long, or the size too large. Mode 0644, owner 0, time 0.
 */
export function entryHead(name: string, size: number): Uint8Array {
  const place = asciiPlace(name);
  const records = [
    ...(place === undefined ? [paxRecord('path', name)] : []),
    ...(size > LARGEST_OCTAL ? [paxRecord('size', String(size))] : []),
  ];
  const plain = header(place ?? { name: fallbackName(name), prefix: '' }, Math.min(size, LARGEST_OCTAL), '0');
  if (records.length === 0) return plain;
  const pax = Buffer.concat(records);
  return Buffer.concat([header({ name: 'PaxHeader', prefix: '' }, pax.length, 'x'), pax, padding(pax.length), plain]);
}

/** Zero bytes from the end of a file of this size to the next block. */
export function padding(size: number): Uint8Array {
  return ZEROS.subarray(0, (BLOCK - (size % BLOCK)) % BLOCK);
}

const ZEROS = new Uint8Array(BLOCK);

/** Throws AppError inputInvalid for a name that is absolute, empty, steps up, or holds NUL or half a character. */
export function checkName(name: string): void {
  const parts = name.split('/');
  if (name.includes('\0') || !name.isWellFormed() || parts.some((part) => part === '' || part === '.' || part === '..'))
    throw new AppError('inputInvalid', `${JSON.stringify(name)} is no name for a file in an archive.`);
}

/** Where an ASCII name fits: whole, or cut at a slash. Undefined when it needs a pax header. */
function asciiPlace(name: string): { name: string; prefix: string } | undefined {
  if (!/^[\x20-\x7e]*$/.test(name)) return undefined;
  if (name.length <= NAME_BYTES) return { name, prefix: '' };
  const cut = name.indexOf('/', name.length - NAME_BYTES - 1);
  return cut > 0 && cut <= PREFIX_BYTES ? { name: name.slice(cut + 1), prefix: name.slice(0, cut) } : undefined;
}

/** For readers that know no pax; the real name stands in the pax header. */
function fallbackName(name: string): string {
  return name
    .replace(/[^\x20-\x7e]/g, '_')
    .slice(-NAME_BYTES)
    .replace(/^\/+/, '');
}

function header(place: { name: string; prefix: string }, size: number, type: '0' | 'x'): Buffer {
  const block = Buffer.alloc(BLOCK);
  const octal = (value: number, at: number, digits: number) => block.write(value.toString(8).padStart(digits, '0'), at, 'latin1');
  block.write(place.name, FIELDS.name, 'latin1');
  octal(0o644, FIELDS.mode, 7);
  octal(0, FIELDS.uid, 7);
  octal(0, FIELDS.gid, 7);
  octal(size, FIELDS.size, 11);
  octal(0, FIELDS.mtime, 11);
  block.write(type, FIELDS.type, 'latin1');
  block.write('ustar\0', FIELDS.magic, 'latin1');
  block.write('00', FIELDS.version, 'latin1');
  block.write(place.prefix, FIELDS.prefix, 'latin1');
  // The checksum is the sum of all bytes, its own eight counted as spaces.
  block.fill(' ', FIELDS.checksum, FIELDS.checksum + 8);
  const sum = block.reduce((total, byte) => total + byte, 0);
  octal(sum, FIELDS.checksum, 6);
  block[FIELDS.checksum + 6] = 0;
  return block;
}

/** "LENGTH KEY=VALUE\n" where LENGTH counts itself. */
function paxRecord(key: string, value: string): Buffer {
  const rest = Buffer.from(` ${key}=${value}\n`);
  let length = rest.length + 1;
  while (String(length).length + rest.length !== length) length = String(length).length + rest.length;
  return Buffer.concat([Buffer.from(String(length)), rest]);
}
