import { gradcheck, gradgradcheck, requiresGrad } from "@akari/autograd";
import {
  ArgumentError,
  compile,
  cpu,
  DTypeError,
  IndexError,
  manualSeed,
  randn,
  ShapeError,
  scope,
  stack,
  type Tensor,
  tensor,
  zeros,
} from "@akari/tensor";
import { reference } from "@akari/tensor/reference";
import { describe, expect, it } from "vitest";
import * as fourier from "../src/index.ts";
import {
  abs,
  complex,
  conj,
  fft,
  fft2,
  fftfreq,
  fftn,
  fftshift,
  hfft,
  hfftn,
  ifft,
  ifft2,
  ifftn,
  ifftshift,
  ihfft,
  ihfftn,
  imag,
  irfft,
  irfft2,
  irfftn,
  real,
  rfft,
  rfft2,
  rfftfreq,
  rfftn,
} from "../src/index.ts";

const double = { dtype: "float64" } as const;

/** The distance between two tensors, relative to the norm of the second one. */
function distance(a: Tensor, b: Tensor): number {
  expect(a.shape).toEqual(b.shape);
  const [x, y] = [a.to("float64"), b.to("float64")];
  return x.sub(y).norm().div(y.norm()).itemSync() as number;
}

/** The transform along the last dimension by definition, in double precision. */
function defined(z: Tensor, n: number, sign: number): Tensor {
  const [rows, given] = [z.numel() / (2 * z.size(-2)), Math.min(n, z.size(-2))];
  const values = z
    .to("float64")
    .reshape([rows, z.size(-2), 2])
    .toArraySync() as number[][][];
  const results = values.map((row) =>
    Array.from({ length: n }, (_, k) => {
      let [re, im] = [0, 0];
      for (let j = 0; j < given; j++) {
        const [x, y] = row[j] as [number, number];
        const angle = (sign * 2 * Math.PI * ((j * k) % n)) / n;
        re += x * Math.cos(angle) - y * Math.sin(angle);
        im += x * Math.sin(angle) + y * Math.cos(angle);
      }
      return [re, im];
    }),
  );
  return tensor(results, { ...double, device: z.device }).reshape([...z.shape.slice(0, -2), n, 2]);
}

// Single formulas, passes with several radices, and large primes, alone and as factors.
const lengths = [...Array.from({ length: 17 }, (_, i) => i + 1), 27, 32, 34, 35, 59, 77, 143, 509, 1000, 1024];

