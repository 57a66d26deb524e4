/**
 * Reading what `torch.save` wrote, in its present and its older format: tensors and plain containers only. Dicts become
 * objects (integer keys as text), lists and tuples arrays, `None` null. Tensors that shared memory share it again. The
 * interpreter of pickles is loaded with the first checkpoint: most applications read none.
 *
 * https://pytorch.org/docs/stable/generated/torch.save.html
 */

import type { DType, Tensor, TypedArray } from "@akari/tensor";
import type { ReadOptions } from "./elements.ts";
import type { Source } from "./files.ts";
import type { LoadOptions } from "./safetensors.ts";

/**
 * A tensor of a checkpoint on the host: a window onto a storage, which other tensors may share. Strides and offset
 * count elements.
 */
export interface StridedArray {
  /** The type of the elements. */
  readonly dtype: DType;
  /** All elements of the storage. Arrays with the same storage have the very same `data`. */
  readonly data: TypedArray;
  /** The size of each dimension; empty for a scalar. */
  readonly shape: readonly number[];
  /** How many elements to go on for the next index of each dimension. */
  readonly strides: readonly number[];
  /** Where the first element lies in `data`. */
  readonly offset: number;
}

/** What a checkpoint may hold, with tensors as `T`. */
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
 * What the bytes of a checkpoint hold.
 *
 * @param what names the file in messages.
 * @throws FileError for a file that is damaged, refers to anything but tensors and plain containers, or holds numbers
 * that we cannot.
 */
export async function decodeTorch(
  bytes: Uint8Array,
  options: ReadOptions = {},
  what = "decodeTorch",
): Promise<Saved<StridedArray>> {
  const { decodeCheckpoint } = await import("./torch-checkpoint.ts");
  return decodeCheckpoint(what, bytes, options, (array) => array);
}

/**
 * Reads a checkpoint: a `.pt` or `.pth` file. In Node a string is a path, in a browser an address. What the file holds
 * can be stated as a type, which is not checked: `loadTorch<StateDict>(…)`.
 *
 * @throws FileError when it cannot be read, is damaged, refers to anything but tensors and plain containers, or holds
 * numbers that we cannot.
 * @example
 * const state = await loadTorch("resnet.pth"); // what torch.save(model.state_dict(), ...) wrote
 */
export async function loadTorch<T = Saved<Tensor>>(source: Source, options: LoadOptions = {}): Promise<T> {
  const { loadCheckpoint } = await import("./torch-checkpoint.ts");
  // safe as far as the caller is right; `loadStateDict` looks for itself
  return (await loadCheckpoint("loadTorch", source, options)) as T;
}
