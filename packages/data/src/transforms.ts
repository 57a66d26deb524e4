/**
 * What is done to an image on its way out of a dataset, as in torchvision: an image is a tensor of shape `[C, H, W]`,
 * bytes until `ToTensor` makes them numbers from 0 to 1. The random ones draw in torchvision's order.
 */

import {
  ArgumentError,
  checkInteger,
  checkNumber,
  defaultGenerator,
  drawIntegers,
  flip,
  fromTypedArray,
  type Generator,
  narrow,
  pad,
  ShapeError,
  settings,
  shapeError,
  type Tensor,
} from "@akari/tensor";

/** Turns one image into another. */
export interface Transform {
  /** The changed image; the one given stays as it is. */
  apply(image: Tensor): Tensor;
}

/** The function behind a transform, or the function itself. */
export function transformer(transform: Transform | ((image: Tensor) => Tensor)): (image: Tensor) => Tensor {
  return typeof transform === "function" ? transform : (image) => transform.apply(image);
}

/**
 * Several transforms, one after the other.
 *
 * https://pytorch.org/vision/stable/generated/torchvision.transforms.Compose.html
 *
 * @example
 * new Compose([new RandomCrop(28, { padding: 2 }), new ToTensor(), new Normalize([0.1307], [0.3081])]);
 */
export class Compose implements Transform {
  /** What is done, in this order. */
  readonly transforms: readonly (Transform | ((image: Tensor) => Tensor))[];

  constructor(transforms: readonly (Transform | ((image: Tensor) => Tensor))[]) {
    this.transforms = transforms;
  }

  /** The image after all transforms, each given what the one before made. */
  apply(image: Tensor): Tensor {
    return this.transforms.reduce((x, transform) => transformer(transform)(x), image);
  }
}

/**
 * Any function of an image.
 *
 * https://pytorch.org/vision/stable/generated/torchvision.transforms.Lambda.html
 */
export class Lambda implements Transform {
  /** Calls the function with the image. */
  readonly apply: (image: Tensor) => Tensor;

  constructor(change: (image: Tensor) => Tensor) {
    this.apply = change;
  }
}

/**
 * Bytes from 0 to 255 as float32 from 0 to 1, and an image `[H, W]` as `[1, H, W]`. Other dtypes keep their values.
 *
 * https://pytorch.org/vision/stable/generated/torchvision.transforms.ToTensor.html
 */
export class ToTensor implements Transform {
  /** Throws a ShapeError unless the image has two or three dimensions. */
  apply(image: Tensor): Tensor {
    if (image.ndim !== 2 && image.ndim !== 3) {
      throw shapeError("ToTensor", "an image [H, W] or [C, H, W]", image);
    }
    const channels = image.ndim === 2 ? image.unsqueeze(0) : image;
    return channels.dtype === "uint8" ? channels.to("float32").div(255) : channels;
  }
}

/**
 * Takes the mean out of each channel and divides it by the deviation: `(x - mean) / std`.
 *
 * https://pytorch.org/vision/stable/generated/torchvision.transforms.Normalize.html
 */
export class Normalize implements Transform {
  /** What is taken out of each channel; a single number holds for all channels. */
  readonly mean: readonly number[];
  /** What each channel is divided by, as many as there are means. */
  readonly std: readonly number[];

  /**
   * @param mean one number per channel, as `std`. Throws an ArgumentError when they are not as many, or a deviation is
   * 0.
   */
  constructor(mean: readonly number[], std: readonly number[]) {
    if (mean.length !== std.length)
      throw new ArgumentError(`Normalize: there are ${mean.length} means, but ${std.length} deviations`);
    const wrong = std.find((deviation) => !(deviation > 0));
    if (wrong !== undefined) throw new ArgumentError(`Normalize: cannot divide by the deviation ${wrong}`);
    this.mean = mean;
    this.std = std;
  }

