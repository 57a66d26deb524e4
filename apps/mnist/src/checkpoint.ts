/**
 * Checkpoints: all that a run needs to go on as if it had never stopped, in one safetensors file. The tensors are the file's tensors;
 * everything else (recipe, position, the optimizer's numbers) is JSON in its metadata, where a place-holder stands for each tensor.
 */

import { loadSafetensors, saveSafetensors } from "@akari/io";
import { type Backend, FileError, Tensor } from "@akari/tensor";
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

const KEY = "akari-mnist-checkpoint";

/** Writes a checkpoint; the file is whole or not there. */
export async function saveCheckpoint(path: string, checkpoint: Checkpoint): Promise<void> {
  const tensors: Record<string, Tensor> = {};
  const rest = JSON.stringify(withoutTensors(checkpoint, "", tensors));
  await saveSafetensors(path, tensors, { metadata: { [KEY]: rest } });
}

/**
 * Reads a checkpoint, its tensors onto `device`.
 *
 * @throws FileError when the file is not one, or is damaged.
 */
export async function loadCheckpoint(path: string, device: Backend): Promise<Checkpoint> {
  const { tensors, metadata } = await loadSafetensors(path, { device });
  const text = metadata[KEY];
  if (text === undefined)
    throw new FileError(`--resume: ${path} is a safetensors file, but not a checkpoint of this program; Ctrl-C saves one`);
  const found = withTensors(JSON.parse(text), tensors);
  if (!isCheckpoint(found)) throw new FileError(`--resume: ${path} is not a whole checkpoint; parts of it are missing`);
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

/** A copy of nested data in which `{ tensor: name }` stands for each tensor; the tensors go into `found` by that name. */
function withoutTensors(value: unknown, name: string, found: Record<string, Tensor>): unknown {
  if (value instanceof Tensor) {
    found[name] = value;
    return { tensor: name };
  }
  if (Array.isArray(value)) return value.map((element, index) => withoutTensors(element, `${name}.${index}`, found));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => [key, withoutTensors(part, name === "" ? key : `${name}.${key}`, found)]),
  );
}

/** The inverse of `withoutTensors`. */
function withTensors(value: unknown, tensors: Readonly<Record<string, Tensor>>): unknown {
  if (Array.isArray(value)) return value.map((element) => withTensors(element, tensors));
  if (typeof value !== "object" || value === null) return value;
  if ("tensor" in value && typeof value.tensor === "string") {
    const tensor = tensors[value.tensor];
    if (tensor === undefined) throw new FileError(`--resume: the checkpoint has no tensor ${value.tensor}`);
    return tensor;
  }
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, withTensors(part, tensors)]));
}
