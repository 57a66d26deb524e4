/**
 * A peer's process: `node child.ts LIBRARY DEVICE WORKLOAD SECONDS` prints the measurement as its last line, in JSON;
 * `node child.ts adapter` describes the GPU.
 */

import { describeAdapter } from "./adapter.ts";
import { type LibraryName, time } from "./libraries.ts";
import type { Device } from "./workloads.ts";

const [library, device, workload = "", seconds] = process.argv.slice(2);
// Safe: the parent process passes validated names.
const answer =
  library === "adapter" ? describeAdapter() : time(library as LibraryName, device as Device, workload, Number(seconds));
console.log(JSON.stringify(await answer));
process.exit(0);