  /** Throws a ShapeError unless the image has as many channels as there are means. */
  apply(image: Tensor): Tensor {
    const channels = image.shape[image.ndim - 3];
    if (channels !== this.mean.length && this.mean.length !== 1) {
      throw shapeError("Normalize", `an image of ${this.mean.length} channels`, image);
    }
    const column = (numbers: readonly number[]): Tensor =>
      fromTypedArray(Float32Array.from(numbers), [numbers.length, 1, 1], { device: image.device });
    return image.sub(column(this.mean)).div(column(this.std));
  }
}

/** What random transforms can be told. */
export interface RandomTransformOptions {
  /** Where to draw from. Default: the default generator. */
  readonly generator?: Generator;
}

/**
 * The mirror image, left for right, with probability `p`.
 *
 * https://pytorch.org/vision/stable/generated/torchvision.transforms.RandomHorizontalFlip.html
 */
export class RandomHorizontalFlip implements Transform {
  /** How likely an image is to be mirrored, from 0 to 1. Default 0.5. */
  readonly p: number;
  readonly #generator: Generator | undefined;

  /** Throws an ArgumentError unless `p` is a probability. */
  constructor(p = 0.5, options?: RandomTransformOptions) {
    const { generator } = settings("RandomHorizontalFlip", options, { generator: undefined });
    checkNumber("RandomHorizontalFlip", "p", p, 1);
    this.p = p;
    this.#generator = generator;
  }

  /** The image or, with probability `p`, its columns in reverse: [..., W] → [..., W]. */
  apply(image: Tensor): Tensor {
    return (this.#generator ?? defaultGenerator()).uniform() < this.p ? flip(image, -1) : image;
  }
}

/** What `RandomCrop` can be told. */
export interface RandomCropOptions extends RandomTransformOptions {
  /** How many pixels to add on every side first. Default 0. */
  readonly padding?: number;
  /** The value of the pixels added. Default 0. */
  readonly fill?: number;
}

/**
 * A piece of the image, from a random place.
 *
 * https://pytorch.org/vision/stable/generated/torchvision.transforms.RandomCrop.html
 */
export class RandomCrop implements Transform {
  /** The piece, in pixels. */
  readonly size: readonly [height: number, width: number];
  /** How many pixels are added on every side before cutting. Default 0. */
  readonly padding: number;
  /** The value of the pixels added, in the image's own unit. Default 0. */
  readonly fill: number;
  readonly #generator: Generator | undefined;

  /**
   * @param size the height and the width of the piece, or its side. Throws an ArgumentError for sizes that make no
   * sense.
   */
  constructor(size: number | readonly [height: number, width: number], options?: RandomCropOptions) {
    const { padding, fill, generator } = settings("RandomCrop", options, { padding: 0, fill: 0, generator: undefined });
    this.size = typeof size === "number" ? [size, size] : size;
    for (const side of this.size) checkInteger("RandomCrop", "size", side, 1);
    checkInteger("RandomCrop", "padding", padding);
    this.padding = padding;
    this.fill = fill;
    this.#generator = generator;
  }

  /** Throws a ShapeError when the image, padded, is smaller than the piece. */
  apply(image: Tensor): Tensor {
    const { padding, fill } = this;
    const [height, width] = this.size;
    const around = padding === 0 ? image : pad(image, [padding, padding, padding, padding], { value: fill });
    const [rows, columns] = [around.size(-2), around.size(-1)];
    if (rows < height || columns < width) {
      throw new ShapeError(
        `RandomCrop: cannot cut ${height}×${width} out of ${rows}×${columns} (with ${padding} of padding)`,
      );
    }
    if (rows === height && columns === width) return around;
    const generator = this.#generator ?? defaultGenerator();
    const top = drawIntegers(generator, 1, 0, rows - height + 1)[0] as number;
    const left = drawIntegers(generator, 1, 0, columns - width + 1)[0] as number;
    return narrow(narrow(around, -2, top, height), -1, left, width);
  }
}
