/**
 * What the search finds: every name once, by its own spelling and by PyTorch's (`clip_grad_norm_` finds
 * `clipGradNorm_`).
 */

import type { IndexEvent } from "typedoc";
import type { Counterparts } from "./pytorch/counterparts.ts";

/** `loadStateDict` as `load_state_dict`. */
function snakeCase(name: string): string {
  return name.replace(/(?<=[a-z0-9])[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** Takes re-exports and nameless parts out of the index, and adds PyTorch's names. */
export function prepareIndex(event: IndexEvent, counterparts: Counterparts): void {
  for (let i = event.searchResults.length - 1; i >= 0; i--) {
    const result = event.searchResults[i];
    if (
      result?.isDeclaration() &&
      (result.isReference() || result.name.startsWith("__") || result.name === "constructor")
    )
      event.removeResult(i);
  }
  event.searchFieldWeights.pytorch = 10;
  event.searchResults.forEach((result, i) => {
    if (!result.isDeclaration()) return;
    const names = counterparts
      .of(result)
      .flatMap(({ namespace, name }) => [
        `${namespace}.${name}`,
        ...(namespace === "torch.nn.functional" ? [`F.${name}`] : []),
      ]);
    // What is no function of PyTorch's own, such as the methods of `Module`, follows the rule for names all the same.
    if (names.length === 0 && /^[a-z]+[A-Z]/.test(result.name)) names.push(snakeCase(result.name));
    if (names.length > 0) event.searchFields[i] = { ...event.searchFields[i], pytorch: names.join(" ") };
  });
}
