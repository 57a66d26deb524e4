/** Images of 28 × 28 grays on a canvas, ink in the color of the text, so that they follow the color scheme. */

import { SIDE } from "./centre.ts";

/** Draws an image; null clears it. */
export function drawDigit(canvas: HTMLCanvasElement, pixels: Uint8Array | null): void {
  const context = canvas.getContext("2d");
  if (context === null) return;
  canvas.width = SIDE;
  canvas.height = SIDE;
  if (pixels === null) return;
  const image = context.createImageData(SIDE, SIDE);
  // White would be seen in the dark only, so the ink is opacity, and the page's own style inverts it there.
  for (let i = 0; i < pixels.length; i++) image.data[4 * i + 3] = pixels[i] as number; // safe: below the length
  context.putImageData(image, 0, 0);
}

/** The class with the highest probability, of the ten that begin at `from`, and how probable it is. */
export function likeliest(
  probabilities: Float32Array,
  from = 0,
): { readonly digit: number; readonly probability: number } {
  const ten = probabilities.subarray(from, from + 10);
  const probability = Math.max(...ten);
  return { digit: ten.indexOf(probability), probability };
}
