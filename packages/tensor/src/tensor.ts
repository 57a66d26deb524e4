/**
 * `Tensor`: a strided view of a storage, with PyTorch's methods. The class is a façade: it holds the layout of the
 * elements and the trace that records their history, and each method calls the function of the same name in `ops/`.
 */

// Lets programs whose TypeScript target has no `Symbol.dispose` yet use these declarations.
/// <reference lib="esnext.disposable" preserve="true" />

import { checkDevice } from "./argument.ts";
import type { Backend, DeviceBuffer } from "./backend.ts";
import { cpu } from "./backends/cpu/index.ts";
import { changed } from "./capture.ts";
import { bytesOf, checkSupport, type DType, type TypedArray, typedArray, viewBytes } from "./dtype.ts";
import { decoder } from "./encode.ts";
import { ArgumentError, AutogradError, DeviceError, DisposedError, ShapeError } from "./errors.ts";
import { format } from "./format.ts";
import type { View } from "./kernel.ts";
import { type ConversionMethods, conversionMethods } from "./methods/conversion.ts";
import { type FillMethods, fillMethods } from "./methods/fill.ts";
import { type FunctionMethods, functionMethods } from "./methods/functions.ts";
import { install } from "./methods/implementations.ts";
import { type IndexingMethods, indexingMethods } from "./methods/indexing.ts";
import { type LinearMethods, linearMethods } from "./methods/linear.ts";
import { type OtherNames, otherNames } from "./methods/other-names.ts";
import { type PointwiseMethods, pointwiseMethods } from "./methods/pointwise.ts";
import { type ReductionMethods, reductionMethods } from "./methods/reduction.ts";
import { type ShapeMethods, shapeMethods } from "./methods/shape.ts";
import type { Layout, Op } from "./op.ts";
import { cast, clone, contiguous, copy_, copyInto, toDevice } from "./ops/copy.ts";
import { mT, t } from "./ops/permute.ts";
import { track } from "./scope.ts";
import { isOptions, settings } from "./settings.ts";
import {
  checkSizes,
  contiguousStrides,
  isContiguous,
  ownDimension,
  type Shape,
  sameShape,
  shapeError,
  showShape,
  sizeOf,
} from "./shape.ts";
import { Storage, yieldToCollector } from "./storage.ts";
import { type BackwardOptions, gradMode, type Trace } from "./trace.ts";
import { positionsOf } from "./view.ts";

/** How a view was made: its source tensor and the operation that was applied to it. */
export interface Viewed {
  /** The tensor whose memory the view shares. */
  readonly source: Tensor;
  /** The operation that made the view, such as `transpose`. It can be replayed on another source. */
  readonly op: Op<unknown>;
  /** The arguments of that operation that are not tensors. */
  readonly attrs: unknown;
}

/** Nested arrays of numbers, as `toArray` returns them: a number for a scalar, an array for a vector, and so on. */
export type NestedArray = number | boolean | NestedArray[];

/** The operations as methods. The class below installs them from the tables next to these interfaces. */
export interface Tensor
  extends PointwiseMethods,
    FunctionMethods,
    ReductionMethods,
    ShapeMethods,
    FillMethods,
    IndexingMethods,
    LinearMethods,
    ConversionMethods,
    OtherNames {}

/**
 * An n-dimensional array of one element type on one device, with PyTorch's methods.
 *
 * Create one with `tensor`, `zeros`, `randn` or another creation function. Memory is freed automatically once it is
 * unreachable; `dispose()` and `using` free it at once.
 *
 * @example
 * const x = tensor([[1, 2], [3, 4]]);
 * const y = x.mul(2).add(1); // [[3, 5], [7, 9]]
 */
export class Tensor implements View {
  /** The size of each dimension; empty for a scalar. */
  readonly shape: Shape;
  /** The step in memory between neighbors along each dimension, in elements. */
  readonly strides: readonly number[];
  /** The position of the first element in the storage, in elements. */
  readonly offset: number;
  /** The element type. */
  readonly dtype: DType;
  /** The device memory, shared with the views of this tensor. */
  readonly storage: Storage;
  /** For a view: its source and how it was made. Otherwise null. */
  readonly viewed: Viewed | null;
  #trace: Trace | null = null;
  /** For a view: the trace of the root tensor at the time this view's own trace was made. */
  #basis: Trace | null = null;
  #disposed = false;

