/**
 * Dtypes: promotion as in `torch.promote_types`, conversion rules as in `torch.can_cast`, and
 * the bits of 16-bit floats.
 */

import { describe, expect, it } from "vitest";
import {
  bytesOf,
  canCast,
  computeType,
  type DType,
  dtypes,
  isDType,
  isFloating,
  promoteTypes,
  typedArray,
  viewBytes,
} from "../src/dtype.ts";
import { fromBfloat16, fromHalf, toBfloat16, toHalf } from "../src/half.ts";

describe("dtypes", () => {
  it("promote to the wider type of the higher kind", () => {
    for (const a of dtypes) {
      expect(promoteTypes(a, a)).toBe(a);
      for (const b of dtypes) expect(promoteTypes(a, b)).toBe(promoteTypes(b, a));
    }
    // biome-ignore format: lists like these are read in lines
    const pairs: readonly (readonly [DType, DType, DType])[] = [
      ["bool", "uint8", "uint8"], ["uint8", "int32", "int32"], ["int32", "float16", "float16"], ["float16", "float32", "float32"], ["float64", "int32", "float64"],
      ["int32", "bfloat16", "bfloat16"], ["bfloat16", "float32", "float32"], ["float16", "bfloat16", "float32"], ["bfloat16", "float64", "float64"],
    ];
    for (const [a, b, both] of pairs) expect(promoteTypes(a, b)).toBe(both);
  });
  it("cannot be cast to a lower kind", () => {
    expect([canCast("float64", "float16"), canCast("int32", "uint8"), canCast("bool", "float32")]).toEqual([
      true,
      true,
      true,
    ]);
    expect([canCast("float16", "int32"), canCast("uint8", "bool")]).toEqual([false, false]);
  });
  it("have a size and a typed array", () => {
    expect(dtypes.map(bytesOf)).toEqual([1, 1, 4, 2, 2, 4, 8]);
    for (const dtype of dtypes) {
      expect(typedArray(dtype, 3).byteLength).toBe(3 * bytesOf(dtype));
      expect(viewBytes(dtype, new ArrayBuffer(32), 8, 2).byteOffset).toBe(8);
    }
    expect([isDType("float32"), isDType("toString"), isFloating("float16"), isFloating("bool")]).toEqual([
      true,
      false,
      true,
      false,
    ]);
    expect([computeType("float16"), computeType("bfloat16"), computeType("int32")]).toEqual([
      "float32",
      "float32",
      "int32",
    ]);
  });
});

describe("half precision", () => {
  it("preserves all its 65,536 values in a round trip", () => {
    for (let bits = 0; bits < 65536; bits++) {
      const value = fromHalf(bits);
      if (Number.isNaN(value)) expect(Number.isNaN(fromHalf(toHalf(value)))).toBe(true);
      else if (toHalf(value) !== bits) expect.fail(`bits ${bits} stand for ${value}, which becomes ${toHalf(value)}`);
    }
  });
  it("rounds to the nearest value, halves to even", () => {
    expect(fromHalf(toHalf(1 + 2 ** -11))).toBe(1);
    expect(fromHalf(toHalf(1 + 3 * 2 ** -11))).toBe(1 + 2 ** -9);
    expect([65519, 65520, -1e30, 2 ** -25, 2 ** -24 * 1.5].map((v) => fromHalf(toHalf(v)))).toEqual([
      65504,
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
      0,
      2 ** -23,
    ]);
  });
});

describe("bfloat16", () => {
  it("preserves all its 65,536 values in a round trip", () => {
    for (let bits = 0; bits < 65536; bits++) {
      const value = fromBfloat16(bits);
      if (Number.isNaN(value)) expect(fromBfloat16(toBfloat16(value))).toBeNaN();
      else if (toBfloat16(value) !== bits)
        expect.fail(`bits ${bits} stand for ${value}, which becomes ${toBfloat16(value)}`);
    }
  });
  it("rounds to the nearest value, halves to even", () => {
    // The same as torch.tensor(...).to(torch.bfloat16).
    const values = [
      1 + 2 ** -8,
      1 + 3 * 2 ** -8,
      1 + 2 ** -8 + 2 ** -20,
      0.1,
      2 ** 128 * (1 - 2 ** -9),
      3.4e38,
      -1e39,
      2 ** -134,
      1.5 * 2 ** -133,
      -0,
    ];
    expect(values.map((v) => fromBfloat16(toBfloat16(v)))).toEqual([
      1,
      1 + 2 ** -6,
      1 + 2 ** -7,
      0.10009765625,
      Number.POSITIVE_INFINITY,
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
      0,
      2 ** -132,
      -0,
    ]);
  });
});
