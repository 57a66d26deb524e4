/**
 * New tensors from numbers on the host, or of one value throughout. Options come in one object and unknown ones are
 * refused by name, since a misspelt `dtpye` that is silently ignored is the kind of mistake that costs an afternoon.
 */

import type { Backend } from "./backend.ts";
import { defaultDevice } from "./device.ts";
import { bytesOf, type DType, isDType, type TypedArray } from "./dtype.ts";
import { encode, numbersOf } from "./encode.ts";
import { ArgumentError, DeviceError, DTypeError, ShapeError } from "./errors.ts";
import { fillView } from "./ops/fill.ts";
import { checkNames, settings } from "./settings.ts";
import { checkSizes, contiguousStrides, type Shape, sameShape, showShape, sizeOf } from "./shape.ts";
import { Storage } from "./storage.ts";
import { Tensor } from "./tensor.ts";

/** What creation functions let one choose. */
export interface TensorOptions {
  /** The type of the elements. Default float32 unless the function says otherwise. */
  readonly dtype?: DType;
  /** The device. Default: `defaultDevice()`. */
  readonly device?: Backend;
}

/**
 * What `tensor` takes: a number, a boolean, a typed array, a tensor, or arrays of these, nested as deep as one likes.
 */
export type TensorData = number | boolean | TypedArray | Tensor | readonly TensorData[];

/** Refuses options that do not exist, and dtypes and devices that are none. */
export function checkOptions(operation: string, options: TensorOptions, known: readonly string[] = []): void {
  checkNames(operation, options, ["dtype", "device", ...known]);
  const { dtype, device } = options;
  if (dtype !== undefined && !isDType(dtype))
    throw new DTypeError(`${operation}: there is no dtype "${String(dtype)}"`);
  if (device !== undefined && (typeof device !== "object" || typeof device.run !== "function")) {
    throw new DeviceError(`${operation}: the device must be a Backend, such as cpu(), got ${String(device)}`);
  }
}

/** A tensor with unspecified contents. */
export function allocate(operation: string, shape: Shape, dtype: DType, device: Backend = defaultDevice()): Tensor {
  checkSizes(operation, shape);
  if (!device.supports(dtype)) throw new DeviceError(`${operation}: the device ${device.name} has no ${dtype}`);
  const storage = new Storage(device, sizeOf(shape) * bytesOf(dtype));
  return new Tensor(storage, dtype, { shape: [...shape], strides: contiguousStrides(shape), offset: 0 });
}

