/**
 * Runs the suite for backends on the reference backend. Its results are compared with values computed by hand in
 * reference-known.test.ts.
 */

import { reference } from "../../src/backends/reference/index.ts";
import { describeBackend } from "../../src/testing/index.ts";

describeBackend("reference", () => reference());
