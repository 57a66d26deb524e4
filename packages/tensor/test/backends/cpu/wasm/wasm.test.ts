import { describe, expect, it } from "vitest";
import {
  type Code,
  call,
  constant,
  f32,
  f32x4,
  f64,
  f64x2,
  fetchAdd,
  hasRelaxedSimd,
  i8x16,
  i16x8,
  i32,
  i32x4,
  i64,
  i64x2,
  ModuleBuilder,
  memoryCopy,
  memoryFill,
  multiplyAdd,
  select,
  shuffle,
  type Type,
  v128,
} from "../../../../src/backends/cpu/wasm/index.ts";

const types: readonly Type[] = ["i32", "i64", "f32", "f64", "v128"];
const relaxed = hasRelaxedSimd();

/** Compiles one function of `n` 32-bit integers with a new memory. */
function compile(
  build: (module: ModuleBuilder) => void,
  shared = false,
): { f: (...args: number[]) => number; memory: WebAssembly.Memory } {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 65536, shared });
  const module = new ModuleBuilder(shared);
  build(module);
  const instance = new WebAssembly.Instance(new WebAssembly.Module(module.finish()), {
    env: { memory },
    math: Math as unknown as WebAssembly.ModuleImports, // safe: only functions are imported
  });
  return { f: instance.exports.f as (...args: number[]) => number, memory };
}

/** The value of an expression. */
function evaluate(code: Code<Type>): number {
  return compile((module) => module.function("f", [], [code.type], (f) => f.result(code))).f();
}

/** The lanes that a vector expression stores in memory. */
function lanesOf<T extends Float32Array | Float64Array | Int32Array | Uint8Array | Int16Array>(
  view: new (buffer: ArrayBuffer, offset: number, length: number) => T,
  count: number,
  code: Code<"v128">,
): number[] {
  const { f, memory } = compile((module) => module.function("f", [], [], (f) => f.do(v128.store(64, code))));
  f();
  return [...new view(memory.buffer as ArrayBuffer, 64, count)];
}

/** Whether a function of the instruction tables produces valid code for some combination of argument types. */
function validates(make: (...args: unknown[]) => unknown): boolean {
  const lists: Type[][] = [[], ...types.map((t) => [t])];
  for (const list of [...lists]) if (list.length === 1) for (const t of types) lists.push([...list, t]);
  for (const list of [...lists]) if (list.length === 2) for (const t of types) lists.push([...list, t]);
  return lists.some((list) => {
    const module = new ModuleBuilder(true);
    try {
      module.function("f", list, [], (f, ...locals) => {
        const code = make(...locals) as Code<Type | "void">;
        // Safe: the type was compared above.
        if (code.type === "void") f.do(code as Code<"void">);
        else f.drop(select(1, code as Code<Type>, code as Code<Type>));
      });
      return WebAssembly.validate(module.finish());
    } catch {
      return false; // the arguments are not of the kind this function takes
    }
  });
}

/** A constant. */
const float = (value: number): Code<"f32"> => {
  return { type: "f32", bytes: String.fromCharCode(0x43, ...new Uint8Array(new Float32Array([value]).buffer)) };
};
const double = (value: number): Code<"f64"> => {
  return { type: "f64", bytes: String.fromCharCode(0x44, ...new Uint8Array(new Float64Array([value]).buffer)) };
};

describe("instructions", () => {
  const tables = {
    i32,
    i64,
    f32,
    f64,
    i8x16,
    i16x8,
    i32x4,
    i64x2,
    f32x4,
    f64x2,
    v128,
    memory: { fetchAdd, memoryCopy, memoryFill },
  };
  for (const [name, table] of Object.entries(tables)) {
    it(`${name} are all valid`, () => {
      for (const [key, make] of Object.entries(table)) {
        if (key.startsWith("relaxed") && !relaxed) continue;
        let works: (...args: unknown[]) => unknown = make as (...args: unknown[]) => unknown;
        if (key === "const") works = () => (name === "v128" ? v128.const(new Array(16).fill(1)) : constant(1));
        if (key.startsWith("extract")) works = (a) => (make as typeof i32x4.extract)(a as Code<"v128">, 1);
        if (key === "replace") works = (a, b) => (make as typeof i32x4.replace)(a as Code<"v128">, 1, b as Code<"i32">);
        if (key === "loadLane") works = (a, b) => v128.loadLane(32, a as Code<"i32">, b as Code<"v128">, 1);
        if (key === "storeLane") works = (a, b) => v128.storeLane(32, a as Code<"i32">, b as Code<"v128">, 1);
        expect(validates(works), `${name}.${key}`).toBe(true);
      }
    });
  }

  it("compute scalars", () => {
    expect(evaluate(i32.add(i32.mul(6, 7), -100))).toBe(-58);
    expect(evaluate(i32.const(-2147483648))).toBe(-2147483648);
    expect(evaluate(i32.shrU(-1, 28))).toBe(15);
    for (const n of [-64, 63, -65, 64, -8192, 8191, -8193, 8192, 2 ** 31 - 1]) expect(evaluate(i32.const(n))).toBe(n);
    expect(evaluate(i32.wrap(i64.truncF64(double(2 ** 33 + 5))))).toBe(5);
    expect(evaluate(f32.add(float(0.1), float(0.2)))).toBe(Math.fround(Math.fround(0.1) + Math.fround(0.2)));
    expect(evaluate(i32.wrap(i64.truncF64(double(Number.NaN))))).toBe(0);
    expect(evaluate(f32.demote(double(0.1)))).toBe(Math.fround(0.1));
    expect(evaluate(f64.promote(float(1.5)))).toBe(1.5);
    expect(evaluate(select(i32.lt(1, 2), i32.const(3), i32.const(4)))).toBe(3);
  });

  it("compute vectors", () => {
    const words = (value: number) => v128.const([...new Uint8Array(new Int16Array(8).fill(value).buffer)]);
    const iota = [1, 2, 3].reduce((v, k) => f32x4.replace(v, k, float(k)), f32x4.splat(float(0)));
    expect(lanesOf(Float32Array, 4, f32x4.mul(iota, f32x4.splat(float(2))))).toEqual([0, 2, 4, 6]);
    expect(lanesOf(Float32Array, 4, multiplyAdd("f32x4", relaxed)(iota, iota, f32x4.splat(float(1))))).toEqual([
      1, 2, 5, 10,
    ]);
    expect(
      lanesOf(
        Float64Array,
        2,
        multiplyAdd("f64x2", false)(f64x2.splat(double(3)), f64x2.splat(double(4)), f64x2.splat(double(5))),
      ),
    ).toEqual([17, 17]);
    expect(lanesOf(Float32Array, 4, shuffle(iota, f32x4.splat(float(9)), [3, 4, 0, 7]))).toEqual([3, 9, 0, 9]);
    expect(lanesOf(Int32Array, 4, i32x4.truncF32x4(f32x4.neg(iota)))).toEqual([0, -1, -2, -3]);
    expect(lanesOf(Int32Array, 4, f32x4.lt(iota, f32x4.splat(float(2))))).toEqual([-1, -1, 0, 0]);
    expect(
      lanesOf(Float32Array, 4, v128.bitselect(iota, f32x4.splat(float(7)), f32x4.gt(iota, f32x4.splat(float(1))))),
    ).toEqual([7, 7, 2, 3]);
    expect(lanesOf(Int16Array, 8, i16x8.extendLow8U(v128.const(new Array(16).fill(200))))).toEqual(
      new Array(8).fill(200),
    );
    expect(lanesOf(Uint8Array, 16, i8x16.narrow16U(words(300), words(-4)))).toEqual([
      ...Array(8).fill(255),
      ...Array(8).fill(0),
    ]);
    expect(lanesOf(Int32Array, 4, i32x4.shl(i32x4.splat(3), 4))).toEqual([48, 48, 48, 48]);
    expect(evaluate(i32x4.allTrue(f32x4.ge(iota, f32x4.splat(float(2)))))).toBe(0);
    expect(evaluate(i32x4.allTrue(f32x4.ge(iota, f32x4.splat(float(0)))))).toBe(1);
  });
});

