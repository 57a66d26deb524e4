/**
 * Collates samples into a batch, as PyTorch's loader does: tensors are stacked, numbers become a tensor, and arrays and
 * objects are collated element by element.
 */

import { ArgumentError, DTypeError, ShapeError, showShape, stack, Tensor, tensor } from "@akari/tensor";

/** The type of a batch collated from samples of type `Sample`. */
export type Collated<Sample> = Sample extends Tensor | number | boolean
  ? Tensor
  : Sample extends string
    ? string[]
    : { [K in keyof Sample]: Collated<Sample[K]> };

/**
 * Collates a list of N samples of the same structure into a batch.
 *
 * - Tensors of shape `[...]` become one tensor of shape `[N, ...]`.
 * - Numbers become a tensor of shape `[N]`: int32 if all are 32-bit integers, otherwise float32. Booleans become a bool
 * tensor.
 * - Strings become an array.
 * - Arrays and plain objects become an array or object of batches.
 *
 * https://pytorch.org/docs/stable/data.html#torch.utils.data.default_collate
 *
 * @throws ShapeError when the shapes of tensors or the lengths of arrays differ.
 * @throws DTypeError when the dtypes of tensors differ.
 * @throws ArgumentError when the samples differ in structure, cannot be collated, or there are none.
 * @example
 * defaultCollate([[tensor([1, 2]), 0], [tensor([3, 4]), 1]]); // [tensor of [2, 2], tensor of [2]]
 */
export function defaultCollate<Sample>(samples: readonly Sample[]): Collated<Sample> {
  if (samples.length === 0) throw new ArgumentError("defaultCollate: expected at least one sample, got none");
  // safe: `Collated` states what `collate` returns for each kind of sample
  return collate(samples, "") as Collated<Sample>;
}

function collate(samples: readonly unknown[], path: string): unknown {
  const [first] = samples;
  if (first instanceof Tensor)
    return collateTensors(
      samples.map((sample) => expectAlike(sample instanceof Tensor, sample, first, path)),
      path,
    );
  if (typeof first === "number") {
    const numbers = samples.map((sample) => expectAlike(typeof sample === "number", sample, first, path));
    return tensor(numbers, { dtype: numbers.every(isInt32) ? "int32" : "float32" });
  }
  if (typeof first === "boolean") {
    const booleans = samples.map((sample) => expectAlike(typeof sample === "boolean", sample, first, path));
    return tensor(booleans, { dtype: "bool" });
  }
  if (typeof first === "string")
    return samples.map((sample) => expectAlike(typeof sample === "string", sample, first, path));
  if (Array.isArray(first)) {
    const rows = samples.map((sample) => expectAlike(Array.isArray(sample), sample, first as readonly unknown[], path));
    const odd = rows.find((row) => row.length !== first.length);
    if (odd !== undefined) {
      throw new ShapeError(
        `defaultCollate: sample${path} has length ${first.length} in the first sample, but ${odd.length} in another`,
      );
    }
    return first.map((_, i) =>
      collate(
        rows.map((row) => row[i]),
        `${path}[${i}]`,
      ),
    );
  }
  if (isRecord(first)) {
    const records = samples.map((sample) => expectAlike(isRecord(sample), sample, first, path));
    return Object.fromEntries(
      Object.keys(first).map((key) => {
        const column = records.map((record) => {
          if (!Object.hasOwn(record, key))
            throw new ArgumentError(
              `defaultCollate: sample${path} has a "${key}" in the first sample, but not in another`,
            );
          return record[key];
        });
        return [key, collate(column, `${path}.${key}`)];
      }),
    );
  }
  throw new ArgumentError(
    `defaultCollate: sample${path} is ${describe(first)}; expected tensors, numbers, booleans, strings, or arrays and objects of these; or pass a collateFn`,
  );
}

function collateTensors(tensors: readonly Tensor[], path: string): Tensor {
  const [first] = tensors as [Tensor];
  for (const other of tensors) {
    if (showShape(other.shape) !== showShape(first.shape)) {
      throw new ShapeError(
        `defaultCollate: sample${path} has shape ${showShape(first.shape)} in the first sample, but ${showShape(other.shape)} in another`,
      );
    }
    if (other.dtype !== first.dtype) {
      throw new DTypeError(
        `defaultCollate: sample${path} is ${first.dtype} in the first sample, but ${other.dtype} in another`,
      );
    }
  }
  return stack(tensors, 0);
}

/**
 * Returns `sample`, typed like the first one, if it is of the same kind.
 *
 * @throws ArgumentError when `alike` is false.
 */
function expectAlike<Kind>(alike: boolean, sample: unknown, first: Kind, path: string): Kind {
  // safe: `alike` is the result of the type check
  if (alike) return sample as Kind;
  throw new ArgumentError(
    `defaultCollate: sample${path} is ${describe(first)} in the first sample, but ${describe(sample)} in another`,
  );
}

function isRecord(x: unknown): x is Record<string, unknown> {
  if (typeof x !== "object" || x === null) return false;
  const prototype: unknown = Object.getPrototypeOf(x);
  return prototype === Object.prototype || prototype === null;
}

function isInt32(x: number): boolean {
  return (x | 0) === x;
}

function describe(x: unknown): string {
  if (x === null || x === undefined) return String(x);
  if (Array.isArray(x)) return "an array";
  return typeof x === "object" ? `a ${x.constructor?.name ?? "object"}` : `the ${typeof x} ${String(x)}`;
}
