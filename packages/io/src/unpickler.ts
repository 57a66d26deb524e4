/**
 * A reader of Python pickles that runs no code. A pickle is a program for a stack machine. This one implements the
 * instructions that build numbers, strings and containers. The caller decides what the names of Python objects mean.
 * All other instructions and names are rejected.
 *
 * https://docs.python.org/3/library/pickletools.html
 */

import { FileError } from "@akari/tensor";

/** The qualified name of a Python object: `torch.FloatStorage`. */
export class PythonName {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

/** A Python tuple, as distinct from a list. */
export class Tuple {
  readonly items: readonly unknown[];

  constructor(items: readonly unknown[]) {
    this.items = items;
  }
}

/** The meanings of the names in a pickle. */
export interface Meanings {
  /** Returns the value of a qualified name. Throws for names that are not allowed. */
  resolve(name: string): unknown;
  /** Returns the result of calling the value of a name. */
  call(callee: unknown, args: readonly unknown[]): unknown;
  /** Returns the object with a persistent ID, which is stored outside of the pickle. */
  persistent(id: unknown): unknown;
}

/**
 * The value of a pickle and the offset of its end. Dicts become Maps, lists arrays, tuples Tuples, and integers beyond
 * 2⁵³ bigints.
 */
export interface Unpickled {
  readonly value: unknown;
  readonly end: number;
}

const mark: unique symbol = Symbol("mark");

/**
 * Reads the pickle that starts at byte `start`.
 *
 * @param what name of the file in messages.
 * @throws FileError when the pickle is truncated, damaged, or uses an instruction or name that is not allowed.
 */
export function unpickle(what: string, bytes: Uint8Array, meanings: Meanings, start = 0): Unpickled {
  return new Machine(what, bytes, meanings, start).run();
}

class Machine {
  readonly #what: string;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #meanings: Meanings;
  readonly #stack: unknown[] = [];
  readonly #memo = new Map<number, unknown>();
  #at: number;

  constructor(what: string, bytes: Uint8Array, meanings: Meanings, start: number) {
    this.#what = what;
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#meanings = meanings;
    this.#at = start;
  }

