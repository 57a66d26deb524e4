/** Parses the command line, and defines which peers run where. */

import { Command, InvalidArgumentError, Option } from "commander";
import { type Device, leftOut, workloads } from "./workloads.ts";

/** Where a peer runs: in its own process, or in its own page of one headless Chromium. */
export type Place = "process" | "page";

/** The peers on each device, in the order of the table. */
export const peers: Readonly<Record<Device, Readonly<Record<string, Place>>>> = {
  cpu: { akari: "process", "akari-compiled": "process", pytorch: "process", "jax-js": "process", tfjs: "process" },
  webgpu: {
    "akari-node": "process",
    pytorch: "process",
    akari: "page",
    "akari-compiled": "page",
    "jax-js": "page",
    tfjs: "page",
  },
};

/** Options of a run. */
export interface Options {
  readonly device: Device;
  readonly only: readonly string[];
  readonly peers: readonly string[];
  readonly seconds: number;
  readonly json: boolean;
}

/**
 * Parses the command line.
 *
 * @param args the arguments after the program's name.
 * @throws CommanderError for invalid options and values, and for `--help` with exit code 0.
 */
export function parseOptions(args: readonly string[]): Options {
  const command = new Command("bench")
    .description("Times Akari next to other libraries, in milliseconds.")
    .addOption(new Option("--device <name>", "device to run on").choices(Object.keys(peers)).default("cpu"))
    .option("--only <names>", "run only these workloads, separated by commas", names)
    .option("--peers <names>", "run only these peers, separated by commas", names)
    .option("--seconds <n>", "duration of each measurement", seconds, 1.5)
    .option("--json", "print the medians as one last line of JSON", false)
    .allowExcessArguments(false)
    .exitOverride();
  command.parse(args, { from: "user" });
  // Safe: Commander has filled in the defaults, and its parsers and choices produce these types.
  const given = command.opts() as Omit<Options, "only" | "peers"> & Partial<Options>;
  const chosen = (
    option: string,
    list: readonly string[] | undefined,
    known: readonly string[],
    standard: readonly string[],
  ) => {
    const unknown = list?.find((name) => !known.includes(name));
    if (unknown !== undefined)
      command.error(
        `error: option '--${option}': on ${given.device} there is no "${unknown}"; there are: ${known.join(", ")}`,
      );
    return list ?? standard;
  };
  const all = Object.keys(workloads);
  const everyPeer = Object.keys(peers[given.device]);
  return {
    ...given,
    // By default, workloads for GPUs are not run on the CPU.
    only: chosen(
      "only",
      given.only,
      all,
      all.filter((name) => given.device !== "cpu" || leftOut(name, "cpu", false) === null),
    ),
    peers: chosen("peers", given.peers, everyPeer, everyPeer),
  };
}

function names(text: string): string[] {
  return text.split(",").map((name) => name.trim());
}

function seconds(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value) || value <= 0)
    throw new InvalidArgumentError("Expected a positive number.");
  return value;
}
