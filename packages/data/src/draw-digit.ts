/**
 * Draws one synthetic handwritten digit: a blend of the masters of a family, with jittered points and a random warp,
 * slant and rotation, drawn with a round pen. The result is normalized like the scans of MNIST: scaled to fit 20×20
 * pixels with its aspect ratio preserved, and placed in 28×28 with the center of mass at the center.
 *
 * LeCun et al. 1998, "Gradient-based learning applied to document recognition", https://doi.org/10.1109/5.726791
 */

import { families, type Glyph, readGlyphs, type Stroke } from "./strokes.ts";
import type { Xorshift } from "./xorshift.ts";

/** Side length of an image in pixels. */
export const side = 28;
/** Side length of the box that the ink fits into. */
const box = 20;
/** Number of line segments per curve between two points. */
const pieces = 5;

/** Variation of the handwriting of a digit. */
interface Hand {
  /** Slant to the right: mean and standard deviation, as width per height. */
  readonly slant: readonly [number, number];
  /** Range of the scale factor of the width. */
  readonly width: readonly [number, number];
}

const hands: readonly Hand[] = [
  { slant: [0.14, 0.24], width: [0.7, 1.4] },
  { slant: [0.24, 0.3], width: [0.8, 1.3] },
  { slant: [0.08, 0.27], width: [0.75, 1.45] },
  { slant: [0.06, 0.25], width: [0.65, 1.25] },
  { slant: [0.14, 0.27], width: [0.65, 1.25] },
  { slant: [0.08, 0.28], width: [0.7, 1.35] },
  { slant: [-0.02, 0.24], width: [0.65, 1.5] },
  { slant: [0.02, 0.27], width: [0.6, 1.3] },
  { slant: [0.12, 0.26], width: [0.6, 1.35] },
  { slant: [0.08, 0.25], width: [0.65, 1.4] },
];

let glyphs: readonly (readonly Glyph[])[] | null = null;

/** Draws digits into a larger array, reusing its scratch memory. */
export class DigitPainter {
  readonly #random: Xorshift;
  // The path of the pen: its points, the relative radius of the pen at each, and flags for the start of a new stroke.
  readonly #x: Float64Array = new Float64Array(512);
  readonly #y: Float64Array = new Float64Array(512);
  readonly #pressure: Float64Array = new Float64Array(512);
  readonly #lifted: Uint8Array = new Uint8Array(512);
  #points = 0;
  // Signed distance of each pixel of the box from the edge of the ink; negative inside.
  readonly #distance: Float32Array = new Float32Array(box * box);

  /** @param random the source of all random choices. */
  constructor(random: Xorshift) {
    this.#random = random;
  }

  /** Draws `digit` (0 to 9) as 28×28 bytes, 255 for ink, into `image` starting at `offset`. */
  draw(digit: number, image: Uint8Array, offset: number): void {
    glyphs ??= families.map(readGlyphs);
    // safe: the caller passes 0 to 9, and there are hands and glyphs for each
    const hand = hands[digit] as Hand;
    this.#trace(this.#pick(glyphs[digit] as readonly Glyph[]));
    this.#bend(hand);
    this.#ink(this.#fit());
    this.#place(image, offset);
  }

