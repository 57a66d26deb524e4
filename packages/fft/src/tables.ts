/**
 * Tables of the factors that transforms multiply by. They depend only on lengths, so each is computed once per device
 * and kept until it is the least recently used one of a full cache.
 */

import { type Backend, type DType, perform, type Tensor } from "@akari/tensor";
import { upload } from "./upload.ts";

/** Number of tables kept per device. */
const most = 64;
const tables = new WeakMap<Backend, Map<string, Tensor>>();

/** Returns the cached table of the given name, or makes it. */
export function table(name: string, device: Backend, make: () => Tensor): Tensor {
  const known = tables.get(device) ?? new Map<string, Tensor>();
  tables.set(device, known);
  // The table outlives the scope or captured function in which it is made.
  if (!known.has(name))
    perform(() => {
      known.set(name, make());
    });
  const found = known.get(name) as Tensor; // safe: added above
  known.delete(name);
  known.set(name, found);
  if (known.size > most) known.delete(known.keys().next().value as string); // safe: not empty
  return found;
}

/**
 * Table of `e^(-2πi t)` for the number of turns `t(row, index)`: [2 · rows, length], where each row's real parts
 * precede its imaginary parts.
 */
export function rotations(
  name: string,
  rows: number,
  length: number,
  turns: (row: number, index: number) => number,
  dtype: DType,
  device: Backend,
): Tensor {
  return table(`${name} ${dtype}`, device, () => {
    const values = new Float64Array(rows * 2 * length);
    for (let row = 0; row < rows; row++) {
      for (let i = 0; i < length; i++) {
        const angle = -2 * Math.PI * turns(row, i);
        values[2 * row * length + i] = Math.cos(angle);
        values[(2 * row + 1) * length + i] = Math.sin(angle);
      }
    }
    return upload(name, values, [2 * rows, length], { dtype, device });
  });
}
