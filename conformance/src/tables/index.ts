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

/** Akari's calls by PyTorch's name. */
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

/**
 * Returns the name of an operation's entry, or null if it has none and counts as missing. PyTorch has many operations
 * both as functions and as methods, and activations under two names, which share an entry.
 */
export function entryOf(op: string): string | null {
  const names = [op, op.replace(/^Tensor\./, ""), `Tensor.${op}`, `nn.functional.${op}`, `special.${op}`];
  return names.find((name) => Object.hasOwn(table, name)) ?? null;
}
