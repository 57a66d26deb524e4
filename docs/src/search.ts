/**
 * The search index: every name once, under its own spelling and under PyTorch's, so that `clip_grad_norm_` finds
 * `clipGradNorm_`; under the heading that lists it, so that "pooling" finds the layers; and spelled out where it is
 * abbreviated, so that "learning rate" finds `lr` and the schedulers.
 */

import { type IndexEvent, ReflectionKind } from "typedoc";
import type { Families } from "./families/families.ts";
import type { Counterparts } from "./pytorch/counterparts.ts";

/** Converts `loadStateDict` to `load_state_dict`. */
function snakeCase(name: string): string {
  return name.replace(/(?<=[a-z0-9])[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** Removes re-exports and unnamed parts from the index, and adds PyTorch's names and the headings. */
export function prepareIndex(event: IndexEvent, counterparts: Counterparts, families: Families): void {
  for (let i = event.searchResults.length - 1; i >= 0; i--) {
    const result = event.searchResults[i];
    if (
      result?.isDeclaration() &&
      (result.isReference() || result.name.startsWith("__") || result.name === "constructor")
    )
      event.removeResult(i);
  }
  event.searchFieldWeights.pytorch = 10;
  event.searchFieldWeights.heading = 8;
  // Fields count less the fewer entries have them, and the more terms match a search. Few entries have this field.
  event.searchFieldWeights.words = 1600;
  event.searchResults.forEach((result, i) => {
    if (!result.isDeclaration()) return;
    const names = counterparts
      .of(result)
      .flatMap(({ namespace, name }) => [
        `${namespace}.${name}`,
        ...(namespace === "torch.nn.functional" ? [`F.${name}`] : []),
      ]);
    // Names without an entry in the tables, such as the methods of `Module`, follow the same naming rule.
    if (names.length === 0 && /^[a-z]+[A-Z]/.test(result.name)) names.push(snakeCase(result.name));
    if (names.length > 0) event.searchFields[i] = { ...event.searchFields[i], pytorch: names.join(" ") };
    // Parts of words match too, and "rate" would match "generate" better than the headings of the schedulers.
    if (/^lr(?![a-z])|LR(?![a-z])|Lr(?![a-z])/.test(result.name))
      event.searchFields[i] = { ...event.searchFields[i], words: "learning rate" };
    // Types are found by the names of what they belong to.
    const heading = result.kindOf(ReflectionKind.Class | ReflectionKind.Function) ? families.of(result)?.family : null;
    if (heading) event.searchFields[i] = { ...event.searchFields[i], heading: heading.title };
  });
}
