/**
 * An entry in the table of divergences.
 */

import type { Tensor } from "@akari/tensor";
import type { Distribution } from "./distribution.ts";

/** A class of distributions, whatever it is made from. */
export type DistributionClass<D extends Distribution> = abstract new (...args: never[]) => D;

/** The divergence between two classes of distributions. */
export interface KlPair {
  readonly p: DistributionClass<Distribution>;
  readonly q: DistributionClass<Distribution>;
  readonly divergence: (p: Distribution, q: Distribution) => Tensor;
}

/** An entry, typed by its classes. */
export function pair<P extends Distribution, Q extends Distribution>(
  p: DistributionClass<P>,
  q: DistributionClass<Q>,
  divergence: (p: P, q: Q) => Tensor,
): KlPair {
  // safe: only called with objects of the two classes
  return { p, q, divergence: divergence as (p: Distribution, q: Distribution) => Tensor };
}
