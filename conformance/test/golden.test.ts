/**
 * Every recorded case against what PyTorch computed. What Akari does not have yet is neither a pass nor a failure: it
 * is skipped, and named.
 */

import { cpu } from "@akari/tensor";
import { reference } from "@akari/tensor/reference";
import { describeRecorded } from "./describe-recorded.ts";

describeRecorded(cpu());
describeRecorded(cpu(), true);
describeRecorded(reference());
