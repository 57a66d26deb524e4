/**
 * Checkpoints: everything that a run needs to continue as if it had not been interrupted, in one file.
 */

import { load, save } from "@akari/io";
import { type Backend, FileError, type Tensor } from "@akari/tensor";
import type { OptimizerStateDict } from "akari";
import { RECIPE, type Recipe } from "./options.ts";

/** The state of a run between two steps. */
export interface Checkpoint {
  readonly recipe: Recipe;
  /** Name of the dataset and number of training images. */
  readonly data: { readonly name: string; readonly count: number };
  /** Current epoch, from 0, and number of steps completed in it. */
  readonly epoch: number;
  readonly step: number;
  /** State of the random number generator at the start of the epoch, which determines the order of its images. */
  readonly generator: Tensor;
  /** Losses read so far. */
  readonly losses: Tensor;
  /** Number of steps after which each of `losses` was read. */
  readonly readings: readonly number[];
  /** Seconds of training so far. */
  readonly seconds: number;
  readonly model: Readonly<Record<string, Tensor>>;
  readonly optimizer: OptimizerStateDict;
}

/** Writes a checkpoint atomically. */
export async function saveCheckpoint(path: string, checkpoint: Checkpoint): Promise<void> {
  await save(checkpoint, path);
}

/**
 * Reads a checkpoint, with its tensors on `device`.
 *
 * @throws FileError when the file is damaged or not a checkpoint.
 */
export async function loadCheckpoint(path: string, device: Backend): Promise<Checkpoint> {
  const found = await load<unknown>(path, { device });
  if (!isCheckpoint(found))
    throw new FileError(`--resume: ${path} is not a checkpoint of this program, or is incomplete; Ctrl-C saves one`);
  return found;
}

function isCheckpoint(value: unknown): value is Checkpoint {
  if (typeof value !== "object" || value === null) return false;
  const parts = ["recipe", "data", "epoch", "step", "generator", "losses", "readings", "seconds", "model", "optimizer"];
  if (!parts.every((part) => part in value)) return false;
  // Safe: `recipe` exists, as checked above, and its parts are checked next.
  const { recipe } = value as { recipe: unknown };
  return typeof recipe === "object" && recipe !== null && RECIPE.every((name) => name === "limit" || name in recipe);
}
