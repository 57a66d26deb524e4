/** The CPU device without its kernels: options, memory accounting, threads, and the end of a process. */

import { spawnSync } from "node:child_process";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { describe, expect, it, vi } from "vitest";
import type { Backend } from "../../../src/backend.ts";
import { cpu } from "../../../src/backends/cpu/cpu.ts";
import { createRuntime } from "../../../src/backends/cpu/runtime.ts";
import { f64, i32, ModuleBuilder } from "../../../src/backends/cpu/wasm/index.ts";
import { ArgumentError, DeviceError } from "../../../src/errors.ts";
import { input } from "../../../src/expr/expr.ts";
import { program, type RowProgram, reduction } from "../../../src/expr/program.ts";
import type { View } from "../../../src/kernel.ts";
import { rand } from "../../../src/random-creation.ts";

const x = input(0, "float32");

function view(device: Backend, values: readonly number[]): View {
  const buffer = device.allocate(values.length * 4);
  device.write(buffer, new Uint8Array(new Float32Array(values).buffer));
  return { buffer, dtype: "float32", shape: [values.length], strides: [1], offset: 0 };
}

function numbers(device: Backend, { buffer }: View, count: number): number[] {
  const bytes = device.readSync?.(buffer, 0, count * 4) ?? new Uint8Array();
  return [...new Float32Array(bytes.buffer)];
}

describe("cpu()", () => {
  it("returns one shared device without options, and a new one with options", () => {
    expect(cpu()).toBe(cpu());
    expect(cpu({ threads: 1 })).not.toBe(cpu({ threads: 1 }));
  });

  it("tells a device that passes random calls on to it what that device lacks", () => {
    const inner = cpu({ threads: 1 });
    const device: Backend = {
      ...inner,
      name: "passing",
      readSync: undefined as never, // as if it had none
    };
    expect(() => rand([2], { device })).toThrow(/^cpu: the host draws random numbers; .* needs readSync/);
    expect(() => rand([2], { device: { ...inner, name: "passing" } })).not.toThrow();
  });

  it("rejects unknown and invalid options", () => {
    // @ts-expect-error: this option does not exist
    expect(() => cpu({ thread: 2 })).toThrow(/cpu: there is no option "thread"; there are threads/);
    expect(() => cpu({ threads: 0 })).toThrow(ArgumentError);
    expect(() => cpu({ threads: 1.5 })).toThrow(/positive integer, got 1.5/);
  });

  it("reports sizes when memory runs out, and remains usable", () => {
    const device = cpu({ threads: 1 });
    const before = device.memory();
    expect(() => device.allocate(2 ** 40)).toThrow(DeviceError);
    expect(() => device.allocate(2 ** 40)).toThrow(/out of memory: 1048576.0 MiB requested/);
    expect(device.memory()).toEqual(before);
    device.free(device.allocate(1000));
  });

  it("frees a buffer only once when free is called repeatedly", () => {
    const device = cpu({ threads: 1 });
    const buffer = device.allocate(1000);
    device.free(buffer);
    device.free(buffer);
    expect(device.memory().live).toBe(0);
  });
});

