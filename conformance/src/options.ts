/** The command line: what can be asked for, and what is refused. */

import { Command, Option } from "commander";
import { type DeviceName, deviceNames } from "./devices.ts";

/** What a run is asked to do. */
export interface Options {
  readonly folder: string;
  readonly only: readonly string[];
  readonly device: DeviceName;
  readonly compiled: boolean;
  readonly json: boolean;
}

/**
 * Reads the command line.
 *
 * @param args the arguments after the program's name.
 * @throws CommanderError naming what it does not take; also for `--help`, with exit code 0.
 */
export function parseOptions(args: readonly string[]): Options {
  const command = new Command("conformance")
    .description("Runs recorded PyTorch cases, of which a folder holds one JSON file per family, and compares.")
    .argument("<dir>", "the folder")
    .option(
      "--only <family>",
      "run this family only; may be given several times",
      (family: string, before: string[]) => [...before, family],
      [],
    )
    .addOption(new Option("--device <name>", "where to compute").choices(deviceNames).default("cpu"))
    .option("--compiled", "run operations and training steps through compile", false)
    .option("--json", "print the counts as one last line of JSON", false)
    .exitOverride();
  command.parse(args[0] === "--" ? args.slice(1) : args, { from: "user" });
  // Safe: commander has checked what was given, and the defaults fill in the rest.
  const options = command.opts() as Omit<Options, "folder">;
  return { folder: command.args[0] as string, ...options };
}
