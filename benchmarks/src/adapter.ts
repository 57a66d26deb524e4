/**
 * What the GPU is and what it could do at best, so that times can be held against something: its multiply-adds per
 * second when it does nothing else, and how long it takes to hear that there was nothing to do.
 */

import { webgpu } from "@akari/tensor/webgpu";
import { findGpu } from "./gpu.ts";

/** A GPU, as measured. */
export interface Adapter {
  readonly name: string;
  /** Whether it is a program on the CPU. */
  readonly software: boolean;
  /** Multiplications and additions in float32 per second, in 10⁹, of a kernel that does nothing else. */
  readonly gigaflops: number;
  /** Milliseconds from submitting nothing to knowing that it is done. */
  readonly wait: number;
}

/** Looks at the GPU that the libraries will find. */
export async function describeAdapter(): Promise<Adapter> {
  const { adapter: name, software, destroy } = await webgpu();
  destroy();
  const { gpu } = await findGpu();
  const adapter = await gpu.requestAdapter({ powerPreference: "high-performance" });
  if (adapter === null) throw new Error("no adapter"); // webgpu() has found one, and said what is missing if not
  const device = await adapter.requestDevice();
  const found = { name, software, gigaflops: await multiplyAdds(device), wait: await emptyWait(device) };
  device.destroy();
  return found;
}

const chains = 8;
const groups = 4096;
const groupSize = 64;

/**
 * Eight chains of multiply-adds per invocation, all in registers: enough of them to hide that each waits for the one
 * before.
 */
const shader = `
@group(0) @binding(0) var<storage, read_write> result: array<f32>;
@group(0) @binding(1) var<storage, read> rounds: u32;
@compute @workgroup_size(${groupSize})
fn main(@builtin(global_invocation_id) id: vec3u) {
  let x = 1.0 - f32(id.x & 1023u) * 1e-7;
  let y = f32(id.x & 7u) * 1e-3;
  ${list((i) => `var a${i} = f32(id.x) + ${i}.0;`)}
  for (var k = 0u; k < rounds; k++) {
    ${list((i) => `a${i} = a${i} * x + y;`)}
    ${list((i) => `a${i} = a${i} * x + y;`)}
  }
  result[id.x] = ${list((i) => `a${i}`, " + ")};
}`;

function list(line: (i: number) => string, between = " "): string {
  return Array.from({ length: chains }, (_, i) => line(i)).join(between);
}

async function multiplyAdds(device: GPUDevice): Promise<number> {
  const pipeline = device.createComputePipeline({
    layout: "auto",
    compute: { module: device.createShaderModule({ code: shader }) },
  });
  const [storage, copyTarget] = [128, 8]; // Node has no global that names them
  const result = device.createBuffer({ size: groups * groupSize * 4, usage: storage });
  const rounds = device.createBuffer({ size: 4, usage: storage | copyTarget });
  const entries = [result, rounds].map((buffer, binding) => ({ binding, resource: { buffer } }));
  const bindings = device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries });
  const run = async (count: number) => {
    device.queue.writeBuffer(rounds, 0, new Uint32Array([count]));
    const start = performance.now();
    const encoder = device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, bindings);
    pass.dispatchWorkgroups(groups);
    pass.end();
    device.queue.submit([encoder.finish()]);
    await device.queue.onSubmittedWorkDone();
    return performance.now() - start;
  };
  // Long enough that starting and waiting do not count, short enough for a driver that ends what takes seconds.
  let count = 16;
  while ((await run(count)) < 50 && count < 1 << 20) count *= 2;
  const times: number[] = [];
  for (let i = 0; i < 5; i++) times.push(await run(count));
  return (2 * 2 * chains * count * groups * groupSize) / Math.min(...times) / 1e6;
}

async function emptyWait(device: GPUDevice): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < 51; i++) {
    const start = performance.now();
    device.queue.submit([device.createCommandEncoder().finish()]);
    await device.queue.onSubmittedWorkDone();
    times.push(performance.now() - start);
  }
  return times.sort((a, b) => a - b)[25] as number; // safe: there are 51
}
