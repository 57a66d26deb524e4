/**
 * `Tensor`: a strided window onto a storage, and PyTorch's methods on it. The class is a façade: it holds where the
 * elements lie and who follows their history, and each method hands its work to the function of the same name in
 * `ops/`.
 */

// So that programs whose compiler knows no `Symbol.dispose` yet can still use these declarations.
/// <reference lib="esnext.disposable" preserve="true" />

import type { Backend, DeviceBuffer } from "./backend.ts";
import { cpu } from "./backends/cpu/index.ts";
import { changed } from "./capture.ts";
import { bytesOf, type DType, type TypedArray, typedArray, viewBytes } from "./dtype.ts";
import { decoder } from "./encode.ts";
import { AutogradError, DeviceError, DisposedError, ShapeError } from "./errors.ts";
import { format } from "./format.ts";
import type { View } from "./kernel.ts";
import { install } from "./methods/behind.ts";
import { type ConversionMethods, conversionMethods } from "./methods/conversion.ts";
import { type FillMethods, fillMethods } from "./methods/fill.ts";
import { type FunctionMethods, functionMethods } from "./methods/functions.ts";
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
import { settings } from "./settings.ts";
import {
  contiguousStrides,
  dimension,
  isContiguous,
  type Shape,
  sameShape,
  shapeError,
  showShape,
  sizeOf,
} from "./shape.ts";
import { Storage, yieldToCollector } from "./storage.ts";
import type { BackwardOptions, Trace } from "./trace.ts";

/** How a view came about: the tensor it looks into, and the operation that made it. */
export interface Viewed {
  /** The tensor whose memory the view shares. */
  readonly source: Tensor;
  /** The operation that gave the view, such as `transpose`; with it the view can be made anew of another tensor. */
  readonly op: Op<unknown>;
  /** The arguments of that operation that are not tensors. */
  readonly attrs: unknown;
}

/** Nested arrays of numbers, as `toArray` returns them: a number for a scalar, an array for a vector, and so on. */
export type NestedArray = number | boolean | NestedArray[];

/** The operations as methods, which the class below gets from the tables that stand beside these interfaces. */
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
 * Make one with `tensor`, `zeros`, `randn` and the like. Nothing has to be freed by hand: memory returns when nobody
 * can reach it any more. `dispose()` and `using` give it back at once.
 *
 * @example
 * const x = tensor([[1, 2], [3, 4]]);
 * const y = x.mul(2).add(1); // [[3, 5], [7, 9]]
 */
export class Tensor implements View {
  /** The sizes of the dimensions. */
  readonly shape: Shape;
  /** How many elements to step over in memory for each dimension. */
  readonly strides: readonly number[];
  /** Where the first element lies in the storage, in elements. */
  readonly offset: number;
  /** The type of the elements. */
  readonly dtype: DType;
  /** The memory, shared with the tensor's views. */
  readonly storage: Storage;
  /** For a view: the tensor it looks into and how it was made. */
  readonly viewed: Viewed | null;
  #trace: Trace | null = null;
  /** For a view: the trace of the tensor at the root when this view's own trace was made. */
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
    // What Node's console.log shows.
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

  // ——— What it is ———

