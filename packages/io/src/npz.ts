/**
 * NumPy's .npz archives. The implementation is loaded with the first call.
 *
 * https://numpy.org/doc/stable/reference/generated/numpy.savez.html
 */

import type { Tensor } from "@akari/tensor";
import type { HostArray, ReadOptions } from "./elements.ts";
import type { Source } from "./files.ts";
import { type LoadOptions, toArrays } from "./safetensors.ts";

/** Loads the code of the format, on first use. */
const format = () => import("./npz-format.ts");

/** Options of `encodeNpz` and `saveNpz`. */
export interface NpzOptions {
  /** Whether to compress, as `numpy.savez_compressed` does. Default false. */
  readonly compress?: boolean;
}

/**
 * Decodes the arrays in the bytes of an .npz file, by name.
 *
 * @param what name of the file in messages.
 * @throws FileError when the archive or one of its arrays is damaged, or a value cannot be represented.
 */
export async function decodeNpz(
  bytes: Uint8Array,
  options: ReadOptions = {},
  what = "decodeNpz",
): Promise<Readonly<Record<string, HostArray>>> {
  return (await format()).decode(what, bytes, options);
}

/**
 * Encodes arrays as the bytes of an .npz file.
 *
 * @throws FileError when the number of elements of an array does not match its shape, or a dtype is bfloat16.
 */
export async function encodeNpz(
  arrays: Readonly<Record<string, HostArray>>,
  options: NpzOptions = {},
): Promise<Uint8Array> {
  return (await format()).encode(arrays, options);
}

/**
 * Loads the tensors of an .npz file, by name.
 *
 * @throws FileError when the file cannot be read or is damaged, or a value cannot be represented.
 * @example
 * const { weight, bias } = await loadNpz("layer.npz");
 */
export async function loadNpz(source: Source, options: LoadOptions = {}): Promise<Record<string, Tensor>> {
  return (await format()).load(source, options);
}

/**
 * Writes tensors to an .npz file, atomically and with their values at the time of the call.
 *
 * @throws FileError when the file cannot be written, or a dtype is bfloat16, which NumPy does not have.
 */
export async function saveNpz(
  path: string | URL,
  tensors: Readonly<Record<string, Tensor>>,
  options: NpzOptions = {},
): Promise<void> {
  const arrays = await toArrays("saveNpz", tensors);
  await (await format()).save(path, arrays, options);
}
