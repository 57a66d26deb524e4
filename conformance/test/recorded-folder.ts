/**
 * Where recorded PyTorch results lie: in `conformance/recorded`, and in the folder that `AKARI_GOLDEN` names or that
 * stands beside the repository. Without the latter the tests that need it are skipped.
 */

import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { casesOf, familiesIn } from "../src/folder.ts";
import type { Case } from "../src/run-case.ts";

/** Why tests are skipped when there is no folder. */
export const reason = "no recorded PyTorch results: set AKARI_GOLDEN to their folder";

const path = process.env.AKARI_GOLDEN ?? fileURLToPath(new URL("../../../shared/golden", import.meta.url));

/** The folder, or null. */
export const folder: string | null = existsSync(path) ? path : null;
if (folder === null) process.stdout.write(`Skipped: ${reason}\n`);

const folders = [fileURLToPath(new URL("../recorded", import.meta.url)), ...(folder === null ? [] : [folder])];

/** The families that are there. */
export const families: readonly string[] = [...new Set(folders.flatMap(familiesIn))].sort();

/** The cases of a family; none when it is not there. */
export function cases(family: string): readonly Case[] {
  return folders.flatMap((one) => (familiesIn(one).includes(family) ? casesOf(one, family) : []));
}
