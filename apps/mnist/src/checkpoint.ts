/**
 * Checkpoints: all that a run needs to go on as if it had never stopped, in one file.
 */

import { load, save } from "@akari/io";
import { type Backend, FileError, type Tensor } from "@akari/tensor";
import type { OptimizerStateDict } from "akari";
import { RECIPE, type Recipe } from "./options.ts";

/** A run between two of its steps. */
export interface Checkpoint {
  readonly recipe: Recipe;
  /** The name and the number of the images that it trains on. */
  readonly data: { readonly name: string; readonly count: number };
  /** The epoch it is in, from 0, and the steps done in it. */
  readonly epoch: number;
  readonly step: number;
  /** The state of the random generator when the epoch began: from it the order of the epoch's images follows. */
  readonly generator: Tensor;
  /** The losses read so far, in the order of `readings`. */
  readonly losses: Tensor;
  /** After how many steps each loss was read. */
  readonly readings: readonly number[];
  /** Seconds of training so far. */
  readonly seconds: number;
  readonly model: Readonly<Record<string, Tensor>>;
  readonly optimizer: OptimizerStateDict;
}

/** Writes a checkpoint; the file is whole or not there. */
export async function saveCheckpoint(path: string, checkpoint: Checkpoint): Promise<void> {
  await save(checkpoint, path);
}

/**
 * Reads a checkpoint, its tensors onto `device`.
 *
 * @throws FileError when the file is not one, or is damaged.
 */
export async function loadCheckpoint(path: string, device: Backend): Promise<Checkpoint> {
  const found = await load<unknown>(path, { device });
  if (!isCheckpoint(found))
    throw new FileError(`--resume: ${path} is not a checkpoint of this program, or not a whole one; Ctrl-C saves one`);
  return found;
}

function isCheckpoint(value: unknown): value is Checkpoint {
  if (typeof value !== "object" || value === null) return false;
  const parts = ["recipe", "data", "epoch", "step", "generator", "losses", "readings", "seconds", "model", "optimizer"];
  if (!parts.every((part) => part in value)) return false;
  // Safe: `recipe` was just seen to be there; its own parts are looked at next.
  const { recipe } = value as { recipe: unknown };
  return typeof recipe === "object" && recipe !== null && RECIPE.every((name) => name === "limit" || name in recipe);
}
