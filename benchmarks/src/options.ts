/** The command line: what can be measured where, and what is refused before anything runs. */

import { Command, InvalidArgumentError, Option } from "commander";
import { type Device, leftOut, workloads } from "./workloads.ts";

/** Where a peer runs: in a process of its own, or in a page of its own of one headless Chromium. */
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

/** What is to be measured. */
export interface Options {
  readonly device: Device;
  readonly only: readonly string[];
  readonly peers: readonly string[];
  readonly seconds: number;
  readonly json: boolean;
}

/**
 * Reads the command line.
 *
 * @param args the arguments after the program's name.
 * @throws CommanderError naming the option and the value that it does not take; also for `--help`, with exit code 0.
 */
export function parseOptions(args: readonly string[]): Options {
  const command = new Command("bench")
    .description("Times of Akari's workloads beside its peers', in milliseconds.")
    .addOption(new Option("--device <name>", "where to compute").choices(Object.keys(peers)).default("cpu"))
    .option("--only <names>", "these workloads only, separated by commas", names)
    .option("--peers <names>", "these peers only", names)
    .option("--seconds <n>", "how long each measurement takes", seconds, 1.5)
    .option("--json", "print one last line of JSON", false)
    .allowExcessArguments(false)
    .exitOverride();
  command.parse(args, { from: "user" });
  // Safe: commander has filled in the options that have defaults, with the types that its parsers and choices produce.
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
    // What is for GPUs only is no part of the CPU's table.
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
    throw new InvalidArgumentError("Expected a number above 0.");
  return value;
}
