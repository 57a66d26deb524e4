/**
 * Converts a PyTorch checkpoint to plain values: dicts to objects (with integer keys as strings), lists and tuples to
 * arrays, `None` to null. Loaded with the first checkpoint.
 */

import { asStrided, type DType, FileError, fromTypedArray, once, type Tensor, type TypedArray } from "@akari/tensor";
import { readFile } from "./disk.ts";
import { checkReading, decodeElements, type ReadOptions } from "./elements.ts";
import type { Source } from "./files.ts";
import type { LoadOptions } from "./safetensors.ts";
import type { Saved, StridedArray } from "./torch.ts";
import { readTorchLegacy } from "./torch-legacy.ts";
import { type TorchStorage, TorchTensor } from "./torch-objects.ts";
import { readTorchZip } from "./torch-zip.ts";
import { Tuple } from "./unpickler.ts";

/** Maximum depth of nested containers. */
const deepest = 500;

/** Implements `loadTorch`. */
export async function loadCheckpoint(operation: string, source: Source, options: LoadOptions): Promise<Saved<Tensor>> {
  const { bytes, what } = await readFile(operation, source);
  return tensorsOf(what, bytes, options);
}

/**
 * Decodes a checkpoint with tensors.
 *
 * @throws FileError as `loadTorch` does.
 */
export function tensorsOf(what: string, bytes: Uint8Array, options: LoadOptions): Promise<Saved<Tensor>> {
  const device = options.device === undefined ? {} : { device: options.device };
  const whole = new Map<TypedArray, Tensor>();
  return decodeCheckpoint(what, bytes, options, ({ dtype, data, shape, strides, offset }) => {
    const storage = once(whole, data, () => fromTypedArray(data, [data.length], { dtype, ...device }));
    // The alias makes it an independent tensor rather than a view of the flat one.
    return asStrided(storage, shape, strides, offset).alias();
  });
}

/**
 * Decodes a checkpoint, with tensors created by `make`.
 *
 * @param what name of the file in messages.
 * @throws FileError as `decodeTorch` does.
 */
export async function decodeCheckpoint<T extends object>(
  what: string,
  bytes: Uint8Array,
  options: ReadOptions,
  make: (array: StridedArray) => T,
): Promise<Saved<T>> {
  checkReading(what, bytes, options);
  if (bytes.length === 0) throw new FileError(`${what}: the file is empty`);
  const zipped = bytes.length >= 4 && bytes[0] === 0x50 && bytes[1] === 0x4b;
  const checkpoint = zipped ? await readTorchZip(what, bytes) : readTorchLegacy(what, bytes);
  const decoded = new Map<TorchStorage, { readonly dtype: DType; readonly data: TypedArray }>();
  const elements = (storage: TorchStorage) =>
    once(decoded, storage, () => {
      // safe: both readers check that every storage is present
      const contents = checkpoint.bytes.get(storage) as Uint8Array;
      return decodeElements(`${what}: storage ${storage.key}`, storage.type, contents, options, checkpoint.bigEndian);
    });
  return new Conversion<T>(what, ({ storage, shape, strides, offset }) =>
    make({ ...elements(storage), shape, strides, offset }),
  ).convert(checkpoint.value, 0);
}

/** Converts unpickled values to plain ones. Objects that occur several times keep their identity. */
class Conversion<T extends object> {
  readonly #what: string;
  readonly #tensor: (tensor: TorchTensor) => T;
  readonly #done = new Map<object, Saved<T>>();

  constructor(what: string, tensor: (tensor: TorchTensor) => T) {
    this.#what = what;
    this.#tensor = tensor;
  }

  convert(value: unknown, depth: number): Saved<T> {
    switch (typeof value) {
      case "boolean":
      case "number":
      case "bigint":
      case "string":
        return value;
      case "object":
        return value === null ? null : (this.#done.get(value) ?? this.#object(value, depth + 1));
      default:
        throw new FileError(`${this.#what}: the file contains an unsupported value`);
    }
  }

  #object(value: object, depth: number): Saved<T> {
    if (depth > deepest) throw new FileError(`${this.#what}: containers are nested more than ${deepest} levels deep`);
    if (value instanceof TorchTensor) return this.#keep(value, this.#tensor(value));
    if (value instanceof Uint8Array) return value;
    if (Array.isArray(value) || value instanceof Tuple) {
      const list: Saved<T>[] = [];
      this.#keep(value, list);
      for (const item of Array.isArray(value) ? value : value.items) list.push(this.convert(item, depth));
      return list;
    }
    if (value instanceof Set) {
      const set = new Set<Saved<T>>();
      this.#keep(value, set);
      for (const item of value) set.add(this.convert(item, depth));
      return set;
    }
    if (value instanceof Map) return this.#dict(value, depth);
    throw new FileError(`${this.#what}: the file contains a class or storage where a value is expected`);
  }

  #dict(dict: ReadonlyMap<unknown, unknown>, depth: number): Saved<T> {
    const result: Record<string, Saved<T>> = {};
    this.#keep(dict, result);
    for (const [key, item] of dict) {
      if (typeof key !== "string" && typeof key !== "number") {
        throw new FileError(`${this.#what}: a dict has a key that is neither a string nor a number`);
      }
      const name = String(key);
      if (Object.hasOwn(result, name))
        throw new FileError(`${this.#what}: a dict has both the string "${name}" and the number as keys`);
      // Defined rather than assigned, because the key may be `__proto__`.
      Object.defineProperty(result, name, {
        value: this.convert(item, depth),
        writable: true,
        enumerable: true,
        configurable: true,
      });
    }
    return result;
  }

  #keep<V extends Saved<T>>(from: object, to: V): V {
    this.#done.set(from, to);
    return to;
  }
}
