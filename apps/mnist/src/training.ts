/**
 * A training run that can stop between any two steps and go on later to the same result. What makes it so: the order of
 * an epoch's images follows from the state of the random generator when the epoch began, so a run that goes on puts
 * that state back and passes over the batches that were already used.
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

/** A model on its way through the epochs. */
export class Training {
  readonly losses: LossPoint[] = [];
  /** Seconds of training, those before a checkpoint included. */
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

  /** Where it stands, in words. */
  get position(): string {
    return this.#epoch === this.#options.epochs
      ? "after the last step"
      : `in epoch ${this.#epoch + 1} after ${this.#step} steps`;
  }

  /** Trains until all epochs are done, or until `stop` is requested. */
  async run(device: Backend, stop: Interrupt): Promise<void> {
    const { epochs, batchSize } = this.#options;
    const loader = trainLoader(this.#digits, batchSize);
    const stepsPerEpoch = loader.length;
    // About a hundred readings make a good curve, and on a GPU each one waits for the device.
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

  /** All that is needed to go on from here. */
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
   * Goes back to where a checkpoint was saved.
   *
   * @throws ArgumentError when it was trained on other images.
   */
  async restore(checkpoint: Checkpoint): Promise<void> {
    const { train: images, test } = this.#digits;
    const { data } = checkpoint;
    if (data.name !== test.name || data.count !== images.length) {
      throw new ArgumentError(
        `--resume: the checkpoint was trained on ${data.count} images of ${data.name}, but here are ${images.length} of ${test.name}; name its data with --data`,
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
