/** Reads folders of recorded cases, which contain one JSON file per family. */

import { readdirSync, readFileSync } from "node:fs";
import { ArgumentError, FileError } from "@akari/tensor";
import type { Case } from "./run-case.ts";

/** Returns the names of the families in a folder, which are the names of its JSON files. */
export function familiesIn(folder: string): string[] {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch (error) {
    throw new FileError(
      `conformance: ${folder} cannot be read as a folder: ${error instanceof Error ? error.message : error}`,
    );
  }
  const families = names
    .filter((name) => name.endsWith(".json"))
    .map((name) => name.slice(0, -".json".length))
    .sort();
  if (families.length === 0) throw new FileError(`conformance: ${folder} contains no .json file with recorded cases`);
  return families;
}

/** Returns the cases of a family. */
export function casesOf(folder: string, family: string): readonly Case[] {
  const families = familiesIn(folder);
  if (!families.includes(family)) {
    throw new ArgumentError(`conformance: there is no family ${family} in ${folder}; there are ${families.join(", ")}`);
  }
  const path = `${folder}/${family}.json`;
  let parsed: unknown;
  try {
    parsed = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw new FileError(`conformance: ${path} is not JSON: ${error instanceof Error ? error.message : error}`);
  }
  const cases = (parsed as { cases?: unknown } | null)?.cases;
  if (!Array.isArray(cases)) throw new FileError(`conformance: ${path} has no list of cases`);
  return cases as readonly Case[]; // safe: the files follow the format of recorded cases
}
