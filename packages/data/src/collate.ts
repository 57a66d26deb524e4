/**
 * Makes one batch out of samples, as PyTorch's loader does: tensors are stacked, numbers become a tensor, and whatever
 * samples are made of, arrays and objects, the batch is made of too.
 */

import { ArgumentError, DTypeError, ShapeError, showShape, stack, Tensor, tensor } from "@akari/tensor";

/** The type of a batch of samples of a type. */
export type Collated<Sample> = Sample extends Tensor | number | boolean
  ? Tensor
  : Sample extends string
    ? string[]
    : { [K in keyof Sample]: Collated<Sample[K]> };

/**
 * Makes a batch of samples that are alike.
 *
 * - tensors of shape `[...]` become one of shape `[N, ...]`;
 * - numbers become a tensor of N: int32 when all are integers, else float32; booleans become a bool tensor;
 * - strings stay a list;
 * - arrays and plain objects become an array or object of batches.
 *
 * https://pytorch.org/docs/stable/data.html#torch.utils.data.default_collate
 *
 * @throws ShapeError, DTypeError or ArgumentError when the samples are not alike, or of a kind that cannot be collated.
 * @example
 * defaultCollate([[tensor([1, 2]), 0], [tensor([3, 4]), 1]]); // [tensor of [2, 2], tensor of [2]]
 */
export function defaultCollate<Sample>(samples: readonly Sample[]): Collated<Sample> {
  if (samples.length === 0) throw new ArgumentError("defaultCollate: expected one sample or more, got none");
  // Safe: `collate` returns for each kind of sample what `Collated` says.
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
        `defaultCollate: sample${path} has ${first.length} parts in the first sample, ${odd.length} in another`,
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
            throw new ArgumentError(`defaultCollate: sample${path} has a "${key}" in the first sample, not in another`);
          return record[key];
        });
        return [key, collate(column, `${path}.${key}`)];
      }),
    );
  }
  throw new ArgumentError(
    `defaultCollate: sample${path} is ${describe(first)}; expected tensors, numbers, booleans, strings, or arrays and objects of these (or give a collate of your own)`,
  );
}

function collateTensors(tensors: readonly Tensor[], path: string): Tensor {
  const [first] = tensors as [Tensor];
  for (const other of tensors) {
    if (showShape(other.shape) !== showShape(first.shape)) {
      throw new ShapeError(
        `defaultCollate: sample${path} has the shape ${showShape(first.shape)} in the first sample, ${showShape(other.shape)} in another`,
      );
    }
    if (other.dtype !== first.dtype) {
      throw new DTypeError(
        `defaultCollate: sample${path} is ${first.dtype} in the first sample, ${other.dtype} in another`,
      );
    }
  }
  return stack(tensors, 0);
}

/** The sample, which is known to be of the first one's kind when `alike`. */
function expectAlike<Kind>(alike: boolean, sample: unknown, first: Kind, path: string): Kind {
  // Safe: `alike` is the test that tells the kind.
  if (alike) return sample as Kind;
  throw new ArgumentError(
    `defaultCollate: sample${path} is ${describe(first)} in the first sample, ${describe(sample)} in another`,
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
