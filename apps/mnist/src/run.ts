/** Runs the demo: finds the data, trains, tests, and writes the results. */

import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { saveSafetensors } from "@akari/io";
import { FileError } from "@akari/tensor";
import { AdaBelief, Adagrad, Adam, AdamW, manualSeed, RMSprop, SGD } from "akari";
import { loadCheckpoint, saveCheckpoint } from "./checkpoint.ts";
import { CNN } from "./cnn.ts";
import { findDevice } from "./devices.ts";
import { loadDigits, testLoader } from "./digits.ts";
import { INTERRUPTED, type Interrupt, interrupt } from "./interrupt.ts";
import { MLP } from "./mlp.ts";
import { checkPaths, type ParsedOptions, resumed } from "./options.ts";
import { prepareFolder, reason } from "./output.ts";
import { duration, thousands } from "./progress.ts";
import { percent, reportPage } from "./report.ts";
import { test } from "./train.ts";
import { Training } from "./training.ts";

const OPTIMIZERS = { adam: Adam, adamw: AdamW, adabelief: AdaBelief, sgd: SGD, rmsprop: RMSprop, adagrad: Adagrad };

/** Upper bound of the size of a report, in bytes. */
const REPORT_BYTES = 1e6;

/**
 * Runs the demo with the options of the command line.
 *
 * @returns the exit code: 0, or 130 if the run was interrupted and has saved a checkpoint.
 * @throws AkariError when it fails, before training if possible.
 */
export async function run(parsed: ParsedOptions): Promise<number> {
  await checkPaths(parsed.options);
  const { device, name: deviceName } = await findDevice(parsed.options.device);
  const checkpoint = parsed.options.resume === undefined ? null : await loadCheckpoint(parsed.options.resume, device);
  const options = checkpoint === null ? parsed.options : resumed(parsed, checkpoint.recipe);

  manualSeed(options.seed);
  const model = options.model === "cnn" ? new CNN() : new MLP();
  model.to(device);
  const optimizer = new OPTIMIZERS[options.optimizer](model.parameters(), { lr: options.lr });
  const parameters = model.parameters().reduce((sum, parameter) => sum + parameter.numel(), 0);
  // The model, and a checkpoint: the model again, and up to three numbers of optimizer state per parameter.
  await prepareFolder(options.out, 5 * 4 * parameters + REPORT_BYTES);

  say(`device  ${deviceName}`);
  const digits = await loadDigits({
    ...(options.data === undefined ? {} : { root: options.data }),
    ...(options.limit === undefined ? {} : { limit: options.limit }),
    places: [options.data ?? "", process.env.MNIST_DIR ?? "", "your cache"].filter((place) => place !== ""),
  });
  const facts = {
    model: `${options.model}, ${thousands(parameters)} parameters`,
    data: `${digits.test.name}, ${thousands(digits.train.length)} training and ${thousands(digits.test.length)} test images`,
    training: `${options.epochs} ${options.epochs === 1 ? "epoch" : "epochs"} of ${options.optimizer}, learning rate ${options.lr}, batches of ${options.batchSize}`,
  };
  say(`data    ${facts.data}, ${digits.origin}`);
  say(`model   ${facts.model}`);
  say(`train   ${facts.training}`);

  const training = new Training(options, digits, model, optimizer);
  if (checkpoint !== null) await training.restore(checkpoint);
  const stop = interrupt();
  await training.run(device, stop);
  const { predictions, losses } = await test(model, device, until(stop, testLoader(digits)));
  if (stop.requested) {
    const path = await keep(join(options.out, "checkpoint.safetensors"), (to) =>
      saveCheckpoint(to, training.checkpoint()),
    );
    say(`stopped ${training.position}; continue with --resume ${path}`);
    return INTERRUPTED;
  }
  stop.release();

  const { pixels: images, digits: labels } = digits.test;
  const accuracy = predictions.filter((prediction, index) => prediction === labels[index]).length / labels.length;
  const loss = losses.reduce((sum, each) => sum + each, 0) / losses.length;
  const { seconds } = training;
  say(`test    accuracy ${percent(accuracy)}, loss ${loss.toFixed(4)}, after ${duration(seconds)} of training`);

  await keep(join(options.out, "model.safetensors"), (to) => saveSafetensors(to, model.stateDict()));
  const page = reportPage({
    facts: { ...facts, device: device.name },
    losses: training.losses,
    accuracy,
    loss,
    seconds,
    tested: { images, labels, predictions, losses },
  });
  await keep(join(options.out, "report.html"), (to) => writeFile(to, page));
  say(`wrote   ${join(options.out, "model.safetensors")} and ${join(options.out, "report.html")}`);
  if (options.json)
    say(
      JSON.stringify({ accuracy, loss, seconds, device: device.name, data: digits.test.name, epochs: options.epochs }),
    );
  return 0;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Yields the batches until the run is asked to stop. */
async function* until<T>(stop: Interrupt, batches: AsyncIterable<T>): AsyncGenerator<T> {
  for await (const batch of batches) {
    if (await stop.asked()) return;
    yield batch;
  }
}

/**
 * Writes a file. If that fails, writes it to a temporary folder, so that the result of the training is not lost.
 *
 * @returns the path.
 * @throws FileError when the file cannot be written to `path`. The message says where it is instead.
 */
async function keep(path: string, write: (to: string) => Promise<unknown>): Promise<string> {
  try {
    await write(path);
    return path;
  } catch (error) {
    const refuge = join(await mkdtemp(join(tmpdir(), "akari-mnist-")), basename(path));
    const failure = error instanceof FileError ? error.message : `cannot write ${path}: ${reason(error)}`;
    await write(refuge).catch((second: unknown) => {
      throw new FileError(`${failure}; cannot write ${refuge} either: ${reason(second)}`, { cause: error });
    });
    throw new FileError(`${failure}; it was saved as ${refuge} instead`, { cause: error });
  }
}
