import { ArgumentError, DTypeError, ones, ShapeError, type Tensor, tensor } from "@akari/tensor";
import { describe, expect, it } from "vitest";
import { checkpoint } from "../src/checkpoint.ts";
import { grad, requiresGrad, savedTensorsHooks } from "../src/index.ts";

const leaf = (values: number[]) => requiresGrad(tensor(values));

describe("savedTensorsHooks", () => {
  it("packs each tensor that is saved and unpacks it in the backward pass", () => {
    const x = leaf([3]);
    const [w, events]: [Tensor, unknown[]] = [leaf([5]), []];
    const y = savedTensorsHooks(
      (saved) => {
        events.push(saved.toArraySync(), saved.requiresGrad);
        return saved.itemSync();
      },
      (value) => {
        events.push(value);
        return tensor([value]);
      },
      () => x.mul(w),
    );
    expect(events).toEqual([[3], false, [5], false]);
    y.sum().backward();
    expect(events.slice(4).toSorted()).toEqual([3, 5]);
    expect([x.grad, w.grad].map((g) => g?.toArraySync())).toEqual([[5], [3]]);
  });

  it("computes with what unpack returns", () => {
    const x = leaf([1.0009765625 + 2 ** -20]);
    const packed = (x: Tensor) => x.half();
    savedTensorsHooks(
      packed,
      (saved) => saved.float(),
      () => x.mul(x).sum(),
    ).backward();
    expect(x.grad?.toArraySync()).toEqual([2.001953125]);
  });

  it("ends with the function or the block, also after an error", () => {
    const x = leaf([2]);
    let count = 0;
    const pack = (saved: Tensor) => {
      count++;
      return saved;
    };
    const same = (saved: Tensor) => saved;
    {
      using _ = savedTensorsHooks(pack, same);
      x.exp();
    }
    expect(() =>
      savedTensorsHooks(pack, same, () => {
        throw new Error("stop");
      }),
    ).toThrow("stop");
    x.exp();
    expect(count).toBe(1);
  });

  it("allows second derivatives and repeated passes", () => {
    const x = leaf([2]);
    const y = savedTensorsHooks(
      (saved) => saved.clone(),
      (saved) => saved,
      () => x.pow(3).sum(),
    );
    const [g] = grad(y, [x], { createGraph: true });
    expect(g.toArraySync()).toEqual([12]);
    expect(grad(g.sum(), [x], { retainGraph: true })[0].toArraySync()).toEqual([12]);
    y.backward();
    expect(x.grad?.toArraySync()).toEqual([12]);
    expect(() => y.backward()).toThrow("were freed by an earlier backward pass");
  });

  it("works around a checkpointed function", () => {
    const x = leaf([0.5]);
    const packed: unknown[] = [];
    const pack = (saved: Tensor) => {
      packed.push(saved);
      return saved;
    };
    savedTensorsHooks(
      pack,
      (saved) => saved,
      () => checkpoint((v: Tensor) => v.exp().sin(), x).sum(),
    ).backward();
    expect(x.grad?.itemSync()).toBeCloseTo(Math.cos(Math.exp(0.5)) * Math.exp(0.5), 5);
  });

  it("rejects hooks that are not functions and results that do not fit", () => {
    const x = leaf([2]);
    const pass = (unpack: () => unknown) => () =>
      savedTensorsHooks(
        (saved) => saved,
        unpack as () => Tensor,
        () => x.mul(x).sum(),
      ).backward();
    expect(() => savedTensorsHooks(5 as never, () => ones([1]))).toThrow(ArgumentError);
    expect(pass(() => 5)).toThrow("savedTensorsHooks: expected a tensor, got 5");
    expect(pass(() => ones([3]))).toThrow(ShapeError);
    expect(pass(() => ones([1]).half())).toThrow(DTypeError);
    expect(pass(() => ones([1]).half())).toThrow("savedTensorsHooks: expected float32, got float16");
  });
});
