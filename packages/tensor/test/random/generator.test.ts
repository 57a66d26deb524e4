import { describe, expect, it, vi } from "vitest";
import { reference } from "../../src/backends/reference/index.ts";
import {
  cpu,
  type DType,
  DTypeError,
  empty,
  manualSeed,
  numbersOf,
  rand,
  randn,
  type Tensor,
  zeros,
} from "../../src/index.ts";
import { Generator } from "../../src/random/generator.ts";
import { drawPermutation } from "../../src/random/integers.ts";
import { philox, philoxNormal, philoxUniform } from "../../src/random/philox.ts";

describe("Generator", () => {
  it("is the Mersenne Twister", () => {
    // The first outputs for the reference implementation's default seed.
    const generator = new Generator().manualSeed(5489);
    expect([generator.random(), generator.random(), generator.random()]).toEqual([3499211612, 581869302, 3890346734]);
  });

  it("fills arrays with the same numbers as one by one", () => {
    const [one, other] = [new Generator().manualSeed(3), new Generator().manualSeed(3)];
    for (const count of [5, 619, 624, 700, 0, 1300, 20_000, 6240])
      expect([...one.fill(new Uint32Array(count))]).toEqual(Array.from({ length: count }, () => other.random()));
    expect(Array.from({ length: 700 }, () => one.random())).toEqual(Array.from({ length: 700 }, () => other.random()));
  });

  it("fills arrays without WebAssembly as well", async () => {
    vi.stubGlobal("WebAssembly", undefined);
    vi.resetModules();
    const { Generator: Fresh } = await import("../../src/random/generator.ts");
    const words = new Fresh(3).fill(new Uint32Array(2000));
    vi.unstubAllGlobals();
    expect([...words]).toEqual([...new Generator(3).fill(new Uint32Array(2000))]);
  });

  it("continues from a saved state, in the middle of a pair", () => {
    const generator = new Generator().manualSeed(7);
    generator.normal();
    const state = generator.getState();
    const next = [generator.normal(), generator.uniform(), generator.normal()];
    expect([generator.normal()]).not.toEqual(next.slice(0, 1));
    generator.setState(state);
    expect([generator.normal(), generator.uniform(), generator.normal()]).toEqual(next);
  });

  it("reads and writes PyTorch's states", () => {
    // torch.manual_seed(5); torch.randn(1): the fields of torch.get_rng_state() that are not words of the block.
    const generator = new Generator(5);
    generator.normal();
    const view = new DataView(generator.getState().buffer);
    expect(view.byteLength).toBe(5056);
    expect([view.getBigUint64(0, true), view.getInt32(8, true), view.getInt32(12, true)]).toEqual([5n, 621, 1]);
    expect([view.getBigUint64(16, true), view.getInt32(5040, true)]).toEqual([4n, 1]);
    expect([view.getBigUint64(24, true), view.getBigUint64(32, true)]).toEqual([4081643083n, 713234725n]);
    expect(view.getFloat64(5024, true)).toBeCloseTo(-0.6038215878840039, 15);
    // The state of torch.manual_seed(5), which gives the next word as 0; then torch.rand(1).
    const seeded = new Generator(5).getState();
    new DataView(seeded.buffer).setBigUint64(16, 0n, true);
    expect(new Generator(1).setState(seeded).uniform()).toBeCloseTo(0.8302518725395203, 15);
    expect(new Generator(-1).getState().subarray(0, 8)).toEqual(new Uint8Array(8).fill(255));
    expect(new Generator().setState(new Generator(-1).getState()).initialSeed()).toBe(-1);
  });

  it("draws half precision as in PyTorch: as many random bits as the mantissa has, with intermediate rounding", () => {
    // torch.manual_seed(5): rand(3) in float16 and bfloat16, then randn(16) in both.
    const generator = new Generator().manualSeed(5);
    const drawn = (draw: typeof rand, count: number, dtype: DType) =>
      Array.from(numbersOf(draw([count], { generator, dtype }).dataSync(), dtype)).slice(0, 3);
    expect(drawn(rand, 3, "float16")).toEqual([0.42333984375, 0.1005859375, 0.99169921875]);
    expect(drawn(rand, 3, "bfloat16")).toEqual([0.73828125, 0.8984375, 0.4609375]);
    expect(drawn(randn, 16, "float16")).toEqual([-0.71728515625, 0.1607666015625, 0.0260162353515625]);
    expect(drawn(randn, 16, "bfloat16")).toEqual([0.419921875, -0.2421875, -0.609375]);
  });

  it("draws many numbers in order for any strides, and draws the last sixteen again", () => {
    const count = 100_003; // more than one block, and not a multiple of a block
    const x = empty([count, 2])
      .select(1, 1)
      .normal_(1, 3, { generator: new Generator(9) });
    const words = new Generator(9);
    const unit = () => (words.random() & 0xffffff) / 2 ** 24;
    const expected = new Float64Array(count);
    const block = (start: number) => {
      const drawn = Array.from({ length: 16 }, unit);
      for (let j = 0; j < 8; j++) {
        const radius = Math.sqrt(-2 * Math.log(1 - (drawn[j] as number)));
        const angle = 2 * Math.PI * (drawn[j + 8] as number);
        expected[start + j] = radius * Math.cos(angle) * 3 + 1;
        expected[start + j + 8] = radius * Math.sin(angle) * 3 + 1;
      }
    };
    for (let start = 0; start + 16 <= count; start += 16) block(start);
    for (let i = 0; i < count % 16; i++) unit();
    block(count - 16);
    const worst = x.toArraySync() as number[];
    expect(Math.max(...worst.map((value, i) => Math.abs(value - (expected[i] as number))))).toBeLessThan(1e-5);
  });

  it("draws the same numbers with one thread and on the reference device", () => {
    for (const device of [cpu({ threads: 1 }), reference()]) {
      const [here, there] = [empty([1001]), empty([1001], { device })].map((x) => {
        const generator = new Generator(4);
        const draws = [
          () => x.uniform_(2, 5, { generator }),
          () => x.bernoulli_(0.3, { generator }),
          () => x.exponential_(2, { generator }),
          () => x.cauchy_(1, 2, { generator }),
          () => x.geometric_(0.2, { generator }),
          () => x.logNormal_(0, 1, { generator }),
        ];
        return draws.map((draw) => draw().dataSync());
      });
      expect(here).toEqual(there);
    }
  });

  it.each([
    // The numbers are those of PyTorch 1.13 after torch.manual_seed(3), the last two of a second call.
    [
      "cauchy_",
      (x: Tensor) => x.cauchy_(2, 0.5),
      [-2.648306131362915, 1.6038930416107178, 2.577718734741211, 1.1836541891098022],
      [2.5171611309051514, 2.176913022994995],
    ],
    ["geometric_", (x: Tensor) => x.geometric_(0.3), [10, 4, 1, 5], [1, 2]],
    [
      "logNormal_",
      (x: Tensor) => x.logNormal_(0.5, 0.25),
      [2.0154027938842773, 1.7223821878433228, 1.685807228088379, 1.414209246635437],
      [1.6678670644760132, 1.1710903644561768],
    ],
  ] as const)("%s draws PyTorch's numbers", (_, draw, first, second) => {
    manualSeed(3);
    expect(draw(zeros([4])).toArraySync()).toEqual(first);
    expect(draw(zeros([2])).toArraySync()).toEqual(second);
    // Into memory with gaps too.
    manualSeed(3);
    expect(draw(zeros([4, 2]).select(1, 1)).toArraySync()).toEqual(first);
  });

  it("rejects invalid parameters of distributions", () => {
    expect(() => zeros([2]).geometric_(0)).toThrow("geometric_: p must be positive, got 0");
    expect(() => zeros([2]).geometric_(1)).toThrow("geometric_: 1 - p must be positive, got 0");
    expect(() => zeros([2], { dtype: "bool" }).geometric_(0.5)).toThrow(DTypeError);
    expect(zeros([2], { dtype: "int32" }).geometric_(0.5).dtype).toBe("int32");
    expect(() => zeros([2]).cauchy_(0, -1)).toThrow("cauchy_: sigma must be positive, got -1");
    expect(() => zeros([2]).logNormal_(0, 0)).toThrow("logNormal_: std must be positive, got 0");
    for (const draw of ["cauchy_", "logNormal_"] as const)
      expect(() => zeros([2], { dtype: "int32" })[draw]()).toThrow(DTypeError);
  });

  it("rejects invalid seeds and states", () => {
    expect(() => new Generator().manualSeed(0.5)).toThrow(/safe integer, got 0.5/);
    expect(() => new Generator().setState(new Uint8Array(5))).toThrow(/the 5056 bytes of getState, got 5$/);
    expect(() => new Generator().setState(new Uint8Array(5056))).toThrow("these bytes are not a generator's state");
    expect(() => new Generator().setState(zeros([5056]) as never)).toThrow("got a tensor");
  });

  it("rejects integers that the dtype cannot hold", () => {
    for (const [dtype, from, to] of [
      ["uint8", 0, 257],
      ["uint8", -1, 5],
      ["bool", 0, 3],
      ["int32", 0, 2 ** 31 + 1],
    ] as const)
      expect(() => empty([2], { dtype }).random_(from, to)).toThrow(`random_: ${from} to ${to} leaves the range of`);
    expect(Math.max(...empty([2000], { dtype: "uint8" }).random_(0, 256).dataSync())).toBe(255);
  });

  it("draws from the requested distributions", () => {
    const generator = new Generator().manualSeed(1);
    const uniform = [...empty([20_000]).uniform_(-1, 3, { generator }).dataSync()];
    expect(Math.min(...uniform)).toBeGreaterThanOrEqual(-1);
    expect(Math.max(...uniform)).toBeLessThan(3);
    expect(uniform.reduce((a, b) => a + b) / uniform.length).toBeCloseTo(1, 1);
    const normal = [...empty([20_001], { dtype: "float64" }).normal_(5, 2, { generator }).dataSync()];
    const mean = normal.reduce((a, b) => a + b) / normal.length;
    expect(mean).toBeCloseTo(5, 1);
    expect(Math.sqrt(normal.reduce((a, b) => a + (b - mean) ** 2, 0) / normal.length)).toBeCloseTo(2, 1);
    expect([...drawPermutation(generator, 50)].sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, i) => i));
  });
});

describe("Philox", () => {
  it("returns the published values", () => {
    expect(philox(0, 0, 0, 0)).toEqual([0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8]);
  });

  it("draws uniform and normal numbers", () => {
    const count = 20_000;
    const uniform = Array.from({ length: count }, (_, i) => philoxUniform(3, i));
    expect(uniform.reduce((a, b) => a + b) / count).toBeCloseTo(0.5, 2);
    const normal = Array.from({ length: count }, (_, i) => philoxNormal(3, i));
    expect(normal.reduce((a, b) => a + b * b, 0) / count).toBeCloseTo(1, 1);
  });
});
