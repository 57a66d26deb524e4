/**
 * Collates samples into a batch, as PyTorch's loader does: tensors are stacked, numbers become a tensor, and arrays and
 * objects are collated element by element.
 */

import { ArgumentError, DTypeError, itemsOf, ShapeError, showShape, stack, Tensor, tensor } from "@akari/tensor";

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
  if (itemsOf("defaultCollate", samples, "samples").length === 0)
    throw new ArgumentError("defaultCollate: expected at least one sample, got none");
  // safe: `Collated` states what `collate` returns for each kind of sample
  return collate(samples, "") as Collated<Sample>;
}

function collate(samples: readonly unknown[], path: string): unknown {
  const [first] = samples;
  expectEqual(samples, path, "is", kindOf, ArgumentError, describe);
  // safe, all: the samples are of one kind
  if (first instanceof Tensor) {
    const tensors = samples as readonly Tensor[];
    expectEqual(
      tensors,
      path,
      "has shape",
      ({ shape }) => String(shape),
      ShapeError,
      ({ shape }) => showShape(shape),
    );
    expectEqual(tensors, path, "is", ({ dtype }) => dtype, DTypeError);
    return stack(tensors);
  }
  if (typeof first === "number") {
    const numbers = samples as readonly number[];
    return tensor(numbers, { dtype: numbers.every(isInt32) ? "int32" : "float32" });
  }
  if (typeof first === "boolean") return tensor(samples as readonly boolean[], { dtype: "bool" });
  if (typeof first === "string") return [...samples];
  if (Array.isArray(first)) {
    const rows = samples as readonly (readonly unknown[])[];
    expectEqual(rows, path, "has length", ({ length }) => length, ShapeError);
    return first.map((_, i) =>
      collate(
        rows.map((row) => row[i]),
        `${path}[${i}]`,
      ),
    );
  }
  if (isRecord(first)) {
    const records = samples as readonly Record<string, unknown>[];
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

/**
 * Checks that all samples are equal to the first in what `of` returns.
 *
 * @param show what an error says of a sample. Default: what `of` returns.
 * @throws an error of class `Kind` when one is not.
 */
function expectEqual<Sample>(
  samples: readonly Sample[],
  path: string,
  verb: string,
  of: (sample: Sample) => string | number,
  Kind: new (message: string) => Error,
  show: (sample: Sample) => string | number = of,
): void {
  const [first] = samples as readonly [Sample]; // safe: there is at least one
  const wanted = of(first);
  for (const sample of samples) {
    if (of(sample) !== wanted)
      throw new Kind(
        `defaultCollate: sample${path} ${verb} ${show(first)} in the first sample, but ${show(sample)} in another`,
      );
  }
}

/** Returns the kind of a sample, which determines how it is collated. */
function kindOf(sample: unknown): string {
  if (sample instanceof Tensor) return "tensor";
  if (Array.isArray(sample)) return "array";
  return isRecord(sample) ? "record" : typeof sample;
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
