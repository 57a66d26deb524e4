/**
 * Tensors that leave a list of steps: in memory that is made for each run, or as copies of what others know.
 */

import type { Backend } from "../backend.ts";
import { allocate } from "../creation.ts";
import { copyInto } from "../ops/copy.ts";
import { Tensor } from "../tensor.ts";
import type { Home } from "./movable.ts";
import { type OwnView, ownView } from "./steps.ts";

/** One tensor. */
export class Output {
  /** Where it lies in each run. */
  readonly view: OwnView;
  /** The memory that it alone has; null where it has to be copied. Set once the steps are known. */
  home: Home | null = null;
  readonly #device: Backend;

  constructor(tensor: Tensor) {
    this.view = ownView(tensor);
    this.#device = tensor.device;
  }

  /** The tensor of the last run. */
  take(): Tensor {
    const { view, home } = this;
    if (home !== null) return new Tensor(home.storage, view.dtype, view);
    const copy = allocate("compile", view.shape, view.dtype, this.#device);
    copyInto(copy, view, this.#device);
    return copy;
  }
}
