/**
 * Vector arithmetic on the host in double precision, used by L-BFGS between evaluations of the loss.
 */

/** Concatenates vectors. */
export function joined(parts: readonly ArrayLike<number>[]): Float64Array {
  const result = new Float64Array(parts.reduce((count, part) => count + part.length, 0));
  let at = 0;
  for (const part of parts) {
    result.set(part, at);
    at += part.length;
  }
  return result;
}

/** Returns the dot product. It is added up in four sums, because an addition waits for the one before it. */
export function dot(a: Float64Array, b: Float64Array): number {
  const product = (i: number): number => (a[i] as number) * (b[i] as number);
  const n = a.length;
  let [s, t, u, v] = [0, 0, 0, 0];
  let i = n % 4;
  for (let k = 0; k < i; k++) s += product(k);
  for (; i < n; i += 4) {
    s += product(i);
    t += product(i + 1);
    u += product(i + 2);
    v += product(i + 3);
  }
  return s + t + u + v;
}

/** Adds `factor · from` to `to` in place. */
export function addScaled(to: Float64Array, from: Float64Array, factor: number): void {
  const n = to.length;
  for (let i = 0; i < n; i++) (to[i] as number) += factor * (from[i] as number);
}

/** Returns `factor · a`. */
export function scaled(factor: number, a: Float64Array): Float64Array {
  const n = a.length;
  const product = new Float64Array(n);
  for (let i = 0; i < n; i++) product[i] = factor * (a[i] as number);
  return product;
}

/** Returns `factor · a + b`. */
export function scaledSum(factor: number, a: Float64Array, b: Float64Array): Float64Array {
  const sum = b.slice();
  addScaled(sum, a, factor);
  return sum;
}

/** Returns the largest absolute value (the ∞-norm). */
export function largest(a: Float64Array): number {
  let most = 0;
  for (const value of a) most = Math.max(most, Math.abs(value));
  return most;
}

/** Returns the sum of the absolute values (the 1-norm). */
export function total(a: Float64Array): number {
  let sum = 0;
  for (const value of a) sum += Math.abs(value);
  return sum;
}
