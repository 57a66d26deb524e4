/** Parses the command line. */

import { Command, Option } from "commander";
import { type DeviceName, deviceNames } from "./devices.ts";

/** Options of a run. */
export interface Options {
  readonly folder: string;
  readonly only: readonly string[];
  readonly device: DeviceName;
  readonly compiled: boolean;
  readonly json: boolean;
}

/**
 * Parses the command line.
 *
 * @param args the arguments after the program's name.
 * @throws CommanderError for invalid arguments, and for `--help` with exit code 0.
 */
export function parseOptions(args: readonly string[]): Options {
  const command = new Command("conformance")
    .description("Runs recorded PyTorch cases and compares the results.")
    .argument("<dir>", "folder with one JSON file per family of cases")
    .option(
      "--only <family>",
      "run only this family; may be repeated",
      (family: string, before: string[]) => [...before, family],
      [],
    )
    .addOption(new Option("--device <name>", "device to run on").choices(deviceNames).default("cpu"))
    .option("--compiled", "run operations and training steps through compile", false)
    .option("--json", "print the counts as one last line of JSON", false)
    .exitOverride();
  command.parse(args[0] === "--" ? args.slice(1) : args, { from: "user" });
  // Safe: Commander has validated the arguments and filled in the defaults.
  const options = command.opts() as Omit<Options, "folder">;
  return { folder: command.args[0] as string, ...options };
}
