/**
 * Sums, extremes, norms, softmax, scans and sorting, as methods of `Tensor`. Each hands its work to the function of the same name in `ops/`. The chain of classes exists
 * only to keep each part on a page of its own; `Tensor` is its one concrete end.
 */

import { FunctionMethods } from "./functions.ts";

/** Sums, extremes, norms, softmax, scans and sorting. */
export abstract class ReductionMethods extends FunctionMethods {}
