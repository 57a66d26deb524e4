/** Maps matrix products, convolutions and pooling from PyTorch's names and arguments to Akari's. */

import { functional as F } from "@akari/nn";
import type { Tensor } from "@akari/tensor";
import * as akari from "@akari/tensor";
import type { Arguments } from "../arguments.ts";
import type { Call } from "../op-case.ts";

const two =
  (f: (a: Tensor, b: Tensor) => Tensor, a: string, b: string): Call =>
  (given) =>
    f(given.tensor(a), given.tensor(b));

const weighted = (given: Arguments): readonly [Tensor, Tensor, Tensor | null] => [
  given.x,
  given.tensor("weight"),
  given.optional("bias"),
];

const conv =
  (f: typeof akari.conv1d): Call =>
  (given) =>
    f(...weighted(given), given.options("stride", "padding", "dilation", "groups"));

const convTranspose =
  (f: typeof akari.convTranspose1d): Call =>
  (given) =>
    f(...weighted(given), given.options("stride", "padding", "output_padding", "groups", "dilation"));

const maxPool =
  (f: typeof akari.maxPool1d): Call =>
  (given) => {
    const kernel = given.sizes("kernel_size");
    const options: Omit<akari.MaxPoolOptions, "returnIndices"> = given.options(
      "stride",
      "padding",
      "dilation",
      "ceil_mode",
    );
    if (given.value("return_indices") !== true) return f(given.x, kernel, options);
    const found = f(given.x, kernel, { ...options, returnIndices: true });
    return pair(found);
  };

const avgPool =
  (f: typeof akari.avgPool1d): Call =>
  (given) =>
    f(
      given.x,
      given.sizes("kernel_size"),
      given.options("stride", "padding", "ceil_mode", "count_include_pad", "divisor_override"),
    );

const adaptiveMaxPool =
  (f: typeof akari.adaptiveMaxPool2d): Call =>
  (given) => {
    const size = given.sizes("output_size");
    return given.value("return_indices") === true ? pair(f(given.x, size, { returnIndices: true })) : f(given.x, size);
  };

/** Returns the entry of an older name of `interpolate`. */
const upsample =
  (mode: "bilinear" | "nearest", fixed: akari.InterpolateOptions = {}): Call =>
  (given) =>
    akari.interpolate(given.x, { ...(given.options("size", "scale_factor") as object), ...fixed, mode });

const lpPool =
  (f: typeof akari.lpPool2d): Call =>
  (given) =>
    f(given.x, given.number("norm_type"), given.sizes("kernel_size"), given.options("stride", "ceil_mode"));

const unpool =
  (f: typeof F.maxUnpool1d): Call =>
  (given) =>
    f(given.x, given.tensor("indices"), given.sizes("kernel_size"), given.options("stride", "padding", "output_size"));

const fractional =
  (f: F.FractionalPool): Call =>
  (given) => {
    const randomSamples = given.optional("samples");
    const options = {
      ...(given.options("output_size", "output_ratio") as object),
      ...(randomSamples && { randomSamples }),
    };
    return f(given.x, given.sizes("kernel_size"), { ...options, returnIndices: true });
  };

/** Returns values and indices as a list. */
const pair = (found: unknown): readonly Tensor[] => found as readonly Tensor[]; // safe: with `returnIndices` there are both

/** Returns the entries of a matrix product that is added to a third tensor, as a function and in place. */
const added = (f: typeof akari.addmm, a: string, b: string): Readonly<Record<string, Call>> => {
  const name = f.name as "addmm"; // safe: these functions are methods of the same name
  const options = (given: Arguments): akari.AddProductOptions => given.options("beta", "alpha");
  return {
    [name]: (given) => f(given.x, given.tensor(a), given.tensor(b), options(given)),
    [`Tensor.${name}_`]: (given) => given.x[`${name}_`](given.tensor(a), given.tensor(b), options(given)),
  };
};

