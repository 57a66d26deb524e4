/**
 * Modules that hold items, modules or parameters, by position or by name. The items are properties of the container, so
 * `list[0]` reads and replaces one.
 */

import { IndexError, itemsOf } from "@akari/tensor";
import { Module } from "./module.ts";

/** Items in order, named "0", "1", … unless they are given names. */
export abstract class Sequence<Item> extends Module {
  /** The item at an index, which can be replaced by assignment: `model[2] = new Linear(64, 10)`. */
  [index: number]: Item;

  /** The items in order. */
  protected abstract items(): Item[];

  /** Appends an item. Returns the container. */
  abstract append(item: Item): this;

  /**
   * Appends items. Returns the container.
   *
   * @throws ArgumentError for a value that cannot be an item; the container is then as before.
   */
  extend(items: Iterable<Item>): this {
    return changed(this, () => {
      for (const item of itemsOf(this.constructor.name, items)) this.append(item);
    });
  }

  /** Number of items. */
  override get length(): number {
    return this.items().length;
  }

  /**
   * Returns the item at an index; negative indices count from the end.
   *
   * @throws IndexError when the index is out of range.
   */
  at(index: number): Item {
    const found = this.items().at(index);
    if (found === undefined)
      throw new IndexError(`${this.constructor.name}: index ${index} is out of range for length ${this.length}`);
    return found;
  }

  /** Iterates over the items in order. */
  [Symbol.iterator](): IterableIterator<Item> {
    return this.items().values();
  }
}

/** Items by name. */
export abstract class Dictionary<Items extends object, Item> extends Module {
  /** Returns [name, item] pairs in insertion order. */
  abstract items(): [string, Item][];

  /** Sets the item with a name. Returns the dictionary. */
  abstract set(name: string, item: unknown): this;

  /**
   * Returns the item with a name, typed as it was passed in.
   *
   * @throws IndexError when there is no item with that name.
   */
  get<Name extends keyof Items & string>(name: Name): Items[Name] {
    const found = this.items().find(([own]) => own === name);
    if (found === undefined)
      throw new IndexError(`${this.constructor.name}: there is no "${name}"; there are: ${this.keys().join(", ")}`);
    return found[1] as Items[Name]; // safe: a name only ever holds an item of its type
  }

  /** Returns whether there is an item with a name. */
  has(name: string): boolean {
    return this.keys().includes(name);
  }

  /**
   * Removes the item with a name and returns it.
   *
   * @throws IndexError when there is no item with that name.
   */
  pop<Name extends keyof Items & string>(name: Name): Items[Name] {
    const found = this.get(name);
    this.delete(name);
    return found;
  }

  /** Removes all items. */
  clear(): void {
    for (const name of this.keys()) this.delete(name);
  }

  /** Number of items. */
  override get length(): number {
    return this.items().length;
  }

  /**
   * Sets several items: those of an object, or [name, item] pairs. Returns the dictionary.
   *
   * @throws ArgumentError for other values; the dictionary is then as before.
   */
  update(items: Readonly<Partial<Items>> | Iterable<readonly [string, Item]>): this {
    const pairs = Object(items) !== items || Symbol.iterator in items ? items : Object.entries(items);
    const own = this.constructor.name;
    return changed(this, () => {
      for (const pair of itemsOf(own, pairs as Iterable<[string, Item]>)) {
        const [name, item] = itemsOf(own, pair, "[name, item] pairs");
        this.set(name as string, item);
      }
    });
  }

  /** Removes the item with a name. Returns whether there was one. */
  delete(name: string): boolean {
    return this.has(name) && Reflect.deleteProperty(this, name);
  }

  /** Returns the names. */
  keys(): string[] {
    return this.items().map(([name]) => name);
  }

  /** Returns the items, without their names. */
  values(): Item[] {
    return this.items().map(([, item]) => item);
  }

  /** Iterates over [name, item] pairs in insertion order. */
  [Symbol.iterator](): IterableIterator<[string, Item]> {
    return this.items().values();
  }
}

/** Changes a container. If the change fails, all of it is taken back. Returns the container. */
function changed<Container extends Module>(container: Container, change: () => void): Container {
  const before = { ...container };
  try {
    change();
  } catch (error) {
    for (const name of Object.keys(container)) Reflect.deleteProperty(container, name);
    Object.assign(container, before);
    throw error;
  }
  return container;
}
