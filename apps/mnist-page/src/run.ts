/**
 * The training of a network. It can be stopped between two steps, and the network can classify images at any time.
 */

import type { LossPoint } from "@akari/app-mnist/chart";
import { CNN } from "@akari/app-mnist/cnn";
import { type Digits, testLoader, trainLoader } from "@akari/app-mnist/digits";
import { MLP } from "@akari/app-mnist/mlp";
import { test, train } from "@akari/app-mnist/train";
import { Adam, type Backend, type ImageBatch, type Tensor } from "akari";
import type { Choice, Report } from "./messages.ts";
import { Pace } from "./pace.ts";
import { type Reader, reader } from "./reader.ts";
import { turn } from "./turn.ts";

/** Number of epochs after which a run stops by itself. */
const EPOCHS = 5;
const BATCH = 64;

/** Milliseconds between two reports, and between two classifications of the displayed test images. */
const REPORT = 50;
const SAMPLES = 250;

/** One network and its training. */
export class Run {
  readonly #digits: Digits;
  readonly #samples: Uint8Array;
  readonly #device: Backend;
  readonly #model: CNN | MLP;
  readonly #tell: (report: Report) => void;
  readonly #read: Promise<Reader>;
  readonly #pace = new Pace();
  #halted: PromiseWithResolvers<void> | null = null;
  #why = "";
  #ended = false;
  #losses: LossPoint[] = [];
  #reported = 0;
  #sampled = 0;

  /** @param samples images that are classified repeatedly during training. */
  constructor(
    network: Choice["network"],
    device: Backend,
    digits: Digits,
    samples: Uint8Array,
    tell: (report: Report) => void,
  ) {
    this.#model = network === "cnn" ? new CNN() : new MLP();
    this.#model.to(device);
    this.#device = device;
    this.#digits = digits;
    this.#samples = samples;
    this.#tell = (report) => {
      if (!this.#ended) tell(report);
    };
    this.#read = reader(this.#model, device);
  }

  /** Returns ten probabilities for each image of 28 × 28 bytes. */
  async read(pixels: Uint8Array): Promise<Float32Array> {
    return (await this.#read)(pixels);
  }

  /** Stops after the current step. */
  stop(why = "Stopped."): void {
    this.#why = why;
    this.#halted ??= Promise.withResolvers();
  }

  /** Continues after `stop`. */
  continue(): void {
    this.#halted?.resolve();
    this.#halted = null;
  }

  /** Ends the run, which sends no further reports. */
  end(): void {
    this.#ended = true;
    this.continue();
  }

  /** Trains until `end` is called. */
  async train(): Promise<void> {
    const optimizer = new Adam(this.#model.parameters(), { lr: 1e-3 });
    const loader = trainLoader(this.#digits, BATCH);
    const steps = loader.length;
    // Reading from a GPU waits for it, so only the losses that will be reported are read there.
    const always = this.#device.name === "cpu";
    let read = 0;
    await this.#readSamples();
    for (let epoch = 1; !this.#ended; epoch++) {
      let step = 0;
      this.#pace.start(performance.now());
      await train(this.#model, this.#device, loader, optimizer, async (loss: Tensor) => {
        step++;
        if (always || step === steps || performance.now() - read > REPORT) {
          this.#losses.push({ step: (epoch - 1) * steps + step, loss: await loss.item() });
          read = performance.now();
        }
        this.#pace.add(step < steps ? BATCH : this.#digits.train.length - BATCH * (steps - 1), performance.now());
        this.#report(epoch, step, steps);
        await this.#pass();
        return this.#ended ? "stop" : "go on";
      });
      if (this.#ended) return;
      await this.#test(epoch);
      if (epoch % EPOCHS === 0) this.stop(`${epoch} epochs completed.`);
      await this.#pass();
    }
  }

  /** Receives messages between two steps, and waits if the run is stopped. */
  async #pass(): Promise<void> {
    await turn();
    if (performance.now() - this.#sampled > SAMPLES) await this.#readSamples();
    while (this.#halted !== null) {
      await this.#readSamples();
      this.#tell({ type: "stopped", why: this.#why });
      await this.#halted.promise;
      this.#pace.start(performance.now());
    }
  }

  #report(epoch: number, step: number, steps: number): void {
    const now = performance.now();
    if (now - this.#reported < REPORT && step < steps && this.#halted === null) return;
    this.#reported = now;
    this.#tell({
      type: "progress",
      epoch,
      step,
      steps,
      imagesPerSecond: this.#pace.imagesPerSecond,
      losses: this.#losses,
    });
    this.#losses = [];
  }

  async #readSamples(): Promise<void> {
    this.#sampled = performance.now();
    this.#tell({ type: "samples", probabilities: await this.read(this.#samples) });
  }

  async #test(epoch: number): Promise<void> {
    const { predictions } = await test(this.#model, this.#device, this.#passing(testLoader(this.#digits)));
    const { digits } = this.#digits.test;
    const accuracy = predictions.filter((prediction, i) => prediction === digits[i]).length / digits.length;
    this.#tell({ type: "tested", epoch, accuracy });
  }

  async *#passing(batches: AsyncIterable<ImageBatch>): AsyncGenerator<ImageBatch> {
    for await (const batch of batches) {
      await this.#pass();
      if (this.#ended) return;
      yield batch;
    }
  }
}
