/**
 * `pnpm conformance DIR`: runs recorded PyTorch cases. `--help` lists the options. The exit code is 1 if a case fails.
 */

import { AkariError } from "@akari/tensor";
import { CommanderError } from "commander";
import { openDevice } from "./devices.ts";
import { casesOf, familiesIn } from "./folder.ts";
import { type Options, parseOptions } from "./options.ts";
import { type Counts, count, failureLines, familyLine, none, summarize } from "./report.ts";
import { runCase } from "./run-case.ts";

async function run({ folder, only, device: name, compiled, json }: Options): Promise<number> {
  const families = (only.length === 0 ? familiesIn(folder) : only).map(
    (family) => [family, casesOf(folder, family)] as const,
  );
  const device = await openDevice(name);
  const counts: Record<string, Counts> = {};
  const missing = new Map<string, number>();
  for (const [family, cases] of families) {
    const own = none();
    counts[family] = own;
    for (const one of cases) {
      const outcome = await runCase(one, device, compiled);
      count(own, one, outcome);
      if (outcome.kind === "failed") console.log(failureLines(family, one, outcome));
      if (outcome.kind === "missing") missing.set(outcome.what, (missing.get(outcome.what) ?? 0) + 1);
    }
    console.log(familyLine(family, own));
  }
  const summary = summarize(counts);
  if (missing.size > 0)
    console.log(`not implemented: ${[...missing].map(([what, cases]) => `${what} (${cases})`).join("; ")}`);
  console.log(familyLine(`all on ${name}`, summary));
  if (json) console.log(JSON.stringify(summary));
  return summary.failed === 0 ? 0 : 1;
}

try {
  process.exitCode = await run(parseOptions(process.argv.slice(2)));
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode; // Commander has printed the error or the help.
  } else if (error instanceof AkariError) {
    process.stderr.write(`error: ${error.message}\n`);
    process.exitCode = 1;
  } else {
    throw error;
  }
}
