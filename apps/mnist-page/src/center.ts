/**
 * Converts a drawing to an image in the format of MNIST: "size normalized to fit in a 20×20 pixel box while preserving
 * their aspect ratio", gray where ink covers part of a pixel, and "centered in a 28×28 image by computing the center of
 * mass of the pixels, and translating the image so as to position this point at the center". The images of MNIST show
 * that they were translated by whole pixels, and that the center is the middle of pixel 14: the center of mass of every
 * image is within half a pixel of it.
 *
 * http://yann.lecun.com/exdb/mnist/
 */

/** Height and width of MNIST's images in pixels. */
export const SIDE = 28;
const BOX = 20;
const CENTER = 14.5;

/** A grayscale picture in row-major order: 0 for paper, 255 for ink. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly gray: Uint8Array;
}

/** Converts a picture to an image of 28 × 28 bytes; null if it contains no ink. */
export function centered(picture: Picture): Uint8Array | null {
  const { width, height, gray } = picture;
  const columns = new Float64Array(width);
  const rows = new Float64Array(height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const ink = gray[y * width + x] as number; // safe: within the picture, as below
      columns[x] = (columns[x] as number) + ink;
      rows[y] = (rows[y] as number) + ink;
    }
  }
  const [across, down] = [extent(columns), extent(rows)];
  if (across === null || down === null) return null;
  const pixel = Math.max(across.length, down.length) / BOX;
  const [left, top] = [begin(across, pixel), begin(down, pixel)];

  // The average over the square of a pixel is computed over its columns first, and then over its rows.
  const narrow = new Float64Array(height * SIDE);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < SIDE; x++) {
      narrow[y * SIDE + x] = average(
        gray.subarray(y * width, (y + 1) * width),
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

/** The first position, the length and the center of mass of the ink along an axis. */
interface Extent {
  readonly first: number;
  readonly length: number;
  readonly mass: number;
}

/** Returns the extent of the ink along an axis; null if there is none. */
function extent(ink: Float64Array): Extent | null {
  const first = ink.findIndex((amount) => amount > 0);
  if (first === -1) return null;
  const last = ink.findLastIndex((amount) => amount > 0);
  const total = ink.reduce((sum, amount) => sum + amount, 0);
  return { first, length: last + 1 - first, mass: ink.reduce((sum, amount, i) => sum + amount * (i + 0.5), 0) / total };
}

/** Returns where the image starts along an axis: the ink starts at a whole pixel, and none is outside. */
function begin({ first, length, mass }: Extent, pixel: number): number {
  const room = SIDE - Math.ceil(length / pixel);
  return first - Math.min(room, Math.max(0, Math.round(CENTER - (mass - first) / pixel))) * pixel;
}

/**
 * Returns the mean of a piecewise constant function over an interval. Its value from `i` to `i + 1` is `values[i]`, or
 * 0 outside of the values.
 */
function average(values: ArrayLike<number>, from: number, to: number): number {
  let sum = 0;
  for (let i = Math.max(0, Math.floor(from)); i < Math.min(values.length, to); i++) {
    sum += (values[i] as number) * (Math.min(i + 1, to) - Math.max(i, from));
  }
  return sum / (to - from);
}