describe("functions", () => {
  it("support loops, branches, calls and imports", () => {
    const { f } = compile((module) => {
      const pow = module.import("math", "pow", ["f64", "f64"], ["f64"]);
      const square = module.function(null, ["f64"], ["f64"], (b, x) => {
        b.result(call("f64", pow, x, double(2)));
      });
      module.function("f", ["i32"], ["i32"], (b, n) => {
        const sum = b.local("i32");
        b.for(0, n, 1, (i) => {
          b.if(
            i32.and(i, 1),
            () => b.increase(sum, i),
            () => b.increase(sum, i32.wrap(i64.truncF64(call("f64", square, f64.convertI32(i))))),
          );
        });
        b.block((leave) => {
          b.loop((again) => {
            b.branchIf(leave, i32.gt(sum, 1000));
            b.increase(sum, 1000);
            b.branch(again);
          });
        });
        b.result(sum);
      });
    });
    expect(f(6)).toBe(1000 + 1 + 3 + 5 + 4 + 16);
    expect(f(0)).toBe(2000);
  });

  it("compute hoisted values once, before the body, and import functions while one is written", () => {
    const { f } = compile((module) => {
      module.function("f", ["i32"], ["i32"], (b, n) => {
        const sum = b.local("i32");
        b.for(0, i32.add(n, 0), 1, () => {
          const cbrt = module.import("math", "cbrt", ["f64"], ["f64"]);
          b.increase(sum, b.hoist(i32.wrap(i64.truncF64(call("f64", cbrt, f64.convertI32(n))))));
          b.set(n, 0);
        });
        b.result(i32.add(sum, b.hoist(i32.mul(n, 1000))));
      });
    });
    expect(f(27)).toBe(27 * 3 + 27_000);
  });

  it("support loops with no iterations, and steps that overshoot the end", () => {
    const { f } = compile((module) => {
      module.function("f", ["i32", "i32"], ["i32"], (b, end, step) => {
        const count = b.local("i32");
        const index = b.local("i32");
        b.for(0, i32.add(end, 0), step, () => b.increase(count, 1), index);
        b.result(i32.add(i32.mul(count, 100), index));
      });
    });
    expect(f(-5, 4)).toBe(0);
    expect(f(10, 4)).toBe(312);
  });

  it("interleave statements, but not within nested blocks", () => {
    const { f } = compile((module) => {
      module.function("f", ["i32"], ["i32"], (b, x) => {
        const digits = b.let(i32.const(0));
        const append = (digit: number) => b.set(digits, i32.add(i32.mul(digits, 10), digit));
        b.interleave(2, (k) => {
          append(1 + k);
          b.if(x, () => {
            append(3 + k);
            append(5 + k);
          });
          append(7 + k);
        });
        b.result(digits);
      });
    });
    expect(f(0)).toBe(1278);
    expect(f(1)).toBe(12357468);
  });

  it("support shared memory and atomics", () => {
    const { f, memory } = compile((module) => {
      module.function("f", ["i32"], ["i32"], (b, address) => {
        b.do(memoryFill(address, 1, 8), memoryCopy(i32.add(address, 8), address, 8));
        b.drop(fetchAdd(address, 5));
        b.result(i32.load(address));
      });
    }, true);
    expect(f(16)).toBe(0x01010106);
    expect(new Int32Array(memory.buffer)[7]).toBe(0x01010101);
  });
});
