/**
 * Modules that contain other modules. These are properties of the container under their names, so `model[0]` reads and
 * replaces a layer.
 */

import { ArgumentError, IndexError, type Tensor } from "@akari/tensor";
import { expectModule, type Layer, Module } from "./module.ts";

/** Modules in order, named by their position unless they are given names. */
abstract class ModuleSequence<M extends Module> extends Module {
  /** The module at an index, which can be replaced by assignment: `model[2] = new Linear(64, 10)`. */
  [index: number]: M;

  /** Number of modules. */
  override get length(): number {
    return this.children().length;
  }

  /** Appends a module. Returns the container. */
  append(module: M): this {
    return add(this, String(this.length), module);
  }

  /**
   * Returns the module at an index; negative indices count from the end.
   *
   * @throws IndexError when the index is out of range.
   */
  at(index: number): M {
    const found = [...this].at(index);
    if (found === undefined)
      throw new IndexError(`${this.constructor.name}: index ${index} is out of range for ${this.length} modules`);
    return found;
  }

  /** Iterates over the modules in order. */
  [Symbol.iterator](): IterableIterator<M> {
    return this.children().values() as IterableIterator<M>; // safe: only modules of this type are added
  }
}

/**
 * Sequence of layers in which each output is the input of the next layer. The layers are named "0", "1", … or by the
 * keys of an object.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.Sequential.html
 *
 * @example
 * const mlp = new Sequential(new Flatten(), new Linear(784, 128), new ReLU(), new Linear(128, 10));
 * @example
 * const named = new Sequential({ hidden: new Linear(4, 8), act: new ReLU(), out: new Linear(8, 2) });
 */
export class Sequential extends ModuleSequence<Layer> {
  static override name = "Sequential";

  constructor(...layers: readonly Layer[] | readonly [Readonly<Record<string, Layer>>]) {
    super();
    const [first] = layers;
    const named = layers.length === 1 && first && typeof first === "object";
    for (const [name, layer] of Object.entries(named ? first : layers)) add(this, name, layer);
  }

  /** Passes the input through all layers in order. Without layers, returns the input itself. */
  forward(input: Tensor): Tensor {
    let x = input;
    for (const layer of this) x = layer(x);
    return x;
  }
}

/**
 * List of modules for use in a custom `forward`.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.ModuleList.html
 */
export class ModuleList<M extends Module = Module> extends ModuleSequence<M> {
  static override name = "ModuleList";

  constructor(modules: Iterable<M> = []) {
    super();
    for (const module of modules) this.append(module);
  }

  /** Throws a TypeError: a list has no `forward`. Call its modules instead. */
  forward(): never {
    throw new TypeError("ModuleList: a list cannot be called; call the modules in it");
  }
}

/**
 * Dictionary of modules for use in a custom `forward`.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.ModuleDict.html
 */
export class ModuleDict<
  out Modules extends Readonly<Record<string, Module>> = Record<string, Module>,
  out M extends Module = Modules[keyof Modules],
> extends Module {
  static override name = "ModuleDict";

  constructor(modules?: Modules) {
    super();
    for (const [name, module] of Object.entries(modules ?? {})) add(this, name, module);
  }

  /**
   * Returns the module with a name, typed as it was passed in.
   *
   * @throws IndexError when there is no module with that name.
   */
  get<Name extends keyof Modules & string>(name: Name): Modules[Name] {
    if (!this.has(name))
      throw new IndexError(`ModuleDict: there is no module "${name}"; there are: ${this.keys().join(", ")}`);
    return Reflect.get(this as object, name) as Modules[Name]; // safe: a name only ever holds a module of its type
  }

  /**
   * Sets the module with a name. Returns the dictionary.
   *
   * @throws ArgumentError when the name is that of a method or property of the dictionary.
   */
  set<Name extends keyof Modules & string>(name: Name, module: Modules[Name]): this {
    return add(this, name, module);
  }

  /** Returns whether there is a module with a name. */
  has(name: string): boolean {
    return this.keys().includes(name);
  }

  /** Returns the names of the modules. */
  keys(): string[] {
    return this.namedChildren().map(([name]) => name);
  }

  /** Iterates over [name, module] pairs in insertion order. */
  [Symbol.iterator](): IterableIterator<[string, M]> {
    return this.namedChildren().values() as IterableIterator<[string, M]>; // safe: as above
  }

  /** Throws a TypeError: a dictionary has no `forward`. Call its modules instead. */
  forward(): never {
    throw new TypeError("ModuleDict: a dictionary cannot be called; call the modules in it");
  }
}

/** Adds a module to a container under a name. Returns the container. */
function add<Container extends Module>(container: Container, name: string, module: Module): Container {
  const what = `${container.constructor.name}, "${name}"`;
  expectModule(what, module);
  if (name in container && !(Reflect.get(container, name) instanceof Module))
    throw new ArgumentError(`${what}: the name of a method or property; use another`);
  Reflect.set(container, name, module);
  return container;
}
