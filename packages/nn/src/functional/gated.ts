/**
 * The pointwise part of a recurrent cell, as one kernel forward and one backward. Each gate is a block of the last dimension of what two matrix products
 * gave, one of the input and one of the state; the kernels read the blocks, and write their gradients, where they lie.
 */

import {
  applyAll,
  cat,
  chunk,
  computeType,
  constant,
  copyInto,
  type DType,
  type Expr,
  type Gradient,
  type GradientContext,
  gradients,
  input,
  type Op,
  PointwiseOp,
  type Program,
  program,
  type Reads,
  ShapeError,
  type Spec,
  showShape,
  stack,
  type Tensor,
  type View,
} from "@akari/tensor";

/** The new states from the gates that the input gives, those that the old state gives, and further old states. */
export type CellFormula = (fromInput: readonly Expr[], fromState: readonly Expr[], states: readonly Expr[]) => readonly Expr[];

/** The `count` equal blocks of the last dimension. */
function blocksOf(x: View, count: number): View[] {
  const last = x.shape.length - 1;
  const size = (x.shape[last] as number) / count;
  const shape = [...x.shape.slice(0, last), size];
  return Array.from({ length: count }, (_, k) => ({
    buffer: x.buffer,
    dtype: x.dtype,
    shape,
    strides: x.strides,
    offset: x.offset + k * size * (x.strides[last] as number),
  }));
}

/** A cell's formula for one dtype. Inputs: [gates of the input, gates of the state, states…]; outputs: the new states. */
class GatedOp implements Op {
  readonly name: string;
  readonly gradient: Gradient<undefined>;
  readonly #blocks: number;
  readonly #flat: PointwiseOp;

