/**
 * `SyntheticDigits`: handwritten-looking digits out of a formula, for machines without a network. A network trained on
 * them alone reads most of the real MNIST test set. An import of its own, since the strokes weigh as much as the rest
 * of the package.
 *
 * @packageDocumentation
 */

import { ArgumentError, checkInteger } from "@akari/tensor";
import { DigitPainter, side } from "./draw-digit.ts";
import { mnistSource } from "./idx-sources.ts";
import { ImageDataset, type ImageOptions } from "./image-dataset.ts";
import { Xorshift } from "./xorshift.ts";

/** Images and their digits, as plain bytes. */
export interface DigitBytes {
  /** 28×28 bytes per image, row by row, 0 for paper and 255 for ink. */
  readonly images: Uint8Array;
  /** The digit of each image. */
  readonly labels: Uint8Array;
}

/**
 * Draws `count` digits, image i from its own stream of random numbers: the first ten of a million are those of ten.
 *
 * @param seed any integer; the same seed draws the same images on every platform.
 * @param start the number of the first image's stream.
 */
export function drawDigits(count: number, seed = 0, start = 0): DigitBytes {
  const images = new Uint8Array(count * side * side);
  const labels = new Uint8Array(count);
  const random = new Xorshift(seed);
  const painter = new DigitPainter(random);
  for (let i = 0; i < count; i++) {
    random.reset(seed, start + i);
    const digit = random.integer(10);
    labels[i] = digit;
    painter.draw(digit, images, i * side * side);
  }
  return { images, labels };
}

/** What `SyntheticDigits` can be told. */
export interface SyntheticOptions extends ImageOptions {
  /** How many images. Default 60,000 to train with and 10,000 to test with. */
  readonly length?: number;
  /** Which images: any integer. Default 0. */
  readonly seed?: number;
  /** Whether to draw the training images, or test images that are none of them. Default true. */
  readonly train?: boolean;
}

/**
 * Handwritten-looking digits, drawn when they are asked for: 60,000 take about two seconds. They stand in for MNIST
 * where that cannot be had; PyTorch's example network trained on 40,000 of them for one epoch reads 94.6 % of MNIST's
 * real test images.
 *
 * @example
 * import { SyntheticDigits } from "@akari/data/synthetic";
 * const training = new SyntheticDigits({ seed: 1 });
 */
export class SyntheticDigits extends ImageDataset {
  /** Throws an ArgumentError for an option that does not exist or makes no sense. */
  constructor(options: SyntheticOptions = {}) {
    const { train = true, length = train ? 60_000 : 10_000, seed = 0 } = options;
    checkInteger("SyntheticDigits", "length", length);
    if (!Number.isSafeInteger(seed))
      throw new ArgumentError(`SyntheticDigits: the seed must be a safe integer, got ${seed}`);
    const { images, labels } = drawDigits(length, seed, train ? 0 : 2 ** 31);
    const about = { name: "SyntheticDigits", from: `a formula, seed ${seed}`, classes: mnistSource.classes };
    const { mean, std } = mnistSource;
    super({ ...about, mean, std, pixels: images, digits: labels, height: side, width: side }, options, [
      "length",
      "seed",
      "train",
    ]);
  }
}
