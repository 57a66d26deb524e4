/** `vmap`: runs a function of one example on all examples of a batch at once. */

import { checkChoice, checkInteger, describeValue, expectFunction } from "../argument.ts";
import type { Backend } from "../backend.ts";
import { capturing } from "../capture.ts";
import { defaultDevice, setDefaultDevice } from "../device.ts";
import { ArgumentError, DeviceError, ShapeError } from "../errors.ts";
import { type Batching, batching } from "../op.ts";
import { cat } from "../ops/join.ts";
import { narrow, select } from "../ops/slice.ts";
import { scope } from "../scope.ts";
import { settings } from "../settings.ts";
import { dimension, ownDimension } from "../shape.ts";
import { Tensor } from "../tensor.ts";
import { BatchedDevice, type Randomness } from "./device.ts";
import { Draws } from "./draws.ts";
import { enter, isBelow, leave, level, levels, lift, onto } from "./levels.ts";
import { runShared } from "./sharing.ts";

/**
 * Dimensions of the examples: one for all tensors of a value, or arrays and objects of the value's structure. Null means
 * that there are no examples: each one sees the whole tensor.
 */
export type BatchDims = number | null | readonly BatchDims[] | { readonly [name: string]: BatchDims };

/** Options of `vmap`. */
export interface VmapOptions {
  /**
   * The dimension of the examples in the arguments: a number for all of them, or an array with one entry for each, which
   * for arrays and objects of tensors can be an array or an object in turn. Null for arguments that all examples share,
   * and for those that are not tensors. Default 0.
   */
  readonly inDims?: BatchDims;
  /** The dimension of the examples in the results, in the same form. Null for results without any. Default 0. */
  readonly outDims?: BatchDims;
  /**
   * Whether random numbers are `"different"` or the `"same"` for the examples, or an `"error"`. Default `"error"`.
   */
  readonly randomness?: Randomness;
  /** The number of examples that are computed at once, which limits the memory. Default null, for all. */
  readonly chunkSize?: number | null;
}

/** Calls `visit` with each tensor of a value and its entry in `dims`, and returns the results in the same structure. */
function mapTensors(
  value: unknown,
  dims: BatchDims,
  option: string,
  visit: (x: Tensor, dim: number | null) => Tensor,
): unknown {
  if (value instanceof Tensor) {
    if (dims !== null && typeof dims !== "number")
      throw new ArgumentError(`vmap: ${option} has ${describeValue(dims)} for a tensor; expected a number or null`);
    return visit(value, dims === null ? null : dims);
  }
  if (dims === null && option === "inDims") return value;
  const list = Array.isArray(value);
  if (list || describeValue(value) === "an object") {
    const whole = dims === null || typeof dims === "number";
    const extra = whole ? undefined : Object.keys(dims).find((key) => !Object.hasOwn(value as object, key)); // safe: just checked
    if (extra !== undefined)
      throw new ArgumentError(`vmap: ${option} has an entry for "${extra}", which does not exist`);
    const visited = (item: unknown, key: string | number) => {
      const of = whole ? dims : (dims as Readonly<Record<string, BatchDims>>)[key];
      if (of === undefined) throw new ArgumentError(`vmap: ${option} has no entry for "${key}"`);
      return mapTensors(item, of, option, visit);
    };
    if (list) return value.map(visited);
    const entries = Object.entries(value as object).map(([key, item]) => [key, visited(item, key)] as const);
    // An object keeps its class.
    const empty = Object.create(Object.getPrototypeOf(value) as object | null) as object;
    return Object.assign(empty, Object.fromEntries(entries));
  }
  if (dims !== null)
    throw new ArgumentError(
      option === "inDims"
        ? `vmap: only tensors have examples, got ${describeValue(value)}; pass null for it in inDims`
        : `vmap: the function must return tensors, alone, in arrays or in objects, got ${describeValue(value)}`,
    );
  return value;
}

/** How operations run once `vmap` was called. */
const rules: Batching = /* @__PURE__ */ Object.assign({}, levels, { instead: runShared });

interface Examples {
  readonly size: number;
  readonly base: Backend;
}

/** The number of examples of the arguments, and the device of those that have any. */
function examplesOf(args: readonly unknown[], inDims: BatchDims): Examples {
  let found: Examples | null = null;
  mapTensors(args, inDims, "inDims", (x, dim) => {
    if (dim === null) return x;
    const size = x.shape[ownDimension("vmap", dim, x)] as number;
    const { device: base } = lift(x);
    found ??= { size, base };
    if (found.size !== size)
      throw new ShapeError(`vmap: the arguments have different numbers of examples: ${found.size} and ${size}`);
    if (found.base !== base)
      throw new DeviceError(`vmap: the arguments are on different devices: ${found.base.name} and ${base.name}`);
    return x;
  });
  if (found === null)
    throw new ArgumentError("vmap: no argument has examples; at least one entry of inDims must be a number");
  return found;
}

