/** The Gram–Schmidt process on the host, for orthogonal initialization and parametrizations. */

/**
 * Makes vectors orthonormal, in order: each becomes the part that is orthogonal to those before it, of length 1. In
 * double precision, two passes are as accurate as Householder reflections. Vectors that depend on those before them
 * become NaN.
 */
export function orthonormalize(vectors: readonly Float64Array[]): void {
  vectors.forEach((vector, j) => {
    for (let pass = 0; pass < 2; pass++) {
      for (const other of vectors.slice(0, j)) {
        const along = dot(vector, other);
        for (let i = 0; i < vector.length; i++) vector[i] = (vector[i] as number) - along * (other[i] as number);
      }
    }
    const length = Math.sqrt(dot(vector, vector));
    for (let i = 0; i < vector.length; i++) vector[i] = (vector[i] as number) / length;
  });
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}
