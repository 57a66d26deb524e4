/**
 * Compares every recorded case with PyTorch's results. A case that needs a feature that Akari lacks is skipped, and the
 * feature is named.
 */

import { cpu } from "@akari/tensor";
import { reference } from "@akari/tensor/reference";
import { describeRecorded } from "./describe-recorded.ts";

describeRecorded(cpu());
describeRecorded(cpu(), true);
describeRecorded(reference());
