/**
 * Modules that contain other modules.
 */

import { checkInteger, type Tensor } from "@akari/tensor";
import { Dictionary, Sequence } from "./collection.ts";
import { expectModule, keepsNothing, type Layer, type Module, place } from "./module.ts";

/** Modules in order. */
abstract class ModuleSequence<M extends Module> extends Sequence<M> {
  protected items(): M[] {
    return this.children() as M[]; // safe: only modules of this type are added
  }

  protected asItem(name: string, module: M): M {
    return asModule(this, name, module);
  }

  /**
   * Inserts a module before the one at an index; negative indices count from the end. The modules are then named "0",
   * "1", …. Returns the container.
   *
   * @throws ArgumentError unless the index is an integer from `-length` to `length`.
   */
  insert(index: number, module: M): this {
    const modules = this.items();
    checkInteger("insert", "index", index, -modules.length, modules.length);
    expectModule(this.constructor.name, module);
    return renewed(this, modules.toSpliced(index, 0, module));
  }

  /**
   * Removes the module at an index, by default the last, and returns it. The others are then named "0", "1", ….
   *
   * @throws IndexError when the index is out of range.
   */
  pop(index = -1): M {
    const found = this.at(index);
    renewed(this, this.items().toSpliced(index, 1));
    return found;
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
  static override readonly keepsNothing = true;

  constructor(...layers: readonly Layer[] | readonly [Readonly<Record<string, Layer>>]) {
    super();
    const [first] = layers;
    const named = layers.length === 1 && first && typeof first === "object";
    this.setItems(Object.entries(named ? first : layers));
  }

  /** Returns a container of the layers from `start` up to, but not including, `end`, like Python's `model[start:end]`. */
  slice(start?: number, end?: number): Sequential {
    return new Sequential(Object.fromEntries(this.namedChildren().slice(start, end)) as Record<string, Layer>); // safe: it has only layers
  }

  /**
   * Passes the input through all layers in order. Without layers, returns the input itself. What one layer passes to the
   * next is freed at once, unless a backward pass needs it, if both declare `keepsNothing` and have no hooks.
   */
  forward(input: Tensor): Tensor {
    let x = input;
    let temporary = false;
    for (const layer of this) {
      const y = layer(x);
      const forgets = keepsNothing(layer);
      if (y !== x && temporary && forgets) x.dispose();
      temporary = forgets && (temporary || y !== x);
      x = y;
    }
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
    this.extend(modules);
  }

  /** Returns a list of the modules from `start` up to, but not including, `end`, like Python's `list[start:end]`. */
  slice(start?: number, end?: number): ModuleList<M> {
    return new ModuleList(this.items().slice(start, end));
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
> extends Dictionary<Modules, M> {
  static override name = "ModuleDict";

  constructor(modules?: Modules) {
    super();
    this.setItems(Object.entries(modules ?? {}));
  }

  protected asItem(name: string, module: M): M {
    return asModule(this, name, module);
  }

  items(): [string, M][] {
    return this.namedChildren() as [string, M][]; // safe: as above
  }

  /**
   * Sets the module with a name. Returns the dictionary.
   *
   * @throws ArgumentError when the name is that of a method or property of the dictionary.
   */
  set<Name extends keyof Modules & string>(name: Name, module: Modules[Name]): this {
    return this.setItems([[name, module]]);
  }

  /** Throws a TypeError: a dictionary has no `forward`. Call its modules instead. */
  forward(): never {
    throw new TypeError("ModuleDict: a dictionary cannot be called; call the modules in it");
  }
}

/** Replaces all modules of a container by others, named by their positions. Returns the container. */
function renewed<Container extends Module>(container: Container, modules: readonly Module[]): Container {
  for (const [name] of container.namedChildren()) Reflect.deleteProperty(container, name);
  for (const [i, module] of modules.entries()) place(container, String(i), module);
  return container;
}

/** Returns a value as an item of a container. Throws an ArgumentError unless it is a module. */
function asModule<M extends Module>(container: Module, name: string, module: M): M {
  expectModule(`${container.constructor.name}, "${name}"`, module);
  return module;
}
