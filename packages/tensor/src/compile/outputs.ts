/**
 * Result tensors of a list of steps: either in memory allocated for each run, or copied from memory that is shared with
 * others.
 */

import type { Backend } from "../backend.ts";
import { allocate } from "../creation.ts";
import { copyInto } from "../ops/copy.ts";
import { Tensor } from "../tensor.ts";
import type { Home } from "./movable.ts";
import { type OwnView, ownView } from "./steps.ts";

/** One result tensor. */
export class Output {
  /** The location of the tensor in each run. */
  readonly view: OwnView;
  /** The tensor's exclusive memory; null when the tensor has to be copied. Set once the steps are known. */
  home: Home | null = null;
  readonly #device: Backend;

  constructor(tensor: Tensor) {
    this.view = ownView(tensor);
    this.#device = tensor.device;
  }

  /** Returns the tensor of the last run. */
  take(): Tensor {
    const { view, home } = this;
    if (home !== null) return new Tensor(home.storage, view.dtype, view);
    const copy = allocate("compile", view.shape, view.dtype, this.#device);
    copyInto(copy, view, this.#device);
    return copy;
  }
}
