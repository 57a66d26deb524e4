/** The CPU backend under the suite that all backends pass, with threads and without. */

import { cpu } from "../../src/backends/cpu/index.ts";
import { describeBackend } from "../../src/testing/index.ts";

describeBackend("cpu", () => cpu(), { table: true });
describeBackend("cpu, one thread", () => cpu({ threads: 1 }), { runs: 30, seed: 2 });