  run(): Unpickled {
    for (;;) {
      const at = this.#at;
      const code = this.#byte();
      if (code === 0x2e) return { value: this.#pop(), end: this.#at };
      if (!(this.#literal(code) || this.#container(code) || this.#object(code))) {
        throw this.#error(`instruction 0x${code.toString(16)} at byte ${at} is not allowed`);
      }
    }
  }

  /** Executes an instruction for numbers, strings, bytes, the stack or the memo. */
  #literal(code: number): boolean {
    const stack = this.#stack;
    switch (code) {
      case 0x80: // PROTO
        if (this.#byte() > 5) throw this.#error("the protocol is newer than 5");
        return true;
      case 0x95: // FRAME
        this.#take(8);
        return true;
      case 0x28: // MARK
        return push(stack, mark);
      case 0x30: // POP
        this.#pop();
        return true;
      case 0x31: // POP_MARK
        this.#popToMark();
        return true;
      case 0x32: // DUP
        return push(stack, this.#top());
      case 0x4e: // NONE
        return push(stack, null);
      case 0x88: // NEWTRUE
        return push(stack, true);
      case 0x89: // NEWFALSE
        return push(stack, false);
      case 0x4a: // BININT
        return push(stack, this.#view.getInt32(this.#skip(4), true));
      case 0x4b: // BININT1
        return push(stack, this.#byte());
      case 0x4d: // BININT2
        return push(stack, this.#view.getUint16(this.#skip(2), true));
      case 0x8a: // LONG1
        return push(stack, integer(this.#take(this.#byte())));
      case 0x8b: // LONG4
        return push(stack, integer(this.#take(this.#length(4))));
      case 0x47: // BINFLOAT
        return push(stack, this.#view.getFloat64(this.#skip(8), false));
      case 0x49: // INT
      case 0x4c: // LONG
        return push(stack, this.#decimal());
      case 0x46: // FLOAT
        return push(stack, Number(this.#line()));
      case 0x58: // BINUNICODE
        return push(stack, this.#text(this.#length(4)));
      case 0x8c: // SHORT_BINUNICODE
        return push(stack, this.#text(this.#byte()));
      case 0x8d: // BINUNICODE8
        return push(stack, this.#text(this.#length(8)));
      case 0x54: // BINSTRING
        return push(stack, this.#text(this.#length(4)));
      case 0x55: // SHORT_BINSTRING
        return push(stack, this.#text(this.#byte()));
      case 0x42: // BINBYTES
        return push(stack, new Uint8Array(this.#take(this.#length(4))));
      case 0x43: // SHORT_BINBYTES
        return push(stack, new Uint8Array(this.#take(this.#byte())));
      case 0x8e: // BINBYTES8
        return push(stack, new Uint8Array(this.#take(this.#length(8))));
      case 0x71: // BINPUT
        this.#memo.set(this.#byte(), this.#top());
        return true;
      case 0x72: // LONG_BINPUT
        this.#memo.set(this.#length(4), this.#top());
        return true;
      case 0x94: // MEMOIZE
        this.#memo.set(this.#memo.size, this.#top());
        return true;
      case 0x68: // BINGET
        return push(stack, this.#recall(this.#byte()));
      case 0x6a: // LONG_BINGET
        return push(stack, this.#recall(this.#length(4)));
      default:
        return false;
    }
  }

  /** Executes an instruction for lists, tuples, dicts and sets. */
  #container(code: number): boolean {
    const stack = this.#stack;
    switch (code) {
      case 0x5d: // EMPTY_LIST
        return push(stack, []);
      case 0x6c: // LIST
        return push(stack, this.#popToMark());
      case 0x61: {
        // APPEND
        const item = this.#pop();
        this.#list().push(item);
        return true;
      }
      case 0x65: {
        // APPENDS
        const items = this.#popToMark();
        const list = this.#list();
        for (const item of items) list.push(item);
        return true;
      }
      case 0x29: // EMPTY_TUPLE
        return push(stack, new Tuple([]));
      case 0x74: // TUPLE
        return push(stack, new Tuple(this.#popToMark()));
      case 0x85: // TUPLE1
      case 0x86: // TUPLE2
      case 0x87: // TUPLE3
        return push(stack, new Tuple(Array.from({ length: code - 0x84 }, () => this.#pop()).reverse()));
      case 0x7d: // EMPTY_DICT
        return push(stack, new Map());
      case 0x64: {
        // DICT
        const items = this.#popToMark();
        push(stack, new Map());
        this.#setItems(items);
        return true;
      }
      case 0x73: {
        // SETITEM
        const value = this.#pop();
        this.#setItems([this.#pop(), value]);
        return true;
      }
      case 0x75: // SETITEMS
        this.#setItems(this.#popToMark());
        return true;
      case 0x8f: // EMPTY_SET
        return push(stack, new Set());
      case 0x90: {
        // ADDITEMS
        const items = this.#popToMark();
        const set = this.#top();
        if (!(set instanceof Set)) throw this.#error("elements are added to an object that is not a set");
        for (const item of items) set.add(item);
        return true;
      }
      case 0x91: // FROZENSET
        return push(stack, new Set(this.#popToMark()));
      default:
        return false;
    }
  }

  /** Executes an instruction for names, calls and persistent objects. */
  #object(code: number): boolean {
    const stack = this.#stack;
    switch (code) {
      case 0x63: {
        // GLOBAL
        const module = this.#line();
        return push(stack, this.#meanings.resolve(`${module}.${this.#line()}`));
      }
      case 0x93: {
        // STACK_GLOBAL
        const name = this.#pop();
        const module = this.#pop();
        if (typeof name !== "string" || typeof module !== "string") throw this.#error("a name is not a string");
        return push(stack, this.#meanings.resolve(`${module}.${name}`));
      }
      case 0x52: // REDUCE
      case 0x81: {
        // NEWOBJ
        const args = this.#pop();
        if (!(args instanceof Tuple)) throw this.#error("arguments are not a tuple");
        return push(stack, this.#meanings.call(this.#pop(), args.items));
      }
      case 0x62: // BUILD: the attributes of an ordered dict (versions of modules) are not needed.
        this.#pop();
        if (!(this.#top() instanceof Map)) throw this.#error("attributes are set on an object that is not a dict");
        return true;
      case 0x51: // BINPERSID
        return push(stack, this.#meanings.persistent(this.#pop()));
      default:
        return false;
    }
  }

  #setItems(items: readonly unknown[]): void {
    const dict = this.#top();
    if (!(dict instanceof Map) || items.length % 2 !== 0)
      throw this.#error("items are set on an object that is not a dict");
    for (let i = 0; i < items.length; i += 2) dict.set(items[i], items[i + 1]);
  }

  #list(): unknown[] {
    const list = this.#top();
    if (!Array.isArray(list)) throw this.#error("items are appended to an object that is not a list");
    return list;
  }

  #recall(index: number): unknown {
    if (!this.#memo.has(index)) throw this.#error(`memo entry ${index} is read before it is set`);
    return this.#memo.get(index);
  }

  #top(): unknown {
    const value = this.#stack.at(-1);
    if (value === undefined || value === mark) throw this.#error("the stack is empty");
    return value;
  }

  #pop(): unknown {
    const value = this.#top();
    this.#stack.pop();
    return value;
  }

  #popToMark(): unknown[] {
    const at = this.#stack.lastIndexOf(mark);
    if (at < 0) throw this.#error("the stack has no mark");
    const items = this.#stack.splice(at);
    items.shift();
    return items;
  }

  /** Skips `count` bytes and returns the offset of the first. */
  #skip(count: number): number {
    const at = this.#at;
    if (count > this.#bytes.length - at)
      throw this.#error(`it ends prematurely at byte ${this.#bytes.length}; the file is truncated`);
    this.#at = at + count;
    return at;
  }

  #take(count: number): Uint8Array {
    const at = this.#skip(count);
    return this.#bytes.subarray(at, at + count);
  }

  #byte(): number {
    return this.#view.getUint8(this.#skip(1));
  }

  #length(bytes: 4 | 8): number {
    const at = this.#skip(bytes);
    return bytes === 4 ? this.#view.getUint32(at, true) : Number(this.#view.getBigUint64(at, true));
  }

  #text(length: number): string {
    return new TextDecoder().decode(this.#take(length));
  }

  /** Reads a string up to the end of the line. */
  #line(): string {
    const end = this.#bytes.indexOf(0x0a, this.#at);
    const text = this.#text((end < 0 ? this.#bytes.length : end) - this.#at);
    this.#skip(1);
    return text;
  }

  #decimal(): number | bigint | boolean {
    const text = this.#line();
    if (text === "00" || text === "01") return text === "01";
    if (!/^-?\d{1,1000}L?$/.test(text)) throw this.#error("an integer is malformed");
    return fit(BigInt(text.replace("L", "")));
  }

  #error(message: string): FileError {
    return new FileError(`${this.#what}: the pickle is damaged or not a plain checkpoint: ${message}`);
  }
}

function push(stack: unknown[], value: unknown): true {
  stack.push(value);
  return true;
}

/** Converts little-endian bytes in two's complement to an integer. */
function integer(bytes: Uint8Array): number | bigint {
  let text = "";
  for (const byte of bytes) text = byte.toString(16).padStart(2, "0") + text;
  return fit(bytes.length === 0 ? 0n : BigInt.asIntN(bytes.length * 8, BigInt(`0x${text}`)));
}

function fit(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}
