/** Combines all tables: every PyTorch operation that the recorded cases use and Akari has. */

import type { Call } from "../op-case.ts";
import { activation } from "./activation.ts";
import { clip } from "./clip.ts";
import { creation } from "./creation.ts";
import { fft } from "./fft.ts";
import { indexing } from "./indexing.ts";
import { attention, layers, recurrence } from "./layer.ts";
import { linalg } from "./linalg.ts";
import { loss, normalization } from "./loss.ts";
import { pointwise } from "./pointwise.ts";
import { convolution, matmul, pool } from "./product.ts";
import { reduction } from "./reduction.ts";
import { shape } from "./shape.ts";
import { specialFunctions } from "./special.ts";

/** Akari's calls by PyTorch's name. An operation without an entry counts as missing. */
export const table: Readonly<Record<string, Call>> = {
  ...pointwise,
  ...activation,
  ...reduction,
  ...shape,
  ...indexing,
  ...matmul,
  ...linalg,
  ...specialFunctions,
  ...fft,
  ...convolution,
  ...pool,
  ...creation,
  ...loss,
  ...normalization,
  ...attention,
  ...recurrence,
  ...layers,
  ...clip,
};
