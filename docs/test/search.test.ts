import { type IndexEvent, ReflectionKind } from "typedoc";
import { describe, expect, it } from "vitest";
import type { Families } from "../src/families/families.ts";
import type { Counterparts } from "../src/pytorch/counterparts.ts";
import { prepareIndex } from "../src/search.ts";

describe("the search index", () => {
  it("spells out learning rates, but no other names with these letters", () => {
    const names = ["lr", "initialLr", "lrLambda", "StepLR", "CyclicLR", "cholRoot", "allReduce", "relu"];
    const searchResults = names.map((name) => ({
      name,
      isDeclaration: () => true,
      isReference: () => false,
      kindOf: () => false,
      kind: ReflectionKind.Property,
    }));
    const event = { searchResults, searchFields: names.map(() => ({})), searchFieldWeights: {} };
    // Safe: all that is read of them.
    const counterparts = { of: () => [] } as unknown as Counterparts;
    prepareIndex(event as unknown as IndexEvent, counterparts, { of: () => null } as unknown as Families);
    const spelled = names.filter((_, i) => "words" in (event.searchFields[i] as object));
    expect(spelled).toEqual(["lr", "initialLr", "lrLambda", "StepLR", "CyclicLR"]);
  });
});
