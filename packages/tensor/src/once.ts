/**
 * What is made once and found again: programs and operations, so that their kernels are compiled once.
 */

/**
 * Finds or makes the one object for a key.
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
