/**
 * The gradient rule of pointwise operations. The gradient is itself a pointwise operation, derived from the formulas
 * when it is first needed, and can therefore be differentiated any number of times.
 */

import {
  applyAll,
  computeType,
  type DType,
  type Formulas,
  type Gradient,
  type GradientContext,
  isFloating,
  type Op,
  once,
  PointwiseOp,
  type Reads,
  sameShape,
  type Tensor,
} from "@akari/tensor";
import { type Backward, backward, type Need } from "./backward.ts";

const derived = new WeakMap<Formulas, PointwiseGradient>();

/** Returns the gradient rule of an operation: the one it declares, or the one derived from its formulas. */
export function gradientOf(op: Op<unknown>): Gradient<unknown> | null {
  const { name, gradient } = op;
  if (gradient === null || "compute" in gradient) return gradient;
  const found = once(derived, gradient, () => new PointwiseGradient(name, gradient));
  return found as Gradient<unknown>; // safe: the rule receives the attributes of its own operation, numbers here
}

/** The gradient for one set of inputs and outputs: an operation on [gradients…, inputs read…, outputs read…]. */
interface Plan {
  readonly reads: Required<Reads>;
  readonly op: PointwiseOp | null;
  readonly sources: Backward["sources"];
}

class PointwiseGradient implements Gradient<readonly number[]> {
  readonly #name: string;
  readonly #formulas: Formulas;
  readonly #plans = new Map<string, Plan>();

  constructor(name: string, formulas: Formulas) {
    this.#name = name;
    this.#formulas = formulas;
  }

  reads(needs: readonly boolean[]): Reads {
    return this.#plan(
      needs,
      this.#formulas.outputs.map((e) => isFloating(e.dtype)),
    ).reads;
  }

  compute(
    arrived: readonly (Tensor | null)[],
    context: GradientContext<readonly number[]>,
  ): readonly (Tensor | null)[] {
    const have = arrived.map((g) => g !== null);
    // Tensors were saved for the case that all outputs have a gradient. With fewer, the plan never reads more.
    const { shape } = context.outputs[0];
    // Only 16-bit floats have another plan for gradients that are summed.
    const needs = context.inputs.map(
      (x, i): Need =>
        context.needs[i] === true && (computeType(x.dtype) === x.dtype || sameShape(x.shape, shape) || "summed"),
    );
    const plan = this.#plan(needs, have);
    // An in-place operation stores its result in the dtype of the target, which is also the dtype of its gradient.
    const typed = (x: Tensor, k: number) => x.to(this.#formulas.types[k] as DType);
    let results: readonly Tensor[] = [];
    if (plan.op !== null) {
      const operands: Tensor[] = [];
      for (const [k, g] of arrived.entries()) if (g !== null) operands.push(typed(g, k));
      for (const i of plan.reads.inputs) operands.push(context.input(i));
      for (const k of plan.reads.outputs) operands.push(typed(context.output(k), k));
      results = applyAll(plan.op, operands, context.attrs);
    }
    return plan.sources.map((source) => {
      if (source === null) return null;
      return (source.from === "op" ? results[source.index] : arrived[source.index]) ?? null;
    });
  }

  #plan(needs: readonly Need[], have: readonly boolean[]): Plan {
    return once(this.#plans, `${needs} ${have}`, () => {
      const { formulas, types, reads, sources } = backward(this.#formulas, needs, have);
      const op = formulas.length === 0 ? null : new PointwiseOp(`${this.#name}Backward`, formulas, types);
      return { reads, op, sources };
    });
  }
}
