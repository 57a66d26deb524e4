/** Sliding windows over spatial dimensions, for convolution and pooling. */

/** The parameters of a sliding window, one number per spatial dimension. */
export interface Sliding {
  readonly kernel: readonly number[];
  readonly stride: readonly number[];
  readonly padding: readonly number[];
  readonly dilation: readonly number[];
  /** The input's spatial sizes. */
  readonly sizes: readonly number[];
}

/** Returns all indices of a shape, in row-major order. */
export function indexList(shape: readonly number[]): number[][] {
  let list: number[][] = [[]];
  for (const size of shape) list = list.flatMap((index) => Array.from({ length: size }, (_, i) => [...index, i]));
  return list;
}

/**
 * Returns the positions where the window of output element `at` overlaps the input: flat positions within the kernel
 * and within the input's plane. Padding is omitted.
 */
export function windowPlaces(at: readonly number[], window: Sliding): { tap: number; input: number }[] {
  const places: { tap: number; input: number }[] = [];
  indexList(window.kernel).forEach((offsets, tap) => {
    let input = 0;
    for (let d = 0; d < offsets.length; d++) {
      const size = window.sizes[d] as number;
      const x = inputPlace(at, offsets, window, d);
      if (x < 0 || x >= size) return;
      input = input * size + x;
    }
    places.push({ tap, input });
  });
  return places;
}

function inputPlace(
  at: readonly number[],
  offsets: readonly number[],
  { stride, padding, dilation }: Sliding,
  d: number,
): number {
  return (
    (at[d] as number) * (stride[d] as number) -
    (padding[d] as number) +
    (offsets[d] as number) * (dilation[d] as number)
  );
}
