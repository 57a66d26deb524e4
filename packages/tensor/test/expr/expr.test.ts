/** The scalar language: interning, types, substitution. */

import { describe, expect, it } from "vitest";
import { computeType, type DType, dtypes, promoteTypes } from "../../src/dtype.ts";
import { DTypeError } from "../../src/errors.ts";
import { constant, input, node, row, scalar } from "../../src/expr/expr.ts";
import { inputTypes, nodesOf, program, reduction, rowProgram } from "../../src/expr/program.ts";
import { substitute } from "../../src/expr/substitute.ts";

const x = input(0, "float32");
const y = input(1, "float32");

describe("interning", () => {
  it("returns the same object for equal formulas", () => {
    expect(x.add(y).mul(2)).toBe(input(0, "float32").add(input(1, "float32")).mul(2));
    expect(x.add(y)).not.toBe(y.add(x));
    expect(scalar(0, "float32")).not.toBe(scalar(1, "float32"));
    expect(input(0, "float32")).not.toBe(input(0, "float64"));
  });
  it("distinguishes -0 from 0, and preserves NaN", () => {
    expect(constant(-0, "float32")).not.toBe(constant(0, "float32"));
    expect(constant(Number.NaN, "float32")).toBe(constant(Number.NaN, "float32"));
  });
  it("returns the same object for equal programs", () => {
    expect(program([x.exp()])).toBe(program([x.exp()]));
    expect(program([x, y])).not.toBe(program([y, x]));
    expect(reduction("sum", x)).toBe(reduction("sum", x));
    expect(reduction("sum", x)).not.toBe(reduction("max", x));
    expect(rowProgram({ stages: [], rows: [x] })).not.toBe(rowProgram({ stages: [], elements: [x] }));
  });
});

describe("types", () => {
  it.each(dtypes.flatMap((a) => dtypes.map((b) => [a, b] as const)))("promote %s with %s", (a: DType, b: DType) => {
    const meets = promoteTypes(a, b);
    // Half precision computes in float32.
    expect(input(0, a).add(input(1, b)).dtype).toBe(computeType(meets));
    expect(input(0, a).lt(input(1, b)).dtype).toBe("bool");
  });
  it("adapt numbers to the other operand, unless the number is of a higher kind", () => {
    expect(input(0, "uint8").add(1).dtype).toBe("uint8");
    expect(input(0, "uint8").add(0.5).dtype).toBe("float32");
    expect(input(0, "bool").add(1).dtype).toBe("int32");
    expect(input(0, "bool").and(true).dtype).toBe("bool");
    expect(input(0, "float64").mul(0.1).dtype).toBe("float64");
  });
  it("are float32 for functions of integers, and unchanged by rounding of integers", () => {
    expect(input(0, "int32").exp().dtype).toBe("float32");
    expect(input(0, "int32").div(2).dtype).toBe("float32");
    expect(input(0, "int32").floor()).toBe(input(0, "int32"));
    expect(input(0, "uint8").abs()).toBe(input(0, "uint8"));
  });
  it("determine how constants are rounded", () => {
    expect(constant(0.1, "float32").value).toBe(Math.fround(0.1));
    expect(constant(300, "uint8").value).toBe(44);
    expect(constant(2.7, "int32").value).toBe(2);
    expect(constant(3, "bool").value).toBe(1);
    expect([constant(1).dtype, constant(0.5).dtype, constant(true).dtype]).toEqual(["int32", "float32", "bool"]);
    // An integer that int32 cannot represent becomes a float.
    expect(input(0, "bool").where(3e38, -3e38).dtype).toBe("float32");
  });
  it("reject bitwise operations on floats, and arithmetic that bools do not have", () => {
    const [i, b] = [input(0, "int32"), input(0, "bool")];
    expect(() => x.not()).toThrow(DTypeError);
    expect(() => x.and(y)).toThrow("and: expected bools or integers, got float32");
    expect(() => i.shl(x)).toThrow("shl: expected integers, got float32");
    expect(() => b.mod(true)).toThrow("fmod: expected integers or floating-point numbers, got bool");
    expect(() => b.floorDiv(b)).toThrow(DTypeError);
    expect([i.xor(1).dtype, b.or(b).dtype, b.max(false).dtype]).toEqual(["int32", "bool", "bool"]);
  });
  it("allow numbers as conditions", () => {
    expect(input(0, "int32").where(1, 2).dtype).toBe("int32");
    expect(input(0, "bool").where(x, 0)).toBe(node("select", "float32", [input(0, "bool"), x, constant(0, "float32")]));
  });
});

describe("programs", () => {
  it("count inputs", () => {
    const p = program([input(2, "int32").add(scalar(1, "int32"))]);
    expect(p.inputs).toBe(3);
    expect(inputTypes(p)).toEqual([null, null, "int32"]);
    expect(inputTypes(reduction("sum", input(0, "float16")))).toEqual(["float16"]);
  });
  it("list operands before the nodes that use them, each once", () => {
    const shared = x.exp();
    const list = nodesOf([shared.add(shared)]);
    expect(list).toEqual([x, shared, shared.add(shared)]);
  });
});

describe("substitute", () => {
  it("replaces leaves and inner nodes, and returns other expressions unchanged", () => {
    expect(substitute(x.add(y).mul(x), new Map([[x, y]]))).toBe(y.add(y).mul(y));
    expect(substitute(x.exp().add(1), new Map([[x.exp(), row(0, "float32")]]))).toBe(row(0, "float32").add(1));
    expect(substitute(x.exp(), new Map([[y, x]]))).toBe(x.exp());
  });
});
