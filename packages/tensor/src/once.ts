/** A cache of programs and operations, so that their kernels are compiled only once. */

/**
 * Returns the cached object for a key, creating it on first use.
 *
 * @example
 * const squares = new Map<DType, PointwiseOp>();
 * const squareOf = (dtype: DType) => once(squares, dtype, () => new PointwiseOp("square", [input(0, dtype).square()]));
 * squareOf("float32") === squareOf("float32"); // true
 */
export function once<Key, T>(
  made: { get(key: Key): T | undefined; set(key: Key, value: T): unknown },
  key: Key,
  make: () => T,
): T {
  let found = made.get(key);
  if (found === undefined) {
    found = make();
    made.set(key, found);
  }
  return found;
}
