/**
 * How tensors are printed. The options are in a file of their own, so that programs which never change them contain the
 * defaults alone.
 */

import { checkChoice, checkInteger, checkNumber } from "./argument.ts";
import { settings } from "./settings.ts";

/** How tensors are printed. */
export interface PrintOptions {
  /** Number of decimals. Default 4. */
  readonly precision: number;
  /** Tensors with more elements are summarized. `Infinity` shows all elements of all tensors. Default 1000. */
  readonly threshold: number;
  /** Number of elements that a summary shows at each end of a dimension. Default 3. */
  readonly edgeitems: number;
  /** Number of characters per line. Default 80. */
  readonly linewidth: number;
  /** Whether to use scientific notation; null if the values decide, the default. */
  readonly sciMode: boolean | null;
}

/** The options in effect. */
export const printing: { -readonly [Name in keyof PrintOptions]: PrintOptions[Name] } = {
  precision: 4,
  threshold: 1000,
  edgeitems: 3,
  linewidth: 80,
  sciMode: null,
};

/**
 * Changes how tensors are printed. Options that are not given keep their values, except `sciMode`, which returns to
 * null, as in PyTorch. Unlike there, columns also have equal widths if `sciMode` is set.
 *
 * https://pytorch.org/docs/stable/generated/torch.set_printoptions.html
 *
 * @param options `profile` sets all options to PyTorch's "default", to "short" (two decimals, and two elements at each
 * end) or to "full" (no summaries). Options given beside it take precedence.
 * @throws ArgumentError for unknown options and invalid values; nothing is changed then.
 * @example
 * setPrintoptions({ precision: 2, sciMode: false });
 */
export function setPrintoptions(
  options?: Partial<PrintOptions> & { readonly profile?: "default" | "short" | "full" },
): void {
  const name = "setPrintoptions";
  const profile = options?.profile;
  if (profile !== undefined) checkChoice(name, "profile", profile, ["default", "short", "full"]);
  const short = profile === "short";
  const threshold = profile === "full" ? Number.POSITIVE_INFINITY : 1000;
  const base =
    profile === undefined ? printing : { precision: short ? 2 : 4, threshold, edgeitems: short ? 2 : 3, linewidth: 80 };
  const { profile: _, ...given } = settings(name, options, { ...base, sciMode: null, profile: undefined });
  checkInteger(name, "precision", given.precision, 0, 50);
  checkNumber(name, "threshold", given.threshold);
  checkInteger(name, "edgeitems", given.edgeitems, 1);
  checkNumber(name, "linewidth", given.linewidth);
  checkChoice(name, "sciMode", given.sciMode, [true, false, null]);
  Object.assign(printing, given);
}

/** Returns how tensors are printed, for example to restore it later with `setPrintoptions`. */
export function getPrintoptions(): PrintOptions {
  return { ...printing };
}
