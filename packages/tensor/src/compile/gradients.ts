/**
 * The backward pass of a captured function, as one operation on the tape whose gradient rule is itself a list of steps.
 * The tensors that the rule reads are saved on the tape with their versions, as for any operation.
 */

import type { Backend } from "../backend.ts";
import { allocate } from "../creation.ts";
import { bytesOf } from "../dtype.ts";
import { AutogradError } from "../errors.ts";
import { once } from "../once.ts";
import type { GradientContext, Op, Spec } from "../op.ts";
import { fillView } from "../ops/fill.ts";
import type { Storage } from "../storage.ts";
import { Tensor } from "../tensor.ts";
import { gradMode } from "../trace.ts";
import type { CapturedBackward } from "./captured.ts";
import { Home, Movable } from "./movable.ts";
import { Output } from "./outputs.ts";
import type { Sequence } from "./sequence.ts";

/** The memory that the steps of a backward pass read. */
interface Known {
  /** The function's arguments. */
  readonly arguments: readonly Movable[];
  /** The argument tensors with which the function was captured. */
  readonly inputs: readonly Tensor[];
  /** Memory of the forward pass that the backward pass reads. */
  readonly carried: readonly Home[];
  /** Memory that stays at the same place between runs. */
  readonly known: readonly Storage[];
}

/** The gradients of a captured function. */
export class Gradients {
  readonly #device: Backend;
  readonly #sequence: Sequence;
  readonly #known: Known;
  /** The upstream gradients, and the indices of the results that they belong to. */
  readonly #arriving: readonly Movable[];
  readonly #places: readonly number[];
  /** The tensors that the gradients belong to: the index of an argument, or a tensor with the trace of a leaf. */
  readonly #targets: readonly (number | Tensor)[];
  readonly #outputs: readonly Output[];
  readonly #homes: readonly Home[];

  constructor(device: Backend, sequence: Sequence, captured: CapturedBackward, known: Known) {
    this.#device = device;
    this.#sequence = sequence;
    this.#known = known;
    const { recorder, places, arriving, found } = captured;
    this.#places = places;
    this.#outputs = found.map(({ gradient }) => new Output(gradient));
    const views = [...sequence.reads(), ...sequence.writes(), ...this.#outputs.map(({ view }) => view)];
    this.#arriving = arriving.map(({ buffer }) => new Movable(buffer, views));
    this.#targets = found.map(({ of }) => {
      const number = known.inputs.findIndex(({ trace }) => trace !== null && trace === of.trace);
      return number >= 0 ? number : of;
    });
    const homes = new Map<Storage, Home>();
    found.forEach(({ gradient: { storage } }, i) => {
      if (!recorder.owns(storage)) return;
      const home = once(homes, storage, () => new Home(device, storage, views));
      (this.#outputs[i] as Output).home = home; // safe: one for each gradient
    });
    this.#homes = [...homes.values()];
  }

  /** Returns whether a storage holds one of the gradients. */
  makes(storage: Storage): boolean {
    return this.#homes.some((home) => home.storage === storage);
  }

  /**
   * Records a run on the tape, given its argument tensors, the contiguous copies or aliases of these that it used, and
   * its results.
   */
  follow(tensors: readonly Tensor[], inputs: readonly Tensor[], results: readonly Tensor[]): void {
    const { carried, known } = this.#known;
    const whole = (storage: Storage) =>
      new Tensor(storage, "uint8", { shape: [storage.bytes], strides: [1], offset: 0 });
    // Safe: the index of an argument.
    const targets = this.#targets.map((target) => (typeof target === "number" ? (tensors[target] as Tensor) : target));
    const kept = [...inputs, ...carried.map(({ storage }) => whole(storage)), ...known.map(whole)];
    const outputs = this.#places.map((place) => results[place] as Tensor); // safe: the index of a result
    const op: Op = {
      name: "compiled",
      infer: () => outputs,
      gradient: {
        reads: () => ({ inputs: kept.map((_, i) => targets.length + i) }),
        compute: (arrived, context) => this.#compute(arrived, context),
      },
    };
    if (gradMode.enabled)
      targets
        .find(({ trace }) => trace !== null)
        ?.trace?.extend({ op, inputs: [...targets, ...kept], attrs: undefined, outputs });
    for (const tensor of kept.slice(inputs.length)) tensor.dispose();
  }

  #compute(arrived: readonly (Tensor | null)[], context: GradientContext<undefined>): readonly (Tensor | null)[] {
    if (context.recording)
      throw new AutogradError("backward: a compiled function has no second derivative; call the function itself");
    const first = this.#targets.length;
    const { arguments: movables, carried, known } = this.#known;
    // Saved tensors are requested even if their memory has not moved, so that the tape checks their versions.
    const kept = [...movables, ...carried, ...known].map((_, i) => context.input(first + i));
    movables.forEach((movable, i) => {
      const { buffer, offset, dtype } = kept[i] as Tensor; // safe: one for each movable
      movable.move(buffer, offset * bytesOf(dtype));
    });
    carried.forEach((home, i) => void home.moveTo((kept[movables.length + i] as Tensor).storage)); // safe: one for each
    const own = this.#arriving.map((movable, k) => {
      const gradient = arrived[k]?.contiguous() ?? this.#zeros(context.outputs[k] as Spec); // safe: one for each result
      movable.move(gradient.buffer, gradient.offset * bytesOf(gradient.dtype));
      return gradient;
    });
    for (const home of this.#homes) home.renew();
    this.#sequence.run();
    own.forEach((gradient, k) => {
      if (gradient !== arrived[k]) gradient.dispose();
    });
    // One per target; none for the saved tensors.
    const gradients = context.needs.map((needed, i) => (needed ? (this.#outputs[i]?.take() ?? null) : null));
    for (const home of [...this.#homes, ...carried]) home.forget();
    return gradients;
  }

  /** Returns a zero gradient, for a result that no gradient reached. */
  #zeros({ shape, dtype }: Spec): Tensor {
    const zeros = allocate("backward", shape, dtype, this.#device);
    fillView(zeros, 0, this.#device);
    return zeros;
  }
}
