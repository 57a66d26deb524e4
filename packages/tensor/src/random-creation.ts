/** Creation of tensors of random numbers. */

import { checkInteger, expectTensor } from "./argument.ts";
import { writeDrawn } from "./capture.ts";
import { allocate, checkOptions, optionsLike, type TensorOptions } from "./creation.ts";
import { expectFloating } from "./dtype.ts";
import { encode } from "./encode.ts";
import { ArgumentError } from "./errors.ts";
import { drawIntegers_, type GeneratorOption, normal_, uniform_ } from "./ops/random.ts";
import { pointwise, type TensorOrNumber } from "./pointwise.ts";
import { defaultGenerator } from "./random/generator.ts";
import { drawPermutation } from "./random/integers.ts";
import { broadcastShapes, checkSizes, type Shape } from "./shape.ts";
import type { Tensor } from "./tensor.ts";

/** Options of the functions that create random tensors. */
export interface RandomOptions extends TensorOptions, GeneratorOption {}

/** The options beyond those of every creation function. */
const further = { generator: undefined } as const;

function drawn(
  operation: string,
  shape: Shape,
  options: RandomOptions,
  fill: (x: Tensor, from: GeneratorOption) => Tensor,
): Tensor {
  checkSizes(operation, shape);
  checkOptions(operation, options, Object.keys(further));
  const dtype = options.dtype ?? "float32";
  expectFloating(operation, { dtype });
  return fill(allocate(operation, shape, dtype, options.device), { generator: options.generator });
}

/**
 * Creates a tensor of random numbers drawn uniformly from [0, 1). Default dtype float32.
 *
 * https://pytorch.org/docs/stable/generated/torch.rand.html
 *
 * @throws ShapeError for sizes that are not non-negative integers.
 * @throws DTypeError unless the dtype is floating point.
 * @example
 * rand([2, 3], { generator: new Generator().manualSeed(0) });
 */
export function rand(shape: Shape, options: RandomOptions = {}): Tensor {
  return drawn("rand", shape, options, (x, from) => uniform_(x, 0, 1, from));
}

/**
 * Creates a tensor of random numbers from the standard normal distribution. Default dtype float32.
 *
 * https://pytorch.org/docs/stable/generated/torch.randn.html
 *
 * @throws ShapeError for sizes that are not non-negative integers.
 * @throws DTypeError unless the dtype is floating point.
 */
export function randn(shape: Shape, options: RandomOptions = {}): Tensor {
  return drawn("randn", shape, options, (x, from) => normal_(x, 0, 1, from));
}

/**
 * Creates a tensor with the shape, dtype and device of `x`, drawn uniformly from [0, 1).
 * https://pytorch.org/docs/stable/generated/torch.rand_like.html
 */
export function randLike(x: Tensor, options?: RandomOptions): Tensor {
  return rand(x?.shape, optionsLike("randLike", x, options, further));
}

/**
 * Creates a tensor with the shape, dtype and device of `x`, drawn from the standard normal distribution.
 * https://pytorch.org/docs/stable/generated/torch.randn_like.html
 */
export function randnLike(x: Tensor, options?: RandomOptions): Tensor {
  return randn(x?.shape, optionsLike("randnLike", x, options, further));
}

/**
 * Creates a tensor of random integers drawn uniformly from [low, high). `low` defaults to 0, the dtype to int32.
 *
 * https://pytorch.org/docs/stable/generated/torch.randint.html
 *
 * @throws ArgumentError unless `low` and `high` are integers with low < high.
 * @example
 * randint(10, [3]); // three digits
 */
export function randint(high: number, shape: Shape, options?: RandomOptions): Tensor;
export function randint(low: number, high: number, shape: Shape, options?: RandomOptions): Tensor;
export function randint(
  first: number,
  second: number | Shape,
  third?: Shape | RandomOptions,
  fourth?: RandomOptions,
): Tensor {
  const brief = typeof second === "object";
  const [low, high] = brief ? [0, first] : [first, second];
  // Safe: the overloads determine which argument is which.
  const shape = (brief ? second : third) as Shape;
  const [options = {}] = [brief ? third : fourth] as [RandomOptions | undefined];
  checkOptions("randint", options, Object.keys(further));
  const { dtype = "int32", device, generator } = options;
  return drawIntegers_("randint", allocate("randint", shape, dtype, device), low, high, { generator });
}

/**
 * Creates a tensor with the shape, dtype and device of `x`, of random integers drawn uniformly from [low, high).
 * https://pytorch.org/docs/stable/generated/torch.randint_like.html
 */
export function randintLike(x: Tensor, low: number, high: number, options?: RandomOptions): Tensor {
  return randint(low, high, x?.shape, optionsLike("randintLike", x, options, further));
}

/**
 * Creates a vector of the integers from 0 to n - 1 in random order. Default dtype int32.
 *
 * https://pytorch.org/docs/stable/generated/torch.randperm.html
 *
 * @throws ArgumentError unless `n` is a non-negative integer.
 */
export function randperm(n: number, options: RandomOptions = {}): Tensor {
  checkOptions("randperm", options, Object.keys(further));
  checkInteger("randperm", "n", n);
  const { dtype = "int32", generator = defaultGenerator() } = options;
  const result = allocate("randperm", [n], dtype, options.device);
  if (n > 0) writeDrawn(result.device, result.buffer, 0, () => encode(drawPermutation(generator, n), dtype));
  return result;
}

const place = /* @__PURE__ */ pointwise<[Tensor, TensorOrNumber, TensorOrNumber]>("normal", (z, std, mean) =>
  z.mul(std).add(mean),
);

/**
 * Creates a tensor of random numbers from normal distributions. `mean` and `std` are either numbers, which need a
 * `shape`, or tensors, which are broadcast.
 *
 * https://pytorch.org/docs/stable/generated/torch.normal.html
 *
 * @throws ArgumentError for two numbers without a shape.
 */
export function normal(
  mean: TensorOrNumber,
  std: TensorOrNumber,
  shape: Shape | null = null,
  options: RandomOptions = {},
): Tensor {
  if (typeof mean !== "object" && typeof std !== "object") {
    if (shape === null)
      throw new ArgumentError("normal: a shape is needed when mean and standard deviation are numbers");
    return drawn("normal", shape, options, (x, from) => normal_(x, Number(mean), Number(std), from));
  }
  const tensors = [mean, std].filter((x) => typeof x === "object");
  for (const x of tensors) expectTensor("normal", x, "tensors and numbers");
  const like = tensors[0] as Tensor; // safe: one of the two is a tensor
  const sizes = broadcastShapes(
    "normal",
    tensors.map((x) => x.shape),
  );
  return place(randn(sizes, optionsLike("normal", like, options, further)), std, mean);
}
