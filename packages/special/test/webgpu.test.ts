import { requiresGrad } from "@akari/autograd";
import { type Tensor, tensor } from "@akari/tensor";
import { describe, expect, it } from "vitest";
import { findWebGpu } from "../../tensor/test/backends/software-adapter.ts";
import {
  airyAi,
  besselY1,
  erfcx,
  frexp,
  gammainc,
  gcd,
  histogram,
  i0,
  logNdtr,
  modifiedBesselK1,
  ndtri,
  nextafter,
  zeta,
} from "../src/index.ts";

const { device, reason } = await findWebGpu();

describe.skipIf(device === null)(`special functions on webgpu ${reason}`, () => {
  const place = device as NonNullable<typeof device>; // safe: skipped without one
  const points = [0.3, 0.72, 0.9, 2.5, 9];

  it.each([
    ["airyAi", airyAi, [-4, -1, 1, 3]],
    ["besselY1", besselY1, points],
    ["erfcx", erfcx, [-1, ...points]],
    ["i0", i0, points],
    ["logNdtr", logNdtr, [-9, -1, ...points]],
    ["modifiedBesselK1", modifiedBesselK1, points],
    ["ndtri", ndtri, points.slice(0, 3)],
  ])("%s and its gradient match the CPU", async (_, of, values) => {
    const [here, there] = [requiresGrad(tensor(values)), requiresGrad(tensor(values, { device: place }))];
    const results = [here, there].map((x) => {
      const y = of(x);
      y.sum().backward();
      return [y, x.grad as Tensor] as const;
    });
    const [expected, got] = await Promise.all(results.map((pair) => Promise.all(pair.map((x) => x.data()))));
    expected?.forEach((side, which) => {
      side.forEach((value, i) => {
        const difference = Math.abs((got?.[which]?.[i] as number) - value);
        expect(difference, `${which === 0 ? "value" : "gradient"} at ${values[i]}`).toBeLessThan(
          1e-5 * Math.abs(value) + 1e-6,
        );
      });
    });
  });

  it("gcd, gammainc, zeta, histogram, frexp and nextafter match the CPU", async () => {
    const a = tensor(points, { device: place });
    const close = async (got: Tensor, expected: Tensor): Promise<void> => {
      const want = expected.toArraySync() as number[];
      (await got.data()).forEach((value, i) => {
        expect(value).toBeCloseTo(want[i] as number, 5);
      });
    };
    const host = tensor(points);
    await close(gammainc(a, a.add(0.5)), gammainc(host, host.add(0.5)));
    await close(zeta(a.add(1), a), zeta(host.add(1), host));
    expect(await gcd(tensor([12, 18], { dtype: "int32", device: place }), 8).toArray()).toEqual([4, 2]);
    expect(await frexp(a).mantissa.toArray()).toEqual(frexp(host).mantissa.toArraySync());
    expect(await nextafter(a, 1).toArray()).toEqual(nextafter(host, 1).toArraySync());
    expect(await histogram(a, 3).hist.toArray()).toEqual([4, 0, 1]);
  });
});
