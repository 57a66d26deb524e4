/** PyTorch's results from `recorded.json`, which `record.py` writes, and the distributions named by its entries. */

import { readFileSync } from "node:fs";
import { requiresGrad } from "@akari/autograd";
import { type Backend, type DType, Tensor, type TensorData, tensor } from "@akari/tensor";
import * as d from "../src/index.ts";

/** A number, "NaN" or an infinity as text, or arrays of them. */
export type Numbers = number | string | readonly Numbers[];

/** A distribution: its name and its arguments, with PyTorch's names. */
export interface Made {
  readonly name: string;
  readonly args: Readonly<Record<string, unknown>>;
}

interface Recorded {
  readonly values: readonly (Made & {
    readonly batchShape: readonly number[];
    readonly eventShape: readonly number[];
    readonly value: Numbers;
    readonly probability?: Numbers;
    /** Whether the recorded values hold in float64 only. */
    readonly precise?: true;
    readonly results: Readonly<Record<string, Numbers>>;
    readonly gradients: Readonly<Record<string, Readonly<Record<string, Numbers>>>>;
  })[];
  readonly divergences: readonly {
    readonly p: Made;
    readonly q: Made;
    readonly result: Numbers;
    readonly gradients: Readonly<Record<string, Numbers>>;
  }[];
  readonly draws: readonly (Made & {
    readonly shape: readonly number[];
    readonly sample: Numbers;
    readonly rsample?: Numbers;
  })[];
  readonly slopes: readonly {
    readonly concentration: number;
    readonly draws: readonly number[];
    readonly slopes: readonly number[];
  }[];
}

/** All recorded cases. */
// Safe: the script next to this file writes this format.
export const recorded = JSON.parse(readFileSync(new URL("recorded.json", import.meta.url), "utf8")) as Recorded;

/** Converts NaN and infinities from text to numbers. */
export function plain(x: Numbers): TensorData {
  return typeof x === "object" ? x.map(plain) : Number(x);
}

/** The dtype and the device of distributions. */
export interface Place {
  readonly dtype: DType;
  readonly device?: Backend;
}

/** A distribution of an entry, and the tensors from which it was created, by path. */
export interface Built<Kind extends d.Distribution = d.Distribution> {
  readonly distribution: Kind;
  readonly leaves: Readonly<Record<string, Tensor>>;
}

const transforms: Readonly<Record<string, () => d.Transform>> = {
  exp: () => new d.ExpTransform(),
  affine: () => new d.AffineTransform(0.5, -2),
  half: () => new d.AffineTransform(0, 0.5),
  sigmoid: () => new d.SigmoidTransform(),
  logit: () => new d.SigmoidTransform().inv,
  tanh: () => new d.TanhTransform(),
  power: () => new d.PowerTransform(2),
  softplus: () => new d.SoftplusTransform(),
  stickbreaking: () => new d.StickBreakingTransform(),
};

/** Arguments with a structure. Their types are those with which the script next to this file called PyTorch. */
type Names =
  | "alpha baseDistribution componentDistribution concentration concentration0 concentration1 covDiag covFactor covarianceMatrix df df1 df2 dim high loc"
  | "logits low mixtureDistribution"
  | "precisionMatrix probs rate reinterpretedBatchNdims scale scaleTril temperature totalCount transforms";
type Each<Text extends string> = Text extends `${infer Head} ${infer Rest}` ? Head | Each<Rest> : Text;
type Arguments = { readonly [Name in Each<Names>]: never };
const odds = ({ probs, logits }: Pick<Arguments, "probs" | "logits">): d.ClassOdds =>
  (probs ? { probs } : { logits }) as unknown as { probs: Tensor };

