/**
 * `pnpm bench`: our times beside the peers', in one run. Every peer is a process or a page of its own, and the peers take turns on each workload, so
 * that what else the machine does falls on all of them alike.
 */

import { CommanderError } from "commander";
import type { Adapter } from "./adapter.ts";
import type { Answer, Measurement } from "./measure.ts";
import { type Options, type Place, parseOptions, peers } from "./options.ts";
import { openPages, type Pages } from "./pages.ts";
import { findNodeAdapter, runProcess } from "./processes.ts";
import { type Cannot, leftOut, workloads } from "./workloads.ts";

/** The places to compute in, and what they compute on. */
interface Places {
  readonly adapters: Readonly<Partial<Record<Place, Adapter | Cannot>>>;
  readonly pages: Pages | Cannot | null;
}

function read(): Options {
  try {
    return parseOptions(process.argv.slice(2));
  } catch (error) {
    if (error instanceof CommanderError) process.exit(error.exitCode); // commander has said what is wrong
    throw error;
  }
}

async function open({ device, peers: chosen }: Options): Promise<Places> {
  if (device === "cpu") return { adapters: {}, pages: null };
  const placed = (place: Place) => chosen.some((peer) => peers[device][peer] === place);
  const node = placed("process") ? await findNodeAdapter() : undefined;
  const pages = placed("page") ? await openPages() : null;
  if (node) console.log(`Node: ${inWords(node)}`);
  if (pages) console.log(`Chromium: ${inWords("cannot" in pages ? pages : pages.adapter)}`);
  const page = pages && ("cannot" in pages ? pages : pages.adapter);
  return { adapters: { ...(node && { process: node }), ...(page && { page }) }, pages };
}

function inWords(adapter: Adapter | Cannot): string {
  if ("cannot" in adapter) return adapter.cannot;
  const { name, software, gigaflops, wait } = adapter;
  const kind = software ? ", a program on the CPU: its times say little of a GPU's" : "";
  return `${name}${kind}; ${rate(gigaflops)} of multiply-adds alone, ${show(wait)} to wait for nothing`;
}

/** Runs one peer on one workload. */
async function run(peer: string, place: Place, workload: string, { device, seconds }: Options, places: Places): Promise<Answer> {
  const adapter = places.adapters[place];
  if (device === "webgpu" && peer !== "pytorch") {
    if (adapter === undefined || "cannot" in adapter) return { cannot: adapter?.cannot ?? "no GPU was looked for" };
    const reason = leftOut(workload, device, adapter.software);
    if (reason !== null) return { cannot: reason };
  }
  if (place === "process") return await runProcess(peer, device, workload, seconds);
  if (places.pages === null || "cannot" in places.pages) return { cannot: "there is no page" };
  return await places.pages.run(peer, workload, seconds);
}

const rate = (gigaflops: number): string =>
  gigaflops < 1000 ? `${gigaflops.toFixed(1)} GFLOP/s` : `${(gigaflops / 1000).toFixed(2)} TFLOP/s`;

function show(ms: number): string {
  if (ms < 0.01) return `${(ms * 1000).toFixed(2)} µs`;
  return `${ms < 1000 ? ms.toPrecision(3) : Math.round(ms).toLocaleString("en")} ms`;
}

/** What a time means for this workload: operations per second, and how much of what the adapter can do at best. */
function speed(name: string, ms: number, adapter: Adapter | Cannot | undefined): string {
  const workload = workloads[name];
  if (workload?.kind === "launches") return `  ${Math.round(1000 / ms).toLocaleString("en")} launches/s`;
  if (workload?.kind !== "matmul") return "";
  const gigaflops = (2 * workload.size ** 3) / ms / 1e6;
  const most = adapter && "gigaflops" in adapter ? ` (${Math.round((100 * gigaflops) / adapter.gigaflops)} %)` : "";
  return `  ${rate(gigaflops)}${most}`;
}

function asLine(workload: string, found: Measurement, ours: number | undefined, adapter: Adapter | Cannot | undefined): string {
  const { median, low, high, calls, count } = found;
  const ratio = ours === undefined ? "" : `  akari takes ${(ours / median).toFixed(2)}×`;
  const counted = count ? `  ${count.launches} launches in ${count.submits} submits` : "";
  return `${show(median).padStart(9)}  (${show(low)} to ${show(high)}, ${calls} calls)${speed(workload, median, adapter)}${ratio}${counted}`;
}

const options = read();
const places = await open(options);
const results: Record<string, Record<string, number>> = {};
for (const workload of options.only) {
  const row: Record<string, number> = {};
  results[workload] = row;
  console.log(workload);
  const reason = leftOut(workload, options.device, false);
  if (reason !== null) {
    console.log(`  left out: ${reason}`);
    continue;
  }
  // Akari's time in each place: peers are held against the one that runs where they run.
  const ours: Partial<Record<Place, number>> = {};
  for (const peer of options.peers) {
    const place = peers[options.device][peer] as Place; // safe: names are checked
    const found = await run(peer, place, workload, options, places);
    const name = `  ${peer.padEnd(10)}`;
    if ("cannot" in found) console.log(`${name} ${found.cannot}`);
    else if ("failed" in found) console.log(`${name} failed: ${found.failed}`);
    else {
      row[peer] = found.median;
      console.log(`${name} ${asLine(workload, found, ours[place], places.adapters[place])}`);
      if (peer.startsWith("akari")) ours[place] = found.median;
    }
  }
}
if (places.pages && "close" in places.pages) await places.pages.close();
if (options.json) console.log(JSON.stringify(results));
