/**
 * Operations that work element by element, as methods of `Tensor`. Each hands its work to the function of the same name in `ops/`. The chain of classes exists
 * only to keep each part on a page of its own; `Tensor` is its one concrete end.
 */

/** Operations that work element by element. */
export abstract class PointwiseMethods {}
