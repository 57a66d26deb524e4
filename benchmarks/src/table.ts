/** Formats the lines that a run prints. */

import type { Adapter } from "./adapter.ts";
import type { Measurement } from "./measure.ts";
import { workloads } from "./workloads.ts";

/** Formats the name and the measured limits of a GPU. */
export function adapterLine({ name, software, gigaflops, wait }: Adapter): string {
  const kind = software ? ", a software adapter: compare ratios, not times" : "";
  return `${name}${kind}; ${rate(gigaflops)} of multiply-adds alone, ${time(wait)} to wait for an empty queue`;
}

/**
 * Formats the measurement of one peer.
 *
 * @param ours Akari's medians in the same environment, by peer name, for the ratios; undefined if there are none.
 * @param adapter the GPU; undefined on the CPU.
 */
export function measurementLine(
  workload: string,
  found: Measurement,
  ours: Readonly<Record<string, number>> | undefined,
  adapter: Adapter | undefined,
): string {
  const { median, low, high, calls, count } = found;
  const ratios = Object.entries(ours ?? {}).map(([name, time]) => `  ${name} takes ${(time / median).toFixed(2)}×`);
  const counted = count ? `  ${count.launches} launches in ${count.submits} submits` : "";
  return `${time(median).padStart(9)}  (${time(low)} to ${time(high)}, ${calls} calls)${speed(workload, median, adapter)}${ratios.join("")}${counted}`;
}

/**
 * Converts a time to a rate: launches per second, or the FLOP/s of a matrix product with its share of the GPU's limit.
 */
function speed(name: string, ms: number, adapter: Adapter | undefined): string {
  const workload = workloads[name];
  if (workload?.kind === "launches") return `  ${Math.round(1000 / ms).toLocaleString("en")} launches/s`;
  if (workload?.kind !== "matmul") return "";
  const gigaflops = (2 * workload.size ** 3) / ms / 1e6;
  // The limit of a software adapter is not stable, because it depends on the load of the machine.
  const part = adapter && !adapter.software ? ` (${Math.round((100 * gigaflops) / adapter.gigaflops)} %)` : "";
  return `  ${rate(gigaflops)}${part}`;
}

function rate(gigaflops: number): string {
  return gigaflops < 1000 ? `${gigaflops.toFixed(1)} GFLOP/s` : `${(gigaflops / 1000).toFixed(2)} TFLOP/s`;
}

function time(ms: number): string {
  if (ms < 0.01) return `${(ms * 1000).toFixed(2)} µs`;
  return `${ms < 1000 ? ms.toPrecision(3) : Math.round(ms).toLocaleString("en")} ms`;
}
