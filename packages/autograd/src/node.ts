/**
 * The tape: a node for each recorded operation. It knows where the gradients of its inputs go (the edges) and keeps
 * just those values that the gradient rule will read. A kept value is a handle of its own on the same memory, given
 * back as soon as the backward pass has used it.
 */

import {
  AutogradError,
  type Gradient,
  type GradientContext,
  keep,
  type Op,
  type Recorded,
  type Spec,
  showShape,
  type Tensor,
} from "@akari/tensor";
import { gradientOf } from "./formulas/gradient.ts";
import type { Variable } from "./variable.ts";

let count = 0;

/** One step of a backward pass: from the gradients of the outputs to those of the inputs. */
export interface Node {
  /** Nodes are numbered as they are made, so inputs have lower numbers than what was made from them. */
  readonly id: number;
  /** The operation's name. */
  readonly name: string;
  /** For each input, the variable that takes its gradient; null where none is needed. */
  readonly edges: readonly (Variable | null)[];
  /** Shapes and dtypes of the outputs. */
  readonly outputs: readonly Spec[];
  /** The variables of the outputs. */
  readonly variables: (Variable | null)[];
  /** Where the operation was called, when the anomaly mode is on. */
  readonly origin: string | null;
  /** Whether the gradient rule is the user's own, who may keep what it makes. */
  readonly custom: boolean;
  /** The gradient for each edge that is wanted; null counts as zero. */
  compute(
    gradients: readonly (Tensor | null)[],
    wanted: readonly boolean[],
    recording: boolean,
  ): readonly (Tensor | null)[];
  /** Whether a tensor is one of the handles kept here or held by the user, so that it must not be given away. */
  owns(tensor: Tensor): boolean;
  /** Lets go of what was kept. */
  release(): void;
}

/** An operation whose gradient rule is the user's own. */
export interface CustomOp extends Op<unknown> {
  /** Lets go of what it saved. */
  release(): void;
}

/** The error of a second pass through a graph whose first one used up what was kept. */
export function usedUp(name: string): AutogradError {
  return new AutogradError(
    `backward: what ${name} kept for its gradient is used up by an earlier backward pass; pass { retainGraph: true } to that one`,
  );
}

/** The number of the next node. */
export function nextId(): number {
  return count++;
}

/** A value kept for the backward pass. */
interface Saved {
  readonly tensor: Tensor;
  readonly version: number;
}

/** Shape, dtype and device of a tensor, without the tensor. */
export function specOf({ shape, dtype, device }: Tensor): Spec {
  return { shape, dtype, device };
}

/** A recorded operation. */
export class OperationNode implements Node {
  readonly id: number = nextId();
  readonly name: string;
  readonly edges: readonly (Variable | null)[];
  readonly outputs: readonly Spec[];
  readonly variables: (Variable | null)[];
  readonly origin: string | null;
  readonly #op: Op<unknown>;
  readonly #gradient: Gradient<unknown> | null;
  readonly #attrs: unknown;
  readonly #inputs: readonly Spec[];
  #savedInputs: (Saved | undefined)[] = [];
  #savedOutputs: (Saved | undefined)[] = [];
  #released = false;

  /**
   * @param edges the variable of each input that needs a gradient, null for the others.
   * @param mutated the tensor that the operation wrote over: the value it had as an input is gone.
   */
  constructor(recorded: Recorded, edges: readonly (Variable | null)[], mutated: Tensor | null, origin: string | null) {
    const { op, attrs, inputs, outputs } = recorded;
    this.name = op.name;
    this.edges = edges;
    this.origin = origin;
    this.#op = op;
    this.#gradient = gradientOf(op);
    this.#attrs = attrs;
    this.#inputs = inputs.map(specOf);
    this.outputs = outputs.map(specOf);
    this.variables = outputs.map(() => null);
    const reads = this.#gradient?.reads(
      edges.map((edge) => edge !== null),
      attrs,
    );
    for (const i of reads?.inputs ?? []) {
      const input = recorded.before?.[i] ?? (inputs[i] as Tensor); // safe: rules name inputs that exist
      const version = input.storage.version - (mutated !== null && mutated.storage === input.storage ? 1 : 0);
      this.#savedInputs[i] = { tensor: handle(input), version };
    }
    for (const k of reads?.outputs ?? []) {
      const output = outputs[k] as Tensor; // safe: rules name outputs that exist
      this.#savedOutputs[k] = { tensor: handle(output), version: output.storage.version };
    }
  }

  /**
   * Kept outputs know their own history, so that the gradient can be differentiated again. Called once the variables
   * exist.
   */
  link(): void {
    this.#savedOutputs.forEach((saved, k) => {
      if (saved !== undefined) saved.tensor.trace = this.variables[k] ?? null;
    });
  }

  get custom(): boolean {
    return "release" in this.#op;
  }

  compute(
    gradients: readonly (Tensor | null)[],
    wanted: readonly boolean[],
    recording: boolean,
  ): readonly (Tensor | null)[] {
    const context: GradientContext<unknown> = {
      attrs: this.#attrs,
      needs: wanted,
      inputs: this.#inputs,
      outputs: this.outputs,
      input: (i) => this.#value(this.#savedInputs[i], `input ${i}`),
      output: (k = 0) => this.#value(this.#savedOutputs[k], `output ${k}`),
      recording,
    };
    return this.#gradient?.compute(gradients, context) ?? wanted.map(() => null);
  }

  #value(saved: Saved | undefined, what: string): Tensor {
    if (saved === undefined) {
      if (this.#released) {
        throw usedUp(this.name);
      }
      throw new AutogradError(
        `backward: the gradient of ${this.name} reads its ${what}, which it did not ask to be kept`,
      );
    }
    const { tensor, version } = saved;
    if (tensor.storage.version !== version) {
      throw new AutogradError(
        `backward: ${this.name} kept its ${what} (shape ${showShape(tensor.shape)}) for the gradient, but it was changed in place since: ` +
          `it is at version ${tensor.storage.version}, expected ${version}`,
      );
    }
    return tensor;
  }

  owns(tensor: Tensor): boolean {
    const held = (saved: Saved | undefined) => saved?.tensor === tensor;
    return this.#savedOutputs.some(held) || this.#savedInputs.some(held);
  }

  release(): void {
    this.#released = true;
    for (const saved of this.#savedInputs) saved?.tensor.dispose();
    for (const saved of this.#savedOutputs) saved?.tensor.dispose();
    this.#savedInputs = [];
    this.#savedOutputs = [];
    if ("release" in this.#op) (this.#op as CustomOp).release(); // safe: only custom operations have it
  }
}

/** A handle of the tape's own on a tensor, with the same history. */
function handle(tensor: Tensor): Tensor {
  const alias = keep(tensor.alias());
  alias.trace = tensor.trace;
  return alias;
}
