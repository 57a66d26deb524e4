/**
 * Initializers: functions that fill a tensor in place, without recording gradients, and return it. With the same seed,
 * they produce the same numbers as PyTorch on the CPU.
 */

import { noGrad } from "@akari/autograd";
import {
  ArgumentError,
  checkChoice,
  checkInteger,
  checkNumber,
  cpu,
  defaultGenerator,
  diagonal,
  drawPermutation,
  erfinv,
  expectNumber,
  expectRank,
  fill_,
  normal_ as fillNormal,
  uniform_ as fillUniform,
  fromTypedArray,
  type Generator,
  isOptions,
  numbersOf,
  randn,
  settings,
  type Tensor,
} from "@akari/tensor";
import { orthonormalize } from "./gram-schmidt.ts";
import { snakeCase } from "./state-name.ts";

/** Options of the initializers that draw random numbers. */
export interface DrawOptions {
  /** Source of random numbers. Default: the default generator. */
  readonly generator?: Generator | undefined;
}

/** Options of `uniform_` by name. */
export interface UniformOptions extends DrawOptions {
  /** Smallest number. Default 0. */
  readonly a?: number;
  /** Upper limit. Default 1. */
  readonly b?: number;
}

/** Options of `normal_` by name. */
export interface NormalOptions extends DrawOptions {
  /** Default 0. */
  readonly mean?: number;
  /** Standard deviation. Default 1. */
  readonly std?: number;
}

/** Options of `truncNormal_` by name. */
export interface TruncNormalOptions extends NormalOptions {
  /** Smallest number. Default -2. */
  readonly a?: number;
  /** Largest number. Default 2. */
  readonly b?: number;
}

/** Options of the initializers with a gain, by name. */
export interface GainOptions extends DrawOptions {
  /** Factor of the scale, such as `calculateGain("relu")`. Default 1. */
  readonly gain?: number;
}

/** Checks the options of an initializer that draws random numbers. */
function drawn(initializer: string, options: DrawOptions | undefined): DrawOptions {
  return settings(initializer, options, { generator: undefined });
}

/** Checks a gain, given by position or among the options, and the options of its initializer. */
function scaled(
  initializer: string,
  gain: number | GainOptions,
  options: DrawOptions | undefined,
): readonly [gain: number, draw: DrawOptions] {
  if (!isOptions(gain)) {
    expectNumber(initializer, "gain", gain);
    return [gain, drawn(initializer, options)];
  }
  const { gain: named, ...draw } = settings(initializer, gain, { gain: 1, generator: undefined });
  return scaled(initializer, named, draw);
}

/**
 * Fills a tensor with draws from the uniform distribution on [a, b).
 *
 * https://pytorch.org/docs/stable/nn.init.html#torch.nn.init.uniform_
 */
export function uniform_(tensor: Tensor, a: number | UniformOptions = 0, b = 1, options?: DrawOptions): Tensor {
  if (isOptions(a)) {
    const { a: from, b: to, ...rest } = settings("uniform_", a, { a: 0, b: 1, generator: undefined });
    return uniform_(tensor, from, to, rest);
  }
  return noGrad(() => fillUniform(tensor, a, b, options));
}

/**
 * Fills a tensor with draws from a normal distribution.
 *
 * https://pytorch.org/docs/stable/nn.init.html#torch.nn.init.normal_
 */
export function normal_(tensor: Tensor, mean: number | NormalOptions = 0, std = 1, options?: DrawOptions): Tensor {
  if (isOptions(mean)) {
    const { mean: center, std: spread, ...rest } = settings("normal_", mean, { mean: 0, std: 1, generator: undefined });
    return normal_(tensor, center, spread, rest);
  }
  return noGrad(() => fillNormal(tensor, mean, std, options));
}

/**
 * Fills a tensor with draws from a normal distribution truncated to [a, b].
 *
 * https://pytorch.org/docs/stable/nn.init.html#torch.nn.init.trunc_normal_
 */
