/**
 * Safetensors files. The implementation is loaded with the first call, so that applications that read and write no
 * files do not download it.
 *
 * https://huggingface.co/docs/safetensors
 */

import { describeValue, expected, expectTensor, type Tensor, type TensorOptions } from "@akari/tensor";
import type { HostArray, ReadOptions } from "./elements.ts";
import type { Source } from "./files.ts";

/** Loads the code of the format, on first use. */
export const format = (): Promise<typeof import("./safetensors-format.ts")> => import("./safetensors-format.ts");

/** Strings stored with the tensors, by name. */
export type Metadata = Readonly<Record<string, string>>;

/** The contents of a safetensors file. */
export interface Safetensors<T> {
  /** Tensors by name. */
  readonly tensors: Readonly<Record<string, T>>;
  /** Strings stored with the tensors; empty if there are none. */
  readonly metadata: Metadata;
}

/** Options of `saveSafetensors` and `encodeSafetensors`. */
export interface SaveOptions {
  /** Strings to store with the tensors. Default: none. */
  readonly metadata?: Metadata;
}

/** Options of the functions that load tensors. */
export interface LoadOptions extends ReadOptions, Pick<TensorOptions, "device"> {}

/**
 * Encodes arrays as the bytes of a safetensors file.
 *
 * @throws FileError when the number of elements of an array does not match its shape, an array is named `__metadata__`,
 * or the metadata contains a value that is not a string.
 * @example
 * const x = { dtype: "float32", shape: [2], data: new Float32Array([1, 2]) } as const;
 * const bytes = await encodeSafetensors({ x });
 */
export async function encodeSafetensors(
  arrays: Readonly<Record<string, HostArray>>,
  options: SaveOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  return (await format()).encode(arrays, options);
}

/**
 * Decodes the arrays in the bytes of a safetensors file.
 *
 * @param what name of the file in messages.
 * @throws FileError when the bytes are not a valid safetensors file, or a value cannot be represented.
 */
export async function decodeSafetensors(
  bytes: Uint8Array,
  options: ReadOptions = {},
  what = "decodeSafetensors",
): Promise<Safetensors<HostArray>> {
  return (await format()).decode(what, bytes, options);
}

/**
 * Writes tensors to a safetensors file, atomically and with their values at the time of the call.
 *
 * @throws FileError when the file cannot be written. An existing file is unchanged then.
 * @example
 * await saveSafetensors("model.safetensors", model.stateDict(), { metadata: { epoch: "3" } });
 */
export async function saveSafetensors(
  path: string | URL,
  tensors: Readonly<Record<string, Tensor>>,
  options: SaveOptions = {},
): Promise<void> {
  const arrays = await toArrays("saveSafetensors", tensors);
  await (await format()).save("saveSafetensors", path, arrays, options);
}

/**
 * Loads the tensors of a safetensors file.
 *
 * @param source a file; a string is a path in Node and a URL in a browser.
 * @throws FileError when the file cannot be read or is damaged, or a value cannot be represented.
 * @example
 * const { tensors, metadata } = await loadSafetensors("model.safetensors");
 * model.loadStateDict(tensors);
 */
export async function loadSafetensors(source: Source, options: LoadOptions = {}): Promise<Safetensors<Tensor>> {
  return (await format()).load("loadSafetensors", source, options);
}

/**
 * Reads the contents of tensors, by name. All reads are issued before the first is awaited, so that later changes of
 * the tensors do not affect them.
 */
export async function toArrays(
  operation: string,
  tensors: Readonly<Record<string, Tensor>>,
): Promise<Readonly<Record<string, HostArray>>> {
  if (describeValue(tensors) !== "an object") expected(operation, "tensors by name", tensors);
  const reads = Object.entries(tensors).map(async ([name, tensor]): Promise<[string, HostArray]> => {
    expectTensor(`"${name}"`, tensor);
    return [name, { dtype: tensor.dtype, shape: tensor.shape, data: await tensor.data() }];
  });
  return Object.fromEntries(await Promise.all(reads));
}
