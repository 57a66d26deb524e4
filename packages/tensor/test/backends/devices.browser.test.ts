/**
 * Runs the suite for backends in a browser: the CPU with and without threads, and the GPU. It runs fewer random calls
 * than in Node, which draws the same ones.
 */

import { describe, expect, it, vi } from "vitest";
import { createRuntime } from "../../src/backends/cpu/runtime.ts";
import { i32, ModuleBuilder } from "../../src/backends/cpu/wasm/index.ts";
import { words } from "../../src/backends/cpu/worker-source.ts";
import { webgpu } from "../../src/backends/webgpu/index.ts";
import { cpu, defaultDevice, Generator, randn } from "../../src/index.ts";
import { describeBackend } from "../../src/testing/index.ts";

describeBackend("cpu in a page", () => cpu(), { runs: 10 });
describeBackend("webgpu in a page", () => webgpu(), { runs: 5, accuracy: { subnormals: "flushed" } });

describe("threads in a page", () => {
  it("are available if the page is cross-origin isolated", () => {
    expect(globalThis.crossOriginIsolated).toBe(true);
    expect(cpu()).toBe(defaultDevice());
    expect(createRuntime().threads).toBe(navigator.hardwareConcurrency);
  });

  it("start, and wait for work", async () => {
    const runtime = createRuntime(3);
    const module = new ModuleBuilder(runtime.shared);
    module.function("run", ["i32", "i32", "i32"], [], (f, args, begin, end) => {
      f.for(begin, end, 1, (i) => {
        const place = f.let(i32.add(i32.load(args), i32.mul(i, 4)));
        f.do(i32.store(place, i32.add(i32.load(place), 1)));
      });
    });
    const kernel = runtime.kernel("count", () => module.finish());
    const { address } = runtime.memory.allocate(4000);
    runtime.memory.i32.fill(0, address / 4, address / 4 + 1000);
    const control = new Int32Array(runtime.memory.wasm.buffer, 0, 256);
    let rounds = 0;
    await vi.waitFor(
      () => {
        runtime.launch(kernel, [address], 1000, 10);
        rounds++;
        expect(Atomics.load(control, words.sleepers)).toBe(2);
      },
      { timeout: 20_000, interval: 20 },
    );
    for (; rounds < 300; rounds++) runtime.launch(kernel, [address], 1000, 10);
    expect(runtime.memory.i32.subarray(address / 4, address / 4 + 1000).every((count) => count === rounds)).toBe(true);
  });

  it("return the same results as one thread", async () => {
    const [a, b] = [
      randn([300, 300], { generator: new Generator(1) }),
      randn([300, 300], { generator: new Generator(2) }),
    ];
    const [alone, team] = [cpu({ threads: 1 }), cpu({ threads: 3 })];
    const want = await a.to(alone).matmul(b.to(alone)).data();
    for (let i = 0; i < 5; i++) expect(await a.to(team).matmul(b.to(team)).data()).toEqual(want);
  });

  // The last test, since a policy cannot be removed.
  it("leave the work to the main thread, with one warning, if a policy forbids workers", async () => {
    const warned = vi.spyOn(console, "warn").mockImplementation(() => undefined);
    const policy = { httpEquiv: "Content-Security-Policy", content: "worker-src 'none'" };
    document.head.append(Object.assign(document.createElement("meta"), policy));
    const [a, device] = [randn([300, 300], { generator: new Generator(1) }), cpu({ threads: 3 })];
    const [alone, there] = [a.to(cpu({ threads: 1 })), a.to(device)];
    const want = await alone.matmul(alone).data();
    for (let i = 0; i < 2; i++) expect(await there.matmul(there).data()).toEqual(want);
    await vi.waitFor(() => expect(warned).toHaveBeenCalled());
    expect(warned.mock.calls).toEqual([
      ["cpu: runs without worker threads: a Content-Security-Policy lacks worker-src blob:"],
    ]);
  });
});
