/**
 * NumPy's .npy files. The implementation is loaded with the first call.
 *
 * https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */

import { expectTensor, type Tensor } from "@akari/tensor";
import type { HostArray, ReadOptions } from "./elements.ts";
import type { Source } from "./files.ts";
import type { LoadOptions } from "./safetensors.ts";

/** Loads the code of the format, on first use. */
const format = () => import("./npy-format.ts");

/**
 * Decodes the array in the bytes of an .npy file. Arrays in column-major order are converted to row-major order.
 *
 * @param what name of the file in messages.
 * @throws FileError when the bytes are not a valid .npy file of numbers, or a value cannot be represented.
 */
export async function decodeNpy(bytes: Uint8Array, options: ReadOptions = {}, what = "decodeNpy"): Promise<HostArray> {
  return (await format()).decode(what, bytes, options);
}

/**
 * Encodes an array as the bytes of an .npy file.
 *
 * @throws FileError when the number of elements does not match the shape, or the dtype is bfloat16, which NumPy does
 * not have.
 */
export async function encodeNpy(array: HostArray): Promise<Uint8Array<ArrayBuffer>> {
  return (await format()).encode(array);
}

/**
 * Loads the tensor of an .npy file.
 *
 * @throws FileError when the file cannot be read or is damaged, or a value cannot be represented.
 * @example
 * const x = await loadNpy("x.npy");
 */
export async function loadNpy(source: Source, options: LoadOptions = {}): Promise<Tensor> {
  return (await format()).load(source, options);
}

/**
 * Writes a tensor to an .npy file, atomically.
 *
 * @throws FileError when the file cannot be written, or the dtype is bfloat16, which NumPy does not have.
 */
export async function saveNpy(path: string | URL, tensor: Tensor): Promise<void> {
  expectTensor("saveNpy", tensor);
  const { dtype, shape } = tensor;
  const data = await tensor.data();
  await (await format()).save(path, { dtype, shape, data });
}
