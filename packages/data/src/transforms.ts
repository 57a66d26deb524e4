/**
 * Image transforms, as in torchvision. An image is a tensor of shape `[C, H, W]`, uint8 until `ToTensor` scales it to
 * [0, 1]. The random transforms draw in the same order as torchvision.
 */

import {
  ArgumentError,
  checkInteger,
  checkNumber,
  checkPositive,
  defaultGenerator,
  drawIntegers,
  expectNumber,
  expectRank,
  flip,
  fromTypedArray,
  type Generator,
  itemsOf,
  narrow,
  pad,
  ShapeError,
  settings,
  shapeError,
  shapeOf,
  type Tensor,
} from "@akari/tensor";

/** A transform of images. */
export interface Transform {
  /** Returns the transformed image. The argument is not modified. */
  apply(image: Tensor): Tensor;
}

/** Returns a transform as a function. */
export function transformer(transform: Transform | ((image: Tensor) => Tensor)): (image: Tensor) => Tensor {
  return typeof transform === "function" ? transform : (image) => transform.apply(image);
}

/**
 * Applies several transforms in sequence.
 *
 * https://pytorch.org/vision/stable/generated/torchvision.transforms.Compose.html
 *
 * @example
 * new Compose([new RandomCrop(28, { padding: 2 }), new ToTensor(), new Normalize([0.1307], [0.3081])]);
 */
export class Compose implements Transform {
  /** The transforms, in order. */
  readonly transforms: readonly (Transform | ((image: Tensor) => Tensor))[];

  constructor(transforms: readonly (Transform | ((image: Tensor) => Tensor))[]) {
    this.transforms = itemsOf("Compose", transforms);
  }

  /** Applies all transforms in order. */
  apply(image: Tensor): Tensor {
    return this.transforms.reduce((x, transform) => transformer(transform)(x), image);
  }
}

/**
 * Applies a function as a transform.
 *
 * https://pytorch.org/vision/stable/generated/torchvision.transforms.Lambda.html
 */
export class Lambda implements Transform {
  /** Applies the function to an image. */
  readonly apply: (image: Tensor) => Tensor;

  constructor(change: (image: Tensor) => Tensor) {
    this.apply = change;
  }
}

/**
 * Converts uint8 images to float32 scaled to [0, 1], and images `[H, W]` to `[1, H, W]`. Other dtypes are not
 * converted.
 *
 * https://pytorch.org/vision/stable/generated/torchvision.transforms.ToTensor.html
 */
export class ToTensor implements Transform {
  /**
   * Converts an image `[H, W]` or `[C, H, W]`.
   *
   * @throws ShapeError when the image does not have two or three dimensions.
   */
  apply(image: Tensor): Tensor {
    expectRank("ToTensor", "an image [H, W] or [C, H, W]", image, 2, 3);
    const channels = image.ndim === 2 ? image.unsqueeze(0) : image;
    return channels.dtype === "uint8" ? channels.to("float32").div(255) : channels;
  }
}

/**
 * Normalizes each channel of an image: `(x - mean) / std`.
 *
 * https://pytorch.org/vision/stable/generated/torchvision.transforms.Normalize.html
 */
export class Normalize implements Transform {
  /** Mean of each channel, or one number for all channels. */
  readonly mean: readonly number[];
  /** Standard deviation of each channel, in the same form. */
  readonly std: readonly number[];

  /**
   * @param mean the mean of each channel, or one number for all channels.
   * @param std the standard deviation, in the same form.
   * @throws ArgumentError when the lengths differ or a standard deviation is not positive.
   */
  constructor(mean: readonly number[], std: readonly number[]) {
    for (const value of itemsOf("Normalize", mean)) expectNumber("Normalize", "mean", value);
    for (const value of itemsOf("Normalize", std)) checkPositive("Normalize", "std", value);
    if (mean.length !== std.length)
      throw new ArgumentError(`Normalize: mean has ${mean.length} elements, but std has ${std.length}`);
    this.mean = mean;
    this.std = std;
  }

