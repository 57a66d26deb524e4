/**
 * Locates recorded PyTorch results: `conformance/recorded`, and the folder named by `AKARI_GOLDEN` or located next to
 * the repository. Tests that need the latter are skipped if it does not exist.
 */

import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { casesOf, familiesIn } from "../src/folder.ts";
import type { Case } from "../src/run-case.ts";

/** The reason shown for skipped tests if there is no folder. */
export const reason = "no recorded PyTorch results: set AKARI_GOLDEN to their folder";

const path = process.env.AKARI_GOLDEN ?? fileURLToPath(new URL("../../../shared/golden", import.meta.url));

/** The folder, or null if it does not exist. */
export const folder: string | null = existsSync(path) ? path : null;
if (folder === null) process.stdout.write(`Skipped: ${reason}\n`);

const folders = [fileURLToPath(new URL("../recorded", import.meta.url)), ...(folder === null ? [] : [folder])];

/** Names of all families. */
export const families: readonly string[] = [...new Set(folders.flatMap(familiesIn))].sort();

/** Returns the cases of a family, or none if it does not exist. */
export function cases(family: string): readonly Case[] {
  return folders.flatMap((one) => (familiesIn(one).includes(family) ? casesOf(one, family) : []));
}
