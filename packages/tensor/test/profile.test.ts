/** Profiles: rows by operation, on a synchronous and on an asynchronous device. */

import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { type Backend, cpu, ones, profile, randn } from "../src/index.ts";
import { findWebGpu } from "./backends/software-adapter.ts";

const devices: Record<string, Backend> = { cpu: cpu() };
const { device: gpu } = await findWebGpu();
if (gpu !== null) devices.webgpu = gpu;

describe.each(Object.entries(devices))("profile on %s", (name, device) => {
  const x = randn([64, 64]).to(device);
  const work = () => {
    for (let i = 0; i < 3; i++) x.matmul(x).relu();
  };

  it("has a row for each operation", async () => {
    const found = await profile(work, { device });
    expect(found.device).toBe(name);
    const matmul = found.rows.find((row) => row.name === "matmul");
    const relu = found.rows.find((row) => row.name === "relu");
    expect([relu?.kind, relu?.calls, matmul?.kind]).toEqual(["pointwise", 3, "matmul"]);
    expect(matmul?.total).toBeGreaterThan(0);
    expect(matmul?.mean).toBeCloseTo((matmul?.total ?? 0) / (matmul?.calls ?? 1));
    const totals = found.rows.map((row) => row.total);
    expect(totals).toEqual(totals.toSorted((a, b) => b - a));
    expect(inspect(found)).toBe(`${found}`);
    expect(`${found}`.split("\n")[0]).toMatch(/^name +kind +calls +total ms +mean ms$/);
  });

  it("writes a Chrome trace", async () => {
    const found = await profile(work, { device });
    const { traceEvents } = JSON.parse(found.toChromeTrace()) as {
      traceEvents: { ph: string; name: string; ts: number; dur: number }[];
    };
    const kernels = traceEvents.filter((event) => event.ph === "X");
    expect(kernels.length).toBe(found.events.length);
    expect(kernels[0]?.ts).toBe(0);
    expect(kernels.every((event) => event.dur >= 0)).toBe(true);
  });

  it("restores the device, even if the function throws", async () => {
    const { run } = device;
    await expect(
      profile(
        () => {
          throw new Error("mine");
        },
        { device },
      ),
    ).rejects.toThrow("mine");
    expect(device.run).toBe(run);
    await profile(() => expect(profile(work, { device })).rejects.toThrow(/being profiled already/), { device });
    expect(device.run).toBe(run);
    expect((await ones([2], { device }).add(1).data())[0]).toBe(2);
  });
});
