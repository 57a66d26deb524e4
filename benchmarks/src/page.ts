/** A peer's page: the counterpart of `child.ts`, called through the browser. */

import { describeAdapter } from "./adapter.ts";
import { time } from "./libraries.ts";

/** The functions that the page exposes. */
export interface BenchmarkPage {
  readonly describeAdapter: typeof describeAdapter;
  readonly time: typeof time;
}

declare global {
  var benchmark: BenchmarkPage;
}

globalThis.benchmark = { describeAdapter, time };
