/**
 * A peer's process: `node child.ts LIBRARY DEVICE WORKLOAD SECONDS` prints what was measured as its last line, in JSON;
 * `node child.ts adapter` says what GPU there is.
 */

import { describeAdapter } from "./adapter.ts";
import { type LibraryName, time } from "./libraries.ts";
import type { Device } from "./workloads.ts";

const [library, device, workload = "", seconds] = process.argv.slice(2);
// Safe: the command that starts this process passes names that it has checked.
const answer =
  library === "adapter" ? describeAdapter() : time(library as LibraryName, device as Device, workload, Number(seconds));
console.log(JSON.stringify(await answer));
process.exit(0);
