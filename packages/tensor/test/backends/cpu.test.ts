/** Runs the suite for backends on the CPU backend, with and without threads. */

import { cpu } from "../../src/backends/cpu/index.ts";
import { describeBackend } from "../../src/testing/index.ts";

describeBackend("cpu", () => cpu(), { table: true });
describeBackend("cpu, one thread", () => cpu({ threads: 1 }), { runs: 30, seed: 2 });
