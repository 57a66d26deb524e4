/**
 * Creation of tensors from numbers on the host, or filled with one value. Options are passed in one object, and unknown
 * names are rejected, so that a misspelt `dtpye` is not silently ignored.
 */

import { expectTensor, refuse } from "./argument.ts";
import type { Backend } from "./backend.ts";
import { defaultDevice } from "./device.ts";
import { bytesOf, checkSupport, type DType, type TypedArray } from "./dtype.ts";
import { encode, numbersOf } from "./encode.ts";
import { DTypeError, ShapeError } from "./errors.ts";
import { writeInto } from "./ops/copy.ts";
import { fillView } from "./ops/fill.ts";
import { checkNames, settings } from "./settings.ts";
import { checkSizes, contiguousStrides, type Shape, sameShape, showShape, sizeOf } from "./shape.ts";
import { Storage } from "./storage.ts";
import { Tensor } from "./tensor.ts";

/** Options of the creation functions. */
export interface TensorOptions {
  /** The element type. Default float32, unless the function says otherwise. */
  readonly dtype?: DType;
  /** The device. Default `defaultDevice()`. */
  readonly device?: Backend;
}

/**
 * The data that `tensor` accepts: a number, a boolean, a typed array, a tensor, or arrays of these, nested to any
 * depth.
 */
export type TensorData = number | boolean | TypedArray | Tensor | readonly TensorData[];

/** Throws for unknown options, and for invalid dtypes and devices. */
export function checkOptions(operation: string, options: TensorOptions, known: readonly string[] = []): void {
  checkNames(operation, options, ["dtype", "device", ...known]);
}

/** Allocates a contiguous tensor with unspecified contents. */
export function allocate(operation: string, shape: Shape, dtype: DType, device: Backend = defaultDevice()): Tensor {
  checkSizes(operation, shape);
  checkSupport(operation, dtype, device);
  const storage = new Storage(device, sizeOf(shape) * bytesOf(dtype));
  return new Tensor(storage, dtype, { shape: [...shape], strides: contiguousStrides(shape), offset: 0 });
}

/** Creates a tensor from elements on the host that are already encoded in its dtype. */
export function upload(operation: string, data: TypedArray, shape: Shape, dtype: DType, device?: Backend): Tensor {
  const result = allocate(operation, shape, dtype, device);
  writeInto(result, data);
  return result;
}

/**
 * Returns the dtype of a typed array's elements. For 16-bit elements, `wanted` chooses between float16 and bfloat16.
 */
function dtypeOf(data: TypedArray, wanted?: DType): DType {
  if (data instanceof Float64Array) return "float64";
  if (data instanceof Float32Array) return "float32";
  if (data instanceof Int32Array) return "int32";
  if (data instanceof Uint8Array) return "uint8";
  if (data instanceof Uint16Array) return wanted === "bfloat16" ? wanted : "float16";
  throw new DTypeError(
    `tensor: there is no dtype for a ${Object.prototype.toString.call(data).slice(8, -1)}; convert it first`,
  );
}

/** Flattens nested data and determines its shape. */
class Collector {
  readonly values: number[] = [];
  booleans = true;

  collect(data: TensorData, path: string): readonly number[] {
    if (typeof data === "number" || typeof data === "boolean") {
      this.values.push(Number(data));
      if (typeof data === "number") this.booleans = false;
      return [];
    }
    if (ArrayBuffer.isView(data)) {
      this.booleans = false;
      for (const value of encodeless(data)) this.values.push(value);
      return [data.length];
    }
    if (data instanceof Tensor) {
      if (data.dtype !== "bool") this.booleans = false;
      for (const value of Array.from(numbersOf(data.dataSync(), data.dtype))) this.values.push(value);
      return data.shape;
    }
    if (!Array.isArray(data)) {
      refuse("tensor", `data${path}`, data, "be a number, a boolean, an array or a tensor");
    }
    let inner: readonly number[] | null = null;
    for (let i = 0; i < data.length; i++) {
      const shape = this.collect(data[i] as TensorData, `${path}[${i}]`);
      if (inner !== null && !sameShape(inner, shape)) {
        throw new ShapeError(
          `tensor: the data is ragged: data${path}[0] has shape ${showShape(inner)}, but data${path}[${i}] has ${showShape(shape)}`,
        );
      }
      inner = shape;
    }
    return [data.length, ...(inner ?? [])];
  }
}

