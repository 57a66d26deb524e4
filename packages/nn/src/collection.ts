/**
 * Modules that hold items, modules or parameters, by position or by name. The items are properties of the container, so
 * `list[0]` reads and replaces one.
 */

import { IndexError, itemsOf, type Tensor } from "@akari/tensor";
import { checkName, Module } from "./module.ts";

/** Items and their names. `Entry` is what iterating gives. */
abstract class Collection<Entry> extends Module {
  /** The items. */
  protected abstract items(): Entry[];

  /** Returns a value as an item. Throws an ArgumentError, in which `name` is quoted, when it cannot be one. */
  protected abstract asItem(name: string, value: unknown): Module | Tensor;

  /** Sets items once all of them have been checked. */
  protected setItems(pairs: Iterable<readonly [string, unknown]>): this {
    const own = this.constructor.name;
    const all = itemsOf(own, pairs).map((pair) => {
      const [name, item] = itemsOf(own, pair, "[name, item] pairs") as [string, unknown]; // safe: checked next
      checkName(this, name);
      return [name, this.asItem(name, item)] as const;
    });
    for (const [name, item] of all) Reflect.set(this, name, item);
    return this;
  }

  /** Number of items. */
  override get length(): number {
    return this.items().length;
  }

  /** Iterates over the items in order. */
  [Symbol.iterator](): IterableIterator<Entry> {
    return this.items().values();
  }
}

/** Items in order, named "0", "1", … unless they are given names. */
export abstract class Sequence<Item> extends Collection<Item> {
  /** The item at an index, which can be replaced by assignment: `model[2] = new Linear(64, 10)`. */
  [index: number]: Item;

  /** Appends an item. Returns the container. */
  append(item: Item): this {
    return this.extend([item]);
  }

  /**
   * Appends items. Returns the container.
   *
   * @throws ArgumentError for a value that cannot be an item; the container is then as before.
   */
  extend(items: Iterable<Item>): this {
    const { length } = this;
    return this.setItems(itemsOf(this.constructor.name, items).map((item, i) => [String(length + i), item]));
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
}

/** Items by name. */
export abstract class Dictionary<Items extends object, Item> extends Collection<[string, Item]> {
  /** Returns [name, item] pairs in insertion order. */
  abstract override items(): [string, Item][];

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

  /**
   * Sets several items: those of an object, or [name, item] pairs. Returns the dictionary.
   *
   * @throws ArgumentError for other values; the dictionary is then as before.
   */
  update(items: Readonly<Partial<Items>> | Iterable<readonly [string, Item]>): this {
    const pairs = Object(items) !== items || Symbol.iterator in items ? items : Object.entries(items);
    return this.setItems(pairs as Iterable<[string, Item]>); // safe: checked there
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
}
