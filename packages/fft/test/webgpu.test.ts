import { requiresGrad } from "@akari/autograd";
import { compile, manualSeed, randn, type Tensor } from "@akari/tensor";
import { describe, expect, it } from "vitest";
import { findWebGpu } from "../../tensor/test/backends/software-adapter.ts";
import { abs, fft, fft2, hannWindow, ifft, irfft, istft, rfft, stft } from "../src/index.ts";

const { device, reason } = await findWebGpu();

describe.skipIf(device === null)(`transforms on webgpu ${reason}`, () => {
  const there = (x: Tensor): Tensor => x.to(device as NonNullable<typeof device>);

  async function expectSame(a: Tensor, b: Tensor): Promise<void> {
    expect(a.device).toBe(device);
    expect(a.shape).toEqual(b.shape);
    const expected = await b.data();
    const size = Math.max(...Array.from(expected, (x) => Math.abs(Number(x))));
    for (const [i, value] of (await a.data()).entries())
      expect(Math.abs(Number(value) - Number(expected[i])) / size).toBeLessThan(1e-6);
  }

  it.each([2, 7, 37, 60])("equal those on the CPU for length %d", async (n) => {
    manualSeed(n);
    const z = randn([3, n, 2]);
    await expectSame(fft(there(z)), fft(z));
    await expectSame(ifft(there(z), { n: n + 1 }), ifft(z, { n: n + 1 }));
    const x = randn([n, 3]);
    await expectSame(rfft(there(x), { dim: 0 }), rfft(x, { dim: 0 }));
    await expectSame(irfft(there(z), { n: 2 * n - 1 }), irfft(z, { n: 2 * n - 1 }));
  });

  it("have gradients, and run in compiled functions", async () => {
    const z = randn([12, 20, 2]);
    const of = (z: Tensor) => {
      const x = requiresGrad(z);
      abs(fft2(x)).sum().backward();
      return x.grad as Tensor;
    };
    await expectSame(of(there(z)), of(z));
    const options = { window: there(hannWindow(16)), hopLength: 4 };
    const step = await compile((x: Tensor) => istft(stft(x, 16, options), 16, options));
    for (let i = 0; i < 4; i++) {
      const x = randn([2, 64]);
      await expectSame(step(there(x)).narrow(1, 1, 60), x.narrow(1, 1, 60));
    }
  });
});
