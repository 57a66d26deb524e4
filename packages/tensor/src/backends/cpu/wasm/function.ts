/**
 * Writes the body of one function, statement by statement. Control structures take closures, so that blocks nest as the
 * source text does and branches name their label instead of counting nesting levels.
 */

import { type Code, constant, instruction, type Local, type Operand, operand, type Type, typeBytes } from "./code.ts";
import { list, sized, unsigned } from "./encoding.ts";
import { i32 } from "./scalar.ts";

/** A branch target: the end of a block, or the start of a loop. */
export interface Label {
  readonly depth: number;
}

/** Returns the local with an index. A function's first locals are its parameters. */
export function localAt<T extends Type>(type: T, index: number): Local<T> {
  return { type, index, bytes: `\x20${unsigned(index)}` };
}

/** Builds a function. */
export class FunctionBuilder {
  readonly #parameters: number;
  readonly #locals: Type[] = [];
  /** The code before the body: values that do not depend on it. */
  #prologue = "";
  #body = "";
  #depth = 0;
  /** The finished statements of a body of `interleave`, and the nesting level that they are on. */
  readonly #statements: string[] = [];
  #level = -1;

  /** @param parameters number of locals that the function's parameters occupy. */
  constructor(parameters: number) {
    this.#parameters = parameters;
  }

  /** Declares a local variable, initially zero. */
  local<T extends Type>(type: T): Local<T> {
    const index = this.#parameters + this.#locals.length;
    this.#locals.push(type);
    return localAt(type, index);
  }

  /** Declares a local variable and sets it to the value of `code`. */
  let<T extends Type>(code: Code<T>): Local<T> {
    const local = this.local(code.type);
    this.set(local, code);
    return local;
  }

  /** Declares a local variable and sets it at the start of the function, to a value that depends on parameters only. */
  hoist<T extends Type>(code: Code<T>): Local<T> {
    const local = this.local(code.type);
    this.#prologue += code.bytes + setting(local);
    return local;
  }

  /** Declares `count` local variables. */
  locals<T extends Type>(type: T, count: number): Local<T>[] {
    return Array.from({ length: count }, () => this.local(type));
  }

  /** `local = value` */
  set<T extends Type>(local: Local<T>, value: Operand<T>): void {
    this.#body += operand(value) + setting(local);
    this.#end();
  }

  /** `local += value`, for 32-bit integers. */
  increase(local: Local<"i32">, value: Operand<"i32">): void {
    this.set(local, i32.add(local, value));
  }

  /** Declares a local variable and sets it to `min(code, limit)`, for signed 32-bit integers. */
  least(code: Code<"i32">, limit: Operand<"i32">): Local<"i32"> {
    const local = this.let(code);
    this.if(i32.gt(local, limit), () => this.set(local, limit));
    return local;
  }

  /** Appends statements: code that leaves no value, such as a store. */
  do(...statements: readonly Code<"void">[]): void {
    for (const statement of statements) this.#body += statement.bytes;
    this.#end();
  }

  /** Evaluates an expression for its side effect and drops the value. */
  drop(code: Code<Type>): void {
    this.#body += `${code.bytes}\x1a`;
  }

  /** Runs `body`. A branch to the label leaves the block. */
  block(body: (leave: Label) => void): void {
    this.#nest("\x02\x40", body);
  }

  /** Runs `body`. A branch to the label runs it again. */
  loop(body: (again: Label) => void): void {
    this.#nest("\x03\x40", body);
  }

  /** Branches to a label. */
  branch(label: Label): void {
    this.#body += `\x0c${unsigned(this.#depth - label.depth)}`;
  }

  /** Branches to a label if the condition is not zero. */
  branchIf(label: Label, condition: Operand<"i32">): void {
    this.#body += `${operand(condition)}\x0d${unsigned(this.#depth - label.depth)}`;
  }

  /** Runs one of two bodies. */
  if(condition: Operand<"i32">, then: (leave: Label) => void, otherwise?: (leave: Label) => void): void {
    this.#body += `${operand(condition)}\x04\x40`;
    const label = { depth: ++this.#depth };
    then(label);
    if (otherwise !== undefined) {
      this.#body += "\x05";
      otherwise(label);
    }
    this.#depth--;
    this.#body += "\x0b";
  }

  /** `while (condition) body` */
  while(condition: Operand<"i32">, body: (leave: Label) => void): void {
    this.block((leave) => {
      this.loop((again) => {
        this.branchIf(leave, i32.eqz(condition));
        body(leave);
        this.branch(again);
      });
    });
  }

  /** `do body while (condition)`: the body runs at least once. */
  repeat(body: () => void, condition: () => Code<"i32">): void {
    this.loop((again) => {
      body();
      this.branchIf(again, condition());
    });
  }

  /**
   * `for (index = begin; index < end; index += step) body`, with signed comparison. `end` and `step` are evaluated
   * once. Pass an index to use its final value, as in a vector loop followed by a scalar one; by default it is a new
   * local.
   */
  for(
    begin: Operand<"i32">,
    end: Operand<"i32">,
    step: Operand<"i32">,
    body: (index: Local<"i32">) => void,
    index: Local<"i32"> = this.local("i32"),
  ): void {
    this.set(index, begin);
    const last = this.#once(end);
    const by = this.#once(step);
    this.if(i32.lt(index, last), () => {
      this.loop((again) => {
        body(index);
        this.set(index, i32.add(index, by));
        this.branchIf(again, i32.lt(index, last));
      });
    });
  }

  /**
   * Runs `body` for the numbers below `count`, for each of which it emits the same statements on other data, and places
   * the first statements of all before the second ones, and so on, so that the processor need not look far ahead for
   * independent work.
   */
  interleave(count: number, body: (k: number) => void): void {
    const all = this.#body;
    this.#body = "";
    this.#level = this.#depth;
    const chains = Array.from({ length: count }, (_, k) => {
      body(k);
      this.#end();
      return this.#statements.splice(0);
    });
    this.#level = -1;
    this.#body = all;
    chains[0]?.forEach((_, i) => {
      for (const chain of chains) this.#body += chain[i] ?? "";
    });
  }

  /** Leaves a value on the stack: the function's result, as its last statement. */
  result(value: Code<Type>): void {
    this.#body += value.bytes;
  }

  /** Calls a function without a result. The function `call` is for those with a result. */
  call(index: number, ...args: readonly Code<Type>[]): void {
    this.do(call("void", index, ...args));
  }

  /** Returns the bytes of the finished function. */
  finish(): string {
    const locals = list(this.#locals.map((type) => `\x01${typeBytes[type]}`));
    return sized(`${locals + this.#prologue + this.#body}\x0b`);
  }

  #end(): void {
    if (this.#depth !== this.#level) return;
    this.#statements.push(this.#body);
    this.#body = "";
  }

  #nest(opening: string, body: (label: Label) => void): void {
    this.#body += opening;
    body({ depth: ++this.#depth });
    this.#depth--;
    this.#body += "\x0b";
  }

  /** Returns a value that is cheap to use repeatedly: a constant or a local. */
  #once(value: Operand<"i32">): Code<"i32"> {
    if (typeof value !== "object") return constant(value);
    return value.bytes.startsWith("\x41") || "index" in value ? value : this.let(value);
  }
}

/** Sets a local to the value on the stack. */
function setting(local: Local<Type>): string {
  return `\x21${unsigned(local.index)}`;
}

/** Returns the result of a call as an expression. */
export function call<T extends Type | "void">(type: T, index: number, ...args: readonly Code<Type>[]): Code<T> {
  return instruction(type, args, `\x10${unsigned(index)}`);
}
