/**
 * Kinds of work that have no kernel of their own here yet: the reference backend does them on copies of the buffers. Right, and slow.
 */

import type { Backend, DeviceBuffer } from "../../backend.ts";
import type { KernelCall, View } from "../../kernel.ts";
import { reference } from "../reference/index.ts";
import type { CpuBuffer, LinearMemory } from "./memory.ts";

/** Runs a call on the reference backend. */
export function runByReference(memory: LinearMemory, call: KernelCall): void {
  const backend: Backend = reference();
  const copies = new Map<DeviceBuffer, DeviceBuffer>();
  const copyOf = (buffer: DeviceBuffer): DeviceBuffer => {
    let copy = copies.get(buffer);
    if (copy === undefined) {
      const { address, bytes } = buffer as CpuBuffer; // safe: a backend is only given its own buffers
      copy = backend.allocate(bytes);
      backend.write(copy, memory.u8.slice(address, address + bytes));
      copies.set(buffer, copy);
    }
    return copy;
  };
  // A call is plain data, and whatever in it has a buffer is a view.
  const translate = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(translate);
    if (typeof value !== "object" || value === null) return value;
    if ("buffer" in value && "strides" in value) {
      const { buffer, dtype, shape, strides, offset } = value as View;
      return { buffer: copyOf(buffer), dtype, shape, strides, offset };
    }
    return value;
  };
  const entries = Object.entries(call).map(([key, value]) => [key, translate(value)]);
  backend.run(Object.fromEntries(entries) as KernelCall); // safe: the same call on other buffers
  for (const [buffer, copy] of copies) {
    const { address, bytes } = buffer as CpuBuffer;
    memory.u8.set(backend.readSync?.(copy, 0, bytes) ?? new Uint8Array(), address);
  }
}
