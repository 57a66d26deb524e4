/**
 * The implementation of the functions in `safetensors.ts`. A safetensors file consists of the length of the header in
 * eight bytes, a JSON header with the name, type, shape and position of each tensor, and their bytes. It contains no
 * code. A header that is inconsistent with the file is rejected before any memory is allocated.
 *
 * https://huggingface.co/docs/safetensors
 */

import { bytesOf, type DType, FileError, settings, type Tensor } from "@akari/tensor";
import { readFile, writeAtomically } from "./disk.ts";
import {
  checkReading,
  countOf,
  decodeElements,
  entriesOf,
  type FileType,
  fileBytes,
  type HostArray,
  type ReadOptions,
  toTensors,
} from "./elements.ts";
import type { Source } from "./files.ts";
import type { LoadOptions, Metadata, Safetensors, SaveOptions } from "./safetensors.ts";

const types: Readonly<Record<string, FileType>> = {
  F64: "float64",
  F32: "float32",
  F16: "float16",
  BF16: "bfloat16",
  I64: "int64",
  U64: "uint64",
  I32: "int32",
  U32: "uint32",
  I16: "int16",
  U16: "uint16",
  I8: "int8",
  U8: "uint8",
  BOOL: "bool",
};

const names: Readonly<Record<DType, string>> = {
  float64: "F64",
  float32: "F32",
  float16: "F16",
  bfloat16: "BF16",
  int32: "I32",
  uint8: "U8",
  bool: "BOOL",
};

const metadataKey = "__metadata__";
/** Maximum length of the header according to the format. */
const longestHeader = 100_000_000;

/** Encodes a safetensors file as a list of pieces: the header and each array. */
function encodePieces(
  operation: string,
  arrays: Readonly<Record<string, HostArray>>,
  options: SaveOptions,
): Uint8Array[] {
  const { metadata } = settings(operation, options, { metadata: undefined });
  const entries = entriesOf(operation, arrays);
  // Arrays are sorted by element size, largest first, so that each starts at a multiple of its element size.
  const order = [...entries].sort(([, a], [, b]) => bytesOf(b.dtype) - bytesOf(a.dtype));
  const places = new Map<string, [number, number]>();
  let end = 0;
  for (const [name, { data }] of order) {
    if (name === metadataKey) throw new FileError(`${operation}: a tensor cannot be named ${metadataKey}`);
    places.set(name, [end, end + data.byteLength]);
    end += data.byteLength;
  }
  for (const [key, value] of Object.entries(metadata ?? {})) {
    if (typeof value !== "string")
      throw new FileError(`${operation}: the metadata "${key}" must be a string, got ${typeof value}`);
  }
  const described = entries.map(([name, { dtype, shape }]) => [
    name,
    { dtype: names[dtype], shape, data_offsets: places.get(name) },
  ]);
  const header = JSON.stringify(
    Object.fromEntries([...(metadata === undefined ? [] : [[metadataKey, metadata]]), ...described]),
  );
  const text = new TextEncoder().encode(header);
  const length = Math.ceil(text.length / 8) * 8;
  const head = new Uint8Array(8 + length).fill(0x20);
  new DataView(head.buffer).setBigUint64(0, BigInt(length), true);
  head.set(text, 8);
  return [head, ...order.map(([, { data }]) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength))];
}

/** Implements `encodeSafetensors`. */
export function encode(arrays: Readonly<Record<string, HostArray>>, options: SaveOptions): Uint8Array<ArrayBuffer> {
  const pieces = encodePieces("encodeSafetensors", arrays, options);
  const whole = new Uint8Array(pieces.reduce((length, piece) => length + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

/** Reads the header of a file. Returns it with the bytes that follow. */
function readHeader(
  what: string,
  bytes: Uint8Array,
): { readonly header: Record<string, unknown>; readonly body: Uint8Array } {
  if (bytes.length < 8)
    throw new FileError(`${what}: a safetensors file has at least 8 bytes, this one has ${bytes.length}`);
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true));
  if (length > longestHeader)
    throw new FileError(
      `${what}: the header has ${length} bytes according to its length; the format allows ${longestHeader}`,
    );
  if (length > bytes.length - 8) {
    throw new FileError(
      `${what}: the header should have ${length} bytes, but only ${bytes.length - 8} follow; the file is truncated`,
    );
  }
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(8, 8 + length)));
  } catch (error) {
    throw new FileError(`${what}: the header is not JSON`, { cause: error });
  }
  if (!isRecord(header))
    throw new FileError(
      `${what}: the header must be a JSON object, got ${Array.isArray(header) ? "a list" : typeof header}`,
    );
  return { header, body: bytes.subarray(8 + length) };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

