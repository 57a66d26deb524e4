/**
 * `StackDataset`: several datasets of the same length, side by side, as in PyTorch's `torch.utils.data`.
 *
 * @packageDocumentation
 */

import { ArgumentError, describeValue } from "@akari/tensor";
import { checkIndex, type Dataset } from "./dataset.ts";

/** A dataset, or an array of samples. */
export type Part = Dataset<unknown, unknown> | readonly unknown[];

/** Several datasets, in order or by name. */
export type Parts = readonly Part[] | Readonly<Record<string, Part>>;

/** A sample of each of several datasets, in order or by name. */
export type StackedSample<P extends Parts> = {
  -readonly [K in keyof P]: P[K] extends Dataset<infer Sample, unknown>
    ? Sample
    : P[K] extends readonly (infer Sample)[]
      ? Sample
      : never;
};

/** A batch of each of several datasets, in order or by name. */
export type StackedBatch<P extends Parts> = {
  -readonly [K in keyof P]: P[K] extends Dataset<unknown, infer Batch> ? Batch : unknown;
};

/** Returns an array or an object with a value computed from each entry. It is a promise if one of them is. */
function each<Item>(parts: object, compute: (part: Item) => unknown): unknown {
  const keys = Object.keys(parts);
  const values = keys.map((key) => compute(Reflect.get(parts, key)));
  const put = (all: readonly unknown[]) =>
    Array.isArray(parts) ? all : Object.fromEntries(keys.map((key, i) => [key, all[i]]));
  return values.some((value) => value instanceof Promise) ? Promise.all(values).then(put) : put(values);
}

/**
 * Several datasets of the same length as one: sample i consists of sample i of each, in an array or, if they are given
 * by name, in an object. A batch likewise consists of a batch of each.
 *
 * https://pytorch.org/docs/stable/data.html#torch.utils.data.StackDataset
 *
 * @example
 * import { StackDataset } from "@akari/data/stack-dataset";
 * const pairs = new StackDataset(images, captions);
 * const [image, caption] = await pairs.get(0);
 * @example
 * const named = new StackDataset({ image: images, caption: captions });
 * for await (const { image, caption } of new DataLoader(named, { batchSize: 8 })) console.log(image, caption);
 */
export class StackDataset<const P extends Parts> implements Dataset<StackedSample<P>, StackedBatch<P>> {
  /** The datasets, in order or by name. */
  readonly datasets: P;
  readonly length: number;
  /** Returns the batch of each dataset, if all datasets have such a method. */
  readonly batch: ((indices: readonly number[]) => StackedBatch<P> | Promise<StackedBatch<P>>) | undefined;

  /**
   * @param datasets datasets or arrays of samples, by name.
   * @throws ArgumentError when there are none, or their lengths differ.
   */
  constructor(datasets: P & Readonly<Record<string, Part>>);
  /**
   * @param datasets datasets or arrays of samples, in order.
   * @throws ArgumentError when there are none, or their lengths differ.
   */
  constructor(...datasets: P & readonly Part[]);
  constructor(...given: unknown[]) {
    const [first] = given;
    const named = given.length === 1 && describeValue(first) === "an object" && !("get" in (first as object));
    const parts = (named ? first : given) as P; // safe: by the types of the overloads
    const all = Object.entries<Part>(parts);
    this.datasets = parts;
    if (all.length === 0) throw new ArgumentError("StackDataset: expected at least one dataset, got none");
    for (const [key, part] of all)
      if (typeof part !== "object" || typeof part?.length !== "number")
        throw new ArgumentError(`StackDataset: dataset ${key} is ${describeValue(part)}; expected datasets or arrays`);
    this.length = all[0]?.[1].length ?? 0;
    for (const [key, { length }] of all)
      if (length !== this.length)
        throw new ArgumentError(
          `StackDataset: dataset ${all[0]?.[0]} has ${this.length} samples, but dataset ${key} has ${length}`,
        );
    // safe: of the form of `parts`
    this.batch = all.every(([, part]) => "batch" in part && part.batch !== undefined)
      ? (indices) =>
          each(parts, (part: Dataset<unknown, unknown>) => part.batch?.(indices)) as ReturnType<
            NonNullable<typeof this.batch>
          >
      : undefined;
  }

  get(index: number): StackedSample<P> | Promise<StackedSample<P>> {
    checkIndex("StackDataset", index, this.length);
    // safe: of the form of `datasets`
    return each(this.datasets, (part: Part) => ("get" in part ? part.get(index) : part[index])) as StackedSample<P>;
  }
}
