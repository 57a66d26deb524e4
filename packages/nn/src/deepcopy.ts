/**
 * `deepcopy`: a model once more, in memory of its own, as Python's `copy.deepcopy` makes it. What is shared in the model, such as a weight that two layers
 * have in common, is shared in the copy. A module's properties are all that is copied, which is why the layers here have no `#private` ones.
 */

import { requiresGrad } from "@akari/autograd";
import { ArgumentError, bytesOf, type Storage, Tensor } from "@akari/tensor";
import { bare, Module, stateOf } from "./module.ts";
import { Parameter } from "./parameter.ts";

/**
 * A copy that shares nothing with the original: of a module with all inside it (parameters with their gradients, buffers, modes, other properties), or of what a
 * program keeps, such as `model.stateDict()`. Arrays, typed arrays, Maps, Sets and plain objects are copied at any depth; functions and objects of other classes are
 * shared, hooks too, which are told the module that they serve. A tensor that was computed comes without its history.
 *
 * https://docs.python.org/3/library/copy.html#copy.deepcopy
 *
 * @throws ArgumentError for what cannot be copied from outside: a module of a class with `#private` members (TypeScript's `private` ones are ordinary properties),
 * and a bound function, or one with an arrow, that uses `this`, which would go on working on the original.
 * @example
 * const target = deepcopy(model).eval().requiresGrad_(false);
 */
export function deepcopy<T>(value: T): T {
  return new Copying().copy(value);
}

/** One copy, and what it has met so far: each thing is copied once. */
class Copying {
  readonly #made = new Map<unknown, unknown>();

  copy<T>(value: T): T {
    // Safe, all through: a copy is what its original is.
    return (this.#made.get(value) ?? this.#anew(value)) as T;
  }

  #anew(value: unknown): unknown {
    if (value instanceof Module) return this.#module(value);
    if (typeof value === "function") checkFree(value);
    if (typeof value !== "object" || value === null) return value;
    if (value instanceof Tensor) return this.#tensor(value);
    if (ArrayBuffer.isView(value) && "slice" in value) return this.#keep(value, (value as Uint8Array).slice());
    if (Array.isArray(value)) {
      const list = this.#keep(value, [] as unknown[]);
      for (const item of value) list.push(this.copy(item));
      return list;
    }
    if (value instanceof Map) {
      const map = this.#keep(value, new Map());
      for (const [key, item] of value) map.set(this.copy(key), this.copy(item));
      return map;
    }
    if (value instanceof Set) {
      const set = this.#keep(value, new Set());
      for (const item of value) set.add(this.copy(item));
      return set;
    }
    const prototype: unknown = Object.getPrototypeOf(value);
    return prototype === Object.prototype || prototype === null ? this.#properties(value, Object.create(prototype)) : value;
  }

  #keep<T>(original: unknown, copy: T): T {
    this.#made.set(original, copy);
    return copy;
  }

  #properties<T extends object>(original: T, empty: T): T {
    const copy = this.#keep(original, empty);
    for (const key of Reflect.ownKeys(original)) {
      const property = Object.getOwnPropertyDescriptor(original, key) as PropertyDescriptor; // safe: it has the key
      if ("value" in property) property.value = this.copy(property.value);
      Object.defineProperty(copy, key, property);
    }
    return copy;
  }

  #module(module: Module): Module {
    checkOpen(module);
    const { hooks, buffers, children } = stateOf(module);
    const own = { hooks: hooks.copy(), buffers: new Map(buffers), children: new Map<string, Module>() };
    const copy = this.#properties(module, bare(Object.getPrototypeOf(module) as Module, own));
    for (const [name, child] of children) own.children.set(name, this.copy(child));
    return copy;
  }

  #tensor(x: Tensor): Tensor {
    const data = new Tensor(this.#storage(x), x.dtype, x);
    const learns = x.isLeaf && x.requiresGrad;
    const copy = this.#keep(x, x instanceof Parameter ? new Parameter(data, { requiresGrad: learns }) : learns ? requiresGrad(data) : data);
    if (learns) copy.grad = this.copy(x.grad);
    return copy;
  }

  /** The memory of a tensor, all of it once, so that views of it are views of one copy. */
  #storage({ storage, dtype }: Tensor): Storage {
    const known = this.#made.get(storage) as Storage | undefined;
    if (known !== undefined) return known;
    const shape = [storage.bytes / bytesOf(dtype)];
    return this.#keep(storage, new Tensor(storage, dtype, { shape, strides: [1], offset: 0 }).clone().storage);
  }
}

function checkOpen(module: Module): void {
  for (let at = module as object; at !== Module.prototype; at = Object.getPrototypeOf(at) as object) {
    const { name } = at.constructor;
    if (/\.#\w/.test(String(at.constructor)))
      throw new ArgumentError(`deepcopy: ${name} has #private members, which nobody else can copy; make them properties without the #`);
  }
}

function checkFree(value: { readonly name: string }): void {
  const arrow = !Object.hasOwn(value, "prototype");
  if (arrow && (value.name.startsWith("bound ") || /\bthis\b/.test(String(value))))
    throw new ArgumentError(
      `deepcopy: the function ${value.name} uses the \`this\` of the original, and would go on to do so; make it a method of its class`,
    );
}
