/**
 * Recurrent layers over whole sequences, with any number of layers and one or two directions. The product with the
 * input is computed for all steps at once. A step is then a product with the state and one fused kernel.
 */

import {
  cat,
  checkChoice,
  checkInteger,
  checkNumber,
  empty,
  expectShape,
  expectTensor,
  linear,
  ShapeError,
  scope,
  settings,
  shapeError,
  shapeOf,
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
import { differing, snakeCase } from "./state-name.ts";

/** Options of `GRU`, and common options of all recurrent layers. */
export interface RecurrentOptions extends FactoryOptions {
  /** Number of stacked layers; each layer's input is the output of the previous one. Default 1. */
  readonly numLayers?: number;
  /** Whether to add learnable biases. Default true. */
  readonly bias?: boolean;
  /** Whether inputs and outputs are [N, L, features] instead of [L, N, features]. Default false. */
  readonly batchFirst?: boolean;
  /** Dropout probability applied to the output of each layer except the last in training. Default 0. */
  readonly dropout?: number;
  /** Whether to add a second direction, from the end of the sequence, whose outputs are concatenated. Default false. */
  readonly bidirectional?: boolean;
}

/** Weights of one layer and direction. */
interface Weights extends StateWeights {
  readonly input: Tensor;
  readonly inputBias: Tensor | null;
}

/** Outputs of all steps, and the final states. */
interface Passed<Sequence> {
  readonly output: Sequence;
  readonly states: readonly Tensor[];
}

/** Options that only some recurrent layers have. */
type OwnOptions = Pick<RNNOptions, "nonlinearity"> & Pick<LSTMOptions, "projSize">;

// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: a module is a function, and the merged interface declares its call signature for packed sequences.
abstract class RecurrentLayer extends Module {
  /** Size of the input's last dimension. */
  readonly inputSize: number;
  /** Size of the state of each layer and direction. */
  readonly hiddenSize: number;
  /** Size to which an `LSTM` projects its output; 0 for no projection. Default 0. */
  readonly projSize: number;
  /** Number of stacked layers. Default 1. */
  readonly numLayers: number;
  /** Whether there are learnable biases. Default true. */
  readonly withBias: boolean;
  /**
   * Whether inputs and outputs are [N, L, features] instead of [L, N, features]; states are not affected. Default
   * false.
   */
  readonly batchFirst: boolean;
  /** Dropout probability applied to the output of each layer except the last in training, from 0 to 1. Default 0. */
  readonly dropout: number;
  /**
   * Whether there is a second direction, from the end of the sequence, whose outputs are concatenated. Default false.
   */
  readonly bidirectional: boolean;
  /**
   * Learnable input weights of the first layer, [gates · hiddenSize, inputSize]. `RNN` has a single gate, `LSTM` has
   * i, f, g, o, and `GRU` has r, z, n, in this order. The weights of other layers and directions are named
   * `weightIhL1`, `weightIhL0Reverse` and so on.
   */
  declare weightIhL0: Parameter;
  /** Learnable state weights of the first layer, [gates · hiddenSize, projSize or hiddenSize]. */
  declare weightHhL0: Parameter;
  /** Learnable bias added to the product with the input, [gates · hiddenSize]. Absent without bias. */
  declare biasIhL0?: Parameter;
  /** Learnable bias added to the product with the state, [gates · hiddenSize]. Absent without bias. */
  declare biasHhL0?: Parameter;
  private readonly cell: Cell;

  /** @param own Options that only some recurrent layers have. */
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
      defaults as typeof defaults & Required<OwnOptions>, // safe: `settings` rejects options a layer lacks
    );
    checkCounts(layer, { inputSize, hiddenSize, numLayers });
    checkNumber(layer, "dropout", dropout, 1);
    checkInteger(layer, "projSize", projSize, 0, hiddenSize - 1);
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
    // Throws when there is no room, before the host creates the layers one by one.
    empty([numLayers, gates, width], factory).dispose();
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

  /** Reinitializes all weights and biases uniformly in ±1/√hiddenSize. */
  resetParameters(): void {
    const bound = 1 / Math.sqrt(this.hiddenSize);
    for (const parameter of this.parameters()) uniform_(parameter, -bound, bound);
  }

  private directions(): number {
    return this.bidirectional ? 2 : 1;
  }

  /** Returns the suffixes of the parameter names of each layer and direction, in order. */
  private suffixes(): string[] {
    return Array.from({ length: this.numLayers }, (_, l) =>
      this.bidirectional ? [`L${l}`, `L${l}Reverse`] : [`L${l}`],
    ).flat();
  }

  private weights(suffix: string): Weights {
    const of = (name: string): Tensor | null => (Reflect.get(this, `${name}${suffix}`) as Tensor | undefined) ?? null;
    const [input, state] = [of("weightIh") as Tensor, of("weightHh") as Tensor]; // safe: set by the constructor
    return { input, state, inputBias: of("biasIh"), stateBias: of("biasHh"), projection: of("weightHr") };
  }

  /**
   * Runs all layers from the given initial states, or zeros for null. Returns the outputs of all steps and the final
   * states.
   */
  protected run<Input extends Tensor | PackedSequence>(
    input: Input,
    given: readonly Tensor[] | null,
  ): { readonly output: Input; readonly states: readonly Tensor[] };
  protected run(input: Tensor | PackedSequence, given: readonly Tensor[] | null): Passed<Tensor | PackedSequence> {
    if (input && typeof input === "object" && "batchSizes" in input) {
      const { data, batchSizes } = input;
      if (data.ndim !== 2 || data.shape[1] !== this.inputSize)
        throw shapeError(this.constructor.name, `packed data [steps, ${this.inputSize}]`, data);
      const start = this.start(data, batchSizes[0] as number, given, true); // safe: there is at least one step
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

  /** Runs all layers over [L, N, features], or over the steps of a packed sequence. */
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

  /** Runs one layer in one direction: [..., features] → [..., width]. */
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
      const output = (all[0] as Tensor).narrow(0, backwards ? 0 : 1, length); // safe: a cell has at least one state
      return { output, states: all.map((states) => states.select(0, backwards ? 0 : length)) };
    };
    return scope(() => {
      const products = linear(x, weights.input, weights.inputBias);
      return packed ? packed.pass(steps, products, start, backwards) : steps(products, start);
    });
  }

  private checkInput(input: Tensor): void {
    const layer = this.constructor.name;
    const wanted = `${this.batchFirst ? "[N, L" : "[L, N"}, ${this.inputSize}] or [L, ${this.inputSize}]`;
    if (![2, 3].includes(shapeOf(layer, input).length) || input.shape.at(-1) !== this.inputSize)
      throw shapeError(layer, `an input ${wanted}`, input);
    if (input.shape[input.ndim === 3 && this.batchFirst ? 1 : 0] === 0)
      throw new ShapeError(
        `${layer}: expected a sequence of at least one step, got an input of shape ${showShape(input.shape)}`,
      );
  }

  /** Checks the initial states and returns them as [layers · directions, N, width]. */
  private start(input: Tensor, batch: number, given: readonly Tensor[] | null, batched: boolean): readonly Tensor[] {
    const count = this.numLayers * this.directions();
    return Array.from({ length: this.cell.states }, (_, k) => {
      const width = k === 0 ? this.projSize || this.hiddenSize : this.hiddenSize;
      const shape = [count, batch, width];
      const state = given?.[k];
      if (state === undefined) return zeros(shape, { dtype: input.dtype, device: input.device });
      const wanted = batched ? shape : [count, width];
      expectTensor(this.constructor.name, state);
      expectShape(this.constructor.name, k === 0 ? "hidden state" : "cell state", state, wanted);
      return batched ? state : state.unsqueeze(1);
    });
  }

  override extraRepr(): string {
    const { projSize, numLayers, withBias: bias, batchFirst, dropout, bidirectional } = this;
    const others = differing(
      { projSize, numLayers, bias, batchFirst, dropout, bidirectional },
      { projSize: 0, numLayers: 1, bias: true, batchFirst: false, dropout: 0, bidirectional: false },
    );
    return [this.inputSize, this.hiddenSize, ...others].join(", ");
  }
}

