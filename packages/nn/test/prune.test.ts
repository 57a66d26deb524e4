/** Pruning. Expected masks and values are from PyTorch 1.13 after `manual_seed(0)`. */

import { ArgumentError, manualSeed, ones, ShapeError, type Tensor, tensor } from "@akari/tensor";
import { beforeEach, describe, expect, it } from "vitest";
import * as nn from "../src/index.ts";
import {
  BasePruningMethod,
  customFromMask,
  globalUnstructured,
  identity,
  isPruned,
  L1Unstructured,
  LnStructured,
  l1Unstructured,
  lnStructured,
  PruningContainer,
  randomStructured,
  randomUnstructured,
  remove,
} from "../src/prune.ts";

beforeEach(() => void manualSeed(0));

const maskOf = (module: nn.Module, name = "weight") => [...(module.stateDict()[`${name}_mask`]?.dataSync() ?? [])];

const close = (got: Tensor | null | undefined, want: readonly number[]) => {
  const values = [...(got?.detach().flatten().dataSync() ?? [])];
  expect(values).toHaveLength(want.length);
  for (const [i, value] of want.entries()) expect(values[i]).toBeCloseTo(value, 4);
};

describe("pruning", () => {
  it("removes the smallest elements, then those of what is left, then channels", () => {
    const layer = new nn.Linear(4, 3);
    const { weight } = layer;
    expect(l1Unstructured(layer, "weight", 0.4)).toBe(layer);
    expect(maskOf(layer)).toEqual([0, 1, 1, 1, 1, 1, 0, 1, 0, 0, 1, 0]);
    expect(Object.keys(layer.stateDict())).toEqual(["bias", "weight_orig", "weight_mask"]);
    expect([...layer.parameters()]).toContain(weight);
    l1Unstructured(layer, "weight", 3);
    expect(maskOf(layer)).toEqual([0, 1, 1, 1, 0, 0, 0, 1, 0, 0, 0, 0]);
    lnStructured(layer, "weight", 0.5, 2, 1);
    expect(maskOf(layer)).toEqual([0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0]);
    close(layer.weight, [0, 0, 0, -0.36797, 0, 0, 0, 0.39644, 0, 0, 0, 0]);
  });

  it("draws PyTorch's random elements and channels", () => {
    const layer = randomUnstructured(new nn.Linear(4, 3), "weight", 0.5);
    expect(maskOf(layer)).toEqual([1, 0, 0, 1, 1, 0, 0, 1, 0, 1, 1, 0]);
    randomStructured(layer, "weight", 1, 0);
    expect(maskOf(layer)).toEqual([0, 0, 0, 0, 1, 0, 0, 1, 0, 1, 1, 0]);
    manualSeed(0);
    const other = lnStructured(new nn.Linear(4, 3), "weight", 1, Number.POSITIVE_INFINITY, 0);
    expect(maskOf(other)).toEqual([1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0]);
    randomUnstructured(other, "weight", 2);
    expect(maskOf(other)).toEqual([1, 1, 0, 1, 1, 1, 0, 1, 0, 0, 0, 0]);
  });

  it("compares several parameters, masks gradients, and can be made permanent", () => {
    const [a, b] = [new nn.Linear(4, 3), new nn.Linear(3, 2)];
    const { weight } = a;
    randomStructured(a, "weight", 2, 1);
    expect(maskOf(a)).toEqual([1, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 1]);
    const all = [
      [a, "weight"],
      [b, "weight"],
      [b, "bias"],
    ] as const;
    globalUnstructured(all, new L1Unstructured(0.5));
    expect([maskOf(a), maskOf(b), maskOf(b, "bias")]).toEqual([
      [0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0],
      [0, 1, 1, 1, 1, 0],
      [1, 0],
    ]);
    expect(isPruned(new nn.Sequential(a))).toBe(true);
    b(a(ones([1, 4])))
      .sum()
      .backward();
    close(weight.grad, [0, 0, 0, -0.39141, 0, 0, 0, -0.02317, 0, 0, 0, 0]);
    const copy = nn.deepcopy(a);
    expect(remove(a, "weight")).toBe(a);
    expect(a.weight).toBe(weight);
    close(a.weight, [0, 0, 0, -0.36797, 0, 0, 0, 0.39644, 0, 0, 0, 0]);
    expect(Object.keys(a.stateDict()).sort()).toEqual(["bias", "weight"]);
    expect(isPruned(a)).toBe(false);
    expect(isPruned(copy)).toBe(true);
    close(remove(copy, "weight").weight, [0, 0, 0, -0.36797, 0, 0, 0, 0.39644, 0, 0, 0, 0]);
  });

  it("keeps what is pruned at zero while an update changes the parameter", () => {
    const layer = customFromMask(
      new nn.Linear(2, 2),
      "weight",
      tensor([
        [1, 0],
        [0, 1],
      ]).ne(0),
    );
    layer.parameters().forEach((parameter) => void parameter.detach().fill_(3));
    expect(layer(ones([1, 2])).toArraySync()).toEqual([[6, 6]]);
    identity(layer, "weight");
    expect(maskOf(layer)).toEqual([1, 0, 0, 1]);
  });

  it("takes scores, methods of one's own, and tensors", () => {
    const scores = tensor([
      [1, 2],
      [3, 0],
    ]);
    const layer = l1Unstructured(new nn.Linear(2, 2), "weight", 2, { importanceScores: scores });
    expect(maskOf(layer)).toEqual([0, 1, 1, 0]);
    class Threshold extends BasePruningMethod {
      computeMask(x: Tensor, mask: Tensor): Tensor {
        return mask.mul(x.abs().gt(1).to(mask.dtype));
      }
    }
    expect(new Threshold().prune(tensor([0.5, -2])).toArraySync()).toEqual([0, -2]);
    expect(new L1Unstructured(1).prune(scores).toArraySync()).toEqual([
      [1, 2],
      [3, 0],
    ]);
    const defaultMask = tensor([
      [1, 0],
      [1, 1],
    ]);
    expect(new LnStructured(1, 1, 1).prune(scores, { defaultMask }).toArraySync()).toEqual([
      [1, 0],
      [3, 0],
    ]);
  });

  it("rejects what it cannot prune, and leaves it as it was", () => {
    const layer = new nn.Linear(2, 2);
    const wrong: readonly [() => unknown, typeof ArgumentError | typeof ShapeError, RegExp][] = [
      [() => l1Unstructured(layer, "weights", 1), ArgumentError, /^prune: "weights" is not a parameter/],
      [() => l1Unstructured(layer, "weight", 5), ArgumentError, /^prune: cannot prune 5 of the 4 that are left/],
      [() => l1Unstructured(layer, "weight", 1.5), ArgumentError, /^prune: amount must be a share from 0 to 1/],
      [() => l1Unstructured(layer, "weight", -1), ArgumentError, /^prune: amount must/],
      [() => randomStructured(layer, "bias", 1, 0), ShapeError, /several dimensions have channels, got \[2\]/],
      [() => customFromMask(layer, "weight", ones([3])), ShapeError, /^prune: expected a mask of shape \[2, 2\]/],
      [
        () => l1Unstructured(layer, "weight", 1, { importanceScores: ones([2]) }),
        ShapeError,
        /^prune: expected a tensor of scores of shape \[2, 2\]/,
      ],
      [() => globalUnstructured([[layer, "weight"]], new LnStructured(1, 2)), ArgumentError, /that prunes elements/],
      [() => globalUnstructured([], new L1Unstructured(1)), ArgumentError, /expected an array of pairs/],
      [() => remove(layer, "weight"), ArgumentError, /^remove: "weight" is not pruned/],
    ];
    for (const [call, type, message] of wrong) {
      expect(call).toThrow(type);
      expect(call).toThrow(message);
    }
    expect(Object.keys(layer.stateDict())).toEqual(["weight", "bias"]);
    expect(isPruned(layer)).toBe(false);
  });
});

