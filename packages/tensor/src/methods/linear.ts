/**
 * Products of vectors and matrices, as methods of `Tensor`. Each hands its work to the function of the same name in `ops/`. The chain of classes exists
 * only to keep each part on a page of its own; `Tensor` is its one concrete end.
 */

import { IndexingMethods } from "./indexing.ts";

/** Products of vectors and matrices. */
export abstract class LinearMethods extends IndexingMethods {}
