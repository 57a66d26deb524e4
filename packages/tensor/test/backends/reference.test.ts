/**
 * The reference backend under the suite that all backends pass. What it computes is checked by hand in
 * reference-known.test.ts.
 */

import { reference } from "../../src/backends/reference/index.ts";
import { describeBackend } from "../../src/testing/index.ts";

describeBackend("reference", () => reference());