/** Returns the numbers of a typed array inside nested data, where 16-bit patterns are ambiguous. */
function encodeless(data: TypedArray): Iterable<number> {
  if (data instanceof Uint16Array)
    throw new DTypeError("tensor: a Uint16Array inside of nested data is ambiguous; use fromTypedArray");
  dtypeOf(data);
  return data;
}

/**
 * Creates a tensor from numbers, copying them. Nested arrays determine the shape. Plain numbers become float32, or
 * bool if all are booleans. JavaScript cannot tell 1 from 1.0, so integers need `{ dtype: "int32" }`. A typed
 * array or a tensor keeps its dtype.
 *
 * https://pytorch.org/docs/stable/generated/torch.tensor.html
 *
 * @throws ShapeError when rows have different lengths.
 * @throws ArgumentError for elements that are not numbers, booleans, typed arrays or tensors.
 * @example
 * tensor([[1, 2], [3, 4]]); // float32, shape [2, 2]
 * tensor([0, 2, 1], { dtype: "int32" });
 */
export function tensor(data: TensorData, options: TensorOptions = {}): Tensor {
  checkOptions("tensor", options);
  if (data instanceof Tensor) {
    const { device = data.device, dtype = data.dtype } = options;
    const same = device === data.device;
    const copy = same ? data.detach().clone() : upload("tensor", data.dataSync(), data.shape, data.dtype, device);
    return copy.to(dtype);
  }
  if (ArrayBuffer.isView(data)) return fromTypedArray(data, [data.length], options);
  const collector = new Collector();
  const shape = collector.collect(data, "");
  const dtype = options.dtype ?? (collector.booleans && collector.values.length > 0 ? "bool" : "float32");
  return upload("tensor", encode(collector.values, dtype), shape, dtype, options.device);
}

/**
 * Converts data to a tensor. Returns a tensor as it is if it already has this dtype and device; otherwise creates a new
 * one, like `tensor`.
 *
 * https://pytorch.org/docs/stable/generated/torch.as_tensor.html
 */
export function asTensor(data: TensorData, options: TensorOptions = {}): Tensor {
  if (!(data instanceof Tensor)) return tensor(data, options);
  checkOptions("asTensor", options);
  return data.to(options.device ?? data.device).to(options.dtype ?? data.dtype);
}

/**
 * Creates a tensor of the given shape from a typed array, copying it. The default dtype is that of the array. A
 * Uint16Array holds the raw bits of float16, or of bfloat16 if that is the dtype.
 *
 * @throws ShapeError when the shape has another number of elements.
 * @example
 * fromTypedArray(new Float32Array([1, 2, 3, 4]), [2, 2]);
 */
export function fromTypedArray(data: TypedArray, shape: Shape = [data?.length], options: TensorOptions = {}): Tensor {
  checkOptions("fromTypedArray", options);
  const own = dtypeOf(data, options.dtype);
  checkSizes("fromTypedArray", shape);
  if (sizeOf(shape) !== data.length) {
    throw new ShapeError(
      `fromTypedArray: ${data.length} elements do not fill the shape ${showShape(shape)} of ${sizeOf(shape)}`,
    );
  }
  const dtype = options.dtype ?? own;
  if (dtype === own) return upload("fromTypedArray", data, shape, dtype, options.device);
  if (own === "float16") return upload("fromTypedArray", data, shape, own, options.device).to(dtype);
  return upload("fromTypedArray", encode(data, dtype), shape, dtype, options.device);
}

