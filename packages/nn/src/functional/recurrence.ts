/**
 * One layer and direction of a recurrent network over a whole sequence, as a single operation. A step is a matrix
 * product with the state and one fused kernel. The backward pass traverses the steps in reverse and collects the
 * gradients of all steps, from which each weight gradient is a single matrix product.
 */

import { grad, gradients } from "@akari/autograd";
import {
  applyAll,
  computeType,
  constant,
  copyInto,
  type DType,
  DTypeError,
  expectShape,
  type Gradient,
  type GradientContext,
  input,
  linear,
  type Op,
  once,
  type Program,
  program,
  type Reads,
  type Spec,
  stack,
  substitute,
  sum,
  type Tensor,
  unbind,
  type View,
  windowOn,
} from "@akari/tensor";
import { build, type Cell, step } from "./cells.ts";

/** Weights applied to the state of a layer. */
export interface StateWeights {
  /** [gates · hidden, width] */
  readonly state: Tensor;
  /** [gates · hidden] */
  readonly stateBias: Tensor | null;
  /** Matrix that projects the first state before it is output, [width, hidden], or null for none. */
  readonly projection: Tensor | null;
}

/** Splits the last dimension into `count` equal blocks. */
function blocksOf(x: View, count: number): View[] {
  const { shape, strides, offset } = x;
  const last = shape.length - 1;
  const size = (shape[last] as number) / count;
  const each = shape.with(last, size);
  const skip = size * (strides[last] as number);
  return Array.from({ length: count }, (_, k) => windowOn(x, each, strides, offset + k * skip));
}

/** Selects an index of the first dimension as a view. */
function at(x: View, index: number): View {
  return windowOn(x, x.shape.slice(1), x.strides.slice(1), x.offset + index * (x.strides[0] as number));
}

/**
 * Lists the steps in execution order: the index of the product, and the indices of the old and new state among all
 * states, which are on its two sides.
 */
function order(
  length: number,
  backwards: boolean,
): { readonly step: number; readonly before: number; readonly after: number }[] {
  const steps = Array.from({ length }, (_, step) => ({
    step,
    before: step + Number(backwards),
    after: step + Number(!backwards),
  }));
  return backwards ? steps.reverse() : steps;
}

/**
 * Computes the states before and after each step, [L + 1, N, hidden] each, from products with the input
 * [L, N, gates · hidden] and initial states [N, hidden]. The states are in sequence order: the initial one is first, or
 * last for `backwards`.
 */
export function recur(
  cell: Cell,
  products: Tensor,
  weights: StateWeights,
  start: readonly Tensor[],
  backwards: boolean,
): readonly Tensor[] {
  if (weights.projection !== null) return stepwise(cell, products, weights, start, backwards);
  const { state, stateBias } = weights;
  return applyAll(
    opOf(cell, products.dtype),
    [products, state, ...start, ...(stateBias ? [stateBias] : [])],
    backwards,
  ).slice(0, cell.states);
}

/** Computes the same as `recur` from separate operations. */
function stepwise(
  cell: Cell,
  products: Tensor,
  weights: StateWeights,
  start: readonly Tensor[],
  backwards: boolean,
): readonly Tensor[] {
  const all = [start];
  const each = unbind(products);
  for (const product of backwards ? each.toReversed() : each) {
    const before = all.at(-1) as readonly Tensor[]; // safe: it contains at least `start`
    // safe: a cell has at least one state
    const [h, ...rest] = step(cell, product, linear(before[0] as Tensor, weights.state, weights.stateBias), before);
    all.push([weights.projection ? linear(h as Tensor, weights.projection) : (h as Tensor), ...rest]);
  }
  if (backwards) all.reverse();
  return start.map((_, k) => stack(all.map((states) => states[k] as Tensor))); // safe: all steps have the same states
}

const ops = new Map<string, RecurrentOp>();

function opOf(cell: Cell, dtype: DType): RecurrentOp {
  return once(ops, `${cell.name} ${dtype}`, () => new RecurrentOp(cell, dtype));
}

/**
 * Inputs: [products, weight, initial states…, bias?]. Outputs: the states, and for the backward pass the products with
 * the state, in which the kept values of the cell replace the first blocks. Attribute: `backwards`.
 */
