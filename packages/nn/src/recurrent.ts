/**
 * Recurrent layers over whole sequences: several layers, one or both directions. The products with the input are one
 * for all steps; a step is a product with the state and one fused kernel.
 */

import {
  ArgumentError,
  cat,
  checkChoice,
  checkNumber,
  empty,
  expectTensor,
  linear,
  ShapeError,
  sameShape,
  settings,
  shapeError,
  showShape,
  stack,
  type Tensor,
  zeros,
} from "@akari/tensor";
import { checkCounts, factoryDefaults } from "./arguments.ts";
import { type Cell, gruCell, lstmCell, rnnCells } from "./functional/cells.ts";
import { dropout } from "./functional/dropout.ts";
import { recur, type StateWeights } from "./functional/recurrence.ts";
import { uniform_ } from "./init.ts";
import type { FactoryOptions } from "./linear.ts";
import { Module } from "./module.ts";
import type { PackedSequence } from "./packed-sequence.ts";
import { Parameter } from "./parameter.ts";
import { python, snakeCase } from "./state-name.ts";

/** Options of `GRU`, and of all recurrent layers. */
export interface RecurrentOptions extends FactoryOptions {
  /** How many layers there are, each with the output of the one before as its input. Default 1. */
  readonly numLayers?: number;
  /** Whether there are biases. Default true. */
  readonly bias?: boolean;
  /** Whether sequences are [N, L, features] instead of [L, N, features]. Default false. */
  readonly batchFirst?: boolean;
  /** How much of each layer's output but the last one's is dropped in training. Default 0. */
  readonly dropout?: number;
  /** Whether a second network reads the sequence from its end; outputs stand side by side. Default false. */
  readonly bidirectional?: boolean;
}

/** What a network of one layer and direction is made of. */
interface Weights extends StateWeights {
  readonly input: Tensor;
  readonly inputBias: Tensor | null;
}

/** The outputs of all steps, and the last states. */
interface Passed<Sequence> {
  readonly output: Sequence;
  readonly states: readonly Tensor[];
}

/** Options that not all recurrent layers have. */
type OwnOptions = Pick<RNNOptions, "nonlinearity"> & Pick<LSTMOptions, "projSize">;

// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: a module is a function, which the interface of this name says of packed sequences, too.
abstract class RecurrentLayer extends Module {
  /** The last size of the input. */
  readonly inputSize: number;
  /** The width of the state of each layer and direction. */
  readonly hiddenSize: number;
  /** The width to which an `LSTM` projects its output; 0 for none, as in all others. Default 0. */
  readonly projSize: number;
  /** How many layers there are, each with the output of the one before as its input. Default 1. */
  readonly numLayers: number;
  /** Whether there are biases. Default true. */
  readonly withBias: boolean;
  /** Whether sequences are [N, L, features] instead of [L, N, features]; states keep their layout. Default false. */
  readonly batchFirst: boolean;
  /** How much of each layer's output but the last one's is dropped in training, from 0 to 1. Default 0. */
  readonly dropout: number;
  /** Whether a second network reads the sequence from its end; outputs stand side by side. Default false. */
  readonly bidirectional: boolean;
  /**
   * What the input of the first layer is multiplied by: [gates · hiddenSize, inputSize], the gates being one for `RNN`,
   * i, f, g and o for `LSTM`, r, z and n for `GRU`. Those of the other layers and directions are named `weightIhL1`,
   * `weightIhL0Reverse` and so on.
   */
  declare weightIhL0: Parameter;
  /** What the state of the first layer is multiplied by: [gates · hiddenSize, projSize or hiddenSize]. */
  declare weightHhL0: Parameter;
  /** Added to the product with the input, [gates · hiddenSize]; not there without bias. */
  declare biasIhL0?: Parameter;
  /** Added to the product with the state, [gates · hiddenSize]; not there without bias. */
  declare biasHhL0?: Parameter;
  private readonly cell: Cell;

