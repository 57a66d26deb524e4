import { gradcheck, gradgradcheck, requiresGrad } from "@akari/autograd";
import { hypot, randn, ShapeError, type Tensor, tensor } from "@akari/tensor";
import { describe, expect, it } from "vitest";
import { abs, angle, complex, conj, imag, mul, polar, real } from "../src/index.ts";

const double = { dtype: "float64" } as const;

describe("complex numbers", () => {
  const z = tensor([
    [3, 4],
    [0, -2],
    [-1, 0],
  ]);

  it("are stored as pairs", () => {
    expect(complex(tensor([1, 2]), tensor([3, 4])).toArraySync()).toEqual([
      [1, 3],
      [2, 4],
    ]);
    expect(complex(tensor([1, 2])).toArraySync()).toEqual([
      [1, 0],
      [2, 0],
    ]);
    expect(complex(tensor([[1], [2]]), tensor([3, 4])).shape).toEqual([2, 2, 2]);
    expect(real(z).toArraySync()).toEqual([3, 0, -1]);
    expect(imag(z).toArraySync()).toEqual([4, -2, 0]);
  });

  it("have real and imaginary parts that are views", () => {
    const own = z.clone();
    real(own).fill_(7);
    expect(own.toArraySync()).toEqual([
      [7, 4],
      [7, -2],
      [7, 0],
    ]);
  });

  it("have an absolute value and an angle, and can be multiplied", () => {
    expect(abs(z).toArraySync()).toEqual([5, 2, 1]);
    expect(
      angle(z)
        .sub(tensor([Math.atan2(4, 3), -Math.PI / 2, Math.PI]))
        .abs()
        .max()
        .itemSync(),
    ).toBeLessThan(1e-6);
    expect(conj(z).toArraySync()).toEqual([
      [3, -4],
      [0, 2],
      [-1, -0],
    ]);
    expect(mul(z, tensor([2, 1])).toArraySync()).toEqual([
      [2, 11],
      [2, -4],
      [-2, -1],
    ]);
    expect(polar(abs(z), angle(z)).sub(z).abs().max().itemSync()).toBeLessThan(1e-6);
    expect(() => polar(abs(z), angle(z).double())).toThrow("polar: expected both tensors to have one dtype");
    expect(() => polar(abs(z).int(), angle(z).int())).toThrow("polar: expected a floating-point dtype, got int32");
  });

  it("have gradients, which are 0 at 0 for the absolute value and the angle", async () => {
    const [a, b] = [requiresGrad(randn([3, 2], double)), requiresGrad(randn([2, 3, 2], double))];
    const functions: ((z: Tensor) => Tensor)[] = [
      abs,
      angle,
      conj,
      (z) => complex(imag(z), real(z)),
      (z) => polar(real(z), imag(z)),
      (z) => mul(z, z),
    ];
    for (const f of functions) {
      expect(await gradcheck(f, [a])).toBe(true);
      expect(await gradgradcheck(f, [a])).toBe(true);
    }
    expect(await gradcheck(mul, [a, b])).toBe(true);
    const zero = requiresGrad(tensor([[0, 0]]));
    abs(zero).sum().add(angle(zero).sum()).backward();
    expect(zero.grad?.toArraySync()).toEqual([[0, 0]]);
    // The tensor operation of the same name is unchanged.
    const x = requiresGrad(tensor([0]));
    hypot(x, tensor([0]))
      .sum()
      .backward();
    expect(x.grad?.itemSync()).toBeNaN();
  });

  it("are rejected if the shape does not end in 2", () => {
    for (const [name, f] of Object.entries({ abs, angle, conj, imag, real })) {
      expect(() => f(tensor([1, 2, 3]))).toThrow(
        `${name}: expected complex numbers [..., 2] (real and imaginary parts), got shape [3]`,
      );
      expect(() => f(tensor(1))).toThrow(ShapeError);
    }
    expect(() => mul(z, tensor([1]))).toThrow("mul: expected complex numbers");
  });
});