describe.each([
  ["cpu", cpu()],
  ["reference", reference()],
])("transforms on %s", (_, device) => {
  it.each([
    ["float64", 2e-15],
    ["float32", 3e-7],
  ] as const)("match their definition in %s", (dtype, tolerance) => {
    manualSeed(0);
    for (const n of device.name === "cpu" ? lengths : lengths.filter((n) => n < 40)) {
      const z = randn([2, n, 2], { dtype, device });
      const message = `n = ${n}`;
      expect(distance(fft(z), defined(z, n, -1)), message).toBeLessThan(tolerance);
      expect(distance(ifft(z, { norm: "forward" }), defined(z, n, 1)), message).toBeLessThan(tolerance);
      expect(fft(z).dtype).toBe(dtype);
      const x = real(z);
      const half = Math.floor(n / 2) + 1;
      expect(distance(rfft(x), defined(complex(x), n, -1).narrow(-2, 0, half)), message).toBeLessThan(tolerance);
      expect(
        distance(ihfft(x, { norm: "forward" }), defined(complex(x), n, 1).narrow(-2, 0, half)),
        message,
      ).toBeLessThan(tolerance);
    }
  });

  it("truncate or pad with zeros", () => {
    for (const given of [1, 2, 5, 12, 16, 24, 40, 61]) {
      const z = randn([3, given, 2], { dtype: "float64", device });
      for (const n of [1, 2, 3, 7, 8, 16, 17, 24, 30, 37, 48, 64]) {
        expect(distance(fft(z, { n }), defined(z, n, -1)), `${given} as ${n}`).toBeLessThan(2e-15);
        const x = real(z);
        expect(
          distance(rfft(x, { n }), defined(complex(x), n, -1).narrow(-2, 0, Math.floor(n / 2) + 1)),
          `${given} as ${n}`,
        ).toBeLessThan(2e-15);
        const whole = irfft(z, { n, norm: "forward" });
        // The whole spectrum, of which half was given.
        const spectrum = Array.from({ length: n }, (_, k) => {
          const from = Math.min(k, n - k);
          const number = from < given ? z.select(-2, from) : zeros([3, 2], { dtype: "float64", device });
          return k === 0 || 2 * k === n ? complex(real(number)) : 2 * k < n ? number : conj(number);
        });
        expect(distance(whole, real(defined(stack(spectrum, 1), n, 1))), `${given} as ${n}`).toBeLessThan(2e-15);
      }
    }
  });

  it("are inverted by their inverses, with every norm, along any dimension", () => {
    const z = randn([4, 5, 6, 2], { dtype: "float64", device });
    for (const norm of ["backward", "ortho", "forward"] as const) {
      for (const dim of [0, 1, 2, -1, -2, -3]) {
        expect(distance(ifft(fft(z, { dim, norm }), { dim, norm }), z)).toBeLessThan(1e-15);
        const x = real(z);
        const n = x.size(dim);
        expect(distance(irfft(rfft(x, { dim, norm }), { n, dim, norm }), x)).toBeLessThan(1e-15);
        expect(distance(hfft(ihfft(x, { dim, norm }), { n, dim, norm }), x)).toBeLessThan(1e-15);
      }
      expect(distance(ifftn(fftn(z, { norm }), { norm }), z)).toBeLessThan(1e-15);
      expect(distance(ifft2(fft2(z, { norm }), { norm }), z)).toBeLessThan(1e-15);
      const x = real(z);
      expect(distance(irfftn(rfftn(x, { norm }), { norm }), x)).toBeLessThan(1e-15);
      expect(distance(hfftn(ihfftn(x, { norm, dim: [0, -1] }), { norm, dim: [0, -1] }), x)).toBeLessThan(1e-15);
      expect(distance(irfft2(rfft2(x, { norm, dim: [2, 1] }), { norm, dim: [2, 1], s: [6, 5] }), x)).toBeLessThan(
        1e-15,
      );
    }
    // The divisor.
    expect(distance(fft(z, { norm: "forward" }).mul(6), fft(z))).toBeLessThan(1e-15);
    expect(distance(fft(z, { norm: "ortho" }).mul(Math.sqrt(6)), fft(z))).toBeLessThan(1e-15);
    expect(distance(ifft(z).mul(6), ifft(z, { norm: "forward" }))).toBeLessThan(1e-15);
  });

  it("accept any strides", () => {
    const z = randn([6, 2, 5], { dtype: "float64", device }).permute(2, 0, 1);
    expect(distance(fft(z), fft(z.clone()))).toBe(0);
    expect(distance(fft(z, { dim: 0 }), fft(z.transpose(0, 1)).transpose(0, 1))).toBeLessThan(1e-15);
    const repeated = randn([20, 2], { dtype: "float64", device }).unsqueeze(0).expand(3, 20, 2);
    expect(distance(fft(repeated), fft(repeated.clone()))).toBe(0);
    const x = randn([40], { dtype: "float64", device }).unfold(0, 18, 2);
    expect(distance(rfft(x), rfft(x.clone()))).toBe(0);
    expect(fft(zeros([0, 24, 2], { device })).shape).toEqual([0, 24, 2]);
  });
});

