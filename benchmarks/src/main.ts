/**
 * `pnpm bench`: our times beside the peers', in one run. Every peer is a process of its own, and the peers take turns on each workload, so
 * that what else the machine does falls on all of them alike.
 */

import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { Command, InvalidArgumentError } from "commander";
import type { Measurement } from "./measure.ts";
import { workloads } from "./workloads.ts";

const here = (file: string) => fileURLToPath(new URL(file, import.meta.url));

/** How each peer is started. */
const peers: Readonly<Record<string, readonly [command: string, ...args: string[]]>> = {
  akari: [process.execPath, here("./peers/akari.ts")],
  pytorch: ["python3", here("./peers/pytorch.py")],
  "jax-js": [process.execPath, here("./peers/jax-js.ts")],
  tfjs: [process.execPath, here("./peers/tfjs.ts")],
};

function names(known: readonly string[]): (text: string) => string[] {
  return (text) => {
    const list = text.split(",").map((name) => name.trim());
    for (const name of list)
      if (!known.includes(name)) throw new InvalidArgumentError(`there is no "${name}"; there are: ${known.join(", ")}`);
    return list;
  };
}

interface Options {
  readonly only: string[];
  readonly peers: string[];
  readonly seconds: string;
  readonly json?: boolean;
}

const options = new Command("bench")
  .description("Times of Akari's workloads beside its peers', in milliseconds.")
  .option("--only <names>", "these workloads only, separated by commas", names(Object.keys(workloads)), Object.keys(workloads))
  .option("--peers <names>", "these peers only", names(Object.keys(peers)), Object.keys(peers))
  .option("--seconds <n>", "how long each measurement takes", "1.5")
  .option("--json", "print one last line of JSON")
  .parse()
  .opts<Options>();

/** Runs one peer on one workload; null when it cannot do it, a text when it failed. */
async function run(peer: string, workload: string): Promise<Measurement | null | string> {
  const [command, ...args] = peers[peer] as readonly [string, ...string[]]; // safe: names are checked
  // Debian's PyTorch belongs to Debian's Python, which need not be the first one.
  const commands = command === "python3" ? ["/usr/bin/python3", "python3"] : [command];
  let answer: Measurement | null | string = null;
  for (const candidate of commands) {
    answer = await new Promise((resolve) => {
      const child = spawn(candidate, [...args, workload, options.seconds], { stdio: ["ignore", "pipe", "pipe"] });
      let [out, err] = ["", ""];
      const timer = setTimeout(() => child.kill(), 180_000);
      child.stdout.on("data", (text) => (out += text));
      child.stderr.on("data", (text) => (err += text));
      child.on("error", () => resolve(null));
      child.on("close", (code) => {
        clearTimeout(timer);
        const last = out.trim().split("\n").at(-1) ?? "";
        // Safe: the peers print nothing else on their last line.
        if (code === 0) resolve(JSON.parse(last) as Measurement | null);
        else resolve(`failed: ${err.trim().split("\n").at(-1) ?? code}`);
      });
    });
    if (answer !== null) break;
  }
  return answer;
}

const gigaflops = (workload: string, ms: number): string => {
  const found = workloads[workload];
  return found?.kind === "matmul" ? `  ${((2 * found.size ** 3) / ms / 1e6).toFixed(1)} GFLOP/s` : "";
};

const show = (ms: number): string => (ms < 0.01 ? `${(ms * 1000).toFixed(2)} µs` : `${ms.toPrecision(3)} ms`);

const results: Record<string, Record<string, number>> = {};
for (const workload of options.only) {
  const row: Record<string, number> = {};
  results[workload] = row;
  console.log(workload);
  for (const peer of options.peers) {
    const found = await run(peer, workload);
    if (found === null) console.log(`  ${peer.padEnd(8)} cannot, or is not installed`);
    else if (typeof found === "string") console.log(`  ${peer.padEnd(8)} ${found}`);
    else {
      row[peer] = found.median;
      const ours = row.akari;
      const ratio = ours === undefined || peer === "akari" ? "" : `  akari takes ${(ours / found.median).toFixed(2)}×`;
      console.log(
        `  ${peer.padEnd(8)} ${show(found.median).padStart(9)}  (${show(found.low)} to ${show(found.high)}, ${found.calls} calls)${gigaflops(workload, found.median)}${ratio}`,
      );
    }
  }
}
if (options.json) console.log(JSON.stringify(results));