describe("launch", () => {
  /** A kernel that adds the number of each unit, times a factor, to a float64 at that position. */
  const module = (shared: boolean) => {
    const builder = new ModuleBuilder(shared);
    builder.function("run", ["i32", "i32", "i32"], [], (f, args, begin, end) => {
      f.for(begin, end, 1, (i) => {
        const place = f.let(i32.add(i32.load(args), i32.mul(i, 8)));
        f.do(f64.store(place, f64.add(f64.load(place), f64.mul(f64.convertI32(i), f64.load(args, 8)))));
      });
    });
    return builder.finish();
  };

  it.each([1, 2, 4])("runs every unit once, on %i threads", (threads) => {
    const runtime = createRuntime(threads);
    const kernel = runtime.kernel("count", () => module(runtime.shared));
    expect(runtime.kernel("count", () => new Uint8Array())).toBe(kernel);
    const { address } = runtime.memory.allocate(8 * 10_000);
    const { f64: memory } = runtime.memory;
    memory.fill(0, address / 8, address / 8 + 10_000);
    const rounds = 300;
    for (let round = 0; round < rounds; round++) runtime.launch(kernel, [address], 10_000, 64 + (round % 7), [0.5]);
    for (let i = 0; i < 10_000; i++)
      if (memory[address / 8 + i] !== i * 0.5 * rounds) throw new Error(`unit ${i}: ${memory[address / 8 + i]}`);
  });

  it.each([1, 3])("still works after a kernel that traps, on %i threads", (threads) => {
    const runtime = createRuntime(threads);
    const trap = new ModuleBuilder(runtime.shared);
    // The last unit divides by zero.
    trap.function("run", ["i32", "i32", "i32"], [], (f, args, begin, end) => {
      f.for(begin, end, 1, (i) => {
        f.drop(i32.div(1, i32.sub(99_999, i)));
        f.do(i32.store(i32.load(args), i));
      });
    });
    const broken = runtime.kernel("trap", () => trap.finish());
    const kernel = runtime.kernel("count", () => module(runtime.shared));
    const { address } = runtime.memory.allocate(80);
    runtime.memory.f64.fill(0, address / 8, address / 8 + 10);
    for (let round = 0; round < 20; round++)
      expect(() => runtime.launch(broken, [address + 72], 100_000, 1000)).toThrow();
    runtime.launch(kernel, [address], 8, 1, [2]);
    expect([...runtime.memory.f64.subarray(address / 8, address / 8 + 3)]).toEqual([0, 2, 4]);
  });

  it("does not blame the next kernel when all threads trapped", async () => {
    const runtime = createRuntime(2);
    const trap = new ModuleBuilder(runtime.shared);
    trap.function("run", ["i32", "i32", "i32"], [], (f, args, begin, end) => {
      // Work before the trap, so that the other thread takes part.
      f.for(0, 200_000, 1, (i) => f.do(i32.store(i32.load(args), i)));
      f.drop(i32.div(1, i32.sub(begin, begin)));
      f.drop(end);
    });
    const broken = runtime.kernel("trap", () => trap.finish());
    const kernel = runtime.kernel("count", () => module(runtime.shared));
    const { address } = runtime.memory.allocate(80);
    runtime.launch(kernel, [address], 8, 1, [2]);
    await setTimeout(200); // the other thread starts
    for (let round = 0; round < 50; round++) {
      expect(() => runtime.launch(broken, [address + 72], 100, 1)).toThrow();
      runtime.launch(kernel, [address], 8, 1, [2]);
    }
  });

  it("accepts more arguments than the first block holds", () => {
    const runtime = createRuntime(1);
    const kernel = runtime.kernel("count", () => module(runtime.shared));
    const { address } = runtime.memory.allocate(80);
    runtime.memory.f64.fill(0, address / 8, address / 8 + 10);
    runtime.launch(kernel, [address], 10, 10, [2, ...new Array<number>(5000).fill(0)]);
    expect([...runtime.memory.f64.subarray(address / 8, address / 8 + 3)]).toEqual([0, 2, 4]);
  });

  it("reuses scratch memory, which does not count as live", () => {
    const runtime = createRuntime(1);
    const small = runtime.scratch(100);
    expect(runtime.scratch(50)).toBe(small);
    expect(runtime.scratch(1 << 20) % 64).toBe(0);
    expect(runtime.memory.use().live).toBe(0);
  });

  it("takes no memory that is in use after scratch memory could not be had", () => {
    const runtime = createRuntime(1);
    runtime.scratch(1000);
    expect(() => runtime.scratch(2 ** 33)).toThrow(/out of memory/);
    const tensor = runtime.memory.allocate(1000);
    expect(runtime.scratch(500)).toBeGreaterThanOrEqual(tensor.address + 1000);
  });
});