  /** `own` are the options that not all recurrent layers have. */
  constructor(cell: Cell, inputSize: number, hiddenSize: number, options: RecurrentOptions, own: OwnOptions = {}) {
    super();
    const layer = this.constructor.name;
    const defaults = {
      numLayers: 1,
      bias: true,
      batchFirst: false,
      dropout: 0,
      bidirectional: false,
      ...own,
      ...factoryDefaults,
    };
    const {
      numLayers,
      bias,
      batchFirst,
      dropout,
      bidirectional,
      projSize = 0,
      nonlinearity: _,
      ...factory
    } = settings(
      layer,
      options as RecurrentOptions & OwnOptions,
      defaults as typeof defaults & Required<OwnOptions>, // safe: what a layer does not have is refused
    );
    checkCounts(layer, { inputSize, hiddenSize, numLayers });
    checkNumber(layer, "dropout", dropout, 1);
    if (!Number.isInteger(projSize) || projSize < 0 || projSize >= hiddenSize)
      throw new ArgumentError(
        `${layer}: projSize must be a whole number below the hidden size ${hiddenSize}, got ${projSize}`,
      );
    this.cell = cell;
    this.inputSize = inputSize;
    this.hiddenSize = hiddenSize;
    this.projSize = projSize;
    this.numLayers = numLayers;
    this.withBias = bias;
    this.batchFirst = batchFirst;
    this.dropout = dropout;
    this.bidirectional = bidirectional;
    const width = projSize || hiddenSize;
    const gates = cell.gates * hiddenSize;
    for (const [index, suffix] of this.suffixes().entries()) {
      const features = index < this.directions() ? inputSize : width * this.directions();
      const add = (name: string, ...shape: number[]) =>
        Reflect.set(this, `${name}${suffix}`, new Parameter(empty(shape, factory)));
      add("weightIh", gates, features);
      add("weightHh", gates, width);
      if (bias) add("biasIh", gates);
      if (bias) add("biasHh", gates);
      if (projSize > 0) add("weightHr", projSize, hiddenSize);
    }
    this.resetParameters();
  }

  protected override stateName(property: string): string {
    return snakeCase(property);
  }

  /** Draws all weights and biases anew, uniform in ±1/√hiddenSize. */
  resetParameters(): void {
    const bound = 1 / Math.sqrt(this.hiddenSize);
    for (const parameter of this.parameters()) uniform_(parameter, -bound, bound);
  }

  private directions(): number {
    return this.bidirectional ? 2 : 1;
  }

  /** How the weights of each layer and direction end, in their order. */
  private suffixes(): string[] {
    return Array.from({ length: this.numLayers }, (_, l) =>
      this.bidirectional ? [`L${l}`, `L${l}Reverse`] : [`L${l}`],
    ).flat();
  }

  private weights(suffix: string): Weights {
    const of = (name: string): Tensor | null => (Reflect.get(this, `${name}${suffix}`) as Tensor | undefined) ?? null;
    const [input, state] = [of("weightIh") as Tensor, of("weightHh") as Tensor]; // safe: the constructor made them
    return { input, state, inputBias: of("biasIh"), stateBias: of("biasHh"), projection: of("weightHr") };
  }

  /** The outputs of all steps and the last states, given the first ones (or null for zeros). */
  protected run<Input extends Tensor | PackedSequence>(
    input: Input,
    given: readonly Tensor[] | null,
  ): { readonly output: Input; readonly states: readonly Tensor[] };
  protected run(input: Tensor | PackedSequence, given: readonly Tensor[] | null): Passed<Tensor | PackedSequence> {
    if (input && "batchSizes" in input) {
      const { data, batchSizes } = input;
      if (data.ndim !== 2 || data.shape[1] !== this.inputSize)
        throw shapeError(this.constructor.name, `packed data [steps, ${this.inputSize}]`, data);
      const start = this.start(data, batchSizes[0] as number, given, true); // safe: there is a first step
      const { output, states } = this.layers(
        data,
        start.map((all) => input.sorted(all)),
        input,
      );
      return { output: input.with(output), states: states.map((all) => input.unsorted(all)) };
    }
    this.checkInput(input);
    const single = input.ndim === 2;
    const first = single ? input.unsqueeze(1) : this.batchFirst ? input.transpose(0, 1) : input;
    const { output, states } = this.layers(first, this.start(input, first.shape[1] as number, given, !single), null);
    return {
      output: single ? output.squeeze(1) : this.batchFirst ? output.transpose(0, 1) : output,
      states: single ? states.map((all) => all.squeeze(1)) : states,
    };
  }

  /** All layers, over [L, N, features], or over the steps of a packed sequence. */
  private layers(first: Tensor, start: readonly Tensor[], packed: PackedSequence | null): Passed<Tensor> {
    const suffixes = this.suffixes();
    const directions = this.directions();
    const last: Tensor[][] = Array.from({ length: this.cell.states }, () => []);
    let x = first;
    for (let layer = 0; layer < this.numLayers; layer++) {
      const outputs: Tensor[] = [];
      for (let direction = 0; direction < directions; direction++) {
        const index = layer * directions + direction;
        const states = start.map((all) => all.select(0, index));
        const found = this.pass(x, states, this.weights(suffixes[index] as string), direction === 1, packed);
        outputs.push(found.output);
        for (const [k, state] of found.states.entries()) last[k]?.push(state);
      }
      x = directions === 1 ? (outputs[0] as Tensor) : cat(outputs, -1);
      if (this.training && this.dropout > 0 && layer < this.numLayers - 1) x = dropout(x, this.dropout);
    }
    return { output: x, states: last.map((list) => stack(list)) };
  }

