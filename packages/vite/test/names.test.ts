import type { Node } from "estree";
import { parseAst } from "vite";
import { describe, expect, it } from "vitest";
import { collectCalls, collectNames, mayCall, type Names } from "../src/names.ts";

// Safe: the syntax trees are declared differently, but the same.
const parse = (code: string): Node => parseAst(code) as unknown as Node;

function found(code: string, collect = collectNames): Names {
  const names: Names = { names: new Set(), strings: new Set() };
  collect(parse(code), names);
  return names;
}

const namesIn = (code: string, collect = collectNames): readonly string[] => [...found(code, collect).names];

describe("the names that a module may call as methods", () => {
  it("are those of member accesses, also optional, private and not called ones", () => {
    expect(namesIn("x.relu(); x?.sum?.(); const f = y.max; class A { m() { return this.#p.mean() } #p }")).toEqual([
      "relu",
      "sum",
      "max",
      "m",
      "mean",
    ]);
  });

  it("are those of destructured properties, also nested and of arguments", () => {
    expect(namesIn("const { relu, a: { sum: s } } = x; const f = ({ mean, ...rest }) => mean;").toSorted()).toEqual([
      "a",
      "mean",
      "relu",
      "sum",
    ]);
  });

  it("are words of strings, from which one may be chosen at run time", () => {
    const code = 'const op = even ? "relu" : `sigmoid`; x[op](); x["sum"](); "sqrt log".split(" "); f("x.exp() + 1")';
    expect(namesIn(code)).toEqual(["relu", "sigmoid", "sum", "split", "sqrt", "log", "x", "exp", "1"]);
    expect(namesIn(code, collectCalls)).toEqual(["split"]);
  });

  it("are keys of objects and classes, from which one may be chosen at run time", () => {
    const code = "for (const op in { relu: 1, sum() {} }) x[op](); class A { mean() {} static max = 1 }";
    expect(namesIn(code)).toEqual(["relu", "sum", "mean", "max"]);
    expect(namesIn(code, collectCalls)).toEqual([]);
  });

  it("are composed of a string and another name", () => {
    const names = found(`for (const op of ["add", "mul"]) x[\`\${op}_\`](); ["max"].map((of) => x["arg" + of]())`);
    const asked = ["add", "add_", "mul_", "sub_", "max", "argmax", "argmin", "addmul"];
    expect(asked.filter((name) => mayCall(names, name))).toEqual(["add", "add_", "mul_", "max", "argmax", "addmul"]);
  });

  it("are those of calls only, in modules that have methods nowhere else", () => {
    const code = "x.relu(); y.a?.sum?.(); const { std } = y; f(y.mode, y.norm); const o = { mean: 1 }; x[op]()";
    expect(namesIn(code, collectCalls)).toEqual(["relu", "sum"]);
  });

  it("are not the platform's functions, variables or imports", () => {
    const code = 'import { abs } from "./m"; Math.max(abs(sum), Number.isNaN(1)); Reflect.set(o, p, 1)';
    expect(namesIn(code)).toEqual(["m"]);
    expect(namesIn(code, collectCalls)).toEqual([]);
  });
});
