/**
 * Recurrent cells as layers: a single step of a recurrent network.
 */

import { empty, expectShape, itemsOf, linear, settings, shapeError, shapeOf, type Tensor, zeros } from "@akari/tensor";
import { checkCounts, factoryDefaults } from "./arguments.ts";
import { type Cell, gruCell, lstmCell, step } from "./functional/cells.ts";
import { uniform_ } from "./init.ts";
import type { LinearOptions } from "./linear.ts";
import { Module } from "./module.ts";
import { Parameter } from "./parameter.ts";
import { cellOf } from "./recurrent.ts";
import { differing, snakeCase } from "./state-name.ts";

abstract class RecurrentCell extends Module {
  /** Size of the input's last dimension. */
  readonly inputSize: number;
  /** Size of the state's last dimension. */
  readonly hiddenSize: number;
  /**
   * Learnable input weights, [gates · hiddenSize, inputSize]. `RNNCell` has a single gate, `LSTMCell` has i, f, g, o,
   * and `GRUCell` has r, z, n, in this order.
   */
  weightIh: Parameter;
  /** Learnable state weights, [gates · hiddenSize, hiddenSize], with the gates in the same order. */
  weightHh: Parameter;
  /** Learnable bias added to the product with the input, [gates · hiddenSize], or null without bias. */
  biasIh: Parameter | null;
  /** Learnable bias added to the product with the state, [gates · hiddenSize], or null without bias. */
  biasHh: Parameter | null;
  private readonly cell: Cell;

  /** @param own Options that only some cells have. */
  constructor(
    cell: Cell,
    inputSize: number,
    hiddenSize: number,
    options: LinearOptions,
    own: Pick<RNNCellOptions, "nonlinearity"> = {},
  ) {
    super();
    const layer = this.constructor.name;
    checkCounts(layer, { inputSize, hiddenSize });
    const {
      bias,
      nonlinearity: _,
      ...factory
    } = settings(
      layer,
      options as RNNCellOptions,
      // safe: `settings` rejects options that the cell does not have
      { bias: true, ...own, ...factoryDefaults } as typeof factoryDefaults & Required<typeof own> & { bias: true },
    );
    const gates = cell.gates * hiddenSize;
    this.cell = cell;
    this.inputSize = inputSize;
    this.hiddenSize = hiddenSize;
    this.weightIh = new Parameter(empty([gates, inputSize], factory));
    this.weightHh = new Parameter(empty([gates, hiddenSize], factory));
    this.biasIh = bias ? new Parameter(empty([gates], factory)) : null;
    this.biasHh = bias ? new Parameter(empty([gates], factory)) : null;
    this.resetParameters();
  }

  protected override stateName(property: string): string {
    return snakeCase(property);
  }

  /** Reinitializes weights and biases uniformly in ±1/√hiddenSize. */
  resetParameters(): void {
    const bound = 1 / Math.sqrt(this.hiddenSize);
    for (const parameter of this.parameters()) uniform_(parameter, -bound, bound);
  }

  /** Computes the new states from an input [N, inputSize] or [inputSize] and the old states, or null for zeros. */
  protected step(input: Tensor, given: readonly Tensor[] | null): readonly Tensor[] {
    const cell = this.constructor.name;
    if (![1, 2].includes(shapeOf(cell, input).length) || input.shape.at(-1) !== this.inputSize) {
      const wanted = `[N, ${this.inputSize}] or [${this.inputSize}]`;
      throw shapeError(cell, `an input ${wanted}`, input);
    }
    const shape = [...input.shape.slice(0, -1), this.hiddenSize];
    for (const state of itemsOf(cell, given ?? [])) expectShape(cell, "state", state, shape);
    const { dtype, device } = input;
    const states = given ?? Array.from({ length: this.cell.states }, () => zeros(shape, { dtype, device }));
    const [hidden] = states as [Tensor]; // safe: a cell has at least one state
    const fromInput = linear(input, this.weightIh, this.biasIh);
    return step(this.cell, fromInput, linear(hidden, this.weightHh, this.biasHh), states);
  }

  override extraRepr(): string {
    const bias = differing({ bias: this.biasIh !== null }, { bias: true });
    return [this.inputSize, this.hiddenSize, ...bias].join(", ");
  }
}

/** Options of `RNNCell`. */
export interface RNNCellOptions extends LinearOptions {
  /** Activation function. Default "tanh". */
  readonly nonlinearity?: "tanh" | "relu";
}

/**
 * Elman cell, a single step of `RNN`: input [N, inputSize] and state [N, hiddenSize] → new state, or all without N.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.RNNCell.html
 */
export class RNNCell extends RecurrentCell {
  static override name = "RNNCell";
  /** Activation function, `"tanh"` or `"relu"`. Default `"tanh"`. */
  readonly nonlinearity: "tanh" | "relu";

  constructor(inputSize: number, hiddenSize: number, options: RNNCellOptions = {}) {
    const nonlinearity = options?.nonlinearity ?? "tanh"; // `settings` rejects null options later
    super(cellOf("RNNCell", nonlinearity), inputSize, hiddenSize, options, { nonlinearity });
    this.nonlinearity = nonlinearity;
  }

  /**
   * Computes the new state [N, hiddenSize] from an input [N, inputSize] and a state [N, hiddenSize] (default zeros). N
   * is optional.
   *
   * @throws ShapeError when the shape of the input or the state does not match.
   */
  forward(input: Tensor, state: Tensor | null = null): Tensor {
    return this.step(input, state && [state])[0] as Tensor; // safe: the cell has one state
  }

  /** Returns the sizes and the options that differ from the defaults: `10, 20, nonlinearity=relu`. */
  override extraRepr(): string {
    return [super.extraRepr(), ...differing(this, { nonlinearity: "tanh" })].join(", ");
  }
}

/**
 * Long short-term memory cell, a single step of `LSTM`: input [N, inputSize] and states `[h, c]`, each [N, hiddenSize]
 * → new states.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.LSTMCell.html
 */
export class LSTMCell extends RecurrentCell {
  static override name = "LSTMCell";

  constructor(inputSize: number, hiddenSize: number, options: LinearOptions = {}) {
    super(lstmCell, inputSize, hiddenSize, options);
  }

  /**
   * Computes the new states `[h, c]` from an input [N, inputSize] and states [N, hiddenSize] (default zeros). N is
   * optional.
   *
   * @throws ShapeError when the shape of the input or a state does not match.
   */
  forward(input: Tensor, state: readonly [Tensor, Tensor] | null = null): [Tensor, Tensor] {
    const [h, c] = this.step(input, state);
    return [h as Tensor, c as Tensor]; // safe: the cell has two states
  }
}

/**
 * Gated recurrent unit, a single step of `GRU`: input [N, inputSize] and state [N, hiddenSize] → new state.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.GRUCell.html
 */
export class GRUCell extends RecurrentCell {
  static override name = "GRUCell";

  constructor(inputSize: number, hiddenSize: number, options: LinearOptions = {}) {
    super(gruCell, inputSize, hiddenSize, options);
  }

  /**
   * Computes the new state [N, hiddenSize] from an input [N, inputSize] and a state [N, hiddenSize] (default zeros). N
   * is optional.
   *
   * @throws ShapeError when the shape of the input or the state does not match.
   */
  forward(input: Tensor, state: Tensor | null = null): Tensor {
    return this.step(input, state && [state])[0] as Tensor; // safe: the cell has one state
  }
}
