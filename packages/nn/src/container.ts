/**
 * Modules that hold other modules.
 */

import { IndexError, type Tensor } from "@akari/tensor";
import { type Layer, Module, stateOf } from "./module.ts";

/**
 * Layers run one after the other. They are named "0", "1", … or as given.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.Sequential.html
 *
 * @example
 * const mlp = new Sequential(new Flatten(), new Linear(784, 128), new ReLU(), new Linear(128, 10));
 * @example
 * const named = new Sequential({ hidden: new Linear(4, 8), act: new ReLU(), out: new Linear(8, 2) });
 */
export class Sequential extends Module {
  static override name = "Sequential";

  constructor(...layers: readonly Layer[] | readonly [Readonly<Record<string, Layer>>]) {
    super();
    const [first] = layers;
    const named = layers.length === 1 && first !== undefined && !(first instanceof Module);
    for (const [name, layer] of Object.entries(named ? first : layers)) stateOf(this).children.set(name, layer);
  }

  /** How many layers there are. */
  override get length(): number {
    return stateOf(this).children.size;
  }

  /** Adds a layer at the end. Returns the module. */
  append(layer: Layer): this {
    stateOf(this).children.set(String(this.length), layer);
    return this;
  }

  /** The layer at a place; negative from the end. Throws an IndexError when there is none. */
  at(index: number): Layer {
    return elementAt("Sequential", [...this], index);
  }

  /** The layers, in the order in which they run. */
  [Symbol.iterator](): IterableIterator<Layer> {
    return stateOf(this).children.values() as IterableIterator<Layer>; // safe: only layers are added
  }

  /** The input through one layer after the other; without layers, the input itself. */
  forward(input: Tensor): Tensor {
    let x = input;
    for (const layer of this) x = layer(x);
    return x;
  }
}

/**
 * Modules in a list, for a `forward` of one's own.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.ModuleList.html
 */
export class ModuleList<M extends Module = Module> extends Module {
  static override name = "ModuleList";

  constructor(modules: Iterable<M> = []) {
    super();
    for (const module of modules) this.append(module);
  }

  /** How many modules there are. */
  override get length(): number {
    return stateOf(this).children.size;
  }

  /** Adds a module at the end. Returns the list. */
  append(module: M): this {
    stateOf(this).children.set(String(this.length), module);
    return this;
  }

  /** The module at a place; negative from the end. Throws an IndexError when there is none. */
  at(index: number): M {
    return elementAt("ModuleList", [...this], index);
  }

  /** The modules, in the order of the list. */
  [Symbol.iterator](): IterableIterator<M> {
    return stateOf(this).children.values() as IterableIterator<M>; // safe: only these are added
  }

  /** A list has no `forward`: run its modules yourself. */
  forward(): never {
    throw new TypeError("ModuleList: a list cannot be called; call the modules in it");
  }
}

/**
 * Modules by name, for a `forward` of one's own.
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
    for (const [name, module] of Object.entries(modules ?? {})) stateOf(this).children.set(name, module);
  }

  /** The module of a name, of the type that it was given with. Throws an IndexError when there is none. */
  get<Name extends keyof Modules & string>(name: Name): Modules[Name] {
    const module = stateOf(this).children.get(name);
    if (module === undefined)
      throw new IndexError(
        `ModuleDict: there is no module "${name}"; there are: ${[...stateOf(this).children.keys()].join(", ")}`,
      );
    return module as Modules[Name]; // safe: only modules of its type are kept under a name
  }

  /** Sets the module of a name. Returns the dictionary. */
  set<Name extends keyof Modules & string>(name: Name, module: Modules[Name]): this {
    stateOf(this).children.set(name, module);
    return this;
  }

  /** Whether there is a module of a name. */
  has(name: string): boolean {
    return stateOf(this).children.has(name);
  }

  /** The names. */
  keys(): string[] {
    return [...stateOf(this).children.keys()];
  }

  /** Names and modules in pairs, in the order in which they were set. */
  [Symbol.iterator](): IterableIterator<[string, M]> {
    return stateOf(this).children.entries() as IterableIterator<[string, M]>; // safe: as above
  }

  /** A dictionary has no `forward`: run its modules yourself. */
  forward(): never {
    throw new TypeError("ModuleDict: a dictionary cannot be called; call the modules in it");
  }
}

function elementAt<T>(what: string, list: readonly T[], index: number): T {
  const found = list.at(index);
  if (found === undefined) throw new IndexError(`${what}: index ${index} is out of range for ${list.length} modules`);
  return found;
}
