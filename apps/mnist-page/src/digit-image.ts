/** Draws grayscale images of 28 × 28 pixels on a canvas, with ink in the text color of the color scheme. */

import { SIDE } from "./center.ts";

/** Draws an image; null clears the canvas. */
export function drawDigit(canvas: HTMLCanvasElement, pixels: Uint8Array | null): void {
  const context = canvas.getContext("2d");
  if (context === null) return;
  canvas.width = SIDE;
  canvas.height = SIDE;
  if (pixels === null) return;
  const image = context.createImageData(SIDE, SIDE);
  // The ink is black with its value as the opacity. The style sheet inverts the canvas in the dark color scheme.
  for (let i = 0; i < pixels.length; i++) image.data[4 * i + 3] = pixels[i] as number; // safe: below the length
  context.putImageData(image, 0, 0);
}

/** Returns the class with the highest of the ten probabilities that start at `from`. */
export function likeliest(
  probabilities: Float32Array,
  from = 0,
): { readonly digit: number; readonly probability: number } {
  const ten = probabilities.subarray(from, from + 10);
  const probability = Math.max(...ten);
  return { digit: ten.indexOf(probability), probability };
}