  /** The device memory. Throws a DisposedError when it was given back. */
  get buffer(): DeviceBuffer {
    if (this.#disposed) throw new DisposedError(`a tensor of shape ${showShape(this.shape)} was used after dispose()`);
    return this.storage.buffer;
  }

  /** The device the tensor lives on. */
  get device(): Backend {
    return this.storage.backend;
  }

  /** The number of dimensions. */
  get ndim(): number {
    return this.shape.length;
  }

  /** A matrix transposed. */
  get T(): Tensor {
    return t(this);
  }

  /** Each matrix of a batch transposed. */
  get mT(): Tensor {
    return mT(this);
  }

  /** The number of dimensions. */
  dim(): number {
    return this.shape.length;
  }

  /** The number of elements. */
  numel(): number {
    return sizeOf(this.shape);
  }

  /** The sizes of all dimensions. */
  size(): Shape;
  /** The size of one dimension (negative: from the end). */
  size(dim: number): number;
  /** The sizes of some: `const [batch, length] = x.size(0, 1)`. */
  size<const Dims extends readonly number[]>(...dims: Dims): { -readonly [I in keyof Dims]: number };
  size(...dims: readonly number[]): Shape | number {
    if (dims.length === 0) return this.shape;
    const sizes = dims.map((dim) => this.shape[dimension("size", dim, this.ndim)] ?? 1);
    return sizes.length > 1 ? sizes : (sizes[0] as number);
  }

  /** The stride of one dimension in elements, or all of them. */
  stride(): readonly number[];
  stride(dim: number): number;
  stride(dim?: number): readonly number[] | number {
    return dim === undefined ? this.strides : (this.strides[dimension("stride", dim, this.ndim)] ?? 1);
  }

  /** Whether the elements lie in row-major order without gaps. */
  isContiguous(): boolean {
    return isContiguous(this.shape, this.strides);
  }

  // ——— Gradients: each asks the trace, which @akari/autograd puts there ———

  /** Who follows this tensor's history; null when nobody does. */
  get trace(): Trace | null {
    if (this.viewed === null) return this.#trace;
    // Somebody may have written over the tensor below, through another view: then this view has a new history too.
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

  /** Whether gradients flow to this tensor. */
  get requiresGrad(): boolean {
    return this.trace?.requiresGrad ?? false;
  }

  /** Whether this tensor was made by the user rather than by a recorded operation. */
  get isLeaf(): boolean {
    return this.trace?.isLeaf ?? true;
  }

  /** The gradient accumulated by backward passes; null before the first. */
  get grad(): Tensor | null {
    return this.trace?.grad ?? null;
  }

  set grad(gradient: Tensor | null) {
    if (gradient !== null || this.trace !== null) this.#traced("grad").grad = gradient;
  }

  /**
   * Computes the gradient of this tensor with respect to all leaves it was made from, and adds it to their `grad`.
   *
   * @param gradient the gradient of the result with respect to this tensor; default 1, for a tensor of one element.
   * @throws AutogradError when nothing was recorded, or what was recorded is used up.
   */
  backward(gradient: Tensor | null = null, options?: BackwardOptions): void {
    this.#traced("backward").backward(this, gradient, options);
  }

  /** Keeps the gradient of this tensor, too, in the backward passes to come. Returns itself. */
  retainGrad(): this {
    this.#traced("retainGrad").retainGrad(this);
    return this;
  }

  /**
   * Calls `hook` with this tensor's gradient in each backward pass; what it returns takes the gradient's place. Returns
   * what removes it.
   */
  registerHook(hook: (gradient: Tensor) => Tensor | undefined | void): () => void {
    return this.#traced("registerHook").registerHook(this, hook);
  }

  /** The trace, for what makes no sense without. */
  #traced(operation: string): Trace {
    const { trace } = this;
    if (trace !== null) return trace;
    throw new AutogradError(
      `${operation}: this tensor does not require a gradient; mark those that do with requiresGrad(x)`,
    );
  }

  /** The same values in the same memory, with no history: gradients do not flow through. */
  detach(): Tensor {
    return this.alias();
  }

  // ——— Memory ———

  /**
   * Gives the memory back now; it is freed when no other tensor shares it. Using the tensor afterwards throws a
   * DisposedError.
   */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.storage.release();
  }

  /** `using x = …` disposes of x at the end of the block. */
  [Symbol.dispose](): void {
    this.dispose();
  }

  /** Whether `dispose` was called. */
  get isDisposed(): boolean {
    return this.#disposed || this.storage.disposed;
  }

  // ——— Reading ———

  /**
   * The elements in row-major order, as a typed array of the reader's own. float16 and bfloat16 come as raw 16-bit
   * patterns (see `numbersOf`).
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

  /** The same at once. Throws a DeviceError on devices that cannot, unless the elements were read by `prefetch`. */
  dataSync(): TypedArray {
    const { device } = this;
    if (device.readSync === undefined) return this.#prefetched();
    const source = this.#compact();
    const bytes = device.readSync(source.buffer, source.#start(), source.#length());
    if (source !== this) source.dispose();
    return viewBytes(this.dtype, bytes.buffer, bytes.byteOffset, this.numel());
  }

  /**
   * Reads the elements now, so that what needs them at once finds them on a device that can only be read
   * asynchronously: `itemSync()`, printing, a mask as an index, `nonzero`, `unique` and the like. Holds for all views
   * of the same memory, until somebody writes to it. Returns itself.
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
   * The value of a tensor of one element. A bool comes as 0 or 1.
   *
   * @throws ShapeError when there is more than one element, or none.
   * @example
   * const loss: number = await crossEntropy(model(x), y).item();
   */
  async item(): Promise<number> {
    this.#expectOne("item");
    return elementAt(this.dtype, await this.data(), 0);
  }

  /** The same at once. Throws a DeviceError on devices that cannot. */
  itemSync(): number {
    this.#expectOne("itemSync");
    return elementAt(this.dtype, this.dataSync(), 0);
  }

  /**
   * The elements as nested arrays; a scalar as a number. Bools come as `true` and `false`.
   *
   * @example
   * await tensor([[1, 2], [3, 4]]).toArray(); // [[1, 2], [3, 4]]
   */
  async toArray(): Promise<NestedArray> {
    return nest(this.shape, this.dtype, await this.data());
  }

  /** The same at once. Throws a DeviceError on devices that cannot. */
  toArraySync(): NestedArray {
    return nest(this.shape, this.dtype, this.dataSync());
  }

  /**
   * The tensor as PyTorch prints it. On a device that cannot be read at once, its shape and dtype only, unless
   * `prefetch` has read it.
   */
  toString(): string {
    return format(this);
  }

  #expectOne(operation: string): void {
    if (this.numel() !== 1) {
      throw new ShapeError(
        `${operation}: expected one element, got a tensor of shape ${showShape(this.shape)} with ${this.numel()}`,
      );
    }
  }