/**
 * Creates a tensor with unspecified contents. Default dtype float32.
 *
 * https://pytorch.org/docs/stable/generated/torch.empty.html
 *
 * @throws ShapeError for sizes that are not non-negative integers.
 */
export function empty(shape: Shape, options: TensorOptions = {}): Tensor {
  checkSizes("empty", shape); // before the options, where sizes passed without brackets would end up
  checkOptions("empty", options);
  return allocate("empty", shape, options.dtype ?? "float32", options.device);
}

function constantTensor(
  operation: string,
  shape: Shape,
  value: number | boolean,
  dtype: DType,
  options: TensorOptions,
): Tensor {
  checkSizes(operation, shape);
  checkOptions(operation, options);
  const result = allocate(operation, shape, options.dtype ?? dtype, options.device);
  fillView(result, value, result.device);
  return result;
}

/**
 * Creates a tensor of zeros. Default dtype float32.
 *
 * https://pytorch.org/docs/stable/generated/torch.zeros.html
 *
 * @throws ShapeError for sizes that are not non-negative integers.
 */
export function zeros(shape: Shape, options: TensorOptions = {}): Tensor {
  return constantTensor("zeros", shape, 0, "float32", options);
}

/**
 * Creates a tensor of ones. Default dtype float32.
 *
 * https://pytorch.org/docs/stable/generated/torch.ones.html
 *
 * @throws ShapeError for sizes that are not non-negative integers.
 */
export function ones(shape: Shape, options: TensorOptions = {}): Tensor {
  return constantTensor("ones", shape, 1, "float32", options);
}

/**
 * Creates a tensor filled with one value: a bool tensor for a boolean, a float32 tensor for a number.
 *
 * https://pytorch.org/docs/stable/generated/torch.full.html
 *
 * @throws ShapeError for sizes that are not non-negative integers.
 */
export function full(shape: Shape, value: number | boolean, options: TensorOptions = {}): Tensor {
  return constantTensor("full", shape, value, typeof value === "boolean" ? "bool" : "float32", options);
}

/**
 * Returns the options of a tensor created like `x`. `further` are additional options with their defaults.
 *
 * @throws ArgumentError unless `x` is a tensor.
 */
export function optionsLike<Options extends TensorOptions>(
  operation: string,
  x: Tensor,
  options: Options | undefined,
  further: object = {},
): Options {
  expectTensor(operation, x);
  return settings<TensorOptions, Required<TensorOptions>>(operation, options, {
    dtype: x.dtype,
    device: x.device,
    ...further,
  }) as Options; // safe: options without a default may be missing
}

/**
 * Creates a tensor with unspecified contents and the shape, dtype and device of `x`.
 * https://pytorch.org/docs/stable/generated/torch.empty_like.html
 */
export function emptyLike(x: Tensor, options?: TensorOptions): Tensor {
  return empty(x?.shape, optionsLike("emptyLike", x, options));
}

/**
 * Creates a tensor of zeros with the shape, dtype and device of `x`.
 * https://pytorch.org/docs/stable/generated/torch.zeros_like.html
 */
export function zerosLike(x: Tensor, options?: TensorOptions): Tensor {
  return zeros(x?.shape, optionsLike("zerosLike", x, options));
}

/**
 * Creates a tensor of ones with the shape, dtype and device of `x`.
 * https://pytorch.org/docs/stable/generated/torch.ones_like.html
 */
export function onesLike(x: Tensor, options?: TensorOptions): Tensor {
  return ones(x?.shape, optionsLike("onesLike", x, options));
}

/**
 * Creates a tensor filled with one value, with the shape, dtype and device of `x`.
 * https://pytorch.org/docs/stable/generated/torch.full_like.html
 */
export function fullLike(x: Tensor, value: number | boolean, options?: TensorOptions): Tensor {
  return full(x?.shape, value, optionsLike("fullLike", x, options));
}