interface Entry {
  readonly name: string;
  readonly type: FileType;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

/** Reads the header entry of a tensor and checks it for consistency. */
function readEntry(what: string, name: string, value: unknown, available: number): Entry {
  const where = `${what}: "${name}"`;
  if (!isRecord(value)) throw new FileError(`${where} is not described by an object`);
  const { dtype, shape, data_offsets: place } = value;
  const type = typeof dtype === "string" && Object.hasOwn(types, dtype) ? types[dtype] : undefined;
  if (type === undefined)
    throw new FileError(
      `${where} has the type ${JSON.stringify(dtype)}; expected one of ${Object.keys(types).join(", ")}`,
    );
  if (!Array.isArray(shape)) throw new FileError(`${where} has no shape`);
  const count = countOf(where, shape);
  const [begin, end] = Array.isArray(place) && place.length === 2 ? (place as readonly unknown[]) : [];
  if (!Number.isSafeInteger(begin) || !Number.isSafeInteger(end))
    throw new FileError(`${where} has no data_offsets of two integers`);
  const [from, to] = [begin as number, end as number]; // safe: both are integers
  if (from < 0 || to < from) throw new FileError(`${where} has the invalid byte range ${from} to ${to}`);
  if (to > available)
    throw new FileError(`${where} ends at byte ${to}, but there are only ${available}; the file is truncated`);
  if (count * fileBytes[type] !== to - from) {
    throw new FileError(
      `${where} of shape [${shape.join(", ")}] and type ${dtype} needs ${count * fileBytes[type]} bytes, but has ${to - from}`,
    );
  }
  return { name, type, shape, begin: from, end: to };
}

/**
 * Checks that every byte belongs to exactly one tensor.
 *
 * @throws FileError when tensors overlap or bytes are unused.
 */
function checkCoverage(what: string, entries: readonly Entry[], available: number): void {
  let at = 0;
  let before = "the header";
  for (const { name, begin, end } of [...entries].sort((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (begin < at)
      throw new FileError(`${what}: "${name}" starts at byte ${begin}, inside "${before}", which ends at ${at}`);
    if (begin > at) throw new FileError(`${what}: bytes ${at} to ${begin} belong to no tensor`);
    at = end;
    before = name;
  }
  if (at !== available) throw new FileError(`${what}: bytes ${at} to ${available} belong to no tensor`);
}

/** Implements `decodeSafetensors`. */
export function decode(what: string, bytes: Uint8Array, options: ReadOptions): Safetensors<HostArray> {
  checkReading(what, bytes, options);
  const { header, body } = readHeader(what, bytes);
  const metadata = Object.hasOwn(header, metadataKey) ? header[metadataKey] : {};
  if (!isRecord(metadata) || Object.values(metadata).some((value) => typeof value !== "string")) {
    throw new FileError(`${what}: ${metadataKey} must contain strings only`);
  }
  const entries = Object.entries(header)
    .filter(([name]) => name !== metadataKey)
    .map(([name, value]) => readEntry(what, name, value, body.length));
  checkCoverage(what, entries, body.length);
  const tensors = entries.map(({ name, type, shape, begin, end }): [string, HostArray] => {
    return [name, { shape, ...decodeElements(`${what}: "${name}"`, type, body.subarray(begin, end), options) }];
  });
  // safe: all values are strings, as checked above
  return { tensors: Object.fromEntries(tensors), metadata: metadata as Metadata };
}

/** Implements `saveSafetensors` for the contents of tensors. */
export async function save(
  operation: string,
  path: string | URL,
  arrays: Readonly<Record<string, HostArray>>,
  options: SaveOptions,
): Promise<void> {
  await writeAtomically(operation, path, encodePieces(operation, arrays, options));
}

/** Implements `loadSafetensors`. */
export async function load(operation: string, source: Source, options: LoadOptions): Promise<Safetensors<Tensor>> {
  const { bytes, what } = await readFile(operation, source);
  const { tensors, metadata } = decode(what, bytes, options);
  return { tensors: toTensors(tensors, options), metadata };
}
