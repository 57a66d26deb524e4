/**
 * `assertClose`, for tests. The implementation is loaded on first use.
 */

import type { Tensor } from "./tensor.ts";

/** What `assertClose` compares: tensors and numbers, alone, in arrays or in objects. */
export type Comparable = Tensor | number | boolean | readonly Comparable[] | { readonly [name: string]: Comparable };

/** Options of `assertClose`. */
export interface AssertCloseOptions {
  /** Relative tolerance. Default: by dtype, 1.3e-6 for float32. Must be given together with `atol`. */
  readonly rtol?: number;
  /** Absolute tolerance. Default: by dtype, 1e-5 for float32. Must be given together with `rtol`. */
  readonly atol?: number;
  /** Whether NaN counts as equal to NaN. Default false. */
  readonly equalNan?: boolean;
  /** Whether the dtypes must be equal, too. Default true. */
  readonly checkDtype?: boolean;
  /** Whether the devices must be the same, too. Default true. */
  readonly checkDevice?: boolean;
  /** Message of the error. Default: where and by how much the values differ. */
  readonly msg?: string;
}

/**
 * Rejects unless `|actual - expected| ≤ atol + rtol · |expected|` for all elements, and shapes, dtypes and devices are
 * the same. The error says how many elements differ and by how much.
 *
 * https://pytorch.org/docs/stable/testing.html#torch.testing.assert_close
 *
 * @throws AkariError when the values are not close.
 * @throws ArgumentError when only one of the tolerances is given, or for values that cannot be compared.
 * @example
 * await assertClose(tensor([1, 2]).div(3), tensor([0.333333, 0.666666]));
 */
export async function assertClose(
  actual: Comparable,
  expected: Comparable,
  options?: AssertCloseOptions,
): Promise<void> {
  const { checkCloseness } = await import("./closeness.ts");
  await checkCloseness(actual, expected, options);
}
