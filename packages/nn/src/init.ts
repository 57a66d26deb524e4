/**
 * Initialisers: functions that fill a tensor in place, outside of any recording, and return it. With the same seed they
 * draw PyTorch's numbers on the CPU.
 */

import { noGrad } from "@akari/autograd";
import {
  ArgumentError,
  cpu,
  defaultGenerator,
  drawPermutation,
  fromTypedArray,
  type Generator,
  numbersOf,
  randn,
  settings,
  shapeError,
  type Tensor,
} from "@akari/tensor";

/** Where an initialiser draws from. */
export interface DrawOptions {
  /** Default: the default generator. */
  readonly generator?: Generator | undefined;
}

/** The options of an initialiser that draws, refused if they are others. */
function drawn(initialiser: string, options: DrawOptions | undefined): DrawOptions {
  return settings(initialiser, options, { generator: undefined });
}

/**
 * Fills with draws from the uniform distribution on
 * [a, b). https://pytorch.org/docs/stable/nn.init.html#torch.nn.init.uniform_
 */
export function uniform_(tensor: Tensor, a = 0, b = 1, options?: DrawOptions): Tensor {
  return noGrad(() => tensor.uniform_(a, b, options));
}

/** Fills with draws from the normal distribution. https://pytorch.org/docs/stable/nn.init.html#torch.nn.init.normal_ */
export function normal_(tensor: Tensor, mean = 0, std = 1, options?: DrawOptions): Tensor {
  return noGrad(() => tensor.normal_(mean, std, options));
}

/**
 * Fills with draws from the normal distribution cut off at `a` and `b`.
 * https://pytorch.org/docs/stable/nn.init.html#torch.nn.init.trunc_normal_
 */
export function truncNormal_(tensor: Tensor, mean = 0, std = 1, a = -2, b = 2, options?: DrawOptions): Tensor {
  return noGrad(() => {
    // By the inverse of the distribution function: uniform between its values at the ends.
    const below = normalCdf((a - mean) / std);
    const above = normalCdf((b - mean) / std);
    tensor.uniform_(2 * below - 1, 2 * above - 1, options);
    tensor.erfinv_();
    tensor.mul_(std * Math.SQRT2).add_(mean);
    return tensor.clamp_(a, b);
  });
}

/** The distribution function of the standard normal distribution. */
function normalCdf(x: number): number {
  return (1 + erf(x / Math.SQRT2)) / 2;
}

/** The error function by its series, and by its continued fraction far out. */
function erf(x: number): number {
  const size = Math.abs(x);
  if (size > 6) return Math.sign(x);
  if (size < 2.5) {
    let term = x;
    let sum = x;
    for (let n = 1; n < 80; n++) {
      term *= (-x * x) / n;
      sum += term / (2 * n + 1);
    }
    return (2 / Math.sqrt(Math.PI)) * sum;
  }
  let fraction = 0;
  for (let n = 60; n >= 1; n--) fraction = n / 2 / (size + fraction);
  return Math.sign(x) * (1 - Math.exp(-x * x) / (Math.sqrt(Math.PI) * (size + fraction)));
}

/** Fills with one value. https://pytorch.org/docs/stable/nn.init.html#torch.nn.init.constant_ */
export function constant_(tensor: Tensor, value: number): Tensor {
  return noGrad(() => tensor.fill_(value));
}

/** Fills with zeros. */
export function zeros_(tensor: Tensor): Tensor {
  return constant_(tensor, 0);
}

/** Fills with ones. */
export function ones_(tensor: Tensor): Tensor {
  return constant_(tensor, 1);
}

/**
 * Fills a matrix with ones on the diagonal and zeros elsewhere.
 * https://pytorch.org/docs/stable/nn.init.html#torch.nn.init.eye_
 */
export function eye_(tensor: Tensor): Tensor {
  if (tensor.ndim !== 2) throw shapeError("eye_", "a matrix", tensor);
  return noGrad(() => {
    tensor.fill_(0);
    tensor.diagonal().fill_(1);
    return tensor;
  });
}

