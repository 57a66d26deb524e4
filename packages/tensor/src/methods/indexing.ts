/**
 * Indexing, slicing, gathering and scattering, as methods of `Tensor`. Each hands its work to the function of the same name in `ops/`. The chain of classes exists
 * only to keep each part on a page of its own; `Tensor` is its one concrete end.
 */

import { ShapeMethods } from "./shape.ts";

/** Indexing, slicing, gathering and scattering. */
export abstract class IndexingMethods extends ShapeMethods {}
