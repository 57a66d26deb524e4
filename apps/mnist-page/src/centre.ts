/**
 * A drawing made into an image as MNIST's are: "size normalized to fit in a 20×20 pixel box while preserving their
 * aspect ratio", gray where ink covers a part of a pixel, and "centered in a 28×28 image by computing the center of
 * mass of the pixels, and translating the image so as to position this point at the center". In the images themselves
 * one sees that the translation was by whole pixels, and that the center is the middle of pixel 14: the mass of all of
 * them is within half a pixel of it.
 *
 * http://yann.lecun.com/exdb/mnist/
 */

/** The side of MNIST's images. */
export const SIDE = 28;
const BOX = 20;
const CENTRE = 14.5;

/** A gray picture, row by row: 0 for paper, 255 for ink. */
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
  const [left, top] = [begin(across, pixel), begin(down, pixel)];

  // An average over each pixel's square is one over its columns, then one over its rows.
  const narrow = new Float64Array(height * SIDE);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < SIDE; x++) {
      narrow[y * SIDE + x] = average(
        grey.subarray(y * width, (y + 1) * width),
        left + x * pixel,
        left + (x + 1) * pixel,
      );
    }
  }
  const image = new Uint8Array(SIDE * SIDE);
  const column = new Float64Array(height);
  for (let x = 0; x < SIDE; x++) {
    for (let y = 0; y < height; y++) column[y] = narrow[y * SIDE + x] as number;
    for (let y = 0; y < SIDE; y++)
      image[y * SIDE + x] = Math.round(average(column, top + y * pixel, top + (y + 1) * pixel));
  }
  return image;
}

/** Where the ink begins along an axis, how far it reaches, and where its center of mass is. */
interface Extent {
  readonly first: number;
  readonly length: number;
  readonly mass: number;
}

/** The extent of the ink along an axis; null when there is none. */
function extent(ink: Float64Array): Extent | null {
  const first = ink.findIndex((amount) => amount > 0);
  if (first === -1) return null;
  const last = ink.findLastIndex((amount) => amount > 0);
  const total = ink.reduce((sum, amount) => sum + amount, 0);
  return { first, length: last + 1 - first, mass: ink.reduce((sum, amount, i) => sum + amount * (i + 0.5), 0) / total };
}

/** Where the image begins along an axis, so that the ink begins at a whole pixel, and none is outside. */
function begin({ first, length, mass }: Extent, pixel: number): number {
  const room = SIDE - Math.ceil(length / pixel);
  return first - Math.min(room, Math.max(0, Math.round(CENTRE - (mass - first) / pixel))) * pixel;
}

/**
 * The mean of values over an interval, each value being that of the unit that begins at its index; outside of them
 * there is paper.
 */
function average(values: ArrayLike<number>, from: number, to: number): number {
  let sum = 0;
  for (let i = Math.max(0, Math.floor(from)); i < Math.min(values.length, to); i++) {
    sum += (values[i] as number) * (Math.min(i + 1, to) - Math.max(i, from));
  }
  return sum / (to - from);
}
