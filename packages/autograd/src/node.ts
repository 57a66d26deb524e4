/**
 * The tape: one node per recorded operation. A node knows which variables receive the gradients of its inputs (its
 * edges), and saves only the tensors that the gradient rule reads. A saved tensor is a separate handle on the same
 * storage, disposed of as soon as the backward pass has used it.
 */

import {
  AutogradError,
  type Gradient,
  type GradientContext,
  keep,
  type Op,
  type Operands,
  type Recorded,
  type Spec,
  showShape,
  type Tensor,
  type Trace,
} from "@akari/tensor";
import { gradientOf } from "./formulas/gradient.ts";
import type { Variable } from "./variable.ts";

let count = 0;

/** One step of a backward pass: computes the gradients of an operation's inputs from those of its outputs. */
export interface Node {
  /** Creation number: higher than that of the nodes that computed the inputs. */
  readonly id: number;
  /** Name of the operation. */
  readonly name: string;
  /** For each input, the variable that receives its gradient; null for inputs that need none. */
  readonly edges: readonly (Variable | null)[];
  /** The variables of the outputs. */
  readonly variables: (Variable | null)[];
  /** Stack trace of the call of the operation, in anomaly mode; null otherwise. */
  readonly origin: string | null;
  /** Whether the gradient rule is user code, which may hold on to the tensors it returns. */
  readonly custom: boolean;
  /**
   * Computes the gradient of each input marked in `wanted`; null stands for zero. `sum` returns the gradient that an
   * input has received so far, if it may be added to and returned. Default: none may.
   */
  compute(
    gradients: readonly (Tensor | null)[],
    wanted: readonly boolean[],
    recording: boolean,
    sum?: (index: number) => Tensor | null,
  ): readonly (Tensor | null)[];
  /** Returns whether a tensor is one of the saved handles, which must not be passed on. */
  owns(tensor: Tensor): boolean;
  /** Frees the saved tensors. */
  release(): void;
}

/** An operation whose gradient rule is user code. */
export interface CustomOp extends Op<unknown> {
  /** Frees the saved tensors. */
  release(): void;
}

/** Creates the error of a backward pass through a graph whose saved tensors were freed. */
export function usedUp(name: string): AutogradError {
  return new AutogradError(
    `backward: the tensors saved by ${name} were freed by an earlier backward pass; pass { retainGraph: true } to that pass`,
  );
}

/** Returns the creation number of the next node. */
export function nextId(): number {
  return count++;
}

/** A saved tensor and the version of its storage at that time. */
export interface Saved {
  readonly tensor: Tensor;
  readonly version: number;
  /** Frees the tensor. Default: disposes of it. */
  drop?(): void;
}

/** What saves tensors instead, while a checkpointed function runs. It returns null for those to be saved as usual. */
export const saving: { by: ((tensor: Tensor, version: number) => Saved | null) | null } = { by: null };

/** Saves a tensor: as a new handle on its storage, without history, that no scope disposes of. */
export function save(tensor: Tensor, version: number = tensor.storage.version): Saved {
  return saving.by?.(tensor, version) ?? { tensor: keep(tensor.alias()), version };
}

/** Frees a saved tensor. */
export function drop(saved: Saved): void {
  if (saved.drop) saved.drop();
  else saved.tensor.dispose();
}

/**
 * Returns a saved tensor with its history, so that the gradient can be differentiated again.
 *
 * @param what how an error message names it.
 * @throws AutogradError when it has been modified in place.
 */
export function restored({ tensor, version }: Saved, trace: Trace | null | undefined, what: string): Tensor {
  if (tensor.storage.version !== version) {
    throw new AutogradError(
      `backward: ${what} (shape ${showShape(tensor.shape)}), but it has been changed in place since: ` +
        `it is at version ${tensor.storage.version}, expected ${version}`,
    );
  }
  tensor.trace = trace ?? null;
  return tensor;
}

/** Returns the shape, dtype and device of a tensor. */
export function specOf({ shape, dtype, device }: Tensor): Spec {
  return { shape, dtype, device };
}

/** The node of an operation, which computes gradients by the operation's rule. */
export class OperationNode implements Node {
  readonly id: number = nextId();
  readonly name: string;
  readonly edges: readonly (Variable | null)[];
  readonly variables: (Variable | null)[];
  readonly origin: string | null;
  readonly #op: Op<unknown>;
  readonly #gradient: Gradient<unknown> | null;
  readonly #attrs: unknown;
  readonly #inputs: readonly Spec[];
  readonly #outputs: readonly Spec[];
  #savedInputs: (Saved | undefined)[] = [];
  #savedOutputs: (Saved | undefined)[] = [];
  #released = false;

  /**
   * @param edges the variable of each input that needs a gradient; null for the others.
   * @param mutated the tensor that the operation overwrote in place; null for out-of-place operations.
   * @param origin the stack trace of the call, in anomaly mode.
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
    this.#outputs = outputs.map(specOf);
    this.variables = outputs.map(() => null);
    const reads = this.#gradient?.reads(
      edges.map((edge) => edge !== null),
      attrs,
    );
    for (const i of reads?.inputs ?? []) {
      const input = recorded.before?.[i] ?? (inputs[i] as Tensor); // safe: rules name inputs that exist
      const version = input.storage.version - (mutated !== null && mutated.storage === input.storage ? 1 : 0);
      this.#savedInputs[i] = save(input, version);
    }
    for (const k of reads?.outputs ?? []) {
      this.#savedOutputs[k] = save(outputs[k] as Tensor); // safe: rules name outputs that exist
    }
  }

  get custom(): boolean {
    return "release" in this.#op;
  }

  compute(
    gradients: readonly (Tensor | null)[],
    wanted: readonly boolean[],
    recording: boolean,
    sum: (index: number) => Tensor | null = () => null,
  ): readonly (Tensor | null)[] {
    const context: GradientContext<unknown> = {
      attrs: this.#attrs,
      needs: wanted,
      // Safe: a rule reads only as many as the operation has.
      inputs: this.#inputs as Operands<Spec>,
      outputs: this.#outputs as Operands<Spec>,
      input: (i) => this.#value(this.#savedInputs[i], this.edges[i], `input ${i}`),
      output: (k = 0) => this.#value(this.#savedOutputs[k], this.variables[k], `output ${k}`),
      recording,
      sum,
    };
    return this.#gradient?.compute(gradients, context) ?? wanted.map(() => null);
  }

  /** Returns a saved tensor. */
  #value(saved: Saved | undefined, trace: Variable | null | undefined, what: string): Tensor {
    if (saved === undefined) {
      if (this.#released) {
        throw usedUp(this.name);
      }
      throw new AutogradError(
        `backward: the gradient of ${this.name} uses its ${what}, which its reads() does not list`,
      );
    }
    return restored(saved, trace, `${this.name} saved its ${what}`);
  }

  owns(tensor: Tensor): boolean {
    const held = (saved: Saved | undefined) => saved?.tensor === tensor;
    return this.#savedOutputs.some(held) || this.#savedInputs.some(held);
  }

  release(): void {
    this.#released = true;
    for (const saved of this.#savedInputs) if (saved) drop(saved);
    for (const saved of this.#savedOutputs) if (saved) drop(saved);
    this.#savedInputs = [];
    this.#savedOutputs = [];
    if ("release" in this.#op) (this.#op as CustomOp).release(); // safe: only custom operations have it
  }
}
