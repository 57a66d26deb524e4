/** `pnpm mnist`: trains a network on handwritten digits in a terminal. `--help` lists the options. */

import { AkariError } from "@akari/tensor";
import { CommanderError } from "commander";
import { parseOptions } from "./options.ts";
import { run } from "./run.ts";

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
