/** Tensors in nested arrays and plain objects: the arguments and results of compiled functions. */

import { ArgumentError } from "../errors.ts";
import { once } from "../once.ts";
import { Tensor } from "../tensor.ts";

/** Copies nested arrays and objects, replacing each instance of a class. */
export function mapLeaves<Leaf extends object>(
  value: unknown,
  kind: abstract new (...args: never[]) => Leaf,
  map: (leaf: Leaf) => unknown,
): unknown {
  const visit = (item: unknown): unknown => {
    if (item instanceof kind) return map(item);
    if (Array.isArray(item)) return item.map(visit);
    if (!isPlain(item)) return item;
    return Object.fromEntries(Object.entries(item).map(([name, inner]) => [name, visit(inner)]));
  };
  return visit(value);
}

/** Copies nested arrays and objects, replacing each tensor. */
export function mapTensors<T>(value: T, map: (tensor: Tensor) => Tensor): T {
  return mapLeaves(value, Tensor, map) as T; // safe: of the same form
}

/** Returns the tensors in nested arrays and plain objects, in order. */
export function tensorsIn(value: unknown): Tensor[] {
  if (value instanceof Tensor) return [value];
  if (Array.isArray(value)) return value.flatMap(tensorsIn);
  return isPlain(value) ? Object.values(value).flatMap(tensorsIn) : [];
}

const identities = new WeakMap<object, number>();
/** Symbols, which not all engines accept as keys of a WeakMap. */
const symbols = new Map<symbol, number>();
let identified = 0;

/**
 * Returns a key for a combination of arguments: the shape and dtype of each tensor, which is also appended to
 * `tensors`, and all other values themselves.
 */
export function describe(value: unknown, tensors: Tensor[]): string {
  if (value instanceof Tensor) {
    tensors.push(value);
    return `${value.dtype}[${value.shape}]${value.requiresGrad ? "'" : ""}`;
  }
  if (Array.isArray(value)) return `[${value.map((item) => describe(item, tensors))}]`;
  if (isPlain(value))
    return `{${Object.entries(value).map(([name, item]) => `${JSON.stringify(name)}:${describe(item, tensors)}`)}}`;
  if (typeof value === "symbol") return `#${once(symbols, value, () => ++identified)}`;
  if ((typeof value === "object" && value !== null) || typeof value === "function")
    return `#${once(identities, value, () => ++identified)}`;
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "bigint") return `${value}n`;
  return Object.is(value, -0) ? "-0" : String(value);
}

/**
 * Throws an ArgumentError for a result that contains anything but tensors, since a replay would return its first value
 * for ever.
 */
export function expectTensors(result: unknown): void {
  if (result === undefined || result === null || result instanceof Tensor) return;
  if (Array.isArray(result)) result.forEach(expectTensors);
  else if (isPlain(result)) Object.values(result).forEach(expectTensors);
  else
    throw new ArgumentError(
      `compile: the function must return tensors, alone, in arrays or in plain objects; got ${String(result)}`,
    );
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
