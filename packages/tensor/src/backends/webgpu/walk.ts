/**
 * The memory layout of a call's operands in its simplest form: dimensions of size one are dropped and adjacent
 * dimensions are merged where every operand is contiguous across them, so most calls end up with one dimension. Only
 * the number of remaining dimensions is part of a shader; sizes and strides are arguments.
 */

import type { Draft } from "./draft.ts";

/** The strides and offset of an operand. */
export interface Strided {
  readonly strides: readonly number[];
  readonly offset: number;
}

/** The shader text that finds elements from a linear index. */
export interface Walk {
  /**
   * Returns statements that declare `{prefix}0`, `{prefix}1`, …: the positions of the operands' elements number `i`.
   */
  index(i: string, prefix: string): string;
}

/** Merges dimensions. Returns their sizes, and the strides of each operand. */
export function merge(
  shape: readonly number[],
  operands: readonly (readonly number[])[],
): { sizes: number[]; strides: number[][] } {
  const sizes: number[] = [];
  const strides: number[][] = operands.map(() => []);
  for (let d = 0; d < shape.length; d++) {
    const size = shape[d] as number;
    if (size === 1) continue;
    const last = sizes.length - 1;
    let runs = last >= 0;
    for (let k = 0; k < operands.length && runs; k++) {
      runs = strides[k]?.[last] === size * ((operands[k] as readonly number[])[d] as number);
    }
    if (runs) sizes[last] = (sizes[last] as number) * size;
    else sizes.push(size);
    const at = sizes.length - 1;
    for (let k = 0; k < operands.length; k++)
      (strides[k] as number[])[at] = (operands[k] as readonly number[])[d] as number;
  }
  return { sizes, strides };
}

/**
 * Creates a walk over a shape in row-major order. Adds its rank and specialized strides to the draft's key, and its
 * sizes and other strides to the arguments.
 *
 * @param offsets whether positions start at the operands' offsets or at 0.
 * @param pace an innermost stride to specialize the shader for, used if every operand's is either this or 0.
 */
export function walk(
  draft: Draft,
  shape: readonly number[],
  operands: readonly Strided[],
  offsets = true,
  pace = 0,
): Walk {
  const { sizes, strides } = merge(
    shape,
    operands.map((one) => one.strides),
  );
  const rank = sizes.length;
  const inner = strides.map((list) => list[rank - 1] ?? 0);
  const fixed = pace > 0 && inner.every((step) => step === pace || step === 0);
  draft.key += ` r${rank}${fixed ? inner.join("") : ""}`;
  const size = sizes.map((value) => draft.u32(value));
  const starts = offsets ? operands.map((one) => draft.u32(one.offset)) : operands.map(() => "0u");
  const steps = strides.map((list) =>
    list.map((value, d) => (fixed && d === rank - 1 ? `${value}u` : draft.u32(value))),
  );
  return {
    index(i, prefix) {
      const lines: string[] = [];
      const digit = (d: number) => `${prefix}_d${d}`;
      let rest = i;
      for (let d = rank - 1; d >= 0; d--) {
        lines.push(`let ${digit(d)} = ${d === 0 ? rest : `${rest} % ${size[d]}`};`);
        if (d > 0) {
          lines.push(`let ${prefix}_r${d} = ${rest} / ${size[d]};`);
          rest = `${prefix}_r${d}`;
        }
      }
      operands.forEach((_, k) => {
        const terms = steps[k]?.map((step, d) => `${digit(d)} * ${step}`) ?? [];
        lines.push(`let ${prefix}${k} = ${[starts[k], ...terms].join(" + ")};`);
      });
      return lines.join("\n");
    },
  };
}