/** A tensor with elements from the host, which are already in the form of its dtype. */
export function upload(operation: string, data: TypedArray, shape: Shape, dtype: DType, device?: Backend): Tensor {
  const result = allocate(operation, shape, dtype, device);
  if (data.length > 0)
    result.device.write(result.buffer, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  return result;
}

/** The dtype whose elements a typed array holds; the one that is wanted decides between the two of 16 bits. */
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

/** The nested data laid out flat. */
class Collector {
  readonly values: number[] = [];
  booleans = true;
  shape: readonly number[] | null = null;

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
      throw new ArgumentError(
        `tensor: data${path} is ${data === null ? "null" : typeof data}; expected a number, a boolean, an array or a tensor`,
      );
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

/** The numbers of a typed array; half precision is not guessed from 16-bit integers inside of nested data. */
function encodeless(data: TypedArray): Iterable<number> {
  if (data instanceof Uint16Array)
    throw new DTypeError("tensor: a Uint16Array inside of nested data is ambiguous; use fromTypedArray");
  dtypeOf(data);
  return data;
}

/**
 * A tensor of the numbers given, copied. Nested arrays give the dimensions. Plain numbers become float32 unless all are
 * booleans (JavaScript does not tell 1 from 1.0, so integers are not guessed: say `{ dtype: "int32" }`); a typed array
 * and a tensor keep their type.
 *
 * https://pytorch.org/docs/stable/generated/torch.tensor.html
 *
 * @throws ShapeError when rows have different lengths. @throws ArgumentError for anything that is no number.
 * @example
 * tensor([[1, 2], [3, 4]]); // float32, shape [2, 2]
 * tensor([0, 2, 1], { dtype: "int32" });
 */
export function tensor(data: TensorData, options: TensorOptions = {}): Tensor {
  checkOptions("tensor", options);
  if (data instanceof Tensor) {
    if ((options.device ?? data.device) === data.device)
      return data
        .detach()
        .clone()
        .to(options.dtype ?? data.dtype);
    const copy = upload("tensor", data.dataSync(), data.shape, data.dtype, options.device ?? data.device);
    return options.dtype === undefined ? copy : copy.to(options.dtype);
  }
  if (ArrayBuffer.isView(data)) return fromTypedArray(data, [data.length], options);
  const collector = new Collector();
  const shape = collector.collect(data, "");
  const dtype = options.dtype ?? (collector.booleans && collector.values.length > 0 ? "bool" : "float32");
  return upload("tensor", encode(collector.values, dtype), shape, dtype, options.device);
}

/**
 * The tensor itself where it is one already, of this dtype and on this device; otherwise a new one, as `tensor` makes
 * it.
 *
 * https://pytorch.org/docs/stable/generated/torch.as_tensor.html
 */
export function asTensor(data: TensorData, options: TensorOptions = {}): Tensor {
  if (!(data instanceof Tensor)) return tensor(data, options);
  checkOptions("asTensor", options);
  return data.to(options.device ?? data.device).to(options.dtype ?? data.dtype);
}

/**
 * A tensor of a shape from a typed array, copied. A Uint16Array holds the raw bits of float16, or of bfloat16 where
 * that is the dtype. Without a dtype, the array's own.
 *
 * @throws ShapeError when the number of elements differs.
 * @example
 * fromTypedArray(new Float32Array([1, 2, 3, 4]), [2, 2]);
 */
export function fromTypedArray(data: TypedArray, shape: Shape = [data.length], options: TensorOptions = {}): Tensor {
  checkOptions("fromTypedArray", options);
  checkSizes("fromTypedArray", shape);
  if (sizeOf(shape) !== data.length) {
    throw new ShapeError(
      `fromTypedArray: ${data.length} elements do not fill the shape ${showShape(shape)} of ${sizeOf(shape)}`,
    );
  }
  const own = dtypeOf(data, options.dtype);
  const dtype = options.dtype ?? own;
  if (dtype === own) return upload("fromTypedArray", data, shape, dtype, options.device);
  if (own === "float16") return upload("fromTypedArray", data, shape, own, options.device).to(dtype);
  return upload("fromTypedArray", encode(data, dtype), shape, dtype, options.device);
}

/** A tensor with unspecified contents. https://pytorch.org/docs/stable/generated/torch.empty.html */
export function empty(shape: Shape, options: TensorOptions = {}): Tensor {
  checkSizes("empty", shape); // before the options, whose place sizes without brackets take
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

/** Zeros. https://pytorch.org/docs/stable/generated/torch.zeros.html */
export function zeros(shape: Shape, options: TensorOptions = {}): Tensor {
  return constantTensor("zeros", shape, 0, "float32", options);
}

/** Ones. https://pytorch.org/docs/stable/generated/torch.ones.html */
export function ones(shape: Shape, options: TensorOptions = {}): Tensor {
  return constantTensor("ones", shape, 1, "float32", options);
}

/**
 * One value throughout; a boolean makes a bool tensor, a number a float32 one.
 * https://pytorch.org/docs/stable/generated/torch.full.html
 */
export function full(shape: Shape, value: number | boolean, options: TensorOptions = {}): Tensor {
  return constantTensor("full", shape, value, typeof value === "boolean" ? "bool" : "float32", options);
}

/** The options of a tensor made like another one; `further` are those that there are besides, with their defaults. */
export function optionsLike<Options extends TensorOptions>(
  operation: string,
  x: Tensor,
  options: Options | undefined,
  further: object = {},
): Options {
  return settings<TensorOptions, Required<TensorOptions>>(operation, options, {
    dtype: x.dtype,
    device: x.device,
    ...further,
  }) as Options; // safe: all that has no default may be missing
}

/**
 * Unspecified contents, in the shape, dtype and place of `x`.
 * https://pytorch.org/docs/stable/generated/torch.empty_like.html
 */
export function emptyLike(x: Tensor, options?: TensorOptions): Tensor {
  return empty(x.shape, optionsLike("emptyLike", x, options));
}

/** Zeros, in the shape, dtype and place of `x`. https://pytorch.org/docs/stable/generated/torch.zeros_like.html */
export function zerosLike(x: Tensor, options?: TensorOptions): Tensor {
  return zeros(x.shape, optionsLike("zerosLike", x, options));
}

/** Ones, in the shape, dtype and place of `x`. https://pytorch.org/docs/stable/generated/torch.ones_like.html */
export function onesLike(x: Tensor, options?: TensorOptions): Tensor {
  return ones(x.shape, optionsLike("onesLike", x, options));
}

/**
 * One value throughout, in the shape, dtype and place of `x`.
 * https://pytorch.org/docs/stable/generated/torch.full_like.html
 */
export function fullLike(x: Tensor, value: number | boolean, options?: TensorOptions): Tensor {
  return full(x.shape, value, optionsLike("fullLike", x, options));
}