class RecurrentOp implements Op<boolean> {
  readonly name: string;
  readonly gradient: Gradient<boolean>;
  readonly #cell: Cell;
  readonly #program: Program;
  readonly #kept: number;

  constructor(cell: Cell, dtype: DType) {
    this.name = cell.name;
    this.#cell = cell;
    const { states, kept } = build(cell, dtype, 0);
    this.#program = program([...states, ...kept]);
    this.#kept = kept.length;
    this.gradient = new RecurrentGradient(cell, dtype);
  }

  infer(inputs: readonly Tensor[]): readonly Spec[] {
    const [products, weight, ...rest] = inputs as readonly [Tensor, Tensor, ...Tensor[]]; // safe: see `recur`
    const [length = 0, batch = 0, gates = 0] = products.shape;
    const hidden = gates / this.#cell.gates;
    const wanted = [[gates, hidden], ...Array.from({ length: this.#cell.states }, () => [batch, hidden]), [gates]];
    for (const [i, { shape, dtype }] of [weight, ...rest].entries()) {
      if (dtype !== products.dtype)
        throw new DTypeError(`${this.name}: an input of ${products.dtype} does not fit weights or states of ${dtype}`);
      expectShape(this.name, "weight, state or bias", { shape }, wanted[i] as number[]);
    }
    const { dtype } = products;
    return [
      ...Array.from({ length: this.#cell.states }, () => ({ shape: [length + 1, batch, hidden], dtype })),
      { shape: products.shape, dtype },
    ];
  }

  run(inputs: readonly Tensor[], backwards: boolean, outputs: readonly Tensor[]): void {
    const { states: count, gates, reads } = this.#cell;
    const [products, weight, ...rest] = inputs as readonly [Tensor, Tensor, ...Tensor[]]; // safe: as above
    const [states, fromStates] = [outputs.slice(0, count), outputs[count] as Tensor];
    const { device, shape } = products;
    const length = shape[0] as number;
    for (const [k, all] of states.entries()) copyInto(at(all, backwards ? length : 0), rest[k] as Tensor, device);
    if (products.numel() === 0) return;
    const bias = rest[count];
    const added = bias ? windowOn(bias, shape.slice(1), [0, bias.strides[0] as number]) : null;
    const across = windowOn(weight, weight.shape.toReversed(), weight.strides.toReversed());
    for (const { step, before, after } of order(length, backwards)) {
      const fromState = at(fromStates, step);
      const blocks = blocksOf(fromState, gates);
      device.run({
        kind: "matmul",
        a: at(states[0] as Tensor, before),
        b: across,
        to: fromState,
        accumulate: false,
        bias: added,
      });
      device.run({
        kind: "pointwise",
        program: this.#program,
        inputs: [
          ...blocksOf(at(products, step), gates),
          ...blocksOf(fromState, gates),
          ...reads.map((k) => at(states[k] as Tensor, before)),
        ],
        scalars: [],
        to: [...states.map((all) => at(all, after)), ...blocks.slice(0, this.#kept)],
      });
    }
  }
}

class RecurrentGradient implements Gradient<boolean> {
  readonly #cell: Cell;
  readonly #program: Program;
  /** Whether the gradients of the products with the input and with the state are equal. */
  readonly #shared: boolean;

  constructor(cell: Cell, dtype: DType) {
    this.#cell = cell;
    const { gates, states } = cell;
    const wide = computeType(dtype);
    const number = (i: number) => input(i, dtype).cast(wide);
    const built = build(cell, dtype, states);
    const found = gradients(
      built.states.map((e, k) => [e, number(k)] as const),
      built.leaves,
    );
    // Values computed in the forward pass are read instead of being recomputed.
    const known = new Map([
      ...built.kept.map((e, j) => [e, number(states + gates + j)] as const),
      ...built.states.map((e, k) => [e, number(states + built.leaves.length + k)] as const),
    ]);
    const parts = found.map((e) => (e ? substitute(e, known) : constant(0, wide)));
    const [ofInput, ofState] = [parts.slice(0, gates), parts.slice(gates, 2 * gates)];
    this.#shared = ofInput.every((e, k) => e === ofState[k]);
    // Gradients of the old states are added to those that have already arrived.
    const onward = parts.slice(2 * gates).map((e, j) => e.add(number(2 * states + built.leaves.length + j)));
    this.#program = program([...ofInput, ...(this.#shared ? [] : ofState), ...onward]);
  }

  reads(needs: readonly boolean[]): Reads {
    return { inputs: needs.map((_, i) => i), outputs: Array.from({ length: this.#cell.states + 1 }, (_, k) => k) };
  }

  compute(arrived: readonly (Tensor | null)[], context: GradientContext<boolean>): readonly (Tensor | null)[] {
    return context.recording ? this.#differentiable(arrived, context) : this.#fused(arrived, context);
  }

  #fused(
    arrived: readonly (Tensor | null)[],
    { attrs: backwards, needs, input, output }: GradientContext<boolean>,
  ): readonly (Tensor | null)[] {
    const { states: count, gates, reads } = this.#cell;
    const [products, weight, fromStates] = [input(0), input(1), output(count)];
    const states = Array.from({ length: count }, (_, k) => output(k));
    const { device } = products;
    const length = products.shape[0] as number;
    const ofStates = states.map((all, k) => {
      const sums = all.newEmpty(all.shape);
      const given = arrived[k];
      if (given) copyInto(sums, given, device);
      else sums.zero_();
      return sums;
    });
    const ofProducts = products.newEmpty(products.shape);
    const ofGates = this.#shared ? ofProducts : products.newEmpty(products.shape);
    for (const { step, before, after } of products.numel() === 0 ? [] : order(length, backwards).reverse()) {
      const old = reads.map((k) => at(ofStates[k] as Tensor, before));
      device.run({
        kind: "pointwise",
        program: this.#program,
        inputs: [
          ...ofStates.map((all) => at(all, after)),
          ...blocksOf(at(products, step), gates),
          ...blocksOf(at(fromStates, step), gates),
          ...reads.map((k) => at(states[k] as Tensor, before)),
          ...states.map((all) => at(all, after)),
          ...old,
        ],
        scalars: [],
        to: [
          ...blocksOf(at(ofProducts, step), gates),
          ...(this.#shared ? [] : blocksOf(at(ofGates, step), gates)),
          ...old,
        ],
      });
      device.run({
        kind: "matmul",
        a: at(ofGates, step),
        b: weight,
        to: at(ofStates[0] as Tensor, before),
        accumulate: true,
        bias: null,
      });
    }
    const rows = (x: Tensor) => x.reshape([-1, x.shape[2] as number]);
    const first = backwards ? length : 0;
    return [
      ofProducts,
      needs[1]
        ? rows(ofGates)
            .t()
            .matmul(rows((states[0] as Tensor).narrow(0, backwards ? 1 : 0, length)))
        : null,
      ...ofStates.map((all, k) => (needs[2 + k] ? all.select(0, first) : null)),
      needs[2 + count] ? sum(ofGates, [0, 1]) : null,
    ].slice(0, needs.length);
  }

  /** Computes the same gradients from differentiable operations. */
  #differentiable(
    arrived: readonly (Tensor | null)[],
    { attrs: backwards, needs, input }: GradientContext<boolean>,
  ): readonly (Tensor | null)[] {
    const inputs = needs.map((_, i) => input(i));
    const [products, state, ...rest] = inputs as [Tensor, Tensor, ...Tensor[]]; // safe: as above
    const { states: count } = this.#cell;
    const weights = { state, stateBias: rest[count] ?? null, projection: null };
    const outputs = stepwise(this.#cell, products, weights, rest.slice(0, count), backwards);
    const given = outputs.flatMap((x, k) => (arrived[k] ? [[x, arrived[k]] as const] : []));
    const found = grad(
      given.map(([x]) => x),
      inputs.filter((_, i) => needs[i]),
      { gradOutputs: given.map(([, g]) => g), createGraph: true, allowUnused: true },
    );
    return needs.map((need) => (need ? (found.shift() ?? null) : null));
  }
}