// biome-ignore lint/correctness/noUnusedVariables: it is merged with the class of the same name.
interface RecurrentLayer {
  /** Runs the layer over sequences of different lengths, with its hooks. */
  // biome-ignore lint/style/useShorthandFunctionType: it is merged with the class of the same name.
  (
    input: PackedSequence,
    state?: Parameters<this["forward"]>[1],
  ): [output: PackedSequence, state: ReturnType<this["forward"]>[1]];
}

/** Options of `RNN`. */
export interface RNNOptions extends RecurrentOptions {
  /** Activation function. Default "tanh". */
  readonly nonlinearity?: "tanh" | "relu";
}

/**
 * Elman recurrent network: `h' = tanh(W x + b + U h + c)`, or with ReLU instead of tanh.
 *
 * The input is [L, N, inputSize], [N, L, inputSize] with `batchFirst`, or [L, inputSize]. The optional initial state is
 * [layers · directions, N, hiddenSize], by default zeros. A call returns the outputs of the last layer,
 * [L, N, directions · hiddenSize], and the final state. For sequences of different lengths, input and output are a
 * `PackedSequence` from `@akari/nn/rnn`.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.RNN.html
 */
export class RNN extends RecurrentLayer {
  static override name = "RNN";
  /** Activation function, `"tanh"` or `"relu"`. Default `"tanh"`. */
  readonly nonlinearity: "tanh" | "relu";