describe("transforms", () => {
  it("of an impulse, a wave and a constant are known", () => {
    const n = 24;
    const wave = (frequency: number) => {
      const angle = tensor(
        Array.from({ length: n }, (_, j) => (2 * Math.PI * ((frequency * j) % n)) / n),
        double,
      );
      return complex(angle.cos(), angle.sin());
    };
    const impulse = zeros([n, 2], double);
    impulse.select(0, 5).copy_(tensor([1, 0], double));
    expect(distance(fft(impulse), conj(wave(5)))).toBeLessThan(1e-15);
    expect(distance(ifft(impulse, { norm: "forward" }), wave(5))).toBeLessThan(1e-15);
    expect(distance(fft(wave(5)), impulse.mul(n))).toBeLessThan(1e-15);
  });

  it("preserve the energy (Parseval)", () => {
    const z = randn([3, 90, 2], double);
    expect(fft(z, { norm: "ortho" }).norm().itemSync()).toBeCloseTo(z.norm().itemSync() as number, 12);
  });

  it("of real signals are the first half of complex ones; of Hermitian signals, real", () => {
    const x = randn([2, 27], double);
    expect(distance(rfft(x), fft(complex(x)).narrow(-2, 0, 14))).toBeLessThan(1e-15);
    const z = randn([2, 14, 2], double);
    expect(distance(hfft(z), irfft(conj(z), { norm: "forward" }))).toBeLessThan(1e-15);
    expect(distance(ihfft(x), conj(rfft(x, { norm: "forward" })))).toBeLessThan(1e-15);
  });

  it("along several dimensions equal those along each dimension", () => {
    const z = randn([3, 4, 5, 2], double);
    expect(distance(fft2(z), fft(fft(z), { dim: 1 }))).toBeLessThan(1e-15);
    expect(distance(fftn(z), fft(fft2(z), { dim: 0 }))).toBeLessThan(1e-15);
    expect(distance(fftn(z, { s: [6, -1] }), fft(fft(z), { n: 6, dim: 1 }))).toBeLessThan(1e-15);
    expect(distance(rfftn(real(z), { dim: [2, 0] }), fft(rfft(real(z), { dim: 0 }), { dim: 2 }))).toBeLessThan(1e-15);
    expect(rfft2(real(z), { s: [8, 8] }).shape).toEqual([3, 8, 5, 2]);
    expect(irfft2(z, { s: [8, 7] }).shape).toEqual([3, 8, 7]);
    expect(fftn(z, { dim: 1 }).shape).toEqual(z.shape);
  });

  it("turn convolutions into products", () => {
    const [x, kernel] = [randn([50], double), randn([9], double)];
    const n = 58;
    const product = irfft(fourier.mul(rfft(x, { n }), rfft(kernel, { n })), { n });
    const [a, b] = [x.toArraySync() as number[], kernel.toArraySync() as number[]];
    const expected = Array.from({ length: n }, (_, i) => b.reduce((sum, w, j) => sum + w * (a[i - j] ?? 0), 0));
    expect(distance(product, tensor(expected, double))).toBeLessThan(1e-14);
  });

  it("convert integers to float32, and preserve half precision", () => {
    const x = tensor([3, 1, 4, 1, 5], { dtype: "int32" });
    expect(rfft(x).dtype).toBe("float32");
    expect(distance(rfft(x), rfft(x.to("float64")))).toBeLessThan(1e-7);
    const half = randn([24, 2]).to("float16");
    expect(fft(half).dtype).toBe("float16");
    expect(distance(fft(half), fft(half.to("float32")))).toBeLessThan(1e-3);
  });

  it("have first and second derivatives", async () => {
    for (const n of [1, 2, 5, 18, 19]) {
      for (const norm of [n < 6 ? "ortho" : "backward"] as const) {
        const [z, x] = [randn([n, 2, 2], double), randn([2, n], double)];
        const functions: [(x: Tensor) => Tensor, Tensor][] = [
          [(z) => fft(z, { dim: 0, norm }), z],
          [(z) => ifft(z, { dim: 0, n: n + 2, norm }), z],
          [(x) => rfft(x, { norm }), x],
          [(x) => rfft(x, { n: Math.max(1, n - 1), norm }), x],
          [(z) => irfft(z, { dim: 0, norm, n: n + 1 }), z],
          [(z) => irfft(z, { dim: 0, norm, n: 2 * n + 3 }), z],
          [(z) => hfft(z, { dim: 0, norm, n }), z],
          [(x) => ihfft(x, { norm }), x],
        ];
        for (const [transform, at] of functions) {
          expect(await gradcheck(transform, [requiresGrad(at)])).toBe(true);
          expect(await gradgradcheck((x: Tensor) => transform(x).square(), [at])).toBe(true);
        }
      }
    }
    const image = requiresGrad(randn([3, 4], double));
    expect(await gradcheck((x: Tensor) => rfft2(x), [image])).toBe(true);
    expect(await gradcheck((x: Tensor) => irfftn(rfftn(x, { s: [5, 6] })), [image])).toBe(true);
  });

  it("run in compiled functions, with lengths that are new there", async () => {
    let first = true;
    const step = await compile((x: Tensor, z: Tensor) => {
      // From the second call on, which is captured, transforms of other lengths.
      const n = first ? 8 : 1009;
      first = false;
      return [rfft(x, { n }).sum(), abs(fft(z, { n: first ? 8 : 96 })).sum(), irfft(z).square().sum()];
    });
    for (let i = 0; i < 5; i++) {
      const [x, z] = [randn([2, 1200], double), randn([2, 50, 2], double)];
      const results = step(x, z).map((y) => y.itemSync() as number);
      if (i === 0) continue;
      const expected = [rfft(x, { n: 1009 }).sum(), abs(fft(z, { n: 96 })).sum(), irfft(z).square().sum()].map(
        (y) => y.itemSync() as number,
      );
      results.forEach((value, k) => {
        expect(value).toBeCloseTo(expected[k] as number, 8);
      });
    }
    expect(step.counts.replayed).toBe(3);
    // Its tables are available to others.
    const z = randn([1, 1200, 2], double);
    expect(distance(fft(z, { n: 1009 }), defined(z, 1009, -1))).toBeLessThan(2e-15);
  });

  it("keep only their tables after a scope", () => {
    const device = cpu();
    const z = randn([10, 2], { device });
    const run = () => scope(() => void fft(z, { n: 34 }));
    run();
    const { live } = device.memory();
    for (let i = 0; i < 3; i++) run();
    expect(device.memory().live).toBe(live);
    expect(distance(fft(z, { n: 34 }), defined(z, 34, -1))).toBeLessThan(3e-7);
  });

  it("reject invalid input", () => {
    const x = randn([4, 3]);
    expect(() => fft(x)).toThrow(
      "fft: expected complex numbers [..., 2] (complex(x) converts real ones), got shape [4, 3]",
    );
    expect(() => fft(x)).toThrow(ShapeError);
    expect(() => irfft2(x)).toThrow("irfft2: expected complex numbers");
    expect(() => fft(tensor([1, 2]))).toThrow("fft: expected at least one dimension to transform, got shape [2]");
    expect(() => rfft(tensor(1))).toThrow("rfft: expected at least one dimension to transform, got shape []");
    for (const n of [0, -1, 1.5])
      expect(() => rfft(x, { n })).toThrow(`rfft: the length of the transform must be a positive integer, got ${n}`);
    expect(() => rfft(zeros([2, 0]))).toThrow("rfft: the length of the transform must be a positive integer, got 0");
    // One number is not half of any spectrum of that length.
    expect(() => irfft(zeros([1, 2]))).toThrow("irfft: the length of the transform must be a positive integer, got 0");
    expect(() => rfft(x, { norm: "unit" as never })).toThrow(
      'rfft: norm must be "backward", "ortho" or "forward", got "unit"',
    );
    expect(() => rfft2(x, { norm: null as never })).toThrow(ArgumentError);
    expect(() => rfft(x, { dim: 2 })).toThrow(IndexError);
    expect(() => fft(randn([4, 2]), { dim: -2 })).toThrow("fft: dimension -2 is out of range");
    expect(() => rfftn(x, { dim: [0, -2] })).toThrow("rfftn: a dimension appears twice in [0, -2]");
    expect(() => rfftn(x, { dim: [] })).toThrow("rfftn: expected at least one dimension");
    expect(() => rfftn(x, { s: [2, 2], dim: 0 })).toThrow("rfftn: 2 lengths [2, 2] do not fit 1 dimensions [0]");
    expect(() => rfftn(x, { s: [2, 2, 2] })).toThrow(IndexError);
    expect(() => rfft2(x, { s: [2, 0] })).toThrow(
      "rfft2: the length of the transform must be a positive integer, got 0",
    );
    expect(() => fft(complex(x), 8 as never)).toThrow("fft: expected options by name, { n, dim, norm }, got 8");
    expect(() => fft2(complex(x), { n: 8 } as never)).toThrow('fft2: there is no option "n"; there are s, dim, norm');
  });
});

