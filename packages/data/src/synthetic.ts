/**
 * `SyntheticDigits`: handwritten-looking digits out of a formula, for machines without a network. A network trained on them alone
 * reads most of the real MNIST test set.
 */

import { DigitPainter, side } from "./draw-digit.ts";
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
 */
export function drawDigits(count: number, seed = 0): DigitBytes {
  const images = new Uint8Array(count * side * side);
  const labels = new Uint8Array(count);
  const random = new Xorshift(seed);
  const painter = new DigitPainter(random);
  for (let i = 0; i < count; i++) {
    random.reset(seed, i);
    const digit = random.integer(10);
    labels[i] = digit;
    painter.draw(digit, images, i * side * side);
  }
  return { images, labels };
}