  constructor(name: string, dtype: DType, blocks: number, states: number, formula: CellFormula) {
    this.name = name;
    this.#blocks = blocks;
    const { outputs } = build(formula, dtype, blocks, states, 0);
    const types = outputs.map(() => dtype);
    this.#flat = new PointwiseOp(name, outputs, types);
    this.gradient = new GatedGradient(this.#flat, dtype, blocks, states, formula);
  }

  infer(inputs: readonly Tensor[]): readonly Spec[] {
    const [fromInput, fromState, ...states] = inputs as readonly [Tensor, Tensor, ...Tensor[]]; // safe: `gated` passes these
    const shape = [...fromInput.shape.slice(0, -1), (fromInput.shape.at(-1) as number) / this.#blocks];
    const fits = (x: Tensor, width: number) =>
      x.ndim === shape.length && x.shape.every((size, i) => size === (i === shape.length - 1 ? width : shape[i]));
    if (!fits(fromState, fromInput.shape.at(-1) as number) || !states.every((x) => fits(x, shape.at(-1) as number))) {
      throw new ShapeError(
        `${this.name}: an input of batch ${showShape(shape.slice(0, -1))} does not fit states of shapes ${inputs
          .slice(1)
          .map((x) => showShape(x.shape))
          .join(", ")}`,
      );
    }
    return this.#flat.program.outputs.map(() => ({ shape, dtype: fromInput.dtype }));
  }

  run(inputs: readonly Tensor[], _: undefined, outputs: readonly Tensor[]): void {
    const [fromInput, fromState, ...states] = inputs as readonly [Tensor, Tensor, ...Tensor[]]; // safe: as above
    if (fromInput.numel() === 0) return;
    const views = [...blocksOf(fromInput, this.#blocks), ...blocksOf(fromState, this.#blocks), ...states];
    fromInput.device.run({ kind: "pointwise", program: this.#flat.program, inputs: views, scalars: [], to: outputs });
  }
}

/** The formula on leaves numbered from `first` on. */
function build(
  formula: CellFormula,
  dtype: DType,
  blocks: number,
  states: number,
  first: number,
): { leaves: Expr[]; outputs: readonly Expr[] } {
  const leaves = Array.from({ length: 2 * blocks + states }, (_, i) => input(first + i, dtype));
  const wide = leaves.map((leaf) => leaf.cast(computeType(dtype)));
  return { leaves, outputs: formula(wide.slice(0, blocks), wide.slice(blocks, 2 * blocks), wide.slice(2 * blocks)) };
}

/** A backward kernel: its program, and whether the gates of input and state have the same gradient. */
interface Plan {
  readonly program: Program;
  readonly shared: boolean;
}

class GatedGradient implements Gradient<undefined> {
  readonly #flat: PointwiseOp;
  readonly #dtype: DType;
  readonly #blocks: number;
  readonly #states: number;
  readonly #formula: CellFormula;
  readonly #plans: Map<string, Plan> = new Map();

  constructor(flat: PointwiseOp, dtype: DType, blocks: number, states: number, formula: CellFormula) {
    this.#flat = flat;
    this.#dtype = dtype;
    this.#blocks = blocks;
    this.#states = states;
    this.#formula = formula;
  }

  reads(): Reads {
    // The outputs are the states of the next step and are kept in any case.
    const count = 2 + this.#states;
    return { inputs: Array.from({ length: count }, (_, i) => i), outputs: this.#flat.program.outputs.map((_, k) => k) };
  }

  compute(arrived: readonly (Tensor | null)[], context: GradientContext<undefined>): readonly (Tensor | null)[] {
    return context.recording ? this.#differentiable(arrived, context) : this.#fused(arrived, context);
  }

  #fused(arrived: readonly (Tensor | null)[], context: GradientContext<undefined>): readonly (Tensor | null)[] {
    const { program: kernel, shared } = this.#plan(arrived.map((g) => g !== null));
    const [fromInput, fromState] = [context.input(0), context.input(1)];
    const states = Array.from({ length: this.#states }, (_, i) => context.input(2 + i));
    const gates = fromInput.newEmpty(fromInput.shape);
    const others = shared ? gates : fromState.newEmpty(fromState.shape);
    const ofStates = states.map((x) => x.newEmpty(x.shape));
    if (fromInput.numel() > 0) {
      fromInput.device.run({
        kind: "pointwise",
        program: kernel,
        inputs: [
          ...arrived.filter((g) => g !== null),
          ...blocksOf(fromInput, this.#blocks),
          ...blocksOf(fromState, this.#blocks),
          ...states,
        ],
        scalars: [],
        to: [...blocksOf(gates, this.#blocks), ...(shared ? [] : blocksOf(others, this.#blocks)), ...ofStates],
      });
    }
    return [gates, others, ...ofStates];
  }

  /** The same from operations that can be differentiated again. */
  #differentiable(arrived: readonly (Tensor | null)[], context: GradientContext<undefined>): readonly (Tensor | null)[] {
    const blocks = this.#blocks;
    const states = Array.from({ length: this.#states }, (_, i) => context.input(2 + i));
    const parts = [...chunk(context.input(0), blocks, -1), ...chunk(context.input(1), blocks, -1), ...states];
    const flat = this.#flat.gradient as Gradient<readonly number[]>; // safe: cells are made of floating formulas
    const found = flat.compute(arrived, {
      attrs: [],
      needs: parts.map(() => true),
      inputs: parts,
      outputs: context.outputs,
      input: (i) => parts[i] as Tensor, // safe: the formula reads these only
      output: (k) => context.output(k),
      recording: true,
    }) as readonly Tensor[]; // safe: all are needed
    return [cat(found.slice(0, blocks), -1), cat(found.slice(blocks, 2 * blocks), -1), ...found.slice(2 * blocks)];
  }

  #plan(have: readonly boolean[]): Plan {
    const key = have.map(Number).join("");
    let plan = this.#plans.get(key);
    if (plan === undefined) {
      plan = this.#derive(have);
      this.#plans.set(key, plan);
    }
    return plan;
  }

  #derive(have: readonly boolean[]): Plan {
    const [dtype, blocks] = [this.#dtype, this.#blocks];
    const wide = computeType(dtype);
    const count = have.filter((there) => there).length;
    let next = 0;
    const incoming = have.map((there) => (there ? input(next++, dtype).cast(wide) : null));
    const { leaves, outputs } = build(this.#formula, dtype, blocks, this.#states, count);
    const found = gradients(
      outputs.map((e, k) => [e, incoming[k] ?? null] as const),
      leaves,
    ).map((e) => e ?? constant(0, wide));
    const [ofInput, ofState] = [found.slice(0, blocks), found.slice(blocks, 2 * blocks)];
    const shared = ofInput.every((e, k) => e === ofState[k]);
    return { program: program(shared ? [...ofInput, ...found.slice(2 * blocks)] : found), shared };
  }
}

/** A cell made from a formula: call it with the gates of the input, those of the state, and further states. */
export type GatedCell = (fromInput: Tensor, fromState: Tensor, ...states: Tensor[]) => readonly Tensor[];

/**
 * A cell with `blocks` gates, each a block of the last dimension.
 *
 * @param formula the new states, by the gates and the old states.
 */
export function gated(name: string, blocks: number, formula: CellFormula): GatedCell {
  const ops = new Map<DType, GatedOp>();
  return (fromInput, fromState, ...states) => {
    const { dtype } = fromInput;
    let op = ops.get(dtype);
    if (op === undefined) {
      op = new GatedOp(name, dtype, blocks, states.length, formula);
      ops.set(dtype, op);
    }
    return applyAll(op, [fromInput, fromState, ...states], undefined);
  };
}

const steps: Op = {
  name: "unbind",
  infer: ([x]) => {
    const [length = 0, ...shape] = (x as Tensor).shape; // safe: one input
    return Array.from({ length }, () => ({ shape, dtype: (x as Tensor).dtype }));
  },
  run: ([x], _, outputs) => {
    const { buffer, dtype, shape, strides, offset, device } = x as Tensor; // safe: one input
    outputs.forEach((to, i) => {
      if (to.numel() === 0) return;
      const from: View = { buffer, dtype, shape: shape.slice(1), strides: strides.slice(1), offset: offset + i * (strides[0] as number) };
      copyInto(to, from, device);
    });
  },
  gradient: {
    reads: () => ({}),
    compute: (arrived) => {
      const some = arrived.find((g) => g !== null) as Tensor; // safe: a rule is asked when a gradient arrived
      return [stack(arrived.map((g) => g ?? some.newEmpty(some.shape).zero_()))];
    },
  },
};

/** The elements along the first dimension, whose gradients are put together once, and not one by one into zeros as those of views are. */
export function unstack(x: Tensor): readonly Tensor[] {
  return applyAll(steps, [x], undefined);
}
