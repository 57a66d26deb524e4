/**
 * A drawing made into an image as MNIST's are: "size normalized to fit in a 20×20 pixel box while preserving their aspect ratio", grey where ink
 * covers a part of a pixel, and "centered in a 28×28 image by computing the center of mass".
 *
 * http://yann.lecun.com/exdb/mnist/
 */

/** The side of MNIST's images. */
export const SIDE = 28;
const BOX = 20;

/** A grey picture, row by row: 0 for paper, 255 for ink. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly grey: Uint8Array;
}

/** The image of a picture, 28 × 28 bytes; null when there is no ink. */
export function centred(picture: Picture): Uint8Array | null {
  const { width, height, grey } = picture;
  const columns = new Float64Array(width);
  const rows = new Float64Array(height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const ink = grey[y * width + x] as number; // safe: within the picture, as below
      columns[x] = (columns[x] as number) + ink;
      rows[y] = (rows[y] as number) + ink;
    }
  }
  const [across, down] = [extent(columns), extent(rows)];
  if (across === null || down === null) return null;
  const pixel = Math.max(across.length, down.length) / BOX;
  const [left, top] = [across.mass - (SIDE / 2) * pixel, down.mass - (SIDE / 2) * pixel];

  // An average over each pixel's square is one over its columns, then one over its rows.
  const narrow = new Float64Array(height * SIDE);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < SIDE; x++) {
      narrow[y * SIDE + x] = average(grey.subarray(y * width, (y + 1) * width), left + x * pixel, left + (x + 1) * pixel);
    }
  }
  const image = new Uint8Array(SIDE * SIDE);
  const column = new Float64Array(height);
  for (let x = 0; x < SIDE; x++) {
    for (let y = 0; y < height; y++) column[y] = narrow[y * SIDE + x] as number;
    for (let y = 0; y < SIDE; y++) image[y * SIDE + x] = Math.round(average(column, top + y * pixel, top + (y + 1) * pixel));
  }
  return image;
}

/** How far the ink reaches along an axis, and where its centre of mass is; null when there is none. */
function extent(ink: Float64Array): { readonly length: number; readonly mass: number } | null {
  const first = ink.findIndex((amount) => amount > 0);
  if (first === -1) return null;
  const last = ink.findLastIndex((amount) => amount > 0);
  const total = ink.reduce((sum, amount) => sum + amount, 0);
  return { length: last + 1 - first, mass: ink.reduce((sum, amount, i) => sum + amount * (i + 0.5), 0) / total };
}

/** The mean of values over an interval, each value being that of the unit that begins at its index; outside of them there is paper. */
function average(values: ArrayLike<number>, from: number, to: number): number {
  let sum = 0;
  for (let i = Math.max(0, Math.floor(from)); i < Math.min(values.length, to); i++) {
    sum += (values[i] as number) * (Math.min(i + 1, to) - Math.max(i, from));
  }
  return sum / (to - from);
}
