/**
 * The Kullback-Leibler divergence: a table of closed-form formulas for pairs of distributions, which programs can
 * extend.
 *
 * https://pytorch.org/docs/stable/distributions.html#module-torch.distributions.kl
 */

import { ArgumentError, type Tensor } from "@akari/tensor";
import type { Distribution } from "./distribution.ts";
import { acrossFamilies } from "./kl-across-families.ts";
import { type DistributionClass, type KlPair, pair } from "./kl-pair.ts";
import { sameFamily } from "./kl-same-family.ts";

/** Registered pairs, the newest first. */
const added: KlPair[] = [];
let builtIn: readonly KlPair[] | null = null;

/**
 * Registers the divergence between two classes of distributions, or replaces it. It also applies to subclasses without
 * a formula of their own.
 *
 * https://pytorch.org/docs/stable/distributions.html#torch.distributions.kl.register_kl
 *
 * @example
 * class Standard extends Normal {}
 * registerKl(Standard, Standard, (p) => p.loc.mul(0));
 * klDivergence(new Standard(1, 1), new Standard(1, 1)); // 0
 */
export function registerKl<P extends Distribution, Q extends Distribution>(
  p: DistributionClass<P>,
  q: DistributionClass<Q>,
  divergence: (p: P, q: Q) => Tensor,
): void {
  added.unshift(pair(p, q, divergence));
}

/** Number of inheritance steps from an object's class to a base class; 0 for the class itself. */
function distance(of: Distribution, to: DistributionClass<Distribution>): number {
  let steps = 0;
  for (let at: unknown = Object.getPrototypeOf(of); at !== to.prototype; at = Object.getPrototypeOf(at)) steps++;
  return steps;
}

/**
 * Computes the Kullback-Leibler divergence KL(p ‖ q) in nats: [batch].
 *
 *     KL(p ‖ q) = E_p[ln p(x) - ln q(x)]
 *
 * If several formulas match, the one for the most derived class of p is used, and among these the one for the most
 * derived class of q.
 *
 * https://pytorch.org/docs/stable/distributions.html#torch.distributions.kl.kl_divergence
 *
 * @throws ArgumentError when there is no formula for the two classes; `registerKl` adds one.
 * @example
 * klDivergence(new Normal(1, 1), new Normal(0, 1)); // 0.5
 */
export function klDivergence(p: Distribution, q: Distribution): Tensor {
  builtIn ??= [...sameFamily(klDivergence), ...acrossFamilies()];
  let best: { readonly pair: KlPair; readonly p: number; readonly q: number } | null = null;
  for (const each of [...added, ...builtIn]) {
    if (!(p instanceof each.p && q instanceof each.q)) continue;
    const found = { pair: each, p: distance(p, each.p), q: distance(q, each.q) };
    if (best === null || found.p < best.p || (found.p === best.p && found.q < best.q)) best = found;
  }
  if (best === null) {
    throw new ArgumentError(
      `klDivergence: there is no formula for ${p} and ${q}; add one with registerKl, or estimate it from samples`,
    );
  }
  return best.pair.divergence(p, q);
}
