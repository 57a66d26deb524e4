/** Givens rotations, which zero a single element by combining two rows or columns. (Givens 1958.) */

/** Returns the cosine and sine of the rotation that maps (a, b) to (r, 0), and r. */
export function rotationOf(a: number, b: number): readonly [cosine: number, sine: number, r: number] {
  if (b === 0) return [1, 0, a];
  const r = Math.sqrt(a * a + b * b);
  return [a / r, b / r, r];
}

/**
 * Rotates two columns: `x' = c x + s y`, `y' = c y - s x`. Does nothing if the columns are undefined, because no
 * vectors were requested.
 */
export function rotate(x: Float64Array | undefined, y: Float64Array | undefined, c: number, s: number): void {
  if (x === undefined || y === undefined) return;
  for (let i = 0; i < x.length; i++) {
    const p = x[i] as number;
    const q = y[i] as number;
    x[i] = c * p + s * q;
    y[i] = c * q - s * p;
  }
}
