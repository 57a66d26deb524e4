import { expect, it } from "vitest";
import { labelOf } from "../src/markdown.ts";

it("addresses are labeled with their target", () => {
  expect(labelOf("https://arxiv.org/abs/2010.07468")).toBe("arXiv:2010.07468");
  expect(labelOf("https://doi.org/10.1000/182")).toBe("doi:10.1000/182");
  expect(labelOf("https://pytorch.org/docs/stable/generated/torch.nn.GRU.html")).toBe("torch.nn.GRU");
  expect(labelOf("https://www.npmjs.com/package/webgpu/")).toBe("npmjs.com/package/webgpu");
});
