/** Moves values computed on the host in double precision to a device, rounded to the requested dtype. */

import { checkNames, expectFloating, fromTypedArray, type Shape, type Tensor, type TensorOptions } from "@akari/tensor";

/**
 * Creates a tensor from host values. Default dtype float32.
 *
 * @throws DTypeError for a dtype that is not floating.
 */
export function upload(operation: string, values: Float64Array, shape: Shape, options: TensorOptions = {}): Tensor {
  checkNames(operation, options, ["dtype", "device"]);
  const { dtype = "float32", device } = options;
  expectFloating(operation, { dtype });
  const array = dtype === "float64" ? values : Float32Array.from(values);
  return fromTypedArray(array, shape, device === undefined ? {} : { device }).to(dtype);
}