  constructor(inputSize: number, hiddenSize: number, options: RNNOptions = {}) {
    const nonlinearity = options?.nonlinearity ?? "tanh"; // `settings` rejects null options later
    super(cellOf("RNN", nonlinearity), inputSize, hiddenSize, options, { nonlinearity });
    this.nonlinearity = nonlinearity;
  }

  /**
   * Runs the network over an input [L, N, inputSize] from an initial state [layers · directions, N, hiddenSize]
   * (default zeros). Returns the outputs [L, N, directions · hiddenSize] and the final state. N is optional.
   *
   * @throws ShapeError when the shape of the input or the state does not match, or the sequence is empty.
   */
  forward(input: PackedSequence, state?: Tensor | null): [PackedSequence, Tensor];
  forward(input: Tensor, state?: Tensor | null): [Tensor, Tensor];
  forward(input: Tensor | PackedSequence, state: Tensor | null = null): [Tensor | PackedSequence, Tensor] {
    const { output, states } = this.run(input, state && [state]);
    return [output, states[0] as Tensor]; // safe: the cell has one state
  }
}

/** Returns the cell with a nonlinearity. Throws an ArgumentError for an unknown one. */
export function cellOf(layer: string, nonlinearity: "tanh" | "relu"): Cell {
  checkChoice(layer, "nonlinearity", nonlinearity, ["tanh", "relu"]);
  return rnnCells[nonlinearity];
}

/** Options of `LSTM`. */
export interface LSTMOptions extends RecurrentOptions {
  /** Size to which the output of each step is projected; 0 for no projection. Default 0. */
  readonly projSize?: number;
}

/**
 * Long short-term memory network (Hochreiter & Schmidhuber 1997), with a hidden state `h` and a cell state `c`.
 *
 *     i, f, g, o = W x + b + U h + c        c' = σ(f) c + σ(i) tanh(g)        h' = σ(o) tanh(c')
 *
 * Inputs and outputs are those of `RNN`, except that the state is a pair `[h, c]`.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.LSTM.html
 *
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
   * Runs the network over an input [L, N, inputSize] from initial states `[h, c]`, [layers · directions, N, hiddenSize]
   * each (default zeros). Returns the outputs [L, N, directions · hiddenSize] and the final states. N is optional. With
   * `projSize`, outputs and `h` have that size instead of `hiddenSize`.
   *
   * @throws ShapeError when the shape of the input or a state does not match, or the sequence is empty.
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
 * Gated recurrent unit network (Cho et al. 2014, https://arxiv.org/abs/1406.1078).
 *
 *     r = σ(Wᵣ x + Uᵣ h)    z = σ(W_z x + U_z h)    n = tanh(Wₙ x + r (Uₙ h))    h' = (1 - z) n + z h       (and biases)
 *
 * Inputs and outputs are those of `RNN`.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.GRU.html
 */
export class GRU extends RecurrentLayer {
  static override name = "GRU";

  constructor(inputSize: number, hiddenSize: number, options: RecurrentOptions = {}) {
    super(gruCell, inputSize, hiddenSize, options);
  }

  /**
   * Runs the network over an input [L, N, inputSize] from an initial state [layers · directions, N, hiddenSize]
   * (default zeros). Returns the outputs [L, N, directions · hiddenSize] and the final state. N is optional.
   *
   * @throws ShapeError when the shape of the input or the state does not match, or the sequence is empty.
   */
  forward(input: PackedSequence, state?: Tensor | null): [PackedSequence, Tensor];
  forward(input: Tensor, state?: Tensor | null): [Tensor, Tensor];
  forward(input: Tensor | PackedSequence, state: Tensor | null = null): [Tensor | PackedSequence, Tensor] {
    const { output, states } = this.run(input, state && [state]);
    return [output, states[0] as Tensor]; // safe: the cell has one state
  }
}