/**
 * Fills the weight of a convolution so that it hands its input on, group by group, as far as there are channels.
 *
 * https://pytorch.org/docs/stable/nn.init.html#torch.nn.init.dirac_
 */
export function dirac_(tensor: Tensor, groups = 1): Tensor {
  const [outChannels = 0, inChannels = 0, ...kernel] = tensor.shape;
  if (kernel.length < 1 || kernel.length > 3) throw shapeError("dirac_", "3 to 5 dimensions", tensor);
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

/** How many inputs and outputs one weight of a layer has: for [out, in, ...kernel]. */
export function calculateFans(tensor: Tensor): { fanIn: number; fanOut: number } {
  if (tensor.ndim < 2) throw shapeError("init", "at least 2 dimensions, which fans need", tensor);
  const [out = 1, into = 1, ...kernel] = tensor.shape;
  const field = kernel.reduce((a, b) => a * b, 1);
  return { fanIn: into * field, fanOut: out * field };
}

/** The functions that `calculateGain` knows. */
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
 * The factor that keeps a signal's size through a nonlinearity.
 * https://pytorch.org/docs/stable/nn.init.html#torch.nn.init.calculate_gain
 */
export function calculateGain(nonlinearity: Nonlinearity, param = 0.01): number {
  switch (nonlinearity) {
    case "linear":
    case "conv1d":
    case "conv2d":
    case "conv3d":
    case "conv_transpose1d":
    case "conv_transpose2d":
    case "conv_transpose3d":
    case "convTranspose1d":
    case "convTranspose2d":
    case "convTranspose3d":
    case "sigmoid":
      return 1;
    case "tanh":
      return 5 / 3;
    case "relu":
      return Math.SQRT2;
    case "leaky_relu":
    case "leakyRelu":
      return Math.sqrt(2 / (1 + param * param));
    case "selu":
      return 3 / 4;
    default:
      nonlinearity satisfies never;
      throw new ArgumentError(`calculateGain: there is no nonlinearity "${String(nonlinearity)}"`);
  }
}

/** Options of the Kaiming initialisers. */
export interface KaimingOptions extends DrawOptions {
  /** The negative slope, for leaky ReLU. Default 0. */
  readonly a?: number;
  /** Keep the size of the signal ("fan_in") or of the gradient ("fan_out"). Default "fan_in". */
  readonly mode?: "fan_in" | "fan_out" | "fanIn" | "fanOut";
  /** What follows the layer. Default "leaky_relu". */
  readonly nonlinearity?: Nonlinearity;
}

/** The standard deviation that a Kaiming initialiser gives, and where it draws from. */
function kaiming(
  initialiser: string,
  tensor: Tensor,
  options: KaimingOptions | undefined,
): readonly [std: number, draw: DrawOptions] {
  const { a, mode, nonlinearity, ...draw } = settings(initialiser, options, {
    a: 0,
    mode: "fan_in",
    nonlinearity: "leaky_relu",
    generator: undefined,
  });
  const { fanIn, fanOut } = calculateFans(tensor);
  const fan = mode === "fan_in" || mode === "fanIn" ? fanIn : fanOut;
  return [calculateGain(nonlinearity, a) / Math.sqrt(fan), draw];
}

/**
 * Uniform in ±gain·√(3 / fan). He et al. 2015, "Delving deep into rectifiers", https://arxiv.org/abs/1502.01852
 *
 * https://pytorch.org/docs/stable/nn.init.html#torch.nn.init.kaiming_uniform_
 */
export function kaimingUniform_(tensor: Tensor, options?: KaimingOptions): Tensor {
  const [std, draw] = kaiming("kaimingUniform_", tensor, options);
  const bound = Math.sqrt(3) * std;
  return uniform_(tensor, -bound, bound, draw);
}

/**
 * Normal with the standard deviation gain/√fan.
 * https://pytorch.org/docs/stable/nn.init.html#torch.nn.init.kaiming_normal_
 */
export function kaimingNormal_(tensor: Tensor, options?: KaimingOptions): Tensor {
  const [std, draw] = kaiming("kaimingNormal_", tensor, options);
  return normal_(tensor, 0, std, draw);
}

/**
 * Uniform in ±gain·√(6 / (fanIn + fanOut)). Glorot & Bengio 2010, "Understanding the difficulty of training deep
 * feedforward neural networks".
 *
 * https://pytorch.org/docs/stable/nn.init.html#torch.nn.init.xavier_uniform_
 */
export function xavierUniform_(tensor: Tensor, gain = 1, options?: DrawOptions): Tensor {
  const { fanIn, fanOut } = calculateFans(tensor);
  const bound = Math.sqrt(3) * gain * Math.sqrt(2 / (fanIn + fanOut));
  return uniform_(tensor, -bound, bound, options);
}

/**
 * Normal with the standard deviation gain·√(2 / (fanIn + fanOut)).
 * https://pytorch.org/docs/stable/nn.init.html#torch.nn.init.xavier_normal_
 */
export function xavierNormal_(tensor: Tensor, gain = 1, options?: DrawOptions): Tensor {
  const { fanIn, fanOut } = calculateFans(tensor);
  return normal_(tensor, 0, gain * Math.sqrt(2 / (fanIn + fanOut)), options);
}

/**
 * Fills with a (semi-)orthogonal matrix: the Q of the QR decomposition of a matrix of normal draws.
 * Saxe et al. 2013, https://arxiv.org/abs/1312.6120
 *
 * https://pytorch.org/docs/stable/nn.init.html#torch.nn.init.orthogonal_
 */
export function orthogonal_(tensor: Tensor, gain = 1, options?: DrawOptions): Tensor {
  if (tensor.ndim < 2) throw shapeError("orthogonal_", "at least 2 dimensions", tensor);
  const { generator = defaultGenerator() } = drawn("orthogonal_", options);
  const rows = tensor.shape[0] ?? 0;
  if (tensor.numel() === 0) return tensor;
  const columns = tensor.numel() / rows;
  return noGrad(() => {
    const { dtype } = tensor;
    const draws = numbersOf(randn([rows * columns], { dtype, device: cpu(), generator }).dataSync(), dtype);
    const wide = rows < columns;
    const [m, n] = wide ? [columns, rows] : [rows, columns];
    // Column by column, in double precision; Gram–Schmidt twice is as good as Householder.
    const q = Array.from({ length: n }, (_, j) =>
      Float64Array.from({ length: m }, (_, i) => draws[wide ? j * columns + i : i * columns + j] as number),
    );
    q.forEach((column, j) => {
      for (let pass = 0; pass < 2; pass++) {
        for (let k = 0; k < j; k++) {
          const other = q[k] as Float64Array; // safe: k < j < n
          const along = dot(column, other);
          for (let i = 0; i < m; i++) column[i] = (column[i] as number) - along * (other[i] as number);
        }
      }
      const length = Math.sqrt(dot(column, column));
      for (let i = 0; i < m; i++) column[i] = (column[i] as number) / length;
    });
    const values = new Float64Array(rows * columns);
    q.forEach((column, j) => {
      for (let i = 0; i < m; i++) values[wide ? j * columns + i : i * columns + j] = gain * (column[i] as number);
    });
    const data = tensor.dtype === "float64" ? values : Float32Array.from(values);
    return tensor.copy_(fromTypedArray(data, tensor.shape, { device: tensor.device }));
  });
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}

/**
 * Fills a matrix with normal draws, and sets the fraction `sparsity` of each column to zero.
 *
 * https://pytorch.org/docs/stable/nn.init.html#torch.nn.init.sparse_
 */
export function sparse_(tensor: Tensor, sparsity: number, std = 0.01, options?: DrawOptions): Tensor {
  if (tensor.ndim !== 2) throw shapeError("sparse_", "a matrix", tensor);
  const { generator = defaultGenerator() } = drawn("sparse_", options);
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
