/**
 * Reading of files written by `torch.save`, in the current and the legacy format: tensors and plain containers only.
 * Dicts become objects (with integer keys as strings), lists and tuples arrays, `None` null. Tensors that shared memory
 * in PyTorch share it here. The unpickler is loaded with the first checkpoint.
 *
 * https://pytorch.org/docs/stable/generated/torch.save.html
 */

import type { DType, TypedArray } from "@akari/tensor";
import type { ReadOptions } from "./elements.ts";
import type { Source } from "./files.ts";
import type { LoadOptions } from "./safetensors.ts";

/** Loads the code of the format, on first use. */
const format = () => import("./torch-checkpoint.ts");

/** A tensor of a checkpoint in host memory: a strided view of a storage, which several tensors may share. */
export interface StridedArray {
  /** Type of the elements. */
  readonly dtype: DType;
  /** All elements of the storage. Arrays that share a storage have the same `data` object. */
  readonly data: TypedArray;
  /** Size of each dimension; empty for a scalar. */
  readonly shape: readonly number[];
  /** Stride of each dimension, in elements. */
  readonly strides: readonly number[];
  /** Index of the first element in `data`. */
  readonly offset: number;
}

/** The values a checkpoint may contain, with tensors of type `T`. */
export type Saved<T> =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | T
  | readonly Saved<T>[]
  | Set<Saved<T>>
  | { readonly [key: string]: Saved<T> };

/**
 * Decodes the bytes of a PyTorch checkpoint.
 *
 * @param what name of the file in messages.
 * @throws FileError when the file is damaged, contains anything but tensors and plain containers, or a value cannot be
 * represented.
 */
export async function decodeTorch(
  bytes: Uint8Array,
  options: ReadOptions = {},
  what = "decodeTorch",
): Promise<Saved<StridedArray>> {
  return (await format()).decodeCheckpoint(what, bytes, options, (array) => array);
}

// biome-ignore lint/suspicious/noExplicitAny: what a file contains is known to the caller only, as with `JSON.parse`.
type Anything = any;

/**
 * Loads a PyTorch checkpoint, a `.pt` or `.pth` file. The type parameter states the type of the result, which is not
 * checked: `loadTorch<StateDict>(…)`. Default: any.
 *
 * @param source a file; a string is a path in Node and a URL in a browser.
 * @throws FileError when the file cannot be read or is damaged, contains anything but tensors and plain containers, or
 * a value cannot be represented.
 * @example
 * const state = await loadTorch("resnet.pth"); // saved by torch.save(model.state_dict(), ...)
 */
export async function loadTorch<T = Anything>(source: Source, options: LoadOptions = {}): Promise<T> {
  const { loadCheckpoint } = await format();
  // The caller states the type; `loadStateDict` checks it.
  return (await loadCheckpoint("loadTorch", source, options)) as T;
}
