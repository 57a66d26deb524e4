/**
 * A reader of zip archives by their central directory. Stored entries are views of the archive. Compressed entries are
 * inflated by fflate, which is loaded on demand, into memory of the declared size, provided that size is possible. The
 * checksum of each entry is verified.
 */

import { FileError } from "@akari/tensor";

/** A file in an archive. */
export interface ZipEntry {
  readonly name: string;
  /**
   * Reads the contents.
   *
   * @throws FileError when they are damaged.
   */
  read(): Promise<Uint8Array>;
}

/** Maximum compression ratio of deflate. */
const mostInflation = 1032;

/** Finds the end record of the archive, which may be followed by a comment. Returns -1 if there is none. */
function findEnd(view: DataView): number {
  for (let at = view.byteLength - 22; at >= 0 && at >= view.byteLength - 22 - 0xffff; at--) {
    if (view.getUint32(at, true) === 0x06054b50) return at;
  }
  return -1;
}

/** Reads a 64-bit integer. Values beyond 2⁵³ are rounded, but larger than any file. */
function long(view: DataView, at: number): number {
  return Number(view.getBigUint64(at, true));
}

/** Reads the entry count and the offset of the directory, from the zip64 record if the end record refers to it. */
function readEnd(what: string, view: DataView): { readonly count: number; readonly start: number } {
  const end = findEnd(view);
  if (end < 0)
    throw new FileError(`${what}: the zip archive has no end record; the file is truncated or not a zip archive`);
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

/** Reads the sizes and the offset of an entry, from the zip64 extra field where the entry refers to it. */
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
    }) as [number, number, number]; // safe: `map` keeps the length
  }
  return numbers;
}

/**
 * Lists the files of a zip archive, in the order of its directory.
 *
 * @throws FileError when the directory is damaged or an entry is encrypted.
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
    if (next > bytes.length) throw new FileError(`${what}: the zip directory is truncated`);
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
    throw new FileError(`${what} is not at the offset in the zip directory`);
  const start = place + 30 + view.getUint16(place + 26, true) + view.getUint16(place + 28, true);
  if (start + packed > bytes.length) throw new FileError(`${what} extends beyond the end of the archive`);
  const stored = bytes.subarray(start, start + packed);
  let contents: Uint8Array;
  if (method === 0) {
    if (size !== packed) throw new FileError(`${what} is stored uncompressed in ${packed} bytes, but declares ${size}`);
    contents = stored;
  } else if (method === 8) {
    if (size > packed * mostInflation)
      throw new FileError(`${what} declares ${size} bytes compressed to ${packed}, which is impossible`);
    const { inflateSync } = await import("fflate");
    try {
      contents = inflateSync(stored, { out: new Uint8Array(size) });
    } catch (error) {
      throw new FileError(`${what} cannot be decompressed: ${error instanceof Error ? error.message : String(error)}`, {
        cause: error,
      });
    }
  } else {
    throw new FileError(`${what} has compression method ${method}; expected 0 (stored) or 8 (deflate)`);
  }
  if (contents.length !== size || crc32(contents) !== sum)
    throw new FileError(`${what} is damaged: its checksum does not match`);
  return contents;
}

let table: Uint32Array | null = null;

/** Computes the CRC-32 checksum. */
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
