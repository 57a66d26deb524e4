import { expect, it } from "vitest";
import { interruption } from "../src/check/paragraphs.ts";

const found = (text: string): string | null => interruption([{ kind: "text", text }]);

it("a line that starts like a list or a heading interrupts a paragraph", () => {
  expect(found("The size is (S + 2·padding\n- dilation·(K - 1) - 1) / stride.")).toBe(
    "- dilation·(K - 1) - 1) / stride.",
  );
  expect(found("First.\n\nThe sum x\n+ y.")).toBe("+ y.");
  expect(found("The product `a\n* b`.")).toBe("* b`.");
  expect(found("Where a is greater\n> b.")).toBe("> b.");
  expect(found("For x ≥\n1. And then more.")).toBe("1. And then more.");
});

it("lists, formulas and code do not interrupt a paragraph", () => {
  expect(found("Makes a batch:\n- of tensors\n- of numbers")).toBe(null);
  expect(found("What differs:\n\n- One thing,\nwhich goes on\n- Another.")).toBe(null);
  expect(found("The mean:\n\n    y = a\n    - b\n\nMore.")).toBe(null);
  expect(found("For x ≥\n0. It goes on.")).toBe(null);
  expect(found("For example\n```ts\n- 1\n```")).toBe(null);
  expect(found("A number such as\n-1, or a+b.")).toBe(null);
});