describe("frequencies", () => {
  it("match the order of the results", () => {
    expect(fftfreq(4).toArraySync()).toEqual([0, 0.25, -0.5, -0.25]);
    expect(fftfreq(5, 0.2).toArraySync()).toEqual([0, 1, 2, -2, -1]);
    expect(fftfreq(1).toArraySync()).toEqual([0]);
    expect(() => fftfreq(5, { d: 0.2 } as never)).toThrow("fftfreq: d must be a number, got { d: 0.2 }");
    expect(rfftfreq(4).toArraySync()).toEqual([0, 0.25, 0.5]);
    expect(rfftfreq(5, 0.2, double).toArraySync()).toEqual([0, 1, 2]);
    expect(rfftfreq(2).toArraySync()).toEqual([0, 0.5]);
    expect(() => fftfreq(0)).toThrow("fftfreq: n must be a positive integer, got 0");
    expect(() => fftfreq(4, 1, { dtype: "int32" })).toThrow(DTypeError);
    expect(() => rfftfreq(4, 1, { type: "float32" } as never)).toThrow('rfftfreq: there is no option "type"');
  });

  it("are shifted and restored by fftshift and ifftshift", () => {
    expect(fftshift(fftfreq(4)).toArraySync()).toEqual([-0.5, -0.25, 0, 0.25]);
    expect(fftshift(fftfreq(5, 0.2)).toArraySync()).toEqual([-2, -1, 0, 1, 2]);
    for (const x of [randn([5]), randn([4, 3]), randn([3, 4, 5])]) expect(distance(ifftshift(fftshift(x)), x)).toBe(0);
    const z = randn([3, 4, 2]);
    expect(distance(fftshift(z), complex(fftshift(real(z)), fftshift(imag(z))))).toBe(0);
    expect(
      distance(fftshift(z, { dim: -1 }), complex(fftshift(real(z), { dim: -1 }), fftshift(imag(z), { dim: 1 }))),
    ).toBe(0);
    expect(fftshift(tensor([[1, 2]]), { complex: false }).toArraySync()).toEqual([[2, 1]]);
    expect(fftshift(fftfreq(2)).toArraySync()).toEqual([-0.5, 0]);
    expect(() => fftshift(z, { dim: 2 })).toThrow(IndexError);
  });
});
