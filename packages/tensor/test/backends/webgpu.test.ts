/** Runs the suite for backends on the WebGPU backend, and tests its own features; skipped without an adapter. */

import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { runConv } from "../../src/backends/cpu/conv.ts";
import { requestDevice } from "../../src/backends/webgpu/find-gpu.ts";
import { type WebGpuBackend, webgpu } from "../../src/backends/webgpu/index.ts";
import {
  arange,
  cat,
  conv2d,
  DeviceError,
  full,
  Generator,
  pointwise,
  randn,
  type Tensor,
  tensor,
  zeros,
} from "../../src/index.ts";
import { describeBackend } from "../../src/testing/index.ts";
import { findWebGpu } from "./software-adapter.ts";

const { device, reason } = await findWebGpu();

if (device === null) {
  describe.skip("backend webgpu", () => {
    it(`skipped: ${reason}`, () => {});
  });
} else {
  const found = device;
  describeBackend("webgpu", () => found, { runs: 40, accuracy: { subnormals: "flushed" } });

  it.each([
    ["t", [8, 12], (x: Tensor) => x.t().contiguous()],
    [
      "t, with another operand",
      [16, 20],
      (x: Tensor) =>
        x
          .t()
          .add(x.reshape([20, 16]))
          .contiguous(),
    ],
    ["permute", [4, 8, 12], (x: Tensor) => x.permute([2, 0, 1]).contiguous()],
    ["permute the last two", [3, 8, 16], (x: Tensor) => x.permute([0, 2, 1]).mul(2)],
    ["permute with a broadcast row", [5, 4, 8], (x: Tensor) => x.permute([0, 2, 1]).mul(x.select(0, 1).select(1, 0))],
    ["sizes not divisible by 4", [6, 10], (x: Tensor) => x.t().contiguous()],
    ["a slice, transposed", [8, 16], (x: Tensor) => x.narrow(1, 4, 8).t().contiguous()],
  ] as const)("webgpu: copies of transposes: %s", async (_, shape, f) => {
    const x = arange(shape.reduce((a, b) => a * b, 1))
      .to("float32")
      .reshape(shape);
    expect(Array.from(await f(x.to(found)).data())).toEqual(Array.from(f(x).dataSync()));
  });

  it("webgpu: accepts operands in different buffers, if one buffer cannot hold them all", async () => {
    const device = await webgpu({ largestBuffer: 1 << 16 });
    const random = (shape: readonly number[], seed: number) => randn(shape, { generator: new Generator(seed) });
    // 36,000 bytes each: no two fit into one buffer.
    const operands = [random([90, 100], 1), random([100, 90], 2), random([90, 100], 3)] as const;
    const index = arange(89, -1, -1);
    const compute = (a: Tensor, b: Tensor, c: Tensor, i: Tensor): Tensor[] => [
      a.matmul(b),
      a.mul(c).add(b.t()).relu(),
      a.gt(c),
      a.indexSelect(0, i).softmax(1),
      a.indexAdd(0, i, c),
      a.sort(1).values,
      a.argmax(1),
      cat([a.narrow(0, 0, 40), c.narrow(0, 0, 40)]).cumsum(0),
    ];
    const want = compute(...operands, index);
    const [a, b, c] = operands.map((x) => x.to(device)) as [Tensor, Tensor, Tensor];
    const got = compute(a, b, c, index.to(device));
    for (const [k, x] of got.entries()) {
      const [mine, theirs] = [await x.data(), (want[k] as Tensor).dataSync()];
      mine.forEach((value, i) => void expect(value, `result ${k}`).toBeCloseTo(theirs[i] as number, 3));
    }
    expect(() => zeros([1 << 15], { device })).toThrow(
      /a tensor of 131072 bytes is too large; one buffer of this device holds at most 65536/,
    );
    const { live, pooled } = device.memory();
    expect((live + pooled) / 65536).toBeGreaterThan(5);
  });

  // A GPU computes products in tiles, a software adapter does not. Both variants are tested on any adapter.
  describe.each([true, false])("webgpu products, in tiles: %s", (tiles) => {
    let other: WebGpuBackend;
    beforeAll(async () => {
      other = await webgpu({ tiles });
    });

    const random = (shape: readonly number[]): Tensor => randn(shape, { generator: new Generator(shape.length) });
    const compare = async (f: (...operands: Tensor[]) => Tensor, ...shapes: (readonly number[])[]): Promise<void> => {
      const operands = shapes.map(random);
      const want = Array.from(f(...operands).dataSync());
      const got = Array.from(await f(...operands.map((x) => x.to(other))).data());
      const size = want.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      expect(got.length).toBe(want.length);
      const error = got.reduce((most, value, i) => Math.max(most, Math.abs(value - (want[i] as number))), 0);
      expect(error).toBeLessThan(1e-4 * size);
    };

    it.each([
      [
        [33, 70],
        [70, 65],
      ],
      [
        [3, 40, 50],
        [50, 34],
      ],
      [
        [9, 2000],
        [2000, 5],
      ],
      [
        [1, 700],
        [700, 90],
      ],
      [
        [90, 700],
        [700, 1],
      ],
      [
        [40, 1200],
        [1200, 40],
      ],
      [
        [600, 70],
        [70, 520],
      ],
      [
        [1100, 20],
        [20, 1030],
      ],
    ])("matmul %j · %j", (a, b) => compare((x, y) => (x as Tensor).matmul(y as Tensor), a, b));

    it("matmul of transposes", async () => {
      await compare((x, y) => (x as Tensor).mT.matmul(y as Tensor), [50, 33], [50, 40]);
      await compare((x, y) => (x as Tensor).matmul((y as Tensor).mT), [33, 50], [40, 50]);
      await compare((x, y) => (x as Tensor).mT.matmul((y as Tensor).mT), [600, 20], [30, 600]);
    });

    const options = { stride: 2, padding: 1, groups: 2 };
    it.each(["forward", "input", "weight"] as const)("conv2d %s", (direction) =>
      compare(
        (input, weight, output) => {
          const [x, w, y] = [input as Tensor, weight as Tensor, output as Tensor];
          if (direction === "forward") return conv2d(x, w, null, options);
          const to = direction === "input" ? x.clone() : w.clone();
          const { stride, padding, groups } = options;
          const pair = (n: number) => [n, n];
          x.device.run({
            kind: "conv",
            direction,
            input: direction === "input" ? to : x,
            weight: direction === "weight" ? to : w,
            output: y,
            bias: null,
            stride: pair(stride),
            padding: pair(padding),
            dilation: pair(1),
            groups,
            cpu: runConv,
          });
          return to;
        },
        [20, 4, 13, 11],
        [6, 2, 3, 3],
        [20, 6, 7, 6],
      ),
    );
  });

  // A GPU reduces rows with other kernels than a software adapter. Both variants are tested on any adapter.
  describe.each([true, false])("webgpu reductions, as on a GPU: %s", (tiles) => {
    let other: WebGpuBackend;
    beforeAll(async () => {
      other = await webgpu({ tiles });
    });

    it.each([
      ["of slightly more than a million elements", [1_000_003]],
      ["of a million elements", [1_000_000]],
      ["of few and long rows", [3, 70_000]],
      ["of one row more than the limit", [260, 8200]],
      ["of a medium number and length", [100, 1000]],
      ["of many rows", [2100, 100]],
      ["of very many rows", [70_000, 36]],
      ["of short rows", [70, 32]],
    ] as const)("%s", async (_, shape) => {
      const x = randn(shape, { generator: new Generator(3) });
      const results = (x: Tensor): Tensor[] => [
        x.sum(-1),
        x.mul(x).add(1).relu().sum(-1),
        x.narrow(-1, 1, (shape.at(-1) as number) - 1).sum(-1),
        x.amax(-1),
        x.gt(4).any(-1),
        x.to("int32").sum(-1),
        x.softmax(-1),
        x.var(-1),
      ];
      const got = await Promise.all(results(x.to(other)).map((result) => result.data()));
      for (const [k, want] of results(x).entries()) {
        const numbers = Array.from(want.dataSync(), Number);
        const size = numbers.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-30);
        const error = numbers.reduce((most, value, i) => Math.max(most, Math.abs(value - Number(got[k]?.[i]))), 0);
        expect(error, `result ${k}`).toBeLessThan(2e-5 * size);
      }
    });

    it("over columns", async () => {
      for (const shape of [
        [500, 2100],
        [9000, 5],
        [1100, 30],
      ]) {
        const x = randn(shape, { generator: new Generator(4) });
        const [want, got] = [x.sum(0).dataSync(), await x.to(other).sum(0).data()];
        want.forEach((value, i) => void expect(got[i]).toBeCloseTo(value, 2));
      }
    });

    it("add up without losing precision, and return the same sum each time", async () => {
      const x = full([4_000_000], 0.1, { device: other });
      const sum = await x.sum().item();
      expect(Math.abs(sum / (4_000_000 * Math.fround(0.1)) - 1)).toBeLessThan(1e-6);
      expect(await x.sum().item()).toBe(sum);
    });

    it("propagate NaN from any position", async () => {
      for (const at of [0, 5000, 99_999]) {
        const x = zeros([100_000], { device: other });
        x.narrow(0, at, 1).fill_(Number.NaN);
        expect(await Promise.all([x.sum().item(), x.amax(0).item(), x.amin(0).item()])).toEqual([
          Number.NaN,
          Number.NaN,
          Number.NaN,
        ]);
      }
    });
  });

  describe("webgpu errors", () => {
    it("name the size that is too large", async () => {
      expect(() => found.allocate(2 ** 40)).toThrow(/webgpu: a tensor of 1099511627776 bytes is too large/);
    });

    it("reject unknown and invalid options", async () => {
      await expect(webgpu({ memory: 5 } as object)).rejects.toThrow(
        /webgpu: there is no option "memory"; there are memoryLimit/,
      );
      await expect(webgpu({ memoryLimit: -1 })).rejects.toThrow(
        /webgpu: memoryLimit must be a positive number of bytes, got -1/,
      );
      await expect(webgpu({ powerPreference: "fast" as "low-power" })).rejects.toThrow(
        /powerPreference must be .* got "fast"/,
      );
    });

    it("say that a device was destroyed", async () => {
      const gone = await webgpu();
      const buffer = gone.allocate(16);
      gone.destroy();
      expect(() => gone.allocate(16)).toThrow(/webgpu: this device was destroyed/);
      await expect(gone.read(buffer, 0, 16)).rejects.toThrow(/webgpu: this device was destroyed/);
      await expect(gone.flush()).rejects.toThrow(/webgpu: this device was destroyed/);
    });

    it("say that the device cannot be read synchronously", () => {
      expect(() => tensor([1], { device: found }).itemSync()).toThrow(/webgpu can only be read asynchronously/);
    });

    it("are thrown at the memory limit only", async () => {
      const small = await webgpu({ memoryLimit: 1 << 20 });
      for (let i = 0; i < 10; i++) small.free(small.allocate(900_000 - 50_000 * i));
      const kept = small.allocate(600_000);
      expect(() => small.allocate(600_000)).toThrow(/webgpu: out of memory: .* memoryLimit is 1048576/);
      small.free(kept);
      small.free(small.allocate(600_000));
    });
  });

  describe("webgpu: a kernel that does not compile", () => {
    let device: WebGpuBackend;
    /** The change applied to shader code from now on. */
    let change = (code: string): string => code;
    beforeAll(async () => {
      device = await webgpu();
      const { device: probe } = await requestDevice("high-performance");
      // safe: the object that all devices have their methods from
      const type = Object.getPrototypeOf(probe) as GPUDevice;
      probe.destroy();
      const make = type.createShaderModule;
      vi.spyOn(type, "createShaderModule").mockImplementation(function (this: GPUDevice, descriptor) {
        return make.call(this, { ...descriptor, code: change(descriptor.code) });
      });
    });
    afterAll(() => void vi.restoreAllMocks());

    const broken = pointwise("broken", (x) => x.mul(3).add(17).abs());
    const failing = (x: Tensor): Tensor => {
      change = (code) => code.replace("fn main", "fn nothing() { undeclared(); }\nfn main");
      const result = broken(x);
      change = (code) => code;
      return result;
    };

    it("throws only when its result, or a value computed from it, is read", async () => {
      const x = tensor([1, 2, 3, 4], { device });
      const before = x.add(1);
      const y = failing(x);
      const from = [y.sum(), y.mul(2), cat([x, y]), x.indexSelect(0, y.to("int32")), x.clone().add_(y)];
      const after = x.mul(2);
      for (const one of [y, ...from])
        await expect(one.data()).rejects.toThrow(/webgpu: the kernel "pointwise .*" did not compile.*undeclared/s);
      await expect(y.data()).rejects.toThrow(DeviceError);
      expect(Array.from(await before.data())).toEqual([2, 3, 4, 5]);
      expect(Array.from(await after.data())).toEqual([2, 4, 6, 8]);
      await device.flush();
    });

    it("does not affect values that are later written to the same place", async () => {
      const x = tensor([1, 2, 3, 4], { device });
      const [y, z, part] = [x.clone(), x.clone(), x.clone()];
      const bad = failing(x);
      const earlier = y.data();
      for (const one of [y, z, part]) one.add_(bad);
      expect(Array.from(await earlier)).toEqual([1, 2, 3, 4]);
      for (const one of [y, z, part]) await expect(one.data()).rejects.toThrow(/did not compile/);
      y.copy_(x);
      device.write(z.buffer, new Uint8Array(new Float32Array([5, 6, 7, 8]).buffer));
      part.narrow(0, 0, 2).zero_();
      expect(Array.from(await y.data())).toEqual([1, 2, 3, 4]);
      expect(Array.from(await z.data())).toEqual([5, 6, 7, 8]);
      await expect(part.data()).rejects.toThrow(/did not compile/);
      bad.dispose();
      expect(Array.from(await x.mul(7).data())).toEqual([7, 14, 21, 28]); // perhaps in the same memory
    });
  });

  describe("reads on webgpu", () => {
    it("return correct values while work is queued, and share a submit", async () => {
      const x = tensor([1, 2, 3], { device: found });
      const y = x.mul(2);
      const before = found.counters.submits;
      const first = y.data();
      y.add_(1);
      const [a, b, c] = await Promise.all([first, y.data(), x.data()]);
      expect([Array.from(a), Array.from(b), Array.from(c)]).toEqual([
        [2, 4, 6],
        [3, 5, 7],
        [1, 2, 3],
      ]);
      expect(found.counters.submits - before).toBe(1);
    });

    it("see writes in order with the calls", async () => {
      const x = tensor([1, 2, 3, 4], { device: found });
      const y = x.add(1);
      found.write(x.buffer, new Uint8Array(new Float32Array([9, 9, 9, 9]).buffer));
      expect(Array.from(await y.data())).toEqual([2, 3, 4, 5]);
      expect(Array.from(await x.data())).toEqual([9, 9, 9, 9]);
    });
  });

  it("webgpu: runs more workgroups than one dimension of the grid can hold", async () => {
    const count = 65_535 * 64 + 1000;
    const x = zeros([count], { dtype: "uint8", device: found }).add_(1);
    const bytes = await x.data();
    expect(bytes.length).toBe(count);
    expect(bytes.every((byte) => byte === 1)).toBe(true);
  });
}
