/**
 * Reading zip archives by their directory at the end. Entries that are not compressed are views into the archive;
 * compressed ones are inflated by fflate, which is only loaded then, into memory of the announced size, if that size
 * can be true. The check sum of each entry is verified.
 */

import { FileError } from "@akari/tensor";

/** One file of an archive. */
export interface ZipEntry {
  readonly name: string;
  /** The contents. Throws a FileError when they are damaged. */
  read(): Promise<Uint8Array>;
}

/** Deflate makes no more than this of one byte. */
const mostInflation = 1032;

/** The position of the record that ends the archive: it may be followed by a comment. */
function findEnd(view: DataView): number {
  for (let at = view.byteLength - 22; at >= 0 && at >= view.byteLength - 22 - 0xffff; at--) {
    if (view.getUint32(at, true) === 0x06054b50) return at;
  }
  return -1;
}

/** A 64-bit number; one that JavaScript cannot hold is larger than any file. */
function long(view: DataView, at: number): number {
  return Number(view.getBigUint64(at, true));
}

/** Count and place of the directory, from the larger record where the small one has no room. */
function readEnd(what: string, view: DataView): { readonly count: number; readonly start: number } {
  const end = findEnd(view);
  if (end < 0) throw new FileError(`${what}: the zip archive has no end record; the file is cut short or not a zip`);
  const count = view.getUint16(end + 10, true);
  const start = view.getUint32(end + 16, true);
  if (count !== 0xffff && start !== 0xffffffff) return { count, start };
  if (end < 20 || view.getUint32(end - 20, true) !== 0x07064b50) return { count, start };
  const large = long(view, end - 12);
  if (large + 56 > view.byteLength || view.getUint32(large, true) !== 0x06064b50) {
    throw new FileError(`${what}: the zip archive's 64-bit end record is missing`);
  }
  return { count: long(view, large + 32), start: long(view, large + 48) };
}

/** Sizes and place of an entry, from the 64-bit extra field where the entry itself has no room. */
function readLarge(
  view: DataView,
  from: number,
  to: number,
  numbers: [number, number, number],
): [number, number, number] {
  for (let at = from; at + 4 <= to; at += 4 + view.getUint16(at + 2, true)) {
    if (view.getUint16(at, true) !== 1) continue;
    let next = at + 4;
    const stop = Math.min(next + view.getUint16(at + 2, true), to);
    return numbers.map((n) => {
      if (n !== 0xffffffff || next + 8 > stop) return n;
      next += 8;
      return long(view, next - 8);
    }) as [number, number, number]; // safe: as many as before
  }
  return numbers;
}

/**
 * The files of a zip archive, in the order of its directory.
 *
 * @throws FileError when the archive is damaged, encrypted or packed in a way that we do not know.
 */
export function readZip(what: string, bytes: Uint8Array): ZipEntry[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { count, start } = readEnd(what, view);
  const entries: ZipEntry[] = [];
  let at = start;
  for (let i = 0; i < count; i++) {
    if (at + 46 > bytes.length || view.getUint32(at, true) !== 0x02014b50)
      throw new FileError(`${what}: the zip directory is damaged`);
    const nameEnd = at + 46 + view.getUint16(at + 28, true);
    const extraEnd = nameEnd + view.getUint16(at + 30, true);
    const next = extraEnd + view.getUint16(at + 32, true);
    if (next > bytes.length) throw new FileError(`${what}: the zip directory is cut short`);
    const name = new TextDecoder().decode(bytes.subarray(at + 46, nameEnd));
    const [size, packed, place] = readLarge(view, nameEnd, extraEnd, [
      view.getUint32(at + 24, true),
      view.getUint32(at + 20, true),
      view.getUint32(at + 42, true),
    ]);
    const header = {
      name,
      size,
      packed,
      place,
      method: view.getUint16(at + 10, true),
      sum: view.getUint32(at + 16, true),
    };
    if (view.getUint16(at + 8, true) & 1) throw new FileError(`${what}: "${name}" is encrypted`);
    entries.push({ name, read: () => readEntry(`${what}: "${name}"`, bytes, view, header) });
    at = next;
  }
  return entries;
}

interface Header {
  readonly size: number;
  readonly packed: number;
  readonly place: number;
  readonly method: number;
  readonly sum: number;
}

async function readEntry(
  what: string,
  bytes: Uint8Array,
  view: DataView,
  { size, packed, place, method, sum }: Header,
): Promise<Uint8Array> {
  if (place + 30 > bytes.length || view.getUint32(place, true) !== 0x04034b50)
    throw new FileError(`${what} is not where the zip directory says`);
  const start = place + 30 + view.getUint16(place + 26, true) + view.getUint16(place + 28, true);
  if (start + packed > bytes.length) throw new FileError(`${what} reaches past the end of the archive`);
  const stored = bytes.subarray(start, start + packed);
  let contents: Uint8Array;
  if (method === 0) {
    if (size !== packed) throw new FileError(`${what} is stored in ${packed} bytes, but has ${size}`);
    contents = stored;
  } else if (method === 8) {
    if (size > packed * mostInflation)
      throw new FileError(`${what} claims ${size} bytes packed into ${packed}, which cannot be`);
    const { inflateSync } = await import("fflate");
    try {
      contents = inflateSync(stored, { out: new Uint8Array(size) });
    } catch (error) {
      throw new FileError(`${what} cannot be unpacked: ${error instanceof Error ? error.message : String(error)}`, {
        cause: error,
      });
    }
  } else {
    throw new FileError(`${what} is packed by method ${method}; known are 0 (stored) and 8 (deflate)`);
  }
  if (contents.length !== size || crc32(contents) !== sum)
    throw new FileError(`${what} is damaged: its check sum does not match`);
  return contents;
}

let table: Uint32Array | null = null;

/** The check sum of zip archives. */
function crc32(bytes: Uint8Array): number {
  table ??= Uint32Array.from({ length: 256 }, (_, n) => {
    let c = n;
    for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
    return c;
  });
  let c = 0xffffffff;
  for (let i = 0; i < bytes.length; i++) c = (table[(c ^ (bytes[i] as number)) & 255] as number) ^ (c >>> 8);
  return (c ^ 0xffffffff) >>> 0;
}
