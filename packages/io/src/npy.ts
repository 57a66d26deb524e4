/**
 * NumPy's array files, as functions that load their work with the first call.
 *
 * https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */

import type { Tensor } from "@akari/tensor";
import type { HostArray, ReadOptions } from "./elements.ts";
import type { Source } from "./files.ts";
import type { LoadOptions } from "./safetensors.ts";

/**
 * The array in the bytes of an .npy file, in row-major order.
 *
 * @param what names the file in messages.
 * @throws FileError for anything that is not exactly an .npy file of numbers, or holds numbers that we cannot.
 */
export async function decodeNpy(bytes: Uint8Array, options: ReadOptions = {}, what = "decodeNpy"): Promise<HostArray> {
  const { decode } = await import("./npy-format.ts");
  return decode(what, bytes, options);
}

/**
 * An array as the bytes of an .npy file.
 *
 * @throws FileError when the elements do not fill the shape, or are bfloat16, which NumPy does not have.
 */
export async function encodeNpy(array: HostArray): Promise<Uint8Array<ArrayBuffer>> {
  const { encode } = await import("./npy-format.ts");
  return encode(array);
}

/**
 * Reads the tensor of an .npy file.
 *
 * @throws FileError when it cannot be read, is damaged, or holds what we cannot.
 * @example
 * const x = await loadNpy("x.npy");
 */
export async function loadNpy(source: Source, options: LoadOptions = {}): Promise<Tensor> {
  const { load } = await import("./npy-format.ts");
  return load(source, options);
}

/** Writes a tensor to an .npy file; it is there whole or not at all. Throws a FileError when it cannot be written. */
export async function saveNpy(path: string | URL, tensor: Tensor): Promise<void> {
  const { dtype, shape } = tensor;
  const data = await tensor.data();
  const { save } = await import("./npy-format.ts");
  await save(path, { dtype, shape, data });
}