  #pick(choices: readonly Glyph[]): Glyph {
    let left = this.#random.uniform(
      0,
      choices.reduce((sum, glyph) => sum + glyph.weight, 0),
    );
    for (const glyph of choices) {
      left -= glyph.weight;
      if (left < 0) return glyph;
    }
    return choices[choices.length - 1] as Glyph;
  }

  /** Blends the masters, jitters the points, and interpolates them with a smooth curve. */
  #trace(glyph: Glyph): void {
    const random = this.#random;
    const { masters } = glyph;
    // Interpolates (or slightly extrapolates) two masters. A blend of all of them would always resemble their mean.
    const shares = new Float64Array(masters.length);
    const one = random.integer(masters.length);
    const other = random.integer(masters.length);
    const between = random.uniform(-0.1, 1.1);
    shares[one] = 1 - between;
    shares[other] = (shares[other] as number) + between;
    const wobble = random.uniform(0.006, 0.05);
    this.#points = 0;
    const first = masters[0] as readonly Stroke[];
    for (let s = 0; s < first.length; s++) {
      const { corner } = first[s] as Stroke;
      const count = corner.length;
      const x = new Float64Array(count);
      const y = new Float64Array(count);
      for (let m = 0; m < masters.length; m++) {
        const share = shares[m] as number;
        if (share === 0) continue;
        const stroke = (masters[m] as readonly Stroke[])[s] as Stroke;
        for (let i = 0; i < count; i++) {
          x[i] = (x[i] as number) + share * (stroke.x[i] as number);
          y[i] = (y[i] as number) + share * (stroke.y[i] as number);
        }
      }
      for (let i = 0; i < count; i++) {
        // The ends of a stroke vary more than its middle.
        const spread = i === 0 || i === count - 1 ? 1.6 * wobble : wobble;
        x[i] = (x[i] as number) + spread * random.bell();
        y[i] = (y[i] as number) + spread * random.bell();
      }
      this.#curve(x, y, corner);
    }
  }

  /** Appends a Catmull–Rom spline through the points, broken at corners. */
  #curve(x: Float64Array, y: Float64Array, corner: readonly boolean[]): void {
    const last = x.length - 1;
    this.#point(x[0] as number, y[0] as number, true);
    for (let i = 0; i < last; i++) {
      const before = i === 0 || corner[i] ? i : i - 1;
      const after = i + 1 === last || corner[i + 1] ? i + 1 : i + 2;
      const x1 = x[i] as number;
      const x2 = x[i + 1] as number;
      const y1 = y[i] as number;
      const y2 = y[i + 1] as number;
      const fromX = (x2 - (x[before] as number)) / 2;
      const fromY = (y2 - (y[before] as number)) / 2;
      const toX = ((x[after] as number) - x1) / 2;
      const toY = ((y[after] as number) - y1) / 2;
      for (let k = 1; k <= pieces; k++) {
        const t = k / pieces;
        const u = t * t * (3 - 2 * t);
        const leave = t * (1 - t) * (1 - t);
        const arrive = t * t * (t - 1);
        this.#point(
          x1 + u * (x2 - x1) + leave * fromX + arrive * toX,
          y1 + u * (y2 - y1) + leave * fromY + arrive * toY,
          false,
        );
      }
    }
  }

  #point(x: number, y: number, lifted: boolean): void {
    const at = this.#points++;
    this.#x[at] = x;
    this.#y[at] = y;
    this.#lifted[at] = lifted ? 1 : 0;
  }

  /** Warps the path with a slow wave, then scales, slants and rotates it. */
  #bend(hand: Hand): void {
    const random = this.#random;
    const waveX = random.bell() * 0.035;
    const waveY = random.bell() * 0.035;
    const alongX = random.uniform(2, 6);
    const alongY = random.uniform(2, 6);
    const phaseX = random.uniform(0, 6.28);
    const phaseY = random.uniform(0, 6.28);
    // The upper and the lower half of a digit often differ in size.
    const swell = random.bell() * 0.2;
    const width = random.uniform(hand.width[0], hand.width[1]);
    const slant = hand.slant[0] + hand.slant[1] * random.bell();
    const turn = 0.1 * random.bell();
    const cos = Math.cos(turn);
    const sin = Math.sin(turn);
    const pressure = random.bell() * 0.12;
    const pressureAlong = random.uniform(0.05, 0.2);
    const pressurePhase = random.uniform(0, 6.28);
    for (let i = 0; i < this.#points; i++) {
      const px = (this.#x[i] as number) - 0.5;
      const py = (this.#y[i] as number) - 0.5;
      const grown = 1 + swell * 2 * py;
      const y = py * (1 + swell * py) + waveY * Math.sin(alongY * px + phaseY);
      const x = width * grown * (px + waveX * Math.sin(alongX * py + phaseX)) - slant * y;
      this.#x[i] = cos * x - sin * y;
      this.#y[i] = sin * x + cos * y;
      this.#pressure[i] = 1 + pressure * Math.sin(pressureAlong * i + pressurePhase);
    }
  }

  /** Scales the path to fit the box, including the pen. Returns the radius of the pen in pixels. */
  #fit(): number {
    const random = this.#random;
    let left = Number.POSITIVE_INFINITY;
    let right = Number.NEGATIVE_INFINITY;
    let top = Number.POSITIVE_INFINITY;
    let bottom = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < this.#points; i++) {
      left = Math.min(left, this.#x[i] as number);
      right = Math.max(right, this.#x[i] as number);
      top = Math.min(top, this.#y[i] as number);
      bottom = Math.max(bottom, this.#y[i] as number);
    }
    // Most pens have a similar radius; a few are markers.
    const marker = random.uniform() < 0.08 ? random.uniform(0, 1) : 0;
    const radius = Math.max(0.5, 1.22 + 0.34 * random.bell() + marker);
    const reach = Math.max(right - left, bottom - top);
    const scale = (box - 2 * radius) / reach;
    const shiftX = (box - scale * (left + right)) / 2;
    const shiftY = (box - scale * (top + bottom)) / 2;
    for (let i = 0; i < this.#points; i++) {
      this.#x[i] = scale * (this.#x[i] as number) + shiftX;
      this.#y[i] = scale * (this.#y[i] as number) + shiftY;
    }
    return radius;
  }

  /** Computes the distance of each pixel from the edge of the ink. */
  #ink(radius: number): void {
    const distance = this.#distance.fill(8);
    for (let i = 0; i + 1 < this.#points; i++) {
      if (this.#lifted[i + 1] === 1) continue;
      const x1 = this.#x[i] as number;
      const y1 = this.#y[i] as number;
      const dx = (this.#x[i + 1] as number) - x1;
      const dy = (this.#y[i + 1] as number) - y1;
      const pen = radius * (this.#pressure[i] as number);
      const length = dx * dx + dy * dy;
      const scale = length > 0 ? 1 / length : 0;
      const reach = pen + 0.8;
      const fromX = Math.max(0, Math.floor(Math.min(x1, x1 + dx) - reach));
      const toX = Math.min(box - 1, Math.ceil(Math.max(x1, x1 + dx) + reach) - 1);
      const fromY = Math.max(0, Math.floor(Math.min(y1, y1 + dy) - reach));
      const toY = Math.min(box - 1, Math.ceil(Math.max(y1, y1 + dy) + reach) - 1);
      for (let row = fromY; row <= toY; row++) {
        const py = row + 0.5 - y1;
        for (let column = fromX; column <= toX; column++) {
          const px = column + 0.5 - x1;
          const along = Math.min(1, Math.max(0, (px * dx + py * dy) * scale));
          const awayX = px - along * dx;
          const awayY = py - along * dy;
          const away = Math.sqrt(awayX * awayX + awayY * awayY) - pen;
          const at = row * box + column;
          if (away < (distance[at] as number)) distance[at] = away;
        }
      }
    }
  }

  /** Converts distances to gray levels and places the box so that the center of mass is at the center of the image. */
  #place(image: Uint8Array, offset: number): void {
    const distance = this.#distance;
    const softness = this.#random.uniform(0.35, 0.7);
    let mass = 0;
    let massX = 0;
    let massY = 0;
    for (let row = 0; row < box; row++) {
      for (let column = 0; column < box; column++) {
        const at = row * box + column;
        const cover = 0.5 - (distance[at] as number) / (2 * softness);
        const ink = Math.max(0, Math.min(1, cover));
        distance[at] = ink;
        mass += ink;
        massX += ink * column;
        massY += ink * row;
      }
    }
    const room = side - box;
    const shiftX = Math.min(room, Math.max(0, Math.round(side / 2 - massX / mass)));
    const shiftY = Math.min(room, Math.max(0, Math.round(side / 2 - massY / mass)));
    image.fill(0, offset, offset + side * side);
    for (let row = 0; row < box; row++) {
      for (let column = 0; column < box; column++) {
        image[offset + (row + shiftY) * side + column + shiftX] = Math.round(
          255 * (distance[row * box + column] as number),
        );
      }
    }
  }
}
