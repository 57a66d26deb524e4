/**
 * Parses the command line of the demo. Everything is checked before anything is read, computed or written, so that a
 * typing error does not cost a training run.
 */

import { stat } from "node:fs/promises";
import { ArgumentError } from "@akari/tensor";
import { Command, InvalidArgumentError, Option } from "commander";

/** The options of a run. */
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

/** The options that determine the result. A checkpoint stores them, since a run must continue with the same ones. */
export const RECIPE = ["model", "epochs", "batchSize", "lr", "optimizer", "seed", "limit"] as const;

/** The options that a checkpoint stores. */
export type Recipe = Pick<Options, (typeof RECIPE)[number]>;

/** The options of a run, and the names of those that were given rather than taken from the defaults. */
export interface ParsedOptions {
  readonly options: Options;
  readonly given: ReadonlySet<string>;
}

/**
 * Parses the command line.
 *
 * @param args the arguments after the program's name.
 * @throws CommanderError for invalid options and values, and for `--help` with exit code 0.
 */
export function parseOptions(args: readonly string[]): ParsedOptions {
  const command = new Command("mnist")
    .description("Trains a network on handwritten digits, tests it, and writes the model and a report.")
    .addOption(new Option("--model <name>", "network to train").choices(["cnn", "mlp"]).default("cnn"))
    .addOption(
      new Option("--device <name>", "device to run on").choices(["cpu", "reference", "auto", "webgpu"]).default("cpu"),
    )
    .option("--epochs <n>", "number of passes over the training images", wholeNumber(1), 1)
    .option("--batch-size <n>", "images per training step", wholeNumber(1), 64)
    .option("--lr <x>", "learning rate", positiveNumber, 1e-3)
    .addOption(
      new Option("--optimizer <name>", "optimizer")
        .choices(["adam", "adamw", "adabelief", "sgd", "rmsprop", "adagrad"])
        .default("adam"),
    )
    .option("--data <dir>", "folder with the MNIST files (else MNIST_DIR, the cache, a download, generated digits)")
    .option("--seed <n>", "seed for the initial weights and the order of the images", wholeNumber(0), 1)
    .option("--limit <n>", "train on the first n images only", wholeNumber(1))
    .option("--out <dir>", "folder for model.safetensors and report.html", "runs/mnist")
    .option("--resume <file>", "continue from a checkpoint saved by Ctrl-C")
    .option("--json", "print the result as one last line of JSON", false)
    .allowExcessArguments(false)
    .showHelpAfterError("(--help lists the options)")
    .exitOverride();
  command.parse(args, { from: "user" });
  const given = Object.keys(command.opts()).filter((name) => command.getOptionValueSource(name) === "cli");
  // Safe: Commander has filled in the defaults, and its parsers and choices produce these types.
  return { options: command.opts() as Options, given: new Set(given) };
}

/**
 * Returns the options of a resumed run: the recipe of the checkpoint, and the other options of the command line. The
 * number of epochs may be increased.
 *
 * @throws ArgumentError when the command line contradicts the recipe.
 */
export function resumed({ options, given }: ParsedOptions, recipe: Recipe): Options {
  for (const name of RECIPE) {
    if (!given.has(name) || options[name] === recipe[name]) continue;
    const flag = flagOf(name);
    if (name !== "epochs") {
      throw new ArgumentError(
        `${flag}: got ${options[name]}, but the checkpoint was trained with ${recipe[name] ?? "no limit"}; omit ${flag} or start a new run`,
      );
    }
    if (options.epochs < recipe.epochs) {
      throw new ArgumentError(
        `${flag}: got ${options.epochs}, but the checkpoint belongs to a run of ${recipe.epochs}; the number can only be increased`,
      );
    }
  }
  return { ...options, ...recipe, epochs: given.has("epochs") ? options.epochs : recipe.epochs };
}

/**
 * Checks that the paths in the options exist.
 *
 * @throws ArgumentError when the data folder or the checkpoint does not exist.
 */
export async function checkPaths(options: Options): Promise<void> {
  if (options.data !== undefined && !(await isA("directory", options.data))) {
    throw new ArgumentError(
      `--data: there is no folder ${options.data}; pass the folder with the MNIST files, or omit --data`,
    );
  }
  if (options.resume !== undefined && !(await isA("file", options.resume))) {
    throw new ArgumentError(`--resume: there is no file ${options.resume}; pass a checkpoint saved by Ctrl-C`);
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