export function truncNormal_(
  tensor: Tensor,
  mean: number | TruncNormalOptions = 0,
  std = 1,
  a = -2,
  b = 2,
  options?: DrawOptions,
): Tensor {
  if (isOptions(mean)) {
    const defaults = { mean: 0, std: 1, a: -2, b: 2, generator: undefined };
    const { mean: m, std: s, a: from, b: to, ...rest } = settings("truncNormal_", mean, defaults);
    return truncNormal_(tensor, m, s, from, to, rest);
  }
  for (const [name, value] of Object.entries({ mean, std, a, b })) expectNumber("truncNormal_", name, value);
  return noGrad(() => {
    // Inverse transform sampling: uniform draws between the CDF values of the bounds.
    const below = normalCdf((a - mean) / std);
    const above = normalCdf((b - mean) / std);
    fillUniform(tensor, 2 * below - 1, 2 * above - 1, options);
    erfinv.inPlace(tensor);
    tensor.mul_(std * Math.SQRT2).add_(mean);
    return tensor.clamp_(a, b);
  });
}

/** Computes the CDF of the standard normal distribution. */
function normalCdf(x: number): number {
  return (1 + erf(x / Math.SQRT2)) / 2;
}

/** Computes the error function, `2/√π e^(-x²) Σ 2ⁿ x²ⁿ⁺¹ / (2n+1)!!`, whose terms have the same sign. */
function erf(x: number): number {
  if (Math.abs(x) > 6) return Math.sign(x);
  let [term, sum] = [x, x];
  for (let n = 1; n < 200; n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}

/** Fills a tensor with a constant. https://pytorch.org/docs/stable/nn.init.html#torch.nn.init.constant_ */
export function constant_(tensor: Tensor, value: number): Tensor {
  return noGrad(() => fill_(tensor, value));
}

/** Fills a tensor with zeros. https://pytorch.org/docs/stable/nn.init.html#torch.nn.init.zeros_ */
export function zeros_(tensor: Tensor): Tensor {
  return constant_(tensor, 0);
}

/** Fills a tensor with ones. https://pytorch.org/docs/stable/nn.init.html#torch.nn.init.ones_ */
export function ones_(tensor: Tensor): Tensor {
  return constant_(tensor, 1);
}

/**
 * Fills a matrix with ones on the diagonal and zeros elsewhere.
 *
 * https://pytorch.org/docs/stable/nn.init.html#torch.nn.init.eye_
 *
 * @throws ShapeError unless the tensor has 2 dimensions.
 */
export function eye_(tensor: Tensor): Tensor {
  expectRank("eye_", "a matrix", tensor, 2);
  return noGrad(() => {
    tensor.fill_(0);
    diagonal(tensor).fill_(1);
    return tensor;
  });
}

/**
 * Fills a convolution weight so that the layer passes its input channels through, in each group, as far as there are
 * output channels.
 *
 * https://pytorch.org/docs/stable/nn.init.html#torch.nn.init.dirac_
 *
 * @throws ShapeError unless the tensor has 3 to 5 dimensions.
 * @throws ArgumentError when the output channels are not divisible by `groups`.
 */
export function dirac_(tensor: Tensor, groups = 1): Tensor {
  expectRank("dirac_", "3 to 5 dimensions", tensor, 3, 5);
  checkInteger("dirac_", "groups", groups, 1);
  const [outChannels = 0, inChannels = 0, ...kernel] = tensor.shape;
  if (outChannels % groups !== 0)
    throw new ArgumentError(`dirac_: ${outChannels} channels cannot be split into ${groups} groups`);
  return noGrad(() => {
    tensor.fill_(0);
    const perGroup = outChannels / groups;
    for (let group = 0; group < groups; group++) {
      for (let channel = 0; channel < Math.min(perGroup, inChannels); channel++) {
        let cell = tensor.select(0, group * perGroup + channel).select(0, channel);
        for (const size of kernel) cell = cell.select(0, Math.floor(size / 2));
        cell.fill_(1);
      }
    }
    return tensor;
  });
}

/**
 * Computes the numbers of inputs and outputs that a weight [out, in, ...kernel] connects to each unit.
 *
 * @throws ShapeError for fewer than 2 dimensions.
 */
export function calculateFans(tensor: Tensor): { fanIn: number; fanOut: number } {
  expectRank("init", "at least 2 dimensions", tensor, 2, Number.POSITIVE_INFINITY);
  const [out = 1, into = 1, ...kernel] = tensor.shape;
  const field = kernel.reduce((a, b) => a * b, 1);
  return { fanIn: into * field, fanOut: out * field };
}

/** Names of nonlinearities that `calculateGain` accepts. */
export type Nonlinearity =
  | "linear"
  | "conv1d"
  | "conv2d"
  | "conv3d"
  | "conv_transpose1d"
  | "conv_transpose2d"
  | "conv_transpose3d"
  | "convTranspose1d"
  | "convTranspose2d"
  | "convTranspose3d"
  | "sigmoid"
  | "tanh"
  | "relu"
  | "leaky_relu"
  | "leakyRelu"
  | "selu";

/**
 * Returns the recommended gain of a nonlinearity, the factor that preserves the scale of a signal.
 *
 * https://pytorch.org/docs/stable/nn.init.html#torch.nn.init.calculate_gain
 *
 * @param param Negative slope of leaky ReLU. Default 0.01.
 * @throws ArgumentError for an unknown nonlinearity.
 */
export function calculateGain(nonlinearity: Nonlinearity, param = 0.01): number {
  const name = snakeCase(nonlinearity);
  if (/^(linear|sigmoid|conv(_transpose)?[123]d)$/.test(name)) return 1;
  if (name === "tanh") return 5 / 3;
  if (name === "relu") return Math.SQRT2;
  if (name === "leaky_relu") return Math.sqrt(2 / (1 + param * param));
  if (name === "selu") return 3 / 4;
  throw new ArgumentError(`calculateGain: there is no nonlinearity "${nonlinearity}"`);
}

/** Options of the Kaiming initializers. */
export interface KaimingOptions extends DrawOptions {
  /** Negative slope, for leaky ReLU. Default 0. */
  readonly a?: number;
  /** Whether to preserve the scale of the signal ("fan_in") or of the gradient ("fan_out"). Default "fan_in". */
  readonly mode?: "fan_in" | "fan_out" | "fanIn" | "fanOut";
  /** Nonlinearity that follows the layer. Default "leaky_relu". */
  readonly nonlinearity?: Nonlinearity;
}

/** Computes the standard deviation of a Kaiming initializer, and returns it with the options of the draw. */
function kaiming(
  initializer: string,
  tensor: Tensor,
  options: KaimingOptions | undefined,
): readonly [std: number, draw: DrawOptions] {
  const { a, mode, nonlinearity, ...draw } = settings(initializer, options, {
    a: 0,
    mode: "fan_in",
    nonlinearity: "leaky_relu",
    generator: undefined,
  });
  checkChoice(initializer, "mode", mode, ["fan_in", "fan_out", "fanIn", "fanOut"]);
  const { fanIn, fanOut } = calculateFans(tensor);
  const fan = mode === "fan_in" || mode === "fanIn" ? fanIn : fanOut;
  return [calculateGain(nonlinearity, a) / Math.sqrt(fan), draw];
}

/**
 * Fills a tensor with Kaiming uniform draws, in ±gain·√(3 / fan). He et al. 2015, "Delving deep into rectifiers",
 * https://arxiv.org/abs/1502.01852
 *
 * https://pytorch.org/docs/stable/nn.init.html#torch.nn.init.kaiming_uniform_
 *
 * @throws ShapeError for fewer than 2 dimensions.
 * @throws ArgumentError for an unknown mode or nonlinearity.
 */
export function kaimingUniform_(tensor: Tensor, options?: KaimingOptions): Tensor {
  const [std, draw] = kaiming("kaimingUniform_", tensor, options);
  const bound = Math.sqrt(3) * std;
  return uniform_(tensor, -bound, bound, draw);
}

/**
 * Fills a tensor with Kaiming normal draws, with standard deviation gain/√fan.
 *
 * https://pytorch.org/docs/stable/nn.init.html#torch.nn.init.kaiming_normal_
 *
 * @throws ShapeError for fewer than 2 dimensions.
 * @throws ArgumentError for an unknown mode or nonlinearity.
 */
export function kaimingNormal_(tensor: Tensor, options?: KaimingOptions): Tensor {
  const [std, draw] = kaiming("kaimingNormal_", tensor, options);
  return normal_(tensor, 0, std, draw);
}

/**
 * Fills a tensor with Xavier uniform draws, in ±gain·√(6 / (fanIn + fanOut)). Glorot & Bengio 2010, "Understanding the
 * difficulty of training deep feedforward neural networks".
 *
 * https://pytorch.org/docs/stable/nn.init.html#torch.nn.init.xavier_uniform_
 *
 * @throws ShapeError for fewer than 2 dimensions.
 */
export function xavierUniform_(tensor: Tensor, gain: number | GainOptions = 1, options?: DrawOptions): Tensor {
  const { fanIn, fanOut } = calculateFans(tensor);
  const [factor, draw] = scaled("xavierUniform_", gain, options);
  const bound = Math.sqrt(3) * factor * Math.sqrt(2 / (fanIn + fanOut));
  return uniform_(tensor, -bound, bound, draw);
}

/**
 * Fills a tensor with Xavier normal draws, with standard deviation gain·√(2 / (fanIn + fanOut)).
 *
 * https://pytorch.org/docs/stable/nn.init.html#torch.nn.init.xavier_normal_
 *
 * @throws ShapeError for fewer than 2 dimensions.
 */
export function xavierNormal_(tensor: Tensor, gain: number | GainOptions = 1, options?: DrawOptions): Tensor {
  const { fanIn, fanOut } = calculateFans(tensor);
  const [factor, draw] = scaled("xavierNormal_", gain, options);
  return normal_(tensor, 0, factor * Math.sqrt(2 / (fanIn + fanOut)), draw);
}

/**
 * Fills a tensor with a (semi-)orthogonal matrix: the Q of the QR decomposition of a matrix of normal draws. Dimensions
 * after the first are flattened. Saxe et al. 2013, https://arxiv.org/abs/1312.6120
 *
 * https://pytorch.org/docs/stable/nn.init.html#torch.nn.init.orthogonal_
 *
 * @throws ShapeError for fewer than 2 dimensions.
 */
export function orthogonal_(tensor: Tensor, gain: number | GainOptions = 1, options?: DrawOptions): Tensor {
  expectRank("orthogonal_", "at least 2 dimensions", tensor, 2, Number.POSITIVE_INFINITY);
  const [factor, { generator = defaultGenerator() }] = scaled("orthogonal_", gain, options);
  const rows = tensor.shape[0] ?? 0;
  if (tensor.numel() === 0) return tensor;
  const columns = tensor.numel() / rows;
  return noGrad(() => {
    const { dtype } = tensor;
    const draws = numbersOf(randn([rows * columns], { dtype, device: cpu(), generator }).dataSync(), dtype);
    const wide = rows < columns;
    const [m, n] = wide ? [columns, rows] : [rows, columns];
    const q = Array.from({ length: n }, (_, j) =>
      Float64Array.from({ length: m }, (_, i) => draws[wide ? j * columns + i : i * columns + j] as number),
    );
    orthonormalize(q);
    const values = new Float64Array(rows * columns);
    q.forEach((column, j) => {
      for (let i = 0; i < m; i++) values[wide ? j * columns + i : i * columns + j] = factor * (column[i] as number);
    });
    const data = tensor.dtype === "float64" ? values : Float32Array.from(values);
    return tensor.copy_(fromTypedArray(data, tensor.shape, { device: tensor.device }));
  });
}

/**
 * Fills a matrix with normal draws, and sets the fraction `sparsity` of each column to zero.
 *
 * https://pytorch.org/docs/stable/nn.init.html#torch.nn.init.sparse_
 *
 * @throws ShapeError unless the tensor has 2 dimensions.
 * @throws ArgumentError unless `sparsity` is from 0 to 1.
 */
export function sparse_(tensor: Tensor, sparsity: number, std = 0.01, options?: DrawOptions): Tensor {
  expectRank("sparse_", "a matrix", tensor, 2);
  const { generator = defaultGenerator() } = drawn("sparse_", options);
  checkNumber("sparse_", "sparsity", sparsity, 1);
  const [rows = 0, columns = 0] = tensor.shape;
  const zeros = Math.ceil(sparsity * rows);
  return noGrad(() => {
    normal_(tensor, 0, std, { generator });
    for (let column = 0; column < columns; column++) {
      const order = drawPermutation(generator, rows);
      for (let i = 0; i < zeros; i++)
        tensor
          .select(1, column)
          .select(0, order[i] as number)
          .fill_(0); // safe: zeros ≤ rows
    }
    return tensor;
  });
}
