/**
 * Recorded PyTorch results: where they are and what a file holds. The folder is named by `AKARI_GOLDEN`, or lies beside the repository; without it
 * the tests that need it are skipped, and say so.
 */

import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Backend, type DType, isDType, type Shape, type Tensor, tensor } from "@akari/tensor";

/** A tensor as the files write it. */
export interface Recorded {
  readonly dtype: string;
  readonly shape: Shape;
  readonly data: readonly (number | string)[];
}

/** Anything that JSON can say. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** A file of recorded cases. */
export interface Family<Case> {
  readonly family: string;
  readonly cases: readonly Case[];
}

/** Why tests are skipped when there is no folder. */
export const reason = "no recorded PyTorch results: set AKARI_GOLDEN to their folder";

/** The folder of recorded results, or null. */
export const folder: string | null = find();

function find(): string | null {
  const named = process.env.AKARI_GOLDEN;
  const beside = fileURLToPath(new URL("../../../../../shared/golden", import.meta.url));
  for (const place of named === undefined ? [beside] : [named]) if (existsSync(place)) return place;
  process.stdout.write(`Skipped: ${reason}\n`);
  return null;
}

/** The cases of a family; none when there is no folder. */
export function cases<Case>(name: string): readonly Case[] {
  if (folder === null) return [];
  // Safe: the folder's README defines the form of each file.
  return (JSON.parse(readFileSync(`${folder}/${name}.json`, "utf8")) as Family<Case>).cases;
}

/** The dtype in which Akari holds a recorded one; null where it has none. PyTorch's default integer is int64, Akari's int32. */
export function dtypeOf(recorded: string): DType | null {
  if (recorded === "int64") return "int32";
  return isDType(recorded) ? recorded : null;
}

/** A recorded number: NaN and the infinities are written as text. */
export function number(value: number | string): number {
  return Number(value);
}

/** Whether a value is a recorded tensor. */
export function isRecorded(value: unknown): value is Recorded {
  return typeof value === "object" && value !== null && "dtype" in value && "shape" in value && "data" in value;
}

/** A recorded tensor on a device. */
export function load(recorded: Recorded, device: Backend): Tensor {
  const dtype = dtypeOf(recorded.dtype);
  if (dtype === null) throw new Missing(`dtype ${recorded.dtype}`);
  return tensor(recorded.data.map(number), { dtype, device }).reshape(recorded.shape);
}

/** Something that Akari does not have yet. */
export class Missing extends Error {
  override name = "Missing";
}
