/**
 * Safetensors, as functions that load their work with the first call: an application that reads and writes no files
 * does not download it.
 *
 * https://huggingface.co/docs/safetensors
 */

import type { Tensor, TensorOptions } from "@akari/tensor";
import type { HostArray, ReadOptions } from "./elements.ts";
import type { Source } from "./files.ts";

/** Text that travels with the tensors. */
export type Metadata = Readonly<Record<string, string>>;

/** What a safetensors file holds. */
export interface Safetensors<T> {
  /** The tensors, by their names. */
  readonly tensors: Readonly<Record<string, T>>;
  /** The text that was saved with them; empty when there was none. */
  readonly metadata: Metadata;
}

/** Options of `saveSafetensors`. */
export interface SaveOptions {
  /** Text to keep with the tensors. */
  readonly metadata?: Metadata;
}

/** Options of the functions that load tensors. */
export interface LoadOptions extends ReadOptions, Pick<TensorOptions, "device"> {}

/**
 * Arrays as the bytes of a safetensors file.
 *
 * @throws FileError when an array does not have as many elements as its shape says, or metadata is not text.
 * @example
 * const x = { dtype: "float32", shape: [2], data: new Float32Array([1, 2]) } as const;
 * const bytes = await encodeSafetensors({ x });
 */
export async function encodeSafetensors(
  arrays: Readonly<Record<string, HostArray>>,
  options: SaveOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const { encode } = await import("./safetensors-format.ts");
  return encode(arrays, options);
}

/**
 * The arrays in the bytes of a safetensors file.
 *
 * @param what names the file in messages.
 * @throws FileError for anything that is not exactly a safetensors file, or holds numbers that we cannot.
 */
export async function decodeSafetensors(
  bytes: Uint8Array,
  options: ReadOptions = {},
  what = "decodeSafetensors",
): Promise<Safetensors<HostArray>> {
  const { decode } = await import("./safetensors-format.ts");
  return decode(what, bytes, options);
}

/**
 * Writes tensors to a safetensors file, as they are at the time of the call. The file is there whole or not at all.
 *
 * @throws FileError when it cannot be written; a file that was there before is then still the old one.
 * @example
 * await saveSafetensors("model.safetensors", model.stateDict(), { metadata: { epoch: "3" } });
 */
export async function saveSafetensors(
  path: string | URL,
  tensors: Readonly<Record<string, Tensor>>,
  options: SaveOptions = {},
): Promise<void> {
  const arrays = await toArrays(tensors);
  const { save } = await import("./safetensors-format.ts");
  await save("saveSafetensors", path, arrays, options);
}

/**
 * Reads the tensors of a safetensors file. In Node a string is a path, in a browser an address.
 *
 * @throws FileError when it cannot be read, is damaged, or holds numbers that we cannot.
 * @example
 * const { tensors, metadata } = await loadSafetensors("model.safetensors");
 * model.loadStateDict(tensors);
 */
export async function loadSafetensors(source: Source, options: LoadOptions = {}): Promise<Safetensors<Tensor>> {
  const { load } = await import("./safetensors-format.ts");
  return load("loadSafetensors", source, options);
}

/**
 * Tensors as arrays, by name. All reads are issued before the first is awaited: what a training loop does meanwhile is
 * not in them.
 */
export async function toArrays(
  tensors: Readonly<Record<string, Tensor>>,
): Promise<Readonly<Record<string, HostArray>>> {
  const reads = Object.entries(tensors).map(async ([name, tensor]): Promise<[string, HostArray]> => {
    return [name, { dtype: tensor.dtype, shape: tensor.shape, data: await tensor.data() }];
  });
  return Object.fromEntries(await Promise.all(reads));
}
