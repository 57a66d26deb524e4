/**
 * The command line of the demo: what can be asked for, and what is refused. All of it is checked before anything is
 * read, computed or written, so that a slip of the keyboard costs a second and not a training run.
 */

import { stat } from "node:fs/promises";
import { ArgumentError } from "@akari/tensor";
import { Command, InvalidArgumentError, Option } from "commander";

/** What a run is asked to do. */
export interface Options {
  readonly model: "cnn" | "mlp";
  readonly device: "cpu" | "reference" | "auto" | "webgpu";
  readonly epochs: number;
  readonly batchSize: number;
  readonly lr: number;
  readonly optimizer: "adam" | "adamw" | "adabelief" | "sgd" | "rmsprop" | "adagrad";
  readonly data?: string;
  readonly seed: number;
  readonly limit?: number;
  readonly out: string;
  readonly resume?: string;
  readonly json: boolean;
}

/**
 * The options that decide what is computed; a checkpoint keeps them, since only the same ones lead to the same result.
 */
export const RECIPE = ["model", "epochs", "batchSize", "lr", "optimizer", "seed", "limit"] as const;

/** The part of the options that a checkpoint keeps. */
export type Recipe = Pick<Options, (typeof RECIPE)[number]>;

/** The options of a run, and which of them were written on the command line rather than taken from the defaults. */
export interface ParsedOptions {
  readonly options: Options;
  readonly given: ReadonlySet<string>;
}

/**
 * Reads the command line.
 *
 * @param args the arguments after the program's name.
 * @throws CommanderError naming the option and the value that it does not take; also for `--help`, with exit code 0.
 */
export function parseOptions(args: readonly string[]): ParsedOptions {
  const command = new Command("mnist")
    .description("Trains a network on handwritten digits, tests it, and writes the model and a report.")
    .addOption(new Option("--model <name>", "the network").choices(["cnn", "mlp"]).default("cnn"))
    .addOption(
      new Option("--device <name>", "where to compute").choices(["cpu", "reference", "auto", "webgpu"]).default("cpu"),
    )
    .option("--epochs <n>", "how often to go through the training images", wholeNumber(1), 1)
    .option("--batch-size <n>", "images per training step", wholeNumber(1), 64)
    .option("--lr <x>", "learning rate", positiveNumber, 1e-3)
    .addOption(
      new Option("--optimizer <name>", "how to step")
        .choices(["adam", "adamw", "adabelief", "sgd", "rmsprop", "adagrad"])
        .default("adam"),
    )
    .option("--data <dir>", "folder with MNIST's files (else MNIST_DIR, the cache, a download, synthetic digits)")
    .option("--seed <n>", "seed of the initial weights and of the order of the images", wholeNumber(0), 1)
    .option("--limit <n>", "train on the first n images only", wholeNumber(1))
    .option("--out <dir>", "folder for model.safetensors and report.html", "runs/mnist")
    .option("--resume <file>", "go on from a checkpoint that Ctrl-C saved")
    .option("--json", "print the result as one last line of JSON", false)
    .allowExcessArguments(false)
    .showHelpAfterError("(--help lists the options)")
    .exitOverride();
  command.parse(args, { from: "user" });
  const given = Object.keys(command.opts()).filter((name) => command.getOptionValueSource(name) === "cli");
  // Safe: commander has filled in every option above, with the types that its parser and choices produce.
  return { options: command.opts() as Options, given: new Set(given) };
}

/**
 * The options of a run that goes on from a checkpoint: the recipe is the checkpoint's, all else is the command line's.
 * Only `--epochs` may be raised, to train on.
 *
 * @throws ArgumentError when the command line asks for another recipe.
 */
export function resumed({ options, given }: ParsedOptions, recipe: Recipe): Options {
  for (const name of RECIPE) {
    if (!given.has(name) || options[name] === recipe[name]) continue;
    const flag = flagOf(name);
    if (name !== "epochs") {
      throw new ArgumentError(
        `${flag}: ${options[name]} was asked for, but the checkpoint was trained with ${recipe[name] ?? "no limit"}; leave ${flag} out, or start anew`,
      );
    }
    if (options.epochs < recipe.epochs) {
      throw new ArgumentError(
        `${flag}: ${options.epochs} was asked for, but the checkpoint is of a run of ${recipe.epochs}; it can only be raised`,
      );
    }
  }
  return { ...options, ...recipe, epochs: given.has("epochs") ? options.epochs : recipe.epochs };
}

/**
 * Looks at what the options point to.
 *
 * @throws ArgumentError when the data folder or the checkpoint is not there.
 */
export async function checkPaths(options: Options): Promise<void> {
  if (options.data !== undefined && !(await isA("directory", options.data))) {
    throw new ArgumentError(
      `--data: there is no folder ${options.data}; name the one that holds MNIST's files, or leave --data out`,
    );
  }
  if (options.resume !== undefined && !(await isA("file", options.resume))) {
    throw new ArgumentError(`--resume: there is no file ${options.resume}; name a checkpoint that Ctrl-C saved`);
  }
}

async function isA(kind: "file" | "directory", path: string): Promise<boolean> {
  const found = await stat(path).catch(() => null);
  return found !== null && (kind === "file" ? found.isFile() : found.isDirectory());
}

function flagOf(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

function wholeNumber(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === "" || !Number.isSafeInteger(value) || value < least) {
      throw new InvalidArgumentError(`Expected a whole number of at least ${least}.`);
    }
    return value;
  };
}

function positiveNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value) || value <= 0)
    throw new InvalidArgumentError("Expected a number above 0.");
  return value;
}
