/** Entries of the table of Kullback-Leibler divergences. */

import type { Tensor } from "@akari/tensor";
import type { Distribution } from "./distribution.ts";

/** A class of distributions, whatever its constructor's parameters. */
export type DistributionClass<D extends Distribution> = abstract new (...args: never[]) => D;

/** The divergence between two classes of distributions. */
export interface KlPair {
  readonly p: DistributionClass<Distribution>;
  readonly q: DistributionClass<Distribution>;
  readonly divergence: (p: Distribution, q: Distribution) => Tensor;
}

/** Creates an entry from a function typed by its two classes. */
export function pair<P extends Distribution, Q extends Distribution>(
  p: DistributionClass<P>,
  q: DistributionClass<Q>,
  divergence: (p: P, q: Q) => Tensor,
): KlPair {
  // safe: called only with instances of the two classes
  return { p, q, divergence: divergence as (p: Distribution, q: Distribution) => Tensor };
}
