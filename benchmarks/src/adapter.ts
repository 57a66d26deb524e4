/**
 * Describes the GPU and measures its limits, with which times can be compared: the rate of multiply-adds in a kernel
 * that does nothing else, and the latency of waiting for an empty queue.
 */

import { webgpu } from "@akari/tensor/webgpu";
import { findGpu } from "./gpu.ts";

/** A GPU and its measured limits. */
export interface Adapter {
  readonly name: string;
  /** Whether it is a software adapter, which runs on the CPU. */
  readonly software: boolean;
  /** Float32 multiplications and additions per second, in 10⁹, of a kernel that does nothing else. */
  readonly gigaflops: number;
  /** Milliseconds to wait for an empty queue. */
  readonly wait: number;
}

/** Describes the GPU that the libraries will use. */
export async function describeAdapter(): Promise<Adapter> {
  const { adapter: name, software, destroy } = await webgpu();
  destroy();
  const { gpu } = await findGpu();
  const adapter = await gpu.requestAdapter({ powerPreference: "high-performance" });
  // Cannot happen: without an adapter webgpu() has thrown an error that says what is missing.
  if (adapter === null) throw new Error("no adapter");
  const device = await adapter.requestDevice();
  const found = { name, software, gigaflops: await multiplyAdds(device), wait: await emptyWait(device) };
  device.destroy();
  return found;
}

const chains = 8;
const groups = 4096;
const groupSize = 64;

/**
 * Eight independent chains of multiply-adds per invocation, all in registers: enough to hide the latency of each.
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
  const [storage, copyTarget] = [128, 8]; // STORAGE and COPY_DST, for which Node has no global
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
  // Long enough to make launching and waiting negligible, short enough for drivers that abort kernels after seconds.
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
