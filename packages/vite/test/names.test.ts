import type { Node } from "estree";
import { parseAst } from "vite";
import { describe, expect, it } from "vitest";
import { collectNames, mayCall, type Names } from "../src/names.ts";

function found(code: string, choosing = true): Names {
  const names: Names = { names: new Set(), strings: new Set() };
  collectNames(parseAst(code) as unknown as Node, names, choosing); // safe: declared differently, but the same
  return names;
}

const namesIn = (code: string, choosing?: boolean): readonly string[] => [...found(code, choosing).names];

describe("the names that a module may call as methods", () => {
  it("are those of member accesses, also optional, private and not called ones", () => {
    expect(
      namesIn("x.relu(); x?.sum?.(); const f = y.max; class A { m() { return this.#p.mean() } #p }", false),
    ).toEqual(["relu", "sum", "max", "mean"]);
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
    expect(namesIn(code, false)).toEqual(["split"]);
  });

  it("are keys of objects and classes, from which one may be chosen at run time", () => {
    const code = "for (const op in { relu: 1, sum() {} }) x[op](); class A { mean() {} static max = 1 }";
    expect(namesIn(code)).toEqual(["relu", "sum", "mean", "max"]);
    expect(namesIn(code, false)).toEqual([]);
  });

  it("are composed of a string and another name", () => {
    const names = found(`for (const op of ["add", "mul"]) x[\`\${op}_\`](); ["max"].map((of) => x["arg" + of]())`);
    const asked = ["add", "add_", "mul_", "sub_", "max", "argmax", "argmin", "addmul"];
    expect(asked.filter((name) => mayCall(names, name))).toEqual(["add", "add_", "mul_", "max", "argmax", "addmul"]);
  });

  it("are not the platform's functions, variables, imports or keys of new objects", () => {
    expect(
      namesIn('import { abs } from "m"; Math.max(abs(sum), Number.isNaN(1)); const o = { mean: 1 };', false),
    ).toEqual([]);
  });
});
