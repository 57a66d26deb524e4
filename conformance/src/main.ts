/**
 * `pnpm conformance DIR`: runs recorded PyTorch cases. `--help` lists the options. The exit code is 1 if a case fails.
 */

import { AkariError } from "@akari/tensor";
import { CommanderError } from "commander";
import { openDevice } from "./devices.ts";
import { casesOf, familiesIn } from "./folder.ts";
import { type Options, parseOptions } from "./options.ts";
import { runFamilies } from "./run-families.ts";

async function run({ folder, only, device: name, compiled, json }: Options): Promise<number> {
  const families = (only.length === 0 ? familiesIn(folder) : only).map(
    (family) => [family, casesOf(folder, family)] as const,
  );
  const device = await openDevice(name);
  const summary = await runFamilies(families, { device, name, compiled, print: (line) => console.log(line) });
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