describe("kernels", () => {
  it("return the same bits on any number of threads", () => {
    const values = Array.from({ length: 300_000 }, (_, i) => Math.sin(i) * 2 ** (i % 20));
    const sum = (device: Backend, of: RowProgram) => {
      const to = view(device, [0]);
      device.run({
        kind: "rows",
        program: of,
        dims: 1,
        inputs: [view(device, values)],
        scalars: [],
        toRows: [{ ...to, shape: [], strides: [] }],
        toElements: [],
      });
      return numbers(device, to, 1);
    };
    const of = reduction("sum", x.mul(x));
    expect(sum(cpu({ threads: 1 }), of)).toEqual(sum(cpu({ threads: 3 }), of));
  });

  it("sum a million float32 to full precision except for the last bit", () => {
    const device = cpu();
    const values = Array.from({ length: 1_000_000 }, (_, i) => Math.fround(1 + Math.sin(i) / 3));
    const to = view(device, [0]);
    const inputs = [view(device, values)];
    device.run({
      kind: "rows",
      program: reduction("sum", x),
      dims: 1,
      inputs,
      scalars: [],
      toRows: [{ ...to, shape: [], strides: [] }],
      toElements: [],
    });
    const exact = values.reduce((a, b) => a + b, 0);
    expect(Math.abs((numbers(device, to, 1)[0] as number) - exact)).toBeLessThanOrEqual(exact * 2 ** -22);
  });

  it("work in place on a view with many dimensions that cannot be merged", () => {
    const device = cpu({ threads: 2 });
    const shape = [2, 3, 2, 3, 2, 3];
    const values = Array.from({ length: 4 ** 6 }, (_, i) => i);
    const whole = view(device, values);
    const inner: View = { ...whole, shape, strides: [1024, 256, 64, 16, 4, 1], offset: 21 };
    device.run({ kind: "pointwise", program: program([x.neg()]), inputs: [inner], scalars: [], to: [inner] });
    const want = values.map((value, i) => {
      const rest = i - 21;
      const digits = [1024, 256, 64, 16, 4, 1].map((step, d) => Math.floor(rest / step) % 4 < (shape[d] as number));
      return rest >= 0 && digits.every(Boolean) && rest < 2048 ? -value : value;
    });
    expect(numbers(device, whole, values.length)).toEqual(want.map((value) => (Object.is(value, -0) ? 0 : value)));
  });
});

describe("a separate process", () => {
  const source = (file: string) => JSON.stringify(fileURLToPath(new URL(`../../../src/${file}`, import.meta.url)));
  const run = (script: string, ...flags: readonly string[]) =>
    spawnSync(process.execPath, [...flags, "--input-type=module", "-e", script], { encoding: "utf8", timeout: 20_000 });
  // Runs kernels until two workers sleep, or until the time limit is reached.
  const script = (patience: number) => `
    import { createRuntime } from ${source("backends/cpu/runtime.ts")};
    import { runPointwise } from ${source("backends/cpu/pointwise.ts")};
    import { words } from ${source("backends/cpu/worker-source.ts")};
    import { input } from ${source("expr/expr.ts")};
    import { program } from ${source("expr/program.ts")};
    const runtime = createRuntime(3);
    const view = { buffer: runtime.memory.allocate(4 << 20), dtype: "float32", shape: [1 << 20], strides: [1], offset: 0 };
    const control = new Int32Array(runtime.memory.wasm.buffer, 0, 256);
    const until = Date.now() + ${patience};
    do {
      runPointwise(runtime, program([input(0, "float32").exp()]), { inputs: [view], scalars: [], to: [view] });
      await new Promise((resolve) => setTimeout(resolve, 5));
    } while (Atomics.load(control, words.sleepers) < 2 && Date.now() < until);
    console.log(Atomics.load(control, words.sleepers));
  `;

  it("exits although its workers are still alive", () => {
    expect(run(script(15_000))).toMatchObject({ stdout: "2\n", stderr: "", status: 0 });
  }, 30_000);

  it("runs on one thread if workers are not permitted, and prints one warning", () => {
    const { stdout, stderr, status } = run(script(0), "--permission", "--allow-fs-read=*");
    expect(stdout).toBe("0\n");
    expect(stderr.match(/cpu: runs without worker threads: .*--allow-worker/g)).toHaveLength(1);
    expect(status).toBe(0);
  }, 30_000);

  it("throws an error that names the feature if the engine lacks WebAssembly or SIMD", () => {
    vi.stubGlobal("WebAssembly", undefined);
    try {
      expect(() => createRuntime(1)).toThrow(/^cpu: no WebAssembly memory, not even 256 MiB: /);
    } finally {
      vi.unstubAllGlobals();
    }
    if (process.arch !== "x64") return console.log("not checked: only on x64 has Node a flag that takes SIMD away");
    const { stderr } = run(script(0), "--no-enable-sse4-1");
    expect(stderr).toMatch(/DeviceError: cpu: no WebAssembly SIMD, or .*: CompileError/);
  }, 30_000);
});