  /** One layer in one direction: [..., features] → [..., width]. */
  private pass(
    x: Tensor,
    start: readonly Tensor[],
    weights: Weights,
    backwards: boolean,
    packed: PackedSequence | null,
  ): Passed<Tensor> {
    const steps = (products: Tensor, before: readonly Tensor[]): Passed<Tensor> => {
      const length = products.shape[0] as number;
      const all = recur(this.cell, products, weights, before, backwards);
      const output = (all[0] as Tensor).narrow(0, backwards ? 0 : 1, length); // safe: a cell has a state
      return { output, states: all.map((states) => states.select(0, backwards ? 0 : length)) };
    };
    const products = linear(x, weights.input, weights.inputBias);
    return packed ? packed.pass(steps, products, start, backwards) : steps(products, start);
  }

  private checkInput(input: Tensor): void {
    const layer = this.constructor.name;
    expectTensor(layer, input);
    const wanted = `${this.batchFirst ? "[N, L" : "[L, N"}, ${this.inputSize}] or [L, ${this.inputSize}]`;
    if ((input.ndim !== 2 && input.ndim !== 3) || input.shape.at(-1) !== this.inputSize)
      throw shapeError(layer, `an input ${wanted}`, input);
    if (input.shape[input.ndim === 3 && this.batchFirst ? 1 : 0] === 0)
      throw new ShapeError(
        `${layer}: expected a sequence of at least one step, got an input of shape ${showShape(input.shape)}`,
      );
  }

  /** The first states as [layers · directions, N, width]. */
  private start(input: Tensor, batch: number, given: readonly Tensor[] | null, batched: boolean): readonly Tensor[] {
    const count = this.numLayers * this.directions();
    return Array.from({ length: this.cell.states }, (_, k) => {
      const width = k === 0 ? this.projSize || this.hiddenSize : this.hiddenSize;
      const shape = [count, batch, width];
      const state = given?.[k];
      if (state === undefined) return zeros(shape, { dtype: input.dtype, device: input.device });
      const wanted = batched ? shape : [count, width];
      if (!sameShape(state.shape, wanted)) {
        throw new ShapeError(
          `${this.constructor.name}: an input of shape ${showShape(input.shape)} wants ${k === 0 ? "a hidden" : "a cell"} state of shape ${showShape(wanted)}, got ${showShape(state.shape)}`,
        );
      }
      return batched ? state : state.unsqueeze(1);
    });
  }

  override extraRepr(): string {
    const parts = [String(this.inputSize), String(this.hiddenSize)];
    if (this.projSize !== 0) parts.push(`proj_size=${this.projSize}`);
    if (this.numLayers !== 1) parts.push(`num_layers=${this.numLayers}`);
    if (!this.withBias) parts.push("bias=False");
    if (this.batchFirst) parts.push("batch_first=True");
    if (this.dropout !== 0) parts.push(`dropout=${python(this.dropout)}`);
    if (this.bidirectional) parts.push("bidirectional=True");
    return parts.join(", ");
  }
}

// biome-ignore lint/correctness/noUnusedVariables: it is one with the class of this name.
interface RecurrentLayer {
  /** Runs the layer over sequences of different lengths, with the hooks around it. */
  // biome-ignore lint/style/useShorthandFunctionType: it is one with the class of this name.
  (
    input: PackedSequence,
    state?: Parameters<this["forward"]>[1],
  ): [output: PackedSequence, state: ReturnType<this["forward"]>[1]];
}

/** Options of `RNN`. */
export interface RNNOptions extends RecurrentOptions {
  /** Default "tanh". */
  readonly nonlinearity?: "tanh" | "relu";
}

/**
 * Elman's recurrent network: `h' = tanh(W x + b + U h + c)`.
 *
 * Called with an input [L, N, inputSize] (or without N, or N first with `batchFirst`) and a first state
 * [layers · directions, N, hiddenSize] (zeros when it is left out), it returns the outputs of the last layer
 * [L, N, directions · hiddenSize] and the last state. Sequences of different lengths come and go as a `PackedSequence`,
 * of `@akari/nn/rnn`.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.RNN.html
 *
 * @throws ShapeError, when called, for an input or a state that does not fit.
 */
export class RNN extends RecurrentLayer {
  static override name = "RNN";
  /** What bounds the state: `"tanh"`, or `"relu"` from below only. Default `"tanh"`. */
  readonly nonlinearity: "tanh" | "relu";

