/**
 * A training run that can stop between any two steps and continue later with the same result. The state of the random
 * number generator at the start of an epoch determines the order of its images, so a resumed run restores that state
 * and skips the batches already used.
 */

import { ArgumentError, type Backend } from "@akari/tensor";
import { defaultGenerator, fromTypedArray, type nn, type Optimizer } from "akari";
import type { LossPoint } from "./chart.ts";
import type { Checkpoint } from "./checkpoint.ts";
import { type Digits, trainLoader } from "./digits.ts";
import type { Interrupt } from "./interrupt.ts";
import type { Options } from "./options.ts";
import { progress } from "./progress.ts";
import { train } from "./train.ts";

/** A training run of a model. */
export class Training {
  readonly losses: LossPoint[] = [];
  /** Seconds of training, including those before a checkpoint. */
  seconds = 0;
  readonly #options: Options;
  readonly #digits: Digits;
  readonly #model: nn.Layer;
  readonly #optimizer: Optimizer;
  #epoch = 0;
  #step = 0;
  #generator: Uint8Array = defaultGenerator().getState();

  constructor(options: Options, digits: Digits, model: nn.Layer, optimizer: Optimizer) {
    this.#options = options;
    this.#digits = digits;
    this.#model = model;
    this.#optimizer = optimizer;
  }

  /** Description of the current position. */
  get position(): string {
    return this.#epoch === this.#options.epochs
      ? "after the last step"
      : `in epoch ${this.#epoch + 1} after ${this.#step} steps`;
  }

  /** Trains until all epochs are done or `stop` is requested. */
  async run(device: Backend, stop: Interrupt): Promise<void> {
    const { epochs, batchSize } = this.#options;
    const loader = trainLoader(this.#digits, batchSize);
    const stepsPerEpoch = loader.length;
    // A hundred losses or more make a good curve. On a GPU, reading each one waits for the device.
    const every = Math.max(1, Math.min(10, Math.floor((epochs * stepsPerEpoch) / 100)));
    const stepsDone = (): number => this.#epoch * stepsPerEpoch + this.#step;
    const bar = progress({
      epochs,
      stepsPerEpoch,
      imagesPerStep: loader.dataset.length / stepsPerEpoch,
      startStep: stepsDone(),
    });
    const before = this.seconds;
    const began = performance.now();
    while (this.#epoch < epochs) {
      this.#generator = defaultGenerator().getState();
      await train(this.#model, device, loader.batches(this.#step), this.#optimizer, async (loss) => {
        this.#step++;
        if (stepsDone() % every === 0) this.losses.push({ step: stepsDone(), loss: await loss.item() });
        bar.update(stepsDone(), this.losses.at(-1)?.loss ?? null);
        return (await stop.asked()) ? "stop" : "go on";
      });
      if (stop.requested) break;
      this.#epoch++;
      this.#step = 0;
    }
    bar.stop();
    this.seconds = before + (performance.now() - began) / 1000;
  }

  /** Returns everything needed to continue from here. */
  checkpoint(): Checkpoint {
    const { model, epochs, batchSize, lr, optimizer, seed, limit } = this.#options;
    return {
      recipe: { model, epochs, batchSize, lr, optimizer, seed, ...(limit === undefined ? {} : { limit }) },
      data: { name: this.#digits.test.name, count: this.#digits.train.length },
      epoch: this.#epoch,
      step: this.#step,
      seconds: this.seconds,
      readings: this.losses.map(({ step }) => step),
      losses: fromTypedArray(
        Float32Array.from(this.losses, ({ loss }) => loss),
        [this.losses.length],
      ),
      generator: fromTypedArray(this.#generator, [this.#generator.length]),
      model: this.#model.stateDict(),
      optimizer: this.#optimizer.stateDict(),
    };
  }

  /**
   * Restores the state saved in a checkpoint.
   *
   * @throws ArgumentError when it was trained on other images.
   */
  async restore(checkpoint: Checkpoint): Promise<void> {
    const { train: images, test } = this.#digits;
    const { data } = checkpoint;
    if (data.name !== test.name || data.count !== images.length) {
      throw new ArgumentError(
        `--resume: the checkpoint was trained on ${data.count} images of ${data.name}, but the data is ${images.length} images of ${test.name}; pass the original data with --data`,
      );
    }
    this.#model.loadStateDict(checkpoint.model);
    this.#optimizer.loadStateDict(checkpoint.optimizer);
    this.#epoch = checkpoint.epoch;
    this.#step = checkpoint.step;
    this.seconds = checkpoint.seconds;
    const losses = await checkpoint.losses.data();
    this.losses.push(...checkpoint.readings.map((step, index) => ({ step, loss: losses[index] as number })));
    defaultGenerator().setState(Uint8Array.from(await checkpoint.generator.data()));
  }
}
