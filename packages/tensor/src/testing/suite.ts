/**
 * The conformance suite for backends: random kernel calls of every kind, every primitive alone, and memory management.
 * A failure shows the smallest failing call found, including its operands.
 */

import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Backend } from "../backend.ts";
import { dtypes as allDTypes, type DType, isFloating } from "../dtype.ts";
import type { KernelCall } from "../kernel.ts";
import { describeChecks } from "./check-suite.ts";
import { describeFills } from "./fill-suite.ts";
import { type Accuracy, defaultAccuracy } from "./formula-range.ts";
import { argreduceTrials, gatherTrials, scanTrials, scatterTrials, sortTrials } from "./index-trials.ts";
import { describeMemory } from "./memory-suite.ts";
import { foreachTrials, pointwiseTrials } from "./pointwise-trials.ts";
import { poolTrials } from "./pool-trials.ts";
import { describePrimitives } from "./primitive-suite.ts";
import { convTrials, matmulTrials } from "./product-trials.ts";
import { describeRandom } from "./random-suite.ts";
import { knownRowsTrials, rowsTrials } from "./rows-trials.ts";
import { sparseTrials } from "./sparse-trials.ts";
import { runTrial, showTrial, type Trial } from "./trial.ts";

/** Options of `describeBackend`. */
export interface BackendTestOptions {
  /** The number of random calls of each kind. Default 100. */
  readonly runs?: number;
  /** The seed of the random calls. Default 1, so that runs are reproducible. */
  readonly seed?: number;
  /** The permitted errors of approximated primitives, in ulps. Default 4 for most. */
  readonly accuracy?: Accuracy;
  /** Kinds of call to skip; the suite prints their names. */
  readonly except?: readonly KernelCall["kind"][];
  /** Whether to print a table of the primitives' largest errors. Default false. */
  readonly table?: boolean;
}

/**
 * Describes, as vitest tests, the behavior required of every backend.
 *
 * @param name the backend's name in test titles.
 * @param create creates a device; called once.
 * @example
 * import { describeBackend } from "@akari/tensor/testing";
 * describeBackend("mine", () => mine());
 */
export function describeBackend(
  name: string,
  create: () => Backend | Promise<Backend>,
  options: BackendTestOptions = {},
): void {
  const { runs = 100, seed = 1, except = [], table = false } = options;
  const accuracy = { ...defaultAccuracy, ...options.accuracy };
  describe(`backend ${name}`, () => {
    let device: Backend;
    let dtypes: readonly DType[];
    beforeAll(async () => {
      device = await create();
      dtypes = allDTypes.filter((dtype) => device.supports(dtype));
    });
    afterAll(async () => {
      await device?.flush();
    });

    const property = (
      kind: KernelCall["kind"],
      title: string,
      trials: () => fc.Arbitrary<Trial>,
      count: number = runs,
    ): void => {
      if (except.includes(kind)) {
        it.skip(`${kind}: skipped by the option "except"`, () => {});
        return;
      }
      it(`${kind}: ${title}`, async () => {
        await fc.assert(
          fc.asyncProperty(trials().map(named), (trial) => runTrial(device, trial, accuracy)),
          { seed, numRuns: count, endOnFailure: false, interruptAfterTimeLimit: 20_000, markInterruptAsFailure: false },
        );
      }, 120_000);
    };

    property("pointwise", "random formulas over random views", () => pointwiseTrials(dtypes, accuracy), runs * 2);
    property("pointwise", "large views", () => pointwiseTrials(dtypes, accuracy, 20_000), Math.ceil(runs / 20));
    property("foreach", "one formula over lists of views", () => foreachTrials(dtypes, accuracy));
    property("rows", "reductions of random formulas", () => rowsTrials(dtypes, accuracy), runs * 2);
    property("rows", "softmax, normalization, norms", () => knownRowsTrials(dtypes, accuracy));
    property("rows", "long rows", () => knownRowsTrials(dtypes, accuracy, 20_000), Math.ceil(runs / 20));
    property("argreduce", "first of equal extremes, NaN wins", () => argreduceTrials(dtypes));
    property("argreduce", "large views", () => argreduceTrials(dtypes, 20_000), Math.ceil(runs / 20));
    property("matmul", "batches, transposes, biases", () => matmulTrials(dtypes));
    property("conv", "in each direction", () => convTrials(dtypes));
    property("pool", "maxima and their gradients", () => poolTrials(dtypes));
    property("gather", "reading through an index", () => gatherTrials(dtypes));
    property("scatter", "writing through an index", () => scatterTrials(dtypes));
    property("sparse", "products with sparse matrices", () => sparseTrials(dtypes));
    property("scan", "cumulative sums, products and extremes", () => scanTrials(dtypes));
    property("sort", "stable, NaN last", () => sortTrials(dtypes));
    property("sort", "large views", () => sortTrials(dtypes, 20_000), Math.ceil(runs / 20));
    if (!except.includes("random")) describeRandom(() => device);
    describeFills(() => device);
    if (!except.includes("check")) describeChecks(() => device);
    describePrimitives(() => device, allDTypes, accuracy, table);
    describeMemory(() => device);

    it("supports float32 and int32", () => {
      expect(dtypes).toContain("float32");
      expect(dtypes).toContain("int32");
      expect(dtypes.filter(isFloating).length).toBeGreaterThan(0);
    });
  });
}

/** Returns a trial that fast-check prints as its call. */
function named(trial: Trial): Trial {
  return Object.assign({ ...trial }, { [fc.toStringMethod]: () => showTrial(trial) });
}
