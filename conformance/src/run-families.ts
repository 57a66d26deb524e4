/** Runs families of recorded cases on a device and reports the outcomes. */

import type { Backend } from "@akari/tensor";
import { type Counts, count, failureLines, familyLine, none, type Summary, summarize } from "./report.ts";
import { type Case, runCase } from "./run-case.ts";

/** The names of families and their cases. */
export type Families = readonly (readonly [family: string, cases: readonly Case[]])[];

/** Where a run takes place, and what is done with the lines of its report. */
export interface Place {
  readonly device: Backend;
  /** The name of the device in the last line of the report. */
  readonly name: string;
  /** Whether operations and training steps go through `compile`. Default `false`. */
  readonly compiled?: boolean;
  print(line: string): void;
}

/** Runs all cases, and prints a line for each family and lines for each failure. */
export async function runFamilies(families: Families, { device, name, compiled, print }: Place): Promise<Summary> {
  const counts: Record<string, Counts> = {};
  const missing = new Map<string, number>();
  for (const [family, cases] of families) {
    const own = none();
    counts[family] = own;
    for (const one of cases) {
      const outcome = await runCase(one, device, compiled);
      count(own, one, outcome);
      if (outcome.kind === "failed") print(failureLines(family, one, outcome));
      if (outcome.kind === "missing") missing.set(outcome.what, (missing.get(outcome.what) ?? 0) + 1);
    }
    print(familyLine(family, own));
  }
  const summary = summarize(counts);
  if (missing.size > 0)
    print(`not implemented: ${[...missing].map(([what, cases]) => `${what} (${cases})`).join("; ")}`);
  print(familyLine(`all on ${name}`, summary));
  return summary;
}
