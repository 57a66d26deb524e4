/**
 * Derives the gradient of a pointwise operation from its formulas. The result is again a set of formulas, over the
 * upstream gradients and as few of the inputs and outputs as possible. The tensors to save for the backward pass follow
 * from it, so no operation lists them by hand.
 */

import {
  computeType,
  constant,
  type DType,
  type Expr,
  type Formulas,
  floating,
  input,
  node,
  nodesOf,
  substitute,
} from "@akari/tensor";
import { gradients } from "./derivative.ts";

/** Whether an input needs a gradient: "summed" if the gradient will be summed over broadcast dimensions. */
export type Need = boolean | "summed";

/** Formulas for the gradients of a pointwise operation's inputs. */
export interface Backward {
  /** Formulas over [upstream gradients…, inputs read…, outputs read…]. */
  readonly formulas: readonly Expr[];
  /** Dtypes in which the results of the formulas are stored. */
  readonly types: readonly DType[];
  /** Indices of the inputs and outputs that the formulas read, ascending. */
  readonly reads: { readonly inputs: readonly number[]; readonly outputs: readonly number[] };
  /** Source of each input's gradient: a formula, an upstream gradient passed on unchanged, or null for no gradient. */
  readonly sources: readonly (null | { readonly from: "op" | "gradient"; readonly index: number })[];
}

/**
 * Derives the formulas of the gradient from the formulas of the operation.
 *
 * @param needs for each input, whether it needs a gradient.
 * @param have for each output, whether it has an upstream gradient.
 */
export function backward({ outputs, types }: Formulas, needs: readonly Need[], have: readonly boolean[]): Backward {
  // The input expressions by index; null for an input that no formula reads.
  const leaves = needs.map((): Expr | null => null);
  for (const e of nodesOf(outputs)) if (e.op === "input") leaves[e.value] = e;
  let count = 0;
  const incoming = outputs.map((_, k) => (have[k] ? input(count++, types[k] as DType) : null));
  // The inputs and outputs that are read are not known yet, so all are numbered after the gradients.
  const firstOutput = count + leaves.length;
  const shifted = new Map<Expr, Expr>();
  leaves.forEach((leaf, i) => {
    if (leaf !== null) shifted.set(leaf, node("input", leaf.dtype, [], count + i));
  });
  const forward = outputs.map((e) => substitute(e, shifted));
  const wanted = leaves.map((leaf, i) => (leaf !== null && needs[i] ? (shifted.get(leaf) as Expr) : null));
  const found = gradients(
    forward.map((e, k) => [e, incoming[k] ?? null] as const),
    wanted.filter((e) => e !== null),
  );
  const asOutput = new Map<Expr, Expr>();
  forward.forEach((e, k) => {
    if (e.args.length > 0) asOutput.set(e, input(firstOutput + k, types[k] as DType));
  });
  const readsInput = (e: Expr) =>
    nodesOf([e]).some((n) => n.op === "input" && n.value >= count && n.value < firstOutput);
  const formulas: Expr[] = [];
  const stored: DType[] = [];
  let next = 0;
  const sources = needs.map((needed, i): Backward["sources"][number] => {
    let e = wanted[i] ? (found[next++] ?? null) : null;
    // The gradient of an input that the formulas ignore, or depend on piecewise constantly, is zero rather than null,
    // as in PyTorch.
    if (e === null && needed && count > 0) e = constant(0, floating(leaves[i]?.dtype ?? "float32"));
    if (e === null) return null;
    if (incoming.includes(e)) return { from: "gradient", index: incoming.indexOf(e) };
    // 16-bit floats are a storage format: the formula computes in float32 and the store converts, or the sum over the
    // broadcast dimensions.
    const wide = e.dtype === computeType(e.dtype) ? e : (e.args[0] as Expr);
    // A formula over the outputs alone is preferred; otherwise the inputs are saved.
    const throughOutput = substitute(wide, asOutput);
    stored.push(needed === "summed" ? wide.dtype : e.dtype);
    return { from: "op", index: formulas.push(readsInput(throughOutput) ? wide : throughOutput) - 1 };
  });
  return { types: stored, sources, ...withoutGaps(formulas, count, firstOutput) };
}

/**
 * Renumbers the inputs (from `first`) and the outputs (from `firstOutput`) so that only those that are read have an
 * index.
 */
function withoutGaps(
  formulas: readonly Expr[],
  first: number,
  firstOutput: number,
): Pick<Backward, "formulas" | "reads"> {
  const kept = nodesOf(formulas).filter((e) => e.op === "input" && e.value >= first);
  const numbers = [...new Set(kept.map((e) => e.value))].sort((a, b) => a - b);
  const compact = new Map(kept.map((e) => [e, node("input", e.dtype, [], first + numbers.indexOf(e.value))]));
  return {
    formulas: formulas.map((e) => substitute(e, compact)),
    reads: {
      inputs: numbers.filter((n) => n < firstOutput).map((n) => n - first),
      outputs: numbers.filter((n) => n >= firstOutput).map((n) => n - firstOutput),
    },
  };
}