  /**
   * Normalizes an image `[..., C, H, W]`.
   *
   * @throws ShapeError when the number of channels does not match.
   */
  apply(image: Tensor): Tensor {
    const channels = shapeOf("Normalize", image).at(-3);
    if (channels !== this.mean.length && this.mean.length !== 1) {
      throw shapeError("Normalize", `an image of ${this.mean.length} channels`, image);
    }
    const column = (numbers: readonly number[]): Tensor =>
      fromTypedArray(Float32Array.from(numbers), [numbers.length, 1, 1], { device: image.device });
    return image.sub(column(this.mean)).div(column(this.std));
  }
}

/** Options of all random transforms. */
export interface RandomTransformOptions {
  /** Random number generator. Default: the default generator. */
  readonly generator?: Generator;
}

/**
 * Flips an image horizontally with probability `p`.
 *
 * https://pytorch.org/vision/stable/generated/torchvision.transforms.RandomHorizontalFlip.html
 */
export class RandomHorizontalFlip implements Transform {
  /** Probability of a flip, from 0 to 1. */
  readonly p: number;
  readonly #generator: Generator | undefined;

  /**
   * @param p probability of a flip. Default 0.5.
   * @throws ArgumentError when `p` is not from 0 to 1.
   */
  constructor(p = 0.5, options?: RandomTransformOptions) {
    const { generator } = settings("RandomHorizontalFlip", options, { generator: undefined });
    checkNumber("RandomHorizontalFlip", "p", p, 1);
    this.p = p;
    this.#generator = generator;
  }

  /** Flips an image `[..., W]` along its last dimension, with probability `p`. */
  apply(image: Tensor): Tensor {
    return (this.#generator ?? defaultGenerator()).uniform() < this.p ? flip(image, -1) : image;
  }
}

/** Options of `RandomCrop`. */
export interface RandomCropOptions extends RandomTransformOptions {
  /** Padding added to every side before cropping, in pixels. Default 0. */
  readonly padding?: number;
  /** Value of the padding. Default 0. */
  readonly fill?: number;
}

/**
 * Crops an image at a random location.
 *
 * https://pytorch.org/vision/stable/generated/torchvision.transforms.RandomCrop.html
 */
export class RandomCrop implements Transform {
  /** Height and width of the crop in pixels. */
  readonly size: readonly [height: number, width: number];
  /** Padding added to every side before cropping, in pixels. */
  readonly padding: number;
  /** Value of the padding. */
  readonly fill: number;
  readonly #generator: Generator | undefined;

  /**
   * @param size height and width of the crop, or one number for both.
   * @throws ArgumentError when a size is not a positive integer or the padding not a non-negative integer.
   */
  constructor(size: number | readonly [height: number, width: number], options?: RandomCropOptions) {
    const { padding, fill, generator } = settings("RandomCrop", options, { padding: 0, fill: 0, generator: undefined });
    this.size = Array.isArray(size) ? (size as [number, number]) : [size as number, size as number]; // checked next
    for (const side of this.size) checkInteger("RandomCrop", "size", side, 1);
    checkInteger("RandomCrop", "padding", padding);
    this.padding = padding;
    this.fill = fill;
    this.#generator = generator;
  }

  /**
   * Crops an image `[..., H, W]`.
   *
   * @throws ShapeError when the padded image is smaller than the crop.
   */
  apply(image: Tensor): Tensor {
    const { padding, fill } = this;
    const [height, width] = this.size;
    const around = padding === 0 ? image : pad(image, [padding, padding, padding, padding], { value: fill });
    const [rows, columns] = [around.size(-2), around.size(-1)];
    if (rows < height || columns < width) {
      throw new ShapeError(
        `RandomCrop: cannot crop ${height}×${width} from ${rows}×${columns} (with padding ${padding})`,
      );
    }
    if (rows === height && columns === width) return around;
    const generator = this.#generator ?? defaultGenerator();
    const top = drawIntegers(generator, 1, 0, rows - height + 1)[0] as number;
    const left = drawIntegers(generator, 1, 0, columns - width + 1)[0] as number;
    return narrow(narrow(around, -2, top, height), -1, left, width);
  }
}
