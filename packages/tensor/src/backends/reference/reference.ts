/**
 * The reference backend: every kernel call in plain TypeScript, written for readability. The other backends are tested
 * against it, and it is the shortest complete example of a backend.
 */

import type { Backend, DeviceBuffer } from "../../backend.ts";
import { bytesOf, viewBytes } from "../../dtype.ts";
import { DeviceError } from "../../errors.ts";
import type { KernelCall } from "../../kernel.ts";
import { argreduce } from "./argreduce.ts";
import { check } from "./check.ts";
import { conv } from "./conv.ts";
import { gather } from "./gather.ts";
import { matmul } from "./matmul.ts";
import { ReferenceBuffer } from "./memory.ts";
import { foreach, pointwise } from "./pointwise.ts";
import { pool } from "./pool.ts";
import { random } from "./random.ts";
import { rows } from "./rows.ts";
import { scan } from "./scan.ts";
import { scatter } from "./scatter.ts";
import { sort } from "./sort.ts";
import { sparse } from "./sparse.ts";

/**
 * Creates a reference device. It computes each primitive in double precision and rounds the result to its dtype; sums
 * stay in double precision until they are stored. It supports all dtypes and synchronous reads.
 *
 * @example
 * const device = reference();
 * const x = tensor([1, 2, 3], { device });
 */
export function reference(): Backend {
  let live = 0;
  let peak = 0;
  const buffers = new Set<DeviceBuffer>();
  const own = (buffer: DeviceBuffer): ReferenceBuffer => {
    if (!buffers.has(buffer)) throw new DeviceError("reference: this buffer is not a live buffer of this device");
    return buffer as ReferenceBuffer; // safe: only `allocate` adds to `buffers`
  };
  const readSync = (buffer: DeviceBuffer, offset: number, length: number): Uint8Array<ArrayBuffer> =>
    new Uint8Array(own(buffer).memory, offset, length).slice();
  return {
    name: "reference",
    allocate(bytes) {
      const buffer = new ReferenceBuffer(bytes);
      buffers.add(buffer);
      live += bytes;
      peak = Math.max(peak, live);
      return buffer;
    },
    free(buffer) {
      own(buffer).dispose();
      buffers.delete(buffer);
      live -= buffer.bytes;
    },
    write(buffer, bytes, offset = 0) {
      new Uint8Array(own(buffer).memory, offset, bytes.length).set(bytes);
    },
    readSync,
    async read(buffer, offset, length) {
      return readSync(buffer, offset, length);
    },
    elements: ({ buffer, dtype, offset }) => [
      viewBytes(dtype, own(buffer).memory, 0, Math.floor(buffer.bytes / bytesOf(dtype))),
      offset,
    ],
    run,
    async flush() {},
    memory: () => ({ live, pooled: 0, peak }),
    supports: () => true,
  };
}

function run(call: KernelCall): void {
  switch (call.kind) {
    case "pointwise":
      pointwise(call);
      return;
    case "foreach":
      foreach(call);
      return;
    case "rows":
      rows(call);
      return;
    case "argreduce":
      argreduce(call);
      return;
    case "matmul":
      matmul(call);
      return;
    case "conv":
      conv(call);
      return;
    case "pool":
      pool(call);
      return;
    case "gather":
      gather(call);
      return;
    case "scatter":
      scatter(call);
      return;
    case "scan":
      scan(call);
      return;
    case "sort":
      sort(call);
      return;
    case "sparse":
      sparse(call);
      return;
    case "random":
      random(call);
      return;
    case "check":
      check(call);
      return;
    default:
      throw call satisfies never;
  }
}