  static {
    install(Tensor.prototype, {
      ...pointwiseMethods,
      ...functionMethods,
      ...reductionMethods,
      ...shapeMethods,
      ...fillMethods,
      ...indexingMethods,
      ...linearMethods,
      ...conversionMethods,
    });
    const methods = Tensor.prototype as unknown as Record<string, unknown>; // safe: only read and written by name
    for (const [other, own] of Object.entries(otherNames)) {
      methods[other] = methods[own];
      if (`${own}_` in methods) methods[`${other}_`] = methods[`${own}_`];
    }
    // Node's `console.log` calls this method.
    Object.defineProperty(Tensor.prototype, Symbol.for("nodejs.util.inspect.custom"), {
      value(this: Tensor): string {
        return format(this);
      },
    });
  }

  /** Internal: use `tensor`, `zeros` and the other creation functions. */
  constructor(storage: Storage, dtype: DType, layout: Layout, viewed: Viewed | null = null) {
    this.storage = storage;
    this.dtype = dtype;
    this.shape = layout.shape;
    this.strides = layout.strides;
    this.offset = layout.offset;
    this.viewed = viewed;
    storage.retain();
    track(this);
    if (viewed !== null) this.#basis = root(viewed.source).#trace;
  }

  // ——— Properties ———

  /** The device memory. Throws a DisposedError after it was freed. */
  get buffer(): DeviceBuffer {
    if (this.#disposed) throw new DisposedError(`a tensor of shape ${showShape(this.shape)} was used after dispose()`);
    return this.storage.buffer;
  }

  /** The device that holds the elements. */
  get device(): Backend {
    return this.storage.backend;
  }

  /** The number of dimensions. */
  get ndim(): number {
    return this.shape.length;
  }

  /** The transpose of a matrix. Vectors and scalars are returned unchanged. */
  get T(): Tensor {
    return t(this);
  }

  /** The transpose of each matrix in a batch, that is, of the last two dimensions. */
  get mT(): Tensor {
    return mT(this);
  }

  /** Returns the number of dimensions. */
  dim(): number {
    return this.shape.length;
  }

  /** Returns the number of elements. */
  numel(): number {
    return sizeOf(this.shape);
  }

  /** Returns the sizes of all dimensions. */
  size(): Shape;
  /** Returns the size of one dimension. Negative dimensions count from the end. Throws an IndexError for a scalar. */
  size(dim: number): number;
  /** Returns the sizes of several dimensions: `const [batch, length] = x.size(0, 1)`. */
  size<const Dims extends readonly number[]>(...dims: Dims): { -readonly [I in keyof Dims]: number };
  size(...dims: readonly number[]): Shape | number {
    if (dims.length === 0) return this.shape;
    const sizes = dims.map((dim) => this.shape[ownDimension("size", dim, this)] as number);
    return sizes.length > 1 ? sizes : (sizes[0] as number);
  }

  /** Returns the stride of one dimension, or of all of them, in elements. */
  stride(): readonly number[];
  stride(dim: number): number;
  stride(dim?: number): readonly number[] | number {
    return dim === undefined ? this.strides : (this.strides[ownDimension("stride", dim, this)] as number);
  }

  /** Returns whether the elements are stored in row-major order without gaps. */
  isContiguous(): boolean {
    return isContiguous(this.shape, this.strides);
  }

  // ——— Gradients: delegated to the trace, which @akari/autograd sets ———

  /** The recorder of this tensor's history; null when no history is recorded. */
  get trace(): Trace | null {
    if (this.viewed === null) return this.#trace;
    // The root may have been written through another view since. Then this view has a new history too.
    const below = root(this).#trace;
    if (below !== this.#basis) {
      this.#basis = below;
      const fresh = below?.follow(this);
      if (fresh !== undefined) this.#trace = fresh;
    }
    return this.#trace;
  }

  set trace(trace: Trace | null) {
    this.#trace = trace;
    if (this.viewed !== null) this.#basis = root(this).#trace;
  }

  /** Whether gradients are computed for this tensor. Set it as with `requiresGrad_`. */
  get requiresGrad(): boolean {
    return this.trace?.requiresGrad ?? false;
  }

  set requiresGrad(on: boolean) {
    this.requiresGrad_(on);
  }

  /**
   * Makes this tensor a leaf that accumulates a gradient or, with `on` false, one that no longer does. Returns the
   * tensor.
   *
   * https://pytorch.org/docs/stable/generated/torch.Tensor.requires_grad_.html
   *
   * @throws DTypeError when `on` is true and the dtype is not floating point.
   * @throws AutogradError when `on` is false and the tensor is the result of a recorded operation.
   * @throws AutogradError when the program imports nothing of `@akari/autograd`.
   */
  requiresGrad_(on = true): this {
    const { requiresGrad } = gradMode;
    if (requiresGrad === null) throw new AutogradError("requiresGrad_: import { requiresGrad } from @akari/autograd");
    return requiresGrad(this, on);
  }

  /** Whether this tensor was created by the user rather than by a recorded operation. */
  get isLeaf(): boolean {
    return this.trace?.isLeaf ?? true;
  }

  /** The gradient accumulated by backward passes; null before the first one. */
  get grad(): Tensor | null {
    return this.trace?.lendGrad() ?? null;
  }

  set grad(gradient: Tensor | null) {
    if (gradient !== null || this.trace !== null) this.#traced("grad").grad = gradient;
  }

  /**
   * Computes the gradients of this tensor with respect to the leaves of its graph and adds them to their `grad`.
   *
   * @param gradient the upstream gradient, of this tensor's shape. Default 1, for a tensor of one element. May be left
   * out before options.
   * @throws AutogradError when no graph was recorded, or when its saved tensors were already freed.
   */
  backward(gradient: Tensor | BackwardOptions | null = null, options?: BackwardOptions): void {
    const trace = this.#traced("backward");
    if (isOptions(gradient)) trace.backward(this, null, gradient);
    else trace.backward(this, gradient, options);
  }

  /** Makes backward passes also add the gradient of this non-leaf tensor to its `grad`. Returns the tensor. */
  retainGrad(): this {
    this.#traced("retainGrad").retainGrad(this);
    return this;
  }

  /**
   * Registers a function that is called with this tensor's gradient in each backward pass. If it returns a tensor, that
   * tensor replaces the gradient. Returns a function that removes the hook.
   */
  registerHook(hook: (gradient: Tensor) => Tensor | undefined | void): () => void {
    return this.#traced("registerHook").registerHook(this, hook);
  }

  /**
   * Registers a function that is called as `hook(x)` when a backward pass has added to the `grad` of this leaf, as soon as
   * nothing of it is missing: for example to update a parameter and free its gradient before the other gradients are
   * computed. Returns a function that removes the hook.
   *
   * https://pytorch.org/docs/stable/generated/torch.Tensor.register_post_accumulate_grad_hook.html
   *
   * @throws AutogradError for a tensor that requires no gradient or is the result of an operation.
   * @example
   * for (const parameter of model.parameters()) {
   *   const optimizer = new SGD([parameter], { lr: 0.1 });
   *   parameter.registerPostAccumulateGradHook(() => {
   *     optimizer.step();
   *     optimizer.zeroGrad();
   *   });
   * }
   */
  registerPostAccumulateGradHook(hook: (x: Tensor) => void): () => void {
    return this.#traced("registerPostAccumulateGradHook").registerHook(this, hook, true);
  }

  /** Returns the trace, or throws when there is none. */
  #traced(operation: string): Trace {
    const { trace } = this;
    if (trace !== null) return trace;
    throw new AutogradError(
      `${operation}: this tensor does not require a gradient; mark those that do with x.requiresGrad_()`,
    );
  }