const makers: Readonly<Record<string, (args: Arguments) => d.Distribution>> = {
  Normal: ({ loc, scale }) => new d.Normal(loc, scale),
  LogNormal: ({ loc, scale }) => new d.LogNormal(loc, scale),
  Uniform: ({ low, high }) => new d.Uniform(low, high),
  Bernoulli: (args) => new d.Bernoulli(odds(args)),
  Categorical: (args) => new d.Categorical(odds(args)),
  OneHotCategorical: (args) => new d.OneHotCategorical(odds(args)),
  Multinomial: ({ totalCount, ...rest }) => new d.Multinomial(totalCount, odds(rest)),
  Binomial: ({ totalCount, ...rest }) => new d.Binomial(totalCount, odds(rest)),
  Geometric: (args) => new d.Geometric(odds(args)),
  Poisson: ({ rate }) => new d.Poisson(rate),
  Exponential: ({ rate }) => new d.Exponential(rate),
  Laplace: ({ loc, scale }) => new d.Laplace(loc, scale),
  Cauchy: ({ loc, scale }) => new d.Cauchy(loc, scale),
  HalfNormal: ({ scale }) => new d.HalfNormal(scale),
  HalfCauchy: ({ scale }) => new d.HalfCauchy(scale),
  Gumbel: ({ loc, scale }) => new d.Gumbel(loc, scale),
  Gamma: ({ concentration, rate }) => new d.Gamma(concentration, rate),
  Chi2: ({ df }) => new d.Chi2(df),
  Beta: ({ concentration1, concentration0 }) => new d.Beta(concentration1, concentration0),
  Dirichlet: ({ concentration }) => new d.Dirichlet(concentration),
  StudentT: ({ df, loc, scale }) => new d.StudentT(df, loc, scale),
  Pareto: ({ scale, alpha }) => new d.Pareto(scale, alpha),
  Weibull: ({ scale, concentration }) => new d.Weibull(scale, concentration),
  NegativeBinomial: ({ totalCount, ...rest }) => new d.NegativeBinomial(totalCount, odds(rest)),
  Kumaraswamy: ({ concentration1, concentration0 }) => new d.Kumaraswamy(concentration1, concentration0),
  LogisticNormal: ({ loc, scale }) => new d.LogisticNormal(loc, scale),
  LowRankMultivariateNormal: ({ loc, covFactor, covDiag }) => new d.LowRankMultivariateNormal(loc, covFactor, covDiag),
  FisherSnedecor: ({ df1, df2 }) => new d.FisherSnedecor(df1, df2),
  ContinuousBernoulli: (args) => new d.ContinuousBernoulli(odds(args)),
  LKJCholesky: ({ dim, concentration }) => new d.LKJCholesky(dim, concentration),
  Wishart: ({ df, scaleTril }) => new d.Wishart(df, { scaleTril }),
  OneHotCategoricalStraightThrough: (args) => new d.OneHotCategoricalStraightThrough(odds(args)),
  VonMises: ({ loc, concentration }) => new d.VonMises(loc, concentration),
  MultivariateNormal: ({ loc, scaleTril, covarianceMatrix, precisionMatrix }) =>
    new d.MultivariateNormal(
      loc,
      scaleTril ? { scaleTril } : covarianceMatrix ? { covarianceMatrix } : { precisionMatrix },
    ),
  Independent: ({ baseDistribution, reinterpretedBatchNdims }) =>
    new d.Independent(baseDistribution, reinterpretedBatchNdims),
  TransformedDistribution: ({ baseDistribution, transforms }) =>
    new d.TransformedDistribution(baseDistribution, transforms),
  MixtureSameFamily: ({ mixtureDistribution, componentDistribution }) =>
    new d.MixtureSameFamily(mixtureDistribution, componentDistribution),
  RelaxedBernoulli: ({ temperature, ...rest }) => new d.RelaxedBernoulli(temperature, odds(rest)),
  RelaxedOneHotCategorical: ({ temperature, ...rest }) => new d.RelaxedOneHotCategorical(temperature, odds(rest)),
};

const camelCase = (name: string): string => name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());

/** Arguments that are numbers or names, not tensors. */
const counts = new Set(["dim", "total_count", "reinterpreted_batch_ndims"]);

/** Creates the distribution of an entry; `track` makes its tensors require gradients. */
export function build({ name, args }: Made, place: Place, track = false, path = ""): Built {
  const leaves: Record<string, Tensor> = {};
  const given = Object.entries(args).map(([key, value]) => {
    if (key === "transforms")
      return [key, (value as string[]).map((each) => (transforms[each] as () => d.Transform)())];
    if (counts.has(key) && typeof value === "number") return [key, value];
    if (typeof value === "object" && value !== null && "name" in value) {
      const inner = build(value as Made, place, track, `${path}${key}.`);
      Object.assign(leaves, inner.leaves);
      return [key, inner.distribution];
    }
    const leaf = value instanceof Tensor ? value : tensor(plain(value as Numbers), place);
    leaves[path + key] = track ? requiresGrad(leaf) : leaf;
    return [key, leaf];
  });
  const maker = makers[name];
  if (maker === undefined) throw new Error(`there is no ${name} here`);
  return {
    distribution: maker(
      Object.fromEntries(given.map(([key, value]) => [camelCase(key as string), value])) as unknown as Arguments,
    ),
    leaves,
  };
}

/** Whether two lists of numbers are close: NaN and infinities must be equal, other numbers within the tolerances. */
export function expectClose(actual: Tensor, expected: Numbers, rtol: number, atol: number, what: string): void {
  const wanted = tensor(plain(expected), { dtype: "float64" });
  if (JSON.stringify(actual.shape) !== JSON.stringify(wanted.shape)) {
    throw new Error(`${what}: shape ${JSON.stringify(actual.shape)}, expected ${JSON.stringify(wanted.shape)}`);
  }
  const [a, b] = [Array.from(actual.dataSync()), Array.from(wanted.dataSync())];
  a.forEach((x, i) => {
    const y = b[i] as number;
    if (Object.is(x, y) || x === y) return;
    if (!(Math.abs(x - y) <= atol + rtol * Math.abs(y)))
      throw new Error(`${what}: element ${i} is ${x}, expected ${y}`);
  });
}
