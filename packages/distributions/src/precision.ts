/** Keeps logarithms and quotients of probabilities finite. */

import { finfo, type Tensor } from "@akari/tensor";

/** Clamps probabilities to the open interval (0, 1), so that their logits are finite. */
export function inside(p: Tensor): Tensor {
  const { tiny, eps } = finfo(p.dtype);
  return p.clamp(tiny, 1 - eps);
}
