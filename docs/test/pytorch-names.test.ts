import { expect, it } from "vitest";
import { camelCase } from "../src/pytorch/counterparts.ts";
import { pytorchNames } from "../src/pytorch/names.ts";

it("PyTorch's names are converted to camelCase", () => {
  expect(camelCase("clip_grad_norm_")).toBe("clipGradNorm_");
  expect(camelCase("max_pool2d")).toBe("maxPool2d");
  expect(camelCase("atleast_1d")).toBe("atleast1d");
  expect(camelCase("add_")).toBe("add_");
  expect(camelCase("BatchNorm1d")).toBe("BatchNorm1d");
});

it("each namespace contains its names only once", () => {
  const small = ["torch.nn.utils.parametrizations", "torch.testing"]; // of three names
  for (const [namespace, names] of pytorchNames) {
    expect(new Set(names).size, namespace).toBe(names.length);
    expect(names.length, namespace).toBeGreaterThan(small.includes(namespace) ? 2 : 3);
  }
});