/**
 * Returns a function that computes `fn` for all examples of a batch at once. `fn` is written for one example: its
 * arguments and results have no dimension for the batch. Each kernel call that it makes is one for all examples.
 *
 *     vmap(f)(x)[i] = f(x[i])
 *
 * It can be nested, differentiated, and applied to derivatives: `vmap(grad(f))` computes a gradient for each example.
 * What `fn` uses without receiving it as an argument is the same for all examples. Operations that compute on the host,
 * such as decompositions on the CPU, run for one example after the other. Tensors that `fn` creates and does not return
 * are disposed of, as in `scope`.
 *
 * https://pytorch.org/docs/stable/generated/torch.func.vmap.html
 *
 * @param fn returns a tensor, or tensors in arrays and objects. It must be synchronous, and cannot read values that
 * differ between examples.
 * @returns a function of the same arguments with a further dimension in those tensors that have examples.
 * @throws ArgumentError, when the new function is called, if no argument has examples, if `inDims` or `outDims` do not
 * fit, if `fn` draws random numbers without the option `randomness`, or if it writes in place into a tensor that all
 * examples share.
 * @throws ShapeError when the arguments have different numbers of examples.
 * @throws DeviceError when `fn` reads values that differ between examples.
 * @example
 * import { vmap } from "@akari/tensor/vmap";
 * const products = vmap((a: Tensor, b: Tensor) => a.dot(b));
 * products(tensor([[1, 2], [3, 4]]), tensor([[5, 6], [7, 8]])); // [17, 53]
 */
export function vmap<Args extends readonly unknown[], Result>(
  fn: (...args: Args) => Result,
  options?: VmapOptions,
): (...args: Args) => Result {
  expectFunction("vmap", fn);
  const {
    inDims = 0,
    outDims = 0,
    randomness,
    chunkSize,
  } = settings("vmap", options, {
    inDims: undefined, // null means none
    outDims: undefined,
    randomness: "error",
    chunkSize: null,
  });
  checkChoice("vmap", "randomness", randomness, ["error", "different", "same"]);
  if (chunkSize !== null) checkInteger("vmap", "chunkSize", chunkSize, 1);
  return (...args) => {
    const { size, base } = examplesOf(args, inDims);
    if (chunkSize === null || chunkSize >= size) return batchCall(fn, args, inDims, outDims, size, base, randomness);
    const parts = Array.from({ length: Math.ceil(size / chunkSize) }, (_, k) => {
      const [start, length] = [k * chunkSize, Math.min(chunkSize, size - k * chunkSize)];
      const part = mapTensors(args, inDims, "inDims", (x, dim) => (dim === null ? x : narrow(x, dim, start, length)));
      // Safe: the same types as the arguments.
      return batchCall(fn, part as Args, inDims, outDims, length, base, randomness);
    });
    const tensors = parts.map((part) => {
      const list: Tensor[] = [];
      mapTensors(part, outDims, "outDims", (x) => list[list.push(x) - 1] as Tensor);
      return list;
    });
    let next = 0;
    return mapTensors(parts[0], outDims, "outDims", (x, dim) => {
      const each = tensors.map((list) => list[next] as Tensor); // safe: all parts have the same structure
      next++;
      return dim === null ? x : cat(each, dim);
    }) as Result; // safe: the structure of the result
  };
}

function batchCall<Args extends readonly unknown[], Result>(
  fn: (...args: Args) => Result,
  args: Args,
  inDims: BatchDims,
  outDims: BatchDims,
  size: number,
  base: Backend,
  randomness: Randomness,
): Result {
  batching.by = rules;
  const device = new BatchedDevice(base, size, randomness);
  const before = { device: level.device, by: capturing.by };
  // Then creation functions make a tensor for each example, which random numbers can be drawn into.
  const apart = randomness === "different" && isBelow(defaultDevice(), device);
  return scope(() => {
    const own = mapTensors(args, inDims, "inDims", (x, dim) =>
      dim === null ? x : enter(lift(x), device, dimension("vmap", dim, x)),
    );
    level.device = device;
    capturing.by = new Draws(device);
    const standard = apart ? setDefaultDevice(device) : null;
    let result: Result;
    try {
      result = fn(...(own as unknown as Args)); // safe: the same types as the arguments
    } finally {
      level.device = before.device;
      capturing.by = before.by;
      if (standard !== null) setDefaultDevice(standard);
    }
    if (result instanceof Promise) throw new ArgumentError("vmap: the function must not be asynchronous");
    return mapTensors(result, outDims, "outDims", (x, dim) => {
      const y = onto(device, x);
      if (dim !== null) return leave(y, device, dimension("vmap", dim, y, 1));
      if (device.varies(y.buffer)) throw new ArgumentError("vmap: outDims is null for a result that has examples");
      return select(leave(y, device, 0), 0, 0);
    }) as Result; // safe: the structure of the result
  });
}
