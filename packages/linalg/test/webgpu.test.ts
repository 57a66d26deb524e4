import { requiresGrad } from "@akari/autograd";
import { DeviceError, manualSeed, randn } from "@akari/tensor";
import { describe, expect, it } from "vitest";
import { findWebGpu } from "../../tensor/test/backends/software-adapter.ts";
import { qr, svd } from "../src/index.ts";

const { device, reason } = await findWebGpu();

describe.skipIf(device === null)(`decompositions on webgpu ${reason}`, () => {
  it("require prefetched matrices, and leave results and gradients on the device", async () => {
    manualSeed(1);
    const own = requiresGrad(randn([5, 3]));
    const x = requiresGrad(own.detach().to(device as NonNullable<typeof device>));
    expect(() => qr(x)).toThrow(DeviceError);
    await x.prefetch();
    const of = (a: typeof x) => {
      const [q, r] = qr(a);
      const { U, S } = svd(a, { fullMatrices: false });
      q.mul(2).sum().add(r.square().sum()).add(U.square().select(0, 0).dot(S)).backward();
      return [q, r, S, a.grad as typeof x];
    };
    const [there, here] = [of(x), of(own)];
    for (const [i, result] of there.entries()) {
      expect(result.device).toBe(device);
      const expected = await (here[i] as typeof x).data();
      (await result.data()).forEach((value, k) => {
        expect(value).toBeCloseTo(expected[k] as number, 4);
      });
    }
  });
});
