/**
 * `pnpm bench`: times Akari next to its peers in one run. Each peer has its own process or page, and the peers take
 * turns on each workload, so that other load on the machine affects all of them alike.
 */

import { CommanderError } from "commander";
import { type Options, type Place, parseOptions, peers } from "./options.ts";
import { openPlaces } from "./places.ts";
import { measurementLine } from "./table.ts";
import { leftOut } from "./workloads.ts";

function read(): Options {
  try {
    return parseOptions(process.argv.slice(2));
  } catch (error) {
    if (error instanceof CommanderError) process.exit(error.exitCode); // Commander has printed the error or the help
    throw error;
  }
}

const options = read();
const places = await openPlaces(options);
const software = Object.values(places.adapters).some((adapter) => adapter.software);

/** Measures one workload with every peer and prints the results. */
async function row(workload: string): Promise<Record<string, number>> {
  console.log(workload);
  const medians: Record<string, number> = {};
  const reason = leftOut(workload, options.device, software);
  if (reason !== null) {
    console.log(`  skipped: ${reason}`);
    return medians;
  }
  // Akari's times by environment: peers are compared with Akari in the same environment.
  const ours: Partial<Record<Place, Readonly<Record<string, number>>>> = {};
  for (const peer of places.peers) {
    const place = peers[options.device][peer] as Place; // safe: names are checked
    const found = await places.run(peer, workload);
    const name = `  ${peer.padEnd(14)}`;
    if ("cannot" in found) console.log(`${name} ${found.cannot}`);
    else if ("failed" in found) console.log(`${name} failed: ${found.failed}`);
    else {
      console.log(`${name} ${measurementLine(workload, found, ours[place], places.adapters[place])}`);
      medians[peer] = found.median;
      if (peer.startsWith("akari")) ours[place] = { ...ours[place], [peer]: found.median };
    }
  }
  return medians;
}

const results: Record<string, Record<string, number>> = {};
try {
  if (places.peers.length > 0) for (const workload of options.only) results[workload] = await row(workload);
  else process.exitCode = 1; // the reason was printed when the peers were looked for
} finally {
  await places.close();
}
if (options.json) console.log(JSON.stringify(results));
