/**
 * `deepcopy`: copies a model into new memory, as Python's `copy.deepcopy` does. Objects that are shared in the model,
 * such as a weight used by two layers, are shared in the copy. Only a module's properties are copied, so layers in this
 * package have no `#private` members.
 */

import { requiresGrad } from "@akari/autograd";
import { ArgumentError, bytesOf, type Storage, Tensor } from "@akari/tensor";
import { Hooks } from "./hooks.ts";
import { bare, Module, stateOf } from "./module.ts";
import { Parameter } from "./parameter.ts";

/**
 * Copies a module or a data structure so that the copy shares no memory with the original. A module is copied with
 * everything in it: parameters and their gradients, buffers, modes and other properties. Arrays, typed arrays, Maps,
 * Sets and plain objects, such as the result of `model.stateDict()`, are copied at any depth. Functions, objects of
 * other classes and hooks are shared; a hook is called with the copy as its module. Copies of computed tensors are
 * detached from the tape.
 *
 * https://docs.python.org/3/library/copy.html#copy.deepcopy
 *
 * @throws ArgumentError for a module whose class has `#private` members (TypeScript's `private` members are ordinary
 * properties), and for a bound function or an arrow function that uses `this`, since it would keep using the original.
 * @example
 * const target = deepcopy(model).eval().requiresGrad_(false);
 */
export function deepcopy<T>(value: T): T {
  return new Copying().copy(value);
}

/** State of one copy. Records what has been copied, so that each object is copied once. */
class Copying {
  readonly #made = new Map<unknown, unknown>();

  copy<T>(value: T): T {
    // Safe, here and below: a copy has the type of its original.
    return (this.#made.get(value) ?? this.#anew(value)) as T;
  }

  #anew(value: unknown): unknown {
    if (value instanceof Module) return this.#module(value);
    if (typeof value === "function") checkFree(value);
    if (typeof value !== "object" || value === null) return value;
    if (value instanceof Tensor) return this.#tensor(value);
    const prototype = Object.getPrototypeOf(value) as object | null;
    if (Array.isArray(value)) return this.#properties(value, []);
    if (prototype === Object.prototype || prototype === null) return this.#properties(value, Object.create(prototype));
    if (value instanceof Map) return this.#filled(value, new Map());
    if (value instanceof Set) return this.#keep(value, new Set(this.copy([...value])));
    return ArrayBuffer.isView(value) && "slice" in value ? this.#keep(value, (value as Uint8Array).slice()) : value;
  }

  #keep<T>(original: unknown, copy: T): T {
    this.#made.set(original, copy);
    return copy;
  }

  #filled<K, V>(original: Map<K, V>, copy: Map<K, V>): Map<K, V> {
    this.#keep(original, copy);
    for (const [key, item] of original) copy.set(this.copy(key), this.copy(item));
    return copy;
  }

  #properties<T extends object>(original: T, copy: T): T {
    this.#keep(original, copy);
    for (const key of Reflect.ownKeys(original)) {
      const property = Object.getOwnPropertyDescriptor(original, key) as PropertyDescriptor; // safe: it has the key
      if ("value" in property) property.value = this.copy(property.value);
      Object.defineProperty(copy, key, property);
    }
    return copy;
  }

  #module(module: Module): Module {
    const prototype = Object.getPrototypeOf(module) as Module;
    for (let at = prototype; at !== Module.prototype; at = Object.getPrototypeOf(at) as Module) {
      const made = at.constructor;
      if (/\.#\w/.test(String(made)))
        throw new ArgumentError(`deepcopy: ${made.name} has #private members, which cannot be copied; take away the #`);
    }
    const { hooks, buffers } = stateOf(module);
    const own = { hooks: new Hooks(hooks.lists), buffers: new Map(buffers) };
    return this.#properties(module, bare(prototype, own));
  }

  #tensor(x: Tensor): Tensor {
    const whole = () =>
      new Tensor(x.storage, x.dtype, { shape: [x.storage.bytes / bytesOf(x.dtype)], strides: [1], offset: 0 });
    // The whole storage is copied once, so that views of one tensor remain views of one tensor.
    const storage = (this.#made.get(x.storage) ?? this.#keep(x.storage, whole().clone().storage)) as Storage;
    const data = new Tensor(storage, x.dtype, x);
    const learns = x.isLeaf && x.requiresGrad;
    const copy = this.#keep(x, x instanceof Parameter ? new Parameter(data, { requiresGrad: false }) : data);
    if (learns) requiresGrad(copy).grad = this.copy(x.grad);
    return copy;
  }
}

/** Throws an ArgumentError for a function that captures the `this` of the original. */
function checkFree(value: { readonly name: string }): void {
  if (!("prototype" in value) && (value.name.startsWith("bound ") || /\bthis\b/.test(String(value))))
    throw new ArgumentError(
      `deepcopy: the function ${value.name} would go on to use the original's \`this\`; make it a method`,
    );
}
