/**
 * Views, reshaping, joining and splitting, as methods of `Tensor`. Each hands its work to the function of the same name in `ops/`. The chain of classes exists
 * only to keep each part on a page of its own; `Tensor` is its one concrete end.
 */

import { ReductionMethods } from "./reduction.ts";

/** Views, reshaping, joining and splitting. */
export abstract class ShapeMethods extends ReductionMethods {}
