/** A peer's page: what `child.ts` is for a process, for the browser to call. */

import { describeAdapter } from "./adapter.ts";
import { time } from "./libraries.ts";

/** What the page offers. */
export interface BenchmarkPage {
  readonly describeAdapter: typeof describeAdapter;
  readonly time: typeof time;
}

declare global {
  var benchmark: BenchmarkPage;
}

globalThis.benchmark = { describeAdapter, time };
