/** Where the recorded PyTorch results lie: `AKARI_GOLDEN` names their folder, or it stands beside the repository. Without it the tests that need it are skipped. */

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

/** The families that are there; none when there is no folder. */
export const families: readonly string[] = folder === null ? [] : familiesIn(folder);

/** The cases of a family; none when it is not there. */
export function cases(family: string): readonly Case[] {
  return folder !== null && families.includes(family) ? casesOf(folder, family) : [];
}