describe("PruningContainer", () => {
  it("computes the mask by its last method from what is left", () => {
    const weight = tensor([
      [1, -2, 3],
      [4, -5, 0.5],
    ]);
    const methods = new PruningContainer(new L1Unstructured(2));
    const first = methods.computeMask(weight, ones([2, 3]));
    expect(first.toArraySync()).toEqual([
      [0, 1, 1],
      [1, 1, 0],
    ]);
    methods.addPruningMethod(new LnStructured(1, 1, 0));
    expect(methods.computeMask(weight, first).toArraySync()).toEqual([
      [0, 0, 0],
      [1, 1, 0],
    ]);
    expect([methods.length, [...methods].map(({ pruningType }) => pruningType)]).toEqual([
      2,
      ["unstructured", "structured"],
    ]);
    const layer = methods.apply(new nn.Linear(3, 2), "weight");
    expect(maskOf(layer).filter((kept) => kept === 0)).toHaveLength(3);
  });

  it("rejects what is not a method", () => {
    expect(() => new PruningContainer(0.3 as never)).toThrow(
      new ArgumentError("addPruningMethod: expected a pruning method, got 0.3"),
    );
    expect(new PruningContainer().computeMask(ones([2]), ones([2])).toArraySync()).toEqual([1, 1]);
  });
});
