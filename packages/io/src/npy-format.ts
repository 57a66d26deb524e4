/**
 * The implementation of the functions in `npy.ts`. An .npy file consists of a magic string, a version, a header in the
 * form of a Python dict literal, and the elements. Arrays of Python objects contain pickles and are rejected.
 *
 * https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */

import { type DType, FileError, type Tensor } from "@akari/tensor";
import { readFile, writeAtomically } from "./disk.ts";
import {
  checkArray,
  checkReading,
  countOf,
  decodeElements,
  type FileType,
  fileBytes,
  type HostArray,
  type ReadOptions,
  toTensor,
} from "./elements.ts";
import type { Source } from "./files.ts";
import type { LoadOptions } from "./safetensors.ts";

const types: Readonly<Record<string, FileType>> = {
  f8: "float64",
  f4: "float32",
  f2: "float16",
  i8: "int64",
  u8: "uint64",
  i4: "int32",
  u4: "uint32",
  i2: "int16",
  u2: "uint16",
  i1: "int8",
  u1: "uint8",
  b1: "bool",
};

/** NumPy has no bfloat16. */
const descriptions: Readonly<Record<Exclude<DType, "bfloat16">, string>> = {
  float64: "<f8",
  float32: "<f4",
  float16: "<f2",
  int32: "<i4",
  uint8: "|u1",
  bool: "|b1",
};

interface Header {
  readonly type: FileType;
  readonly bigEndian: boolean;
  readonly fortran: boolean;
  readonly shape: readonly number[];
}

/** One item of the header: a key, and a string, True, False, or a tuple of integers. */
const item = /\s*(['"])(descr|fortran_order|shape)\1\s*:\s*(?:(['"])([^'"]*)\3|(True|False)|\(([\d\sL,]*)\))\s*(,|$)/y;

/** Parses a header such as `{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }`. */
function parseHeader(what: string, text: string): Header {
  const shown = text.trim().slice(0, 120);
  const dict = /^\{(.*)\}$/s.exec(text.trim())?.[1];
  if (dict === undefined) throw new FileError(`${what}: the header is not a dict: ${shown}`);
  const found = new Map<string, string>();
  item.lastIndex = 0;
  for (let at = 0; dict.slice(at).trim() !== ""; at = item.lastIndex) {
    item.lastIndex = at;
    const match = item.exec(dict);
    if (match === null) throw new FileError(`${what}: the header is not supported: ${shown}`);
    found.set(match[2] as string, match[4] ?? match[5] ?? (match[6] as string)); // safe: one of the three matched
  }
  const [description, fortran, shape] = [found.get("descr"), found.get("fortran_order"), found.get("shape")];
  const [, order, name = ""] = /^([<>|=]?)(\w+)$/.exec(description ?? "") ?? [];
  const type = Object.hasOwn(types, name) ? types[name] : undefined;
  if (description === undefined || type === undefined) {
    const why = name === "O" ? " (Python objects)" : "";
    throw new FileError(
      `${what}: ${description === undefined ? "the type is missing" : `the type ${description}${why} is not supported`}; expected one of ${Object.keys(types).join(", ")}`,
    );
  }
  if ((fortran !== "True" && fortran !== "False") || shape === undefined)
    throw new FileError(`${what}: the header is incomplete: ${shown}`);
  const sizes = shape.split(",").map((size) => size.trim().replace(/L$/, ""));
  if (sizes.at(-1) === "") sizes.pop();
  return {
    type,
    bigEndian: order === ">",
    fortran: fortran === "True",
    shape: sizes.map((size) => (size === "" ? Number.NaN : Number(size))),
  };
}

/** Converts elements from column-major to row-major order. */
function transposed<T extends HostArray["data"]>(data: T, shape: readonly number[]): T {
  const result = data.slice() as T; // safe: a copy has the type of the original
  const index = new Array<number>(shape.length).fill(0);
  const strides: number[] = [];
  let stride = 1;
  for (const size of shape) {
    strides.push(stride);
    stride *= size;
  }
  let from = 0;
  for (let i = 0; i < result.length; i++) {
    result[i] = data[from] as number;
    for (let d = shape.length - 1; d >= 0; d--) {
      from += strides[d] as number;
      index[d] = (index[d] as number) + 1;
      if ((index[d] as number) < (shape[d] as number)) break;
      from -= (strides[d] as number) * (shape[d] as number);
      index[d] = 0;
    }
  }
  return result;
}

/** Implements `decodeNpy`. */
export function decode(what: string, bytes: Uint8Array, options: ReadOptions): HostArray {
  checkReading(what, bytes, options);
  const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
  if (bytes.length < 10 || magic.some((byte, i) => bytes[i] !== byte))
    throw new FileError(`${what}: this is not an .npy file`);
  const version = bytes[6] as number;
  if (version < 1 || version > 3)
    throw new FileError(`${what}: .npy version ${version} is not supported; expected 1 to 3`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = version === 1 ? 10 : 12;
  const length =
    version === 1 ? view.getUint16(8, true) : bytes.length < 12 ? Number.POSITIVE_INFINITY : view.getUint32(8, true);
  if (start + length > bytes.length)
    throw new FileError(`${what}: the header extends beyond the end of the file, which is truncated`);
  const text = new TextDecoder(version === 3 ? "utf-8" : "latin1").decode(bytes.subarray(start, start + length));
  const { type, bigEndian, fortran, shape } = parseHeader(what, text);
  const body = bytes.subarray(start + length);
  const wanted = countOf(what, shape) * fileBytes[type];
  if (body.length !== wanted) {
    throw new FileError(
      `${what}: shape [${shape.join(", ")}] of ${type} needs ${wanted} bytes, but ${body.length} follow the header`,
    );
  }
  const { dtype, data } = decodeElements(what, type, body, options, bigEndian);
  return { dtype, shape, data: fortran ? transposed(data, shape) : data };
}

/** Implements `encodeNpy`. */
export function encode(array: HostArray): Uint8Array<ArrayBuffer> {
  checkArray("encodeNpy", array);
  const { dtype, shape, data } = array;
  if (dtype === "bfloat16")
    throw new FileError('encodeNpy: NumPy has no bfloat16; convert with .to("float32") first, which keeps every value');
  const sizes = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const header = `{'descr': '${descriptions[dtype]}', 'fortran_order': False, 'shape': (${sizes}), }`;
  // The header ends with a newline and is padded so that the elements start at a multiple of 64 bytes.
  const length = Math.ceil((10 + header.length + 1) / 64) * 64 - 10;
  const bytes = new Uint8Array(10 + length + data.byteLength).fill(0x20, 10, 10 + length);
  bytes.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, length & 255, length >> 8]);
  bytes.set(new TextEncoder().encode(header), 10);
  bytes[10 + length - 1] = 0x0a;
  bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), 10 + length);
  return bytes;
}

/** Implements `loadNpy`. */
export async function load(source: Source, options: LoadOptions): Promise<Tensor> {
  const { bytes, what } = await readFile("loadNpy", source);
  return toTensor(decode(what, bytes, options), options);
}

/** Implements `saveNpy` for the contents of a tensor. */
export async function save(path: string | URL, array: HostArray): Promise<void> {
  await writeAtomically("saveNpy", path, [encode(array)]);
}