  // ——— Copies ———

  /** The same values in memory of their own. */
  clone(): Tensor {
    return clone(this);
  }

  /** This tensor if its elements lie in row-major order without gaps, else a copy that does. */
  contiguous(): Tensor {
    return contiguous(this);
  }

  /** Stores the values of `source` here, broadcast and converted to this tensor's dtype. */
  copy_(source: Tensor): this {
    copy_(this, source);
    return this;
  }

  /**
   * The values as another dtype, or on another device; this tensor itself where nothing changes.
   *
   * @throws DeviceError when this tensor's device cannot be read at once; `await x.prefetch()` there first.
   */
  to(target: DType | Backend): Tensor {
    return typeof target === "string" ? cast(this, target) : toDevice(this, target);
  }

  /**
   * The values on the CPU; this tensor itself where it lies there. Differentiable.
   *
   * https://pytorch.org/docs/stable/generated/torch.Tensor.cpu.html
   */
  async cpu(): Promise<Tensor> {
    await this.prefetch();
    return toDevice(this, this.device.name === "cpu" ? this.device : cpu());
  }

  /**
   * Makes this tensor look at the memory of `source`, which has the same shape; dtype and device may differ. Whoever
   * holds this tensor, such as an optimizer, holds the new values then. History and gradient stay as they are.
   *
   * @throws ShapeError when the shapes differ.
   */
  setData(source: Tensor): void {
    if (!sameShape(source.shape, this.shape)) {
      throw shapeError("setData", `shape ${showShape(this.shape)}`, source);
    }
    source.storage.retain();
    this.storage.release();
    // Safe: the fields are read-only for everybody else; this is the one place where a tensor moves.
    const self = this as { -readonly [K in "storage" | "strides" | "offset" | "dtype"]: Tensor[K] };
    self.storage = source.storage;
    self.strides = source.strides;
    self.offset = source.offset;
    self.dtype = source.dtype;
    changed();
  }

  /** This tensor, or a contiguous copy of it that nobody follows. */
  #compact(): Tensor {
    if (this.isContiguous()) return this;
    const copy = this.newEmpty(this.shape);
    copyInto(copy, this, this.device);
    return copy;
  }

  /** The elements from what `prefetch` has read. */
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
    let positions = [this.offset];
    this.shape.forEach((size, dim) => {
      const stride = this.strides[dim] as number;
      positions = positions.flatMap((position) => Array.from({ length: size }, (_, i) => position + i * stride));
    });
    return typedArray(this.dtype, positions.length).map((_, i) => all[positions[i] as number] as number);
  }

  #start(): number {
    // A view without elements may begin behind the end of the memory.
    return this.numel() === 0 ? 0 : this.offset * bytesOf(this.dtype);
  }

  #length(): number {
    return this.numel() * bytesOf(this.dtype);
  }

  // ——— New tensors beside this one: the operations make theirs through these ———

  /** A tensor with unspecified contents, on the same device and of the same dtype unless told otherwise. */
  newEmpty(shape: Shape, options?: { readonly dtype?: DType; readonly device?: Backend }): Tensor {
    const { dtype, device } = settings("newEmpty", options, { dtype: this.dtype, device: this.device });
    return this.allocate(shape, dtype, device);
  }

  /** Internal: the same without names, which operations need not check. */
  allocate(shape: Shape, dtype: DType = this.dtype, device: Backend = this.device): Tensor {
    const storage = new Storage(device, sizeOf(shape) * bytesOf(dtype));
    return new Tensor(storage, dtype, { shape, strides: contiguousStrides(shape), offset: 0 });
  }

  /** Another handle on the same elements, without history. */
  alias(): Tensor {
    return new Tensor(this.storage, this.dtype, this);
  }

  /** A view of the same storage, made by `op`. */
  viewAs<Attrs>(layout: Layout, op: Op<Attrs>, attrs: Attrs): Tensor {
    // Safe: whoever replays the view hands `attrs` back to the same op only.
    return new Tensor(this.storage, this.dtype, layout, { source: this, op: op as Op<unknown>, attrs });
  }
}

/** The tensor at the bottom of a chain of views. */
function root(x: Tensor): Tensor {
  let below = x;
  while (below.viewed !== null) below = below.viewed.source;
  return below;
}

/** One element of a typed array as a number. */
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
