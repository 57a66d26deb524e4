/** Extracts the sliding windows of a convolution as columns of a matrix, and sums such columns back into an image. */

import { ShapeError } from "../errors.ts";
import { settings } from "../settings.ts";
import { expectRank, showShape, sizeOf } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { type PerDimension, perDimension } from "./conv.ts";
import { pad } from "./pad.ts";
import { permute } from "./permute.ts";
import { reshape, squeeze, unsqueeze } from "./reshape.ts";
import { slice, sumWindows, unfold, zeroStuff } from "./slice.ts";

/** Options of `im2col` and `col2im`: the placement of the windows. */
export interface PatchOptions {
  /** Spacing between the elements of a window. Default 1. */
  readonly dilation?: PerDimension;
  /** Zeros on each side of the image. Default 0. */
  readonly padding?: PerDimension;
  /** Step of the window. Default 1. */
  readonly stride?: PerDimension;
}

function windowsOf(
  operation: string,
  kernelSize: PerDimension,
  options: PatchOptions | undefined,
): Record<"kernel" | "dilation" | "padding" | "stride", readonly number[]> {
  const { dilation, padding, stride } = settings(operation, options, { dilation: 1, padding: 0, stride: 1 });
  return {
    kernel: perDimension(operation, "kernelSize", kernelSize, 2, 1),
    dilation: perDimension(operation, "dilation", dilation, 2, 1),
    padding: perDimension(operation, "padding", padding, 2, 0),
    stride: perDimension(operation, "stride", stride, 2, 1),
  };
}

/**
 * Extracts sliding windows of an image as columns: [N, C, H, W] → [N, C · kh · kw, L], where L is the number of
 * windows. An unbatched image [C, H, W] gives [C · kh · kw, L]. PyTorch's function is named `unfold`, which here is the
 * view along one dimension.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.unfold.html
 *
 * @throws ShapeError unless `x` is an image.
 * @throws ArgumentError for invalid sizes, and for a window larger than the padded image.
 */
export function im2col(x: Tensor, kernelSize: PerDimension, options?: PatchOptions): Tensor {
  expectRank("im2col", "an image [N, C, H, W] or [C, H, W]", x, 3, 4);
  if (x.ndim === 3) return squeeze(im2col(unsqueeze(x, 0), kernelSize, options), 0);
  const { kernel, dilation, padding, stride } = windowsOf("im2col", kernelSize, options);
  const [ph, pw] = padding as readonly [number, number]; // safe: `perDimension` returns one number per dimension
  let windows = ph + pw > 0 ? pad(x, [pw, pw, ph, ph]) : x;
  for (const i of [0, 1]) {
    const d = dilation[i] as number;
    windows = unfold(windows, 2 + i, d * ((kernel[i] as number) - 1) + 1, stride[i] as number);
    windows = slice(windows, -1, null, null, d);
  }
  const [n, c, rows, columns] = windows.shape as readonly [number, number, number, number];
  return reshape(permute(windows, 0, 1, 4, 5, 2, 3), [n, c * sizeOf(kernel), rows * columns]);
}

/**
 * Sums columns into an image, the adjoint of `im2col`: [N, C · kh · kw, L] → [N, C, H, W]. Elements of overlapping
 * windows are added. Unbatched columns [C · kh · kw, L] give [C, H, W].
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.fold.html
 *
 * @param outputSize height and width of the image.
 * @throws ShapeError when the columns do not match the windows of the image.
 * @throws ArgumentError for invalid sizes.
 */
export function col2im(x: Tensor, outputSize: PerDimension, kernelSize: PerDimension, options?: PatchOptions): Tensor {
  expectRank("col2im", "columns [N, C · kernel, L] or [C · kernel, L]", x, 2, 3);
  if (x.ndim === 2) return squeeze(col2im(unsqueeze(x, 0), outputSize, kernelSize, options), 0);
  const { kernel, dilation, padding, stride } = windowsOf("col2im", kernelSize, options);
  const sizes = perDimension("col2im", "outputSize", outputSize, 2, 1);
  const extents = kernel.map((k, i) => (dilation[i] as number) * (k - 1) + 1);
  const padded = sizes.map((size, i) => size + 2 * (padding[i] as number));
  const counts = padded.map((size, i) => Math.floor((size - (extents[i] as number)) / (stride[i] as number)) + 1);
  const [n, rows, length] = x.shape as readonly [number, number, number];
  if (rows % sizeOf(kernel) !== 0 || length !== sizeOf(counts) || counts.some((count) => count < 1)) {
    throw new ShapeError(
      `col2im: columns of shape ${showShape(x.shape)} do not fit an image of ${showShape(sizes)} under windows of ${showShape(kernel)}: expected ${counts.join(" · ")} columns of a multiple of ${sizeOf(kernel)}`,
    );
  }
  const apart = reshape(x, [n, rows / sizeOf(kernel), ...kernel, ...counts]);
  let image = permute(apart, 0, 1, 4, 5, 2, 3);
  for (const i of [1, 0]) {
    const spreadOut = zeroStuff(image, image.ndim - 1, dilation[i] as number);
    image = sumWindows(spreadOut, 2 + i, stride[i] as number, padded[i] as number);
  }
  return sizes.reduce(
    (part, size, i) => slice(part, 2 + i, padding[i] as number, (padding[i] as number) + size),
    image,
  );
}