  /** Returns a tensor that shares this tensor's memory but has no history: gradients do not flow through it. */
  detach(): Tensor {
    return this.alias();
  }

  /**
   * Removes the history of this tensor: gradients no longer flow through it. Returns the tensor.
   *
   * https://pytorch.org/docs/stable/generated/torch.Tensor.detach_.html
   *
   * @throws AutogradError for a view, whose history is that of its base; use `detach()`.
   */
  detach_(): this {
    if (this.viewed !== null) throw new AutogradError("detach_: a view has the history of its base; use detach()");
    if (this.trace?.isLeaf) changed();
    this.trace = null;
    return this;
  }

  // ——— Memory ———

  /**
   * Releases the memory at once. It is freed when no other tensor shares it. Using the tensor afterward throws a
   * DisposedError.
   */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.storage.release();
  }

  /** Disposes of the tensor at the end of the block that declares it with `using`. */
  [Symbol.dispose](): void {
    this.dispose();
  }

  /** Whether the memory was released. */
  get isDisposed(): boolean {
    return this.#disposed || this.storage.disposed;
  }

  // ——— Reading ———

  /**
   * Returns the elements in row-major order, copied into a new typed array. float16 and bfloat16 elements are returned
   * as raw 16-bit patterns (see `numbersOf`).
   *
   * @example
   * await tensor([1, 2, 3]).data(); // Float32Array [1, 2, 3]
   */
  async data(): Promise<TypedArray> {
    const source = this.#compact();
    const bytes = await source.device.read(source.buffer, source.#start(), source.#length());
    if (source !== this) source.dispose();
    await yieldToCollector();
    return viewBytes(this.dtype, bytes.buffer, bytes.byteOffset, this.numel());
  }

  /**
   * Synchronous form of `data`. Throws a DeviceError on devices without synchronous reads, unless `prefetch` was called
   * first.
   */
  dataSync(): TypedArray {
    const { device } = this;
    if (device.readSync === undefined) return this.#prefetched();
    const source = this.#compact();
    const bytes = device.readSync(source.buffer, source.#start(), source.#length());
    if (source !== this) source.dispose();
    return viewBytes(this.dtype, bytes.buffer, bytes.byteOffset, this.numel());
  }

  /**
   * Reads the elements ahead of time, for code that needs them synchronously on a device with asynchronous reads only:
   * `itemSync()`, printing, a mask as an index, `nonzero`, `unique` and other operations whose result size depends on
   * values. The data is valid for all views of the same memory until the next write to it. Returns the tensor.
   *
   * @example
   * const positive = await x.gt(0).prefetch();
   * const some = x.get(positive); // how many there are depends on the values
   */
  async prefetch(): Promise<this> {
    if (this.device.readSync === undefined) await this.storage.prefetch();
    return this;
  }

  /**
   * Returns the value of a tensor of one element as a number. A bool is returned as 0 or 1.
   *
   * @throws ShapeError unless there is exactly one element.
   * @example
   * const loss: number = await crossEntropy(model(x), y).item();
   */
  async item(): Promise<number> {
    this.#expectOne("item");
    return elementAt(this.dtype, await this.data(), 0);
  }

  /** Synchronous form of `item`. Throws a DeviceError on devices without synchronous reads. */
  itemSync(): number {
    this.#expectOne("itemSync");
    return elementAt(this.dtype, this.dataSync(), 0);
  }

  /**
   * Returns the elements as nested arrays; a scalar as a number. Bools are returned as `true` and `false`.
   *
   * @example
   * await tensor([[1, 2], [3, 4]]).toArray(); // [[1, 2], [3, 4]]
   */
  async toArray(): Promise<NestedArray> {
    return nest(this.shape, this.dtype, await this.data());
  }

  /** Synchronous form of `toArray`. Throws a DeviceError on devices without synchronous reads. */
  toArraySync(): NestedArray {
    return nest(this.shape, this.dtype, this.dataSync());
  }

  /**
   * Formats the tensor as PyTorch prints it. On a device without synchronous reads, only shape and dtype are shown
   * unless `prefetch` was called first.
   */
  toString(): string {
    return format(this);
  }

  /**
   * Rejects JavaScript's operators, which would concatenate the printed tensor (`total += loss`) or give NaN
   * (`loss * 2`). `String(x)` and templates print it.
   *
   * @throws ArgumentError unless a string is expected.
   */
  [Symbol.toPrimitive](hint: string): string {
    if (hint === "string") return this.toString();
    throw new ArgumentError(
      "tensor: there are no operators; use methods, as in x.add(y), or numbers, as in await x.item()",
    );
  }

  #expectOne(operation: string): void {
    if (this.numel() !== 1) {
      throw new ShapeError(
        `${operation}: expected one element, got a tensor of shape ${showShape(this.shape)} with ${this.numel()}`,
      );
    }
  }

  // ——— Copies ———

  /** Returns a contiguous copy. Differentiable. */
  clone(): Tensor {
    return clone(this);
  }

  /** Returns this tensor if it is contiguous, otherwise a contiguous copy. */
  contiguous(): Tensor {
    return contiguous(this);
  }

  /** Copies the values of `source` into this tensor, broadcast and converted to its dtype. Returns the tensor. */
  copy_(source: Tensor): this {
    copy_(this, source);
    return this;
  }

  /**
   * Converts the tensor to another dtype or moves it to another device, or both: to those of another tensor. Returns
   * this tensor if nothing changes. Differentiable.
   *
   * https://pytorch.org/docs/stable/generated/torch.Tensor.to.html
   *
   * @throws ArgumentError for a string that is not a dtype.
   * @throws DeviceError when this tensor's device has no synchronous reads (`await x.prefetch()` first), and when
   * `target` does not support the dtype.
   */
  to(target: DType | Backend | Tensor): Tensor {
    if (typeof target === "string") return cast(this, target);
    if (target instanceof Tensor) {
      const { dtype, device } = target;
      return this.device.supports(dtype) ? this.to(dtype).to(device) : this.to(device).to(dtype);
    }
    checkDevice("to", target);
    return toDevice(this, target);
  }

  /**
   * Moves the tensor to the CPU. Returns this tensor if it is already there. Differentiable.
   *
   * https://pytorch.org/docs/stable/generated/torch.Tensor.cpu.html
   */
  async cpu(): Promise<Tensor> {
    await this.prefetch();
    return toDevice(this, this.device.name === "cpu" ? this.device : cpu());
  }

  /**
   * Makes this tensor use the memory of `source`, which has the same shape; dtype and device may differ. Everything
   * that holds this tensor, such as an optimizer, sees the new values. History and gradient are unchanged.
   *
   * @throws ShapeError when the shapes differ.
   * @throws DisposedError when one of the two was disposed of.
   */
  setData(source: Tensor): void {
    if (!sameShape(source.shape, this.shape)) {
      throw shapeError("setData", `shape ${showShape(this.shape)}`, source);
    }
    if (this.isDisposed || source.isDisposed) throw new DisposedError("setData: a tensor was used after dispose()");
    source.storage.retain();
    this.storage.release();
    // Safe: the fields are read-only for all other code; only this method reassigns them.
    const self = this as { -readonly [K in "storage" | "strides" | "offset" | "dtype"]: Tensor[K] };
    self.storage = source.storage;
    self.strides = source.strides;
    self.offset = source.offset;
    self.dtype = source.dtype;
    changed();
  }

  /** Returns this tensor, or a contiguous copy without history. */
  #compact(): Tensor {
    if (this.isContiguous()) return this;
    const copy = this.newEmpty(this.shape);
    copyInto(copy, this, this.device);
    return copy;
  }

  /** Returns the elements from the data that `prefetch` read. */
  #prefetched(): TypedArray {
    const bytes = this.storage.prefetched;
    if (this.isDisposed || bytes === null) {
      throw new DeviceError(
        `a tensor on ${this.device.name} can only be read asynchronously: use await x.data(), or write await x.prefetch() before what needs its elements at once`,
      );
    }
    const all = viewBytes(
      this.dtype,
      bytes.buffer,
      bytes.byteOffset,
      Math.floor(this.storage.bytes / bytesOf(this.dtype)),
    );
    if (this.isContiguous()) return all.slice(this.offset, this.offset + this.numel());
    const positions = positionsOf(this, this.offset);
    return typedArray(this.dtype, positions.length).map((_, i) => all[positions[i] as number] as number);
  }

  #start(): number {
    // The offset of a view without elements may be past the end of the memory.
    return this.numel() === 0 ? 0 : this.offset * bytesOf(this.dtype);
  }

  #length(): number {
    return this.numel() * bytesOf(this.dtype);
  }

  // ——— New tensors: operations allocate their outputs through these methods ———

  /**
   * Returns a tensor with unspecified contents. Default dtype and device: those of this tensor.
   *
   * @throws ShapeError for sizes that are not non-negative integers.
   */
  newEmpty(shape: Shape, options?: { readonly dtype?: DType; readonly device?: Backend }): Tensor {
    checkSizes("newEmpty", shape);
    const { dtype, device } = settings("newEmpty", options, { dtype: this.dtype, device: this.device });
    checkSupport("newEmpty", dtype, device);
    return this.allocate(shape, dtype, device);
  }

  /** Internal: `newEmpty` without named options to validate, for operations. */
  allocate(shape: Shape, dtype: DType = this.dtype, device: Backend = this.device): Tensor {
    const storage = new Storage(device, sizeOf(shape) * bytesOf(dtype));
    return new Tensor(storage, dtype, { shape, strides: contiguousStrides(shape), offset: 0 });
  }

  /** Returns another handle on the same elements, without history. */
  alias(): Tensor {
    return new Tensor(this.storage, this.dtype, this);
  }

  /** Internal: returns a view of the same storage, made by `op`. */
  viewThrough<Attrs>(layout: Layout, op: Op<Attrs>, attrs: Attrs): Tensor {
    // Safe: `attrs` is only ever passed back to the same op.
    return new Tensor(this.storage, this.dtype, layout, { source: this, op: op as Op<unknown>, attrs });
  }
}

/** Returns the tensor at the root of a chain of views. */
function root(x: Tensor): Tensor {
  let below = x;
  while (below.viewed !== null) below = below.viewed.source;
  return below;
}

/** Returns one element of a typed array as a number. */
function elementAt(dtype: DType, data: TypedArray, index: number): number {
  return decoder(dtype)(data[index] as number);
}

function nest(shape: Shape, dtype: DType, data: TypedArray): NestedArray {
  let next = 0;
  const level = (dim: number): NestedArray => {
    if (dim === shape.length) {
      const element = elementAt(dtype, data, next++);
      return dtype === "bool" ? element !== 0 : element;
    }
    return Array.from({ length: shape[dim] as number }, () => level(dim + 1));
  };
  return level(0);
}
