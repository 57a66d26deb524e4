/**
 * What the search finds: every name once, by its own spelling and by PyTorch's (`clip_grad_norm_` finds `clipGradNorm_`).
 */

import type { IndexEvent } from "typedoc";
import type { Counterparts } from "./pytorch/counterparts.ts";

/** Takes re-exports and nameless parts out of the index, and adds PyTorch's names. */
export function prepareIndex(event: IndexEvent, counterparts: Counterparts): void {
  for (let i = event.searchResults.length - 1; i >= 0; i--) {
    const result = event.searchResults[i];
    if (result?.isDeclaration() && (result.isReference() || result.name.startsWith("__") || result.name === "constructor"))
      event.removeResult(i);
  }
  event.searchFieldWeights.pytorch = 10;
  event.searchResults.forEach((result, i) => {
    if (!result.isDeclaration()) return;
    const names = counterparts.of(result).map(({ namespace, name }) => `${namespace}.${name}`);
    if (names.length > 0) event.searchFields[i] = { ...event.searchFields[i], pytorch: names.join(" ") };
  });
}
