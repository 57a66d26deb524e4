/** Formats the outcome of a run: counts by family, and every failure. */

import type { Case, Outcome } from "./run-case.ts";

/** Numbers of cases by outcome. Missing cases are not implemented; those marked optional are counted separately. */
export interface Counts {
  passed: number;
  failed: number;
  missing: number;
  optionalMissing: number;
}

/** The counts of a run, and of each family. */
export interface Summary extends Counts {
  readonly families: Readonly<Record<string, Counts>>;
}

/** Returns counts of zero. */
export function none(): Counts {
  return { passed: 0, failed: 0, missing: 0, optionalMissing: 0 };
}

/** Counts an outcome. */
export function count(counts: Counts, one: Case, { kind }: Outcome): void {
  counts[kind === "missing" && one.optional ? "optionalMissing" : kind]++;
}

/** Adds the counts of all families. */
export function summarize(families: Readonly<Record<string, Counts>>): Summary {
  const total = none();
  for (const counts of Object.values(families)) {
    // safe: `none` has these names
    for (const name of Object.keys(total) as (keyof Counts)[]) total[name] += counts[name];
  }
  return { ...total, families };
}

/** Formats the line of a family: `conv          27 passed   0 failed   0 not implemented`. */
export function familyLine(family: string, { passed, failed, missing, optionalMissing }: Counts): string {
  const optional = optionalMissing === 0 ? "" : `, and ${optionalMissing} optional`;
  const columns = [`${passed} passed`, `${failed} failed`].map((column) => column.padStart(12)).join("");
  return `${family.padEnd(14)}${columns}${String(missing).padStart(6)} not implemented${optional}`;
}

/** Formats a failure: the case, the expected value and the actual one. */
export function failureLines(family: string, one: Case, { what, expected, got }: Outcome & { kind: "failed" }): string {
  return `  failed ${family}: ${one.id}: ${what}\n    expected ${expected}\n    got      ${got}`;
}
