/**
 * The arithmetic of a convolution's shapes. All three directions use frames and two tables of offsets. A frame is the
 * spatial operand with its zero padding, so that no window leaves it. Tap `k` of the window at position `p` then reads
 * offset `taps[k] + places[p]` in its image's frame, whatever the stride, the dilation and the number of dimensions.
 */

/** Depth, height and width. Missing dimensions have size 1. */
export type Triple = readonly [number, number, number];

/** The padded size of a source, and the offset `low` of its first element: element `i` is stored at `low + i`. */
export interface Frame {
  readonly size: Triple;
  readonly low: Triple;
}

/** How windows move over a frame. */
export interface Windows {
  /** Channels per window. */
  readonly channels: number;
  readonly kernel: Triple;
  readonly dilation: Triple;
  /** Whether the first weight meets the last tap of the window. */
  readonly flipped: boolean;
  readonly positions: Triple;
  readonly stride: Triple;
}

/** Pads one to three numbers at the front with `fill` to three. */
export function triple(values: readonly number[], fill = 1): Triple {
  const [w = fill, h = fill, d = fill] = [...values].reverse();
  return [d, h, w];
}

/** Returns the product of three numbers. */
export function volume([d, h, w]: Triple): number {
  return d * h * w;
}

/** Combines triples element by element. */
export function zip(f: (...values: number[]) => number, ...triples: readonly Triple[]): Triple {
  const at = (d: 0 | 1 | 2): number => f(...triples.map((t) => t[d]));
  return [at(0), at(1), at(2)];
}

/** Whether a frame adds no padding to its source. */
export function isBare(frame: Frame, source: Triple): boolean {
  return [0, 1, 2].every((d) => frame.low[d] === 0 && frame.size[d] === source[d]);
}

/** Writes the byte offset of each tap, over channels, depth, height and width. */
export function writeTaps(
  table: Int32Array,
  at: number,
  { channels, kernel, dilation, flipped }: Windows,
  size: Triple,
  bytes: number,
): void {
  const [kd, kh, kw] = kernel;
  let i = at;
  for (let c = 0; c < channels; c++) {
    for (let z = 0; z < kd; z++) {
      for (let y = 0; y < kh; y++) {
        for (let x = 0; x < kw; x++) {
          const d = (flipped ? kd - 1 - z : z) * dilation[0];
          const h = (flipped ? kh - 1 - y : y) * dilation[1];
          const w = (flipped ? kw - 1 - x : x) * dilation[2];
          table[i++] = (((c * size[0] + d) * size[1] + h) * size[2] + w) * bytes;
        }
      }
    }
  }
}

/**
 * Writes the byte offset of each position, followed by `extra` zeros for positions past the end. Offsets of positions
 * ascend, so a vector that ends in such zeros is never mistaken for adjacent positions.
 */
export function writePlaces(
  table: Int32Array,
  at: number,
  { positions, stride }: Windows,
  size: Triple,
  bytes: number,
  extra: number,
): void {
  const [pd, ph, pw] = positions;
  let i = at;
  for (let z = 0; z < pd; z++) {
    for (let y = 0; y < ph; y++) {
      const row = (z * stride[0] * size[1] + y * stride[1]) * size[2];
      for (let x = 0; x < pw; x++) table[i++] = (row + x * stride[2]) * bytes;
    }
  }
  table.fill(0, i, i + extra);
}
