/**
 * NumPy's archives, as functions that load their work with the first call.
 *
 * https://numpy.org/doc/stable/reference/generated/numpy.savez.html
 */

import type { Tensor } from "@akari/tensor";
import type { HostArray, ReadOptions } from "./elements.ts";
import type { Source } from "./files.ts";
import { type LoadOptions, toArrays } from "./safetensors.ts";

/** Options of the functions that write .npz files. */
export interface NpzOptions {
  /** Whether to compress, as `numpy.savez_compressed` does. Default false. */
  readonly compress?: boolean;
}

/**
 * The arrays in the bytes of an .npz file, by name.
 *
 * @param what names the file in messages.
 * @throws FileError when the archive or one of its arrays is damaged, or holds what we cannot.
 */
export async function decodeNpz(
  bytes: Uint8Array,
  options: ReadOptions = {},
  what = "decodeNpz",
): Promise<Readonly<Record<string, HostArray>>> {
  const { decode } = await import("./npz-format.ts");
  return decode(what, bytes, options);
}

/** Arrays as the bytes of an .npz file. */
export async function encodeNpz(
  arrays: Readonly<Record<string, HostArray>>,
  options: NpzOptions = {},
): Promise<Uint8Array> {
  const { encode } = await import("./npz-format.ts");
  return encode(arrays, options);
}

/**
 * Reads the tensors of an .npz file, by name.
 *
 * @throws FileError when it cannot be read, is damaged, or holds what we cannot.
 * @example
 * const { weight, bias } = await loadNpz("layer.npz");
 */
export async function loadNpz(source: Source, options: LoadOptions = {}): Promise<Record<string, Tensor>> {
  const { load } = await import("./npz-format.ts");
  return load(source, options);
}

/**
 * Writes tensors to an .npz file, as they are at the time of the call; it is there whole or not at all. Throws a
 * FileError when it cannot be written.
 */
export async function saveNpz(
  path: string | URL,
  tensors: Readonly<Record<string, Tensor>>,
  options: NpzOptions = {},
): Promise<void> {
  const arrays = await toArrays(tensors);
  const { save } = await import("./npz-format.ts");
  await save(path, arrays, options);
}