/** Matrix products. */
export const matmul: Readonly<Record<string, Call>> = {
  ...added(akari.addbmm, "batch1", "batch2"),
  ...added(akari.addmm, "mat1", "mat2"),
  ...added(akari.addmv, "mat", "vec"),
  ...added(akari.addr, "vec1", "vec2"),
  ...added(akari.baddbmm, "batch1", "batch2"),
  // safe: at least one
  chain_matmul: (given) => akari.chainMatmul(...(given.list("matrices") as [Tensor, ...Tensor[]])),
  inner: two(akari.inner, "input", "other"),
  "linalg.multi_dot": (given) => akari.multiDot(...(given.list("tensors") as [Tensor, ...Tensor[]])), // safe: as above
  vdot: two(akari.vdot, "input", "other"),
  bmm: two(akari.bmm, "input", "mat2"),
  dot: two(akari.dot, "input", "tensor"),
  einsum: (given) => akari.einsum(given.value("equation") as string, ...given.list("operands")),
  kron: two(akari.kron, "input", "other"),
  matmul: two(akari.matmul, "input", "other"),
  mm: two(akari.mm, "input", "mat2"),
  mv: two(akari.mv, "input", "vec"),
  "nn.functional.bilinear": (given) =>
    akari.bilinear(given.tensor("input1"), given.tensor("input2"), given.tensor("weight"), given.optional("bias")),
  "nn.functional.linear": (given) => F.linear(...weighted(given)),
  outer: two(akari.outer, "input", "vec2"),
  tensordot: (given) => akari.tensordot(given.tensor("a"), given.tensor("b"), (given.value("dims") ?? 2) as number),
};

/** Convolutions. */
export const convolution: Readonly<Record<string, Call>> = {
  "nn.functional.conv1d": conv(akari.conv1d),
  "nn.functional.conv2d": conv(akari.conv2d),
  "nn.functional.conv3d": conv(akari.conv3d),
  "nn.functional.conv_transpose1d": convTranspose(akari.convTranspose1d),
  "nn.functional.conv_transpose2d": convTranspose(akari.convTranspose2d),
  "nn.functional.conv_transpose3d": convTranspose(akari.convTranspose3d),
};

/** Pooling and resampling. */
export const pool: Readonly<Record<string, Call>> = {
  "nn.functional.adaptive_avg_pool1d": (given) => akari.adaptiveAvgPool1d(given.x, given.sizes("output_size")),
  "nn.functional.adaptive_avg_pool2d": (given) => akari.adaptiveAvgPool2d(given.x, given.sizes("output_size")),
  "nn.functional.adaptive_avg_pool3d": (given) => akari.adaptiveAvgPool3d(given.x, given.sizes("output_size")),
  "nn.functional.adaptive_max_pool1d": adaptiveMaxPool(akari.adaptiveMaxPool1d),
  "nn.functional.adaptive_max_pool2d": adaptiveMaxPool(akari.adaptiveMaxPool2d),
  "nn.functional.adaptive_max_pool3d": adaptiveMaxPool(akari.adaptiveMaxPool3d),
  "nn.functional.avg_pool1d": avgPool(akari.avgPool1d),
  "nn.functional.avg_pool2d": avgPool(akari.avgPool2d),
  "nn.functional.avg_pool3d": avgPool(akari.avgPool3d),
  "nn.functional.affine_grid": (given) =>
    F.affineGrid(given.tensor("theta"), given.numbers("size"), given.options("align_corners")),
  "nn.functional.channel_shuffle": (given) => F.channelShuffle(given.x, given.number("groups")),
  "nn.functional.fractional_max_pool2d": fractional(F.fractionalMaxPool2d),
  "nn.functional.fractional_max_pool3d": fractional(F.fractionalMaxPool3d),
  "nn.functional.grid_sample": (given) =>
    F.gridSample(given.x, given.tensor("grid"), given.options("mode", "padding_mode", "align_corners")),
  "nn.functional.interpolate": (given) =>
    akari.interpolate(
      given.x,
      given.options("scale_factor", "mode", "size", "align_corners", "recompute_scale_factor"),
    ),
  "nn.functional.upsample_bilinear": upsample("bilinear", { alignCorners: true }),
  "nn.functional.upsample_nearest": upsample("nearest"),
  "nn.functional.lp_pool1d": lpPool(akari.lpPool1d),
  "nn.functional.lp_pool2d": lpPool(akari.lpPool2d),
  "nn.functional.max_pool1d": maxPool(akari.maxPool1d),
  "nn.functional.max_pool2d": maxPool(akari.maxPool2d),
  "nn.functional.max_pool3d": maxPool(akari.maxPool3d),
  "nn.functional.max_unpool1d": unpool(F.maxUnpool1d),
  "nn.functional.max_unpool2d": unpool(F.maxUnpool2d),
  "nn.functional.max_unpool3d": unpool(F.maxUnpool3d),
  "nn.functional.pixel_shuffle": (given) => akari.pixelShuffle(given.x, given.number("upscale_factor")),
  "nn.functional.pixel_unshuffle": (given) => akari.pixelUnshuffle(given.x, given.number("downscale_factor")),
};
