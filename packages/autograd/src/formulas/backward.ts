/**
 * The gradient of formulas, as formulas again: over the gradients that arrive, and over as few of the inputs and
 * outputs as will do. What is kept for a backward pass follows from here; nobody lists it.
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

/** What computes the gradients of some inputs. */
export interface Backward {
  /** Formulas over [gradients…, inputs read…, outputs read…]. */
  readonly formulas: readonly Expr[];
  /** How the results of the formulas are stored. */
  readonly types: readonly DType[];
  /** Which inputs and outputs the formulas read, ascending. */
  readonly reads: { readonly inputs: readonly number[]; readonly outputs: readonly number[] };
  /** For each input: where its gradient comes from: a formula, an incoming gradient handed on as it is, or nothing. */
  readonly sources: readonly (null | { readonly from: "op" | "gradient"; readonly index: number })[];
}

/**
 * Derives the gradient of formulas.
 *
 * @param needs which inputs want a gradient.
 * @param have to which results a gradient arrives.
 */
export function backward({ outputs, types }: Formulas, needs: readonly boolean[], have: readonly boolean[]): Backward {
  // The inputs by number; null for one that no formula reads.
  const leaves = needs.map((): Expr | null => null);
  for (const e of nodesOf(outputs)) if (e.op === "input") leaves[e.value] = e;
  let count = 0;
  const incoming = outputs.map((_, k) => (have[k] ? input(count++, types[k] as DType) : null));
  // While it is not known which of them are read, all inputs and then all outputs are numbered behind the gradients.
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
    // By an input that a formula ignores, or follows in jumps only, the derivative is zero, and as in PyTorch that is
    // not "none".
    if (e === null && needed && count > 0) e = constant(0, floating(leaves[i]?.dtype ?? "float32"));
    if (e === null) return null;
    if (incoming.includes(e)) return { from: "gradient", index: incoming.indexOf(e) };
    // 16-bit floats are a way to store: the formula computes in float32 and the conversion is left to the store.
    const wide = e.dtype === computeType(e.dtype) ? e : (e.args[0] as Expr);
    // Where the outputs alone say enough, only they are kept; otherwise the inputs are.
    const throughOutput = substitute(wide, asOutput);
    stored.push(e.dtype);
    return { from: "op", index: formulas.push(readsInput(throughOutput) ? wide : throughOutput) - 1 };
  });
  return { types: stored, sources, ...withoutGaps(formulas, count, firstOutput) };
}

/**
 * Numbers the inputs, which begin at `first`, and the outputs, which begin at `firstOutput`, so that only those that
 * are read have a number.
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
