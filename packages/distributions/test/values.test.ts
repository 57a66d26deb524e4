/**
 * Values of distributions, such as densities and moments, and their gradients, compared with PyTorch in float64; the
 * same values on other devices in float32.
 */

import { grad } from "@akari/autograd";
import { type Tensor, tensor } from "@akari/tensor";
import { reference } from "@akari/tensor/reference";
import { describe, expect, it } from "vitest";
import { type Distribution, klDivergence } from "../src/index.ts";
import { build, expectClose, type Numbers, type Place, plain, recorded } from "./recorded.ts";

type Entry = (typeof recorded.values)[number];

const results: Readonly<Record<string, (d: Distribution, value: Tensor, entry: Entry, place: Place) => Tensor>> = {
  log_prob: (d, value) => d.logProb(value),
  cdf: (d, value) => d.cdf(value),
  icdf: (d, _, { probability }, place) => d.icdf(tensor(plain(probability as Numbers), place)),
  entropy: (d) => d.entropy(),
  mean: (d) => d.mean,
  variance: (d) => d.variance,
  stddev: (d) => d.stddev,
  mode: (d) => d.mode,
  enumerate_support: (d) => d.enumerateSupport(),
};

const finite = (x: Tensor): Tensor => x.isfinite().logicalNot().logicalNot();

/** Compares the gradients of the sum of all finite results, by the names of the leaves. */
function expectGradients(
  result: Tensor,
  leaves: Readonly<Record<string, Tensor>>,
  expected: Readonly<Record<string, Numbers>>,
  what: string,
): void {
  const names = Object.keys(expected);
  if (names.length === 0) return;
  const found = grad(
    result.get(finite(result.detach())).sum(),
    names.map((name) => leaves[name] as Tensor),
    { retainGraph: true },
  );
  names.forEach((name, i) => {
    expectClose(found[i] as Tensor, expected[name] as Numbers, 1e-6, 1e-8, `gradient of ${what} in ${name}`);
  });
}

describe.each([
  ["cpu, float64", { dtype: "float64" }, 1e-7, 1e-9],
  ["cpu, float32", { dtype: "float32" }, 2e-4, 2e-5],
  ["reference, float32", { dtype: "float32", device: reference() }, 2e-4, 2e-5],
] as const)("values on %s", (_, place, rtol, atol) => {
  const entries = recorded.values.filter(({ precise }) => !precise || place.dtype === "float64");
  it.each(entries.map((entry) => [`${entry.name} ${JSON.stringify(entry.args).slice(0, 60)}`, entry] as const))(
    "%s",
    (_, entry) => {
      const exact = place.dtype === "float64";
      const { distribution, leaves } = build(entry, place, exact);
      expect(distribution.batchShape).toEqual(entry.batchShape);
      expect(distribution.eventShape).toEqual(entry.eventShape);
      const value = tensor(plain(entry.value), place);
      for (const [name, expected] of Object.entries(entry.results)) {
        const compute = results[name];
        if (compute === undefined) throw new Error(`there is no ${name} here`);
        const result = compute(distribution, value, entry, place);
        expectClose(result, expected, rtol, atol, name);
        const slopes = entry.gradients[name];
        if (exact && slopes !== undefined) {
          const { value: _, ...own } = slopes;
          expectGradients(result, leaves, own, name);
        }
      }
    },
  );
});

describe("KL divergences match PyTorch for", () => {
  it.each(recorded.divergences.map((entry) => [`${entry.p.name} from ${entry.q.name}`, entry] as const))(
    "%s",
    (_, { p, q, result, gradients }) => {
      const [first, second] = [build(p, { dtype: "float64" }, true), build(q, { dtype: "float64" }, true)];
      const found = klDivergence(first.distribution, second.distribution);
      expectClose(found, result, 1e-7, 1e-9, "divergence");
      const leaves = Object.fromEntries([
        ...Object.entries(first.leaves).map(([name, leaf]) => [`p.${name}`, leaf]),
        ...Object.entries(second.leaves).map(([name, leaf]) => [`q.${name}`, leaf]),
      ]);
      expectGradients(found, leaves, gradients, "the divergence");
    },
  );
});