  constructor(inputSize: number, hiddenSize: number, options: RNNOptions = {}) {
    const nonlinearity = options?.nonlinearity ?? "tanh"; // null is refused below
    super(cellOf("RNN", nonlinearity), inputSize, hiddenSize, options, { nonlinearity });
    this.nonlinearity = nonlinearity;
  }

  /**
   * Input [L, N, inputSize] and first state [layers · directions, N, hiddenSize], zeros by default → outputs
   * [L, N, directions · hiddenSize] and the last state; all may come without N.
   */
  forward(input: PackedSequence, state?: Tensor | null): [PackedSequence, Tensor];
  forward(input: Tensor, state?: Tensor | null): [Tensor, Tensor];
  forward(input: Tensor | PackedSequence, state: Tensor | null = null): [Tensor | PackedSequence, Tensor] {
    const { output, states } = this.run(input, state && [state]);
    return [output, states[0] as Tensor]; // safe: the cell has one state
  }
}

/** The cell of a nonlinearity. Throws an ArgumentError for an unknown one. */
export function cellOf(layer: string, nonlinearity: "tanh" | "relu"): Cell {
  checkChoice(layer, "nonlinearity", nonlinearity, ["tanh", "relu"]);
  return rnnCells[nonlinearity];
}

/** Options of `LSTM`. */
export interface LSTMOptions extends RecurrentOptions {
  /** The width to which the output of each step is projected; 0 for none. Default 0. */
  readonly projSize?: number;
}

/**
 * Long short-term memory: a state `h` that is given out, and a cell state `c` that only gates change.
 *
 *     i, f, g, o = W x + b + U h + c        c' = σ(f) c + σ(i) tanh(g)        h' = σ(o) tanh(c')
 *
 * Called with an input as `RNN` is and a pair of first states, it returns the outputs and the pair of last states.
 * Hochreiter & Schmidhuber 1997.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.LSTM.html
 *
 * @throws ShapeError, when called, for an input or a state that does not fit.
 * @example
 * const lstm = new LSTM(10, 20, { numLayers: 2, batchFirst: true });
 * const [output, [h, c]] = lstm(x);
 */
export class LSTM extends RecurrentLayer {
  static override name = "LSTM";

  constructor(inputSize: number, hiddenSize: number, options: LSTMOptions = {}) {
    super(lstmCell, inputSize, hiddenSize, options, { projSize: 0 });
  }

  /**
   * Input [L, N, inputSize] and first states `[h, c]`, [layers · directions, N, hiddenSize] each, zeros by default →
   * outputs [L, N, directions · hiddenSize] and the last states; all may come without N. With `projSize`, that is the
   * width of outputs and of `h`.
   */
  forward(input: PackedSequence, state?: readonly [Tensor, Tensor] | null): [PackedSequence, [Tensor, Tensor]];
  forward(input: Tensor, state?: readonly [Tensor, Tensor] | null): [Tensor, [Tensor, Tensor]];
  forward(
    input: Tensor | PackedSequence,
    state: readonly [Tensor, Tensor] | null = null,
  ): [Tensor | PackedSequence, [Tensor, Tensor]] {
    const { output, states } = this.run(input, state);
    return [output, [states[0] as Tensor, states[1] as Tensor]]; // safe: the cell has two states
  }
}

/**
 * Gated recurrent units.
 *
 *     r = σ(Wᵣ x + Uᵣ h)    z = σ(W_z x + U_z h)    n = tanh(Wₙ x + r (Uₙ h))    h' = (1 - z) n + z h        (and biases)
 *
 * Called as `RNN` is. Cho et al. 2014, https://arxiv.org/abs/1406.1078
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.GRU.html
 *
 * @throws ShapeError, when called, for an input or a state that does not fit.
 */
export class GRU extends RecurrentLayer {
  static override name = "GRU";

  constructor(inputSize: number, hiddenSize: number, options: RecurrentOptions = {}) {
    super(gruCell, inputSize, hiddenSize, options);
  }

  /**
   * Input [L, N, inputSize] and first state [layers · directions, N, hiddenSize], zeros by default → outputs
   * [L, N, directions · hiddenSize] and the last state; all may come without N.
   */
  forward(input: PackedSequence, state?: Tensor | null): [PackedSequence, Tensor];
  forward(input: Tensor, state?: Tensor | null): [Tensor, Tensor];
  forward(input: Tensor | PackedSequence, state: Tensor | null = null): [Tensor | PackedSequence, Tensor] {
    const { output, states } = this.run(input, state && [state]);
    return [output, states[0] as Tensor]; // safe: the cell has one state
  }
}
