/** What keeps logarithms and quotients of probabilities finite. */

import { finfo, type Tensor } from "@akari/tensor";

/** Probabilities away from 0 and 1, whose logits are infinite. */
export function inside(p: Tensor): Tensor {
  const { tiny, eps } = finfo(p.dtype);
  return p.clamp(tiny, 1 - eps);
}
