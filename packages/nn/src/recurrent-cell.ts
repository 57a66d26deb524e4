/**
 * The cells of recurrent networks by themselves: one step at a time.
 */

import {
  empty,
  linear,
  ShapeError,
  sameShape,
  settings,
  shapeError,
  showShape,
  type Tensor,
  zeros,
} from "@akari/tensor";
import { checkCounts, factoryDefaults } from "./arguments.ts";
import { type Cell, gruCell, lstmCell } from "./functional/cells.ts";
import { recur } from "./functional/recurrence.ts";
import { uniform_ } from "./init.ts";
import type { LinearOptions } from "./linear.ts";
import { Module } from "./module.ts";
import { Parameter } from "./parameter.ts";
import { cellOf } from "./recurrent.ts";
import { snakeCase } from "./state-name.ts";

abstract class RecurrentCell extends Module {
  /** The last size of the input. */
  readonly inputSize: number;
  /** The last size of the state. */
  readonly hiddenSize: number;
  /**
   * What the input is multiplied by, [gates · hiddenSize, inputSize]: one gate for `RNNCell`, i, f, g and o for
   * `LSTMCell`, r, z and n for `GRUCell`.
   */
  weightIh: Parameter;
  /** What the state is multiplied by, [gates · hiddenSize, hiddenSize], the gates in the same order. */
  weightHh: Parameter;
  /** Added to the product with the input, [gates · hiddenSize]; null without bias. */
  biasIh: Parameter | null;
  /** Added to the product with the state, [gates · hiddenSize]; null without bias. */
  biasHh: Parameter | null;
  private readonly cell: Cell;

  /** `own` are the options that not all cells have. */
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
      // safe: what a cell does not have is refused
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

  /** Draws weights and biases anew, uniform in ±1/√hiddenSize. */
  resetParameters(): void {
    const bound = 1 / Math.sqrt(this.hiddenSize);
    for (const parameter of this.parameters()) uniform_(parameter, -bound, bound);
  }

  /** The new states from an input [N, inputSize] or [inputSize] and the old states, or null for zeros. */
  protected step(input: Tensor, given: readonly Tensor[] | null): readonly Tensor[] {
    const cell = this.constructor.name;
    if ((input.ndim !== 1 && input.ndim !== 2) || input.shape.at(-1) !== this.inputSize) {
      const wanted = `[N, ${this.inputSize}] or [${this.inputSize}]`;
      throw shapeError(cell, `an input ${wanted}`, input);
    }
    const shape = [...input.shape.slice(0, -1), this.hiddenSize];
    for (const state of given ?? []) {
      if (!sameShape(state.shape, shape)) {
        throw new ShapeError(
          `${cell}: an input of shape ${showShape(input.shape)} wants a state of shape ${showShape(shape)}, got ${showShape(state.shape)}`,
        );
      }
    }
    const { dtype, device } = input;
    const states = given ?? Array.from({ length: this.cell.states }, () => zeros(shape, { dtype, device }));
    const [batch, weights] = [
      shape.length === 1 ? 1 : (shape[0] as number),
      { state: this.weightHh, stateBias: this.biasHh, projection: null },
    ];
    // A step is a sequence of one.
    const products = linear(input, this.weightIh, this.biasIh).reshape([1, batch, this.cell.gates * this.hiddenSize]);
    const start = states.map((state) => state.reshape([batch, this.hiddenSize]));
    return recur(this.cell, products, weights, start, false).map((all) => all.select(0, 1).reshape(shape));
  }

  override extraRepr(): string {
    return `${this.inputSize}, ${this.hiddenSize}${this.biasIh === null ? ", bias=False" : ""}`;
  }
}

/** Options of `RNNCell`. */
export interface RNNCellOptions extends LinearOptions {
  /** Default "tanh". */
  readonly nonlinearity?: "tanh" | "relu";
}

/**
 * A step of `RNN`: input [N, inputSize] and state [N, hiddenSize] (or both without N) to the new state.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.RNNCell.html
 */
export class RNNCell extends RecurrentCell {
  static override name = "RNNCell";
  /** What bounds the new state: `"tanh"`, or `"relu"` from below only. Default `"tanh"`. */
  readonly nonlinearity: "tanh" | "relu";

  constructor(inputSize: number, hiddenSize: number, options: RNNCellOptions = {}) {
    const nonlinearity = options?.nonlinearity ?? "tanh"; // null is refused below
    super(cellOf("RNNCell", nonlinearity), inputSize, hiddenSize, options, { nonlinearity });
    this.nonlinearity = nonlinearity;
  }

  /**
   * Input [N, inputSize] and state [N, hiddenSize], zeros by default → the new state [N, hiddenSize]; all may come
   * without N. Throws a ShapeError for what does not fit.
   */
  forward(input: Tensor, state: Tensor | null = null): Tensor {
    return this.step(input, state && [state])[0] as Tensor; // safe: the cell has one state
  }

  /** The sizes, and what is not the default: `10, 20, nonlinearity=relu`. */
  override extraRepr(): string {
    return `${super.extraRepr()}${this.nonlinearity === "tanh" ? "" : `, nonlinearity=${this.nonlinearity}`}`;
  }
}

/**
 * A step of `LSTM`: input [N, inputSize] and the states `[h, c]`, each [N, hiddenSize], to the new states.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.LSTMCell.html
 */
export class LSTMCell extends RecurrentCell {
  static override name = "LSTMCell";

  constructor(inputSize: number, hiddenSize: number, options: LinearOptions = {}) {
    super(lstmCell, inputSize, hiddenSize, options);
  }

  /**
   * Input [N, inputSize] and the states `[h, c]`, zeros by default → the new ones, [N, hiddenSize] each; all may come
   * without N. Throws a ShapeError for what does not fit.
   */
  forward(input: Tensor, state: readonly [Tensor, Tensor] | null = null): [Tensor, Tensor] {
    const [h, c] = this.step(input, state);
    return [h as Tensor, c as Tensor]; // safe: the cell has two states
  }
}

/**
 * A step of `GRU`: input [N, inputSize] and state [N, hiddenSize] to the new state.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.GRUCell.html
 */
export class GRUCell extends RecurrentCell {
  static override name = "GRUCell";

  constructor(inputSize: number, hiddenSize: number, options: LinearOptions = {}) {
    super(gruCell, inputSize, hiddenSize, options);
  }

  /**
   * Input [N, inputSize] and state [N, hiddenSize], zeros by default → the new state [N, hiddenSize]; all may come
   * without N. Throws a ShapeError for what does not fit.
   */
  forward(input: Tensor, state: Tensor | null = null): Tensor {
    return this.step(input, state && [state])[0] as Tensor; // safe: the cell has one state
  }
}
