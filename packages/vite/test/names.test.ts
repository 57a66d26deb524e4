import type { Node } from "estree";
import { parseAst } from "vite";
import { describe, expect, it } from "vitest";
import { collectNames } from "../src/names.ts";

function namesIn(code: string, strings = true): readonly string[] {
  const names = new Set<string>();
  collectNames(parseAst(code) as unknown as Node, names, strings); // safe: declared differently, but the same
  return [...names];
}

describe("the names that a module may call as methods", () => {
  it("are those of member accesses, also optional, private and not called ones", () => {
    expect(namesIn("x.relu(); x?.sum?.(); const f = y.max; class A { m() { return this.#p.mean() } #p }")).toEqual([
      "relu",
      "sum",
      "max",
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

  it("are strings, from which one may be chosen at run time", () => {
    const code = 'const op = even ? "relu" : `sigmoid`; x[op](); x["sum"]()';
    expect(namesIn(code)).toEqual(["relu", "sigmoid", "sum"]);
    expect(namesIn(code, false)).toEqual([]);
  });

  it("are not the platform's functions, variables, imports or keys of new objects", () => {
    expect(
      namesIn('import { abs } from "m"; Math.max(abs(sum), Number.isNaN(1)); const o = { mean: 1 };', false),
    ).toEqual([]);
  });
});
