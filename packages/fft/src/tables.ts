/**
 * What transforms multiply by. The numbers depend on lengths alone, so they are computed once for each device, and
 * those that have not been used for long are forgotten.
 */

import { type Backend, type DType, perform, type Tensor } from "@akari/tensor";
import { upload } from "./upload.ts";

/** So many tables a device keeps. */
const most = 64;
const tables = new WeakMap<Backend, Map<string, Tensor>>();

/** Finds or makes the table of a name. */
export function table(name: string, device: Backend, make: () => Tensor): Tensor {
  const known = tables.get(device) ?? new Map<string, Tensor>();
  tables.set(device, known);
  // It outlives the scope and the captured function in which it is made.
  if (!known.has(name))
    perform(() => {
      known.set(name, make());
    });
  const found = known.get(name) as Tensor; // safe: made just now, if not before
  known.delete(name);
  known.set(name, found);
  if (known.size > most) known.delete(known.keys().next().value as string); // safe: there are some
  return found;
}

/**
 * `e^(-2πi t)` for the turns `t(row, place)`: [2 · rows, length], the real parts of a row before the imaginary ones.
 */
export function rotations(
  name: string,
  rows: number,
  length: number,
  turns: (row: number, place: number) => number,
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
