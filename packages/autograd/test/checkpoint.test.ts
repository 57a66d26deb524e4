import { manualSeed, rand, randn, scope, type Tensor, tensor } from "@akari/tensor";
import { reference } from "@akari/tensor/reference";
import { describe, expect, it } from "vitest";
import { checkpoint, checkpointSequential } from "../src/checkpoint.ts";
import {
  // biome-ignore lint/suspicious/noShadowRestrictedNames: PyTorch's name for it.
  Function,
  type FunctionContext,
  grad,
  gradcheck,
  gradgradcheck,
  noGrad,
  requiresGrad,
} from "../src/index.ts";

const w = requiresGrad(randn([4, 4]));
const block = (x: Tensor): Tensor => x.matmul(w).tanh().mul(x).sigmoid();

/** Returns the value and the gradients of a function of `x` and `w`. */
function gradients(fn: (x: Tensor) => Tensor): number[][] {
  manualSeed(0);
  const x = requiresGrad(randn([3, 4]));
  const y = fn(x).sum();
  return [y, ...grad(y, [x, w])].map((t) => Array.from(t.dataSync()));
}

describe("checkpoint", () => {
  it("gives the same gradients for arguments and for tensors of the closure", () => {
    const plain = gradients((x) => block(block(x)));
    expect(gradients((x) => checkpoint(block, checkpoint(block, x)))).toEqual(plain);
    expect(gradients((x) => checkpoint((y: Tensor) => checkpoint(block, checkpoint(block, y)), x))).toEqual(plain);
    expect(
      gradients((x) => checkpoint((y: Tensor) => block(checkpoint((z: Tensor) => checkpoint(block, z), y)), x)),
    ).toEqual(plain);
  });

  it("accumulates into the parameters of a module, also repeatedly with a retained graph", () => {
    const x = randn([3, 4]);
    const found = [block, (y: Tensor) => checkpoint(block, y)].map((fn) => {
      w.grad = null;
      const y = fn(x).sum();
      y.backward(null, { retainGraph: true });
      y.backward();
      const result = w.grad as Tensor | null;
      w.grad = null;
      expect(() => y.backward()).toThrow(/freed by an earlier backward pass/);
      return result?.toArraySync();
    });
    expect(found[1]).toEqual(found[0]);
  });

  it("accepts several arguments and results, in arrays and objects, and other values", () => {
    const fn = (x: Tensor, { scale }: { scale: Tensor }, power: number) => ({
      sum: x.mul(scale).exp(),
      rest: [x.pow(power), scale.sin()] as const,
    });
    const run = (through: boolean) =>
      gradients((x) => {
        const scale = x.mul(0.5);
        const { sum, rest } = through ? checkpoint(fn, x, { scale }, 3) : fn(x, { scale }, 3);
        return sum.mul(rest[0]).add(rest[1]).matmul(w);
      });
    expect(run(true)).toEqual(run(false));
  });

  it("has second derivatives", async () => {
    const [x, v] = [0, 1].map(() => requiresGrad(randn([3], { dtype: "float64" }))) as [Tensor, Tensor];
    const fn = (a: Tensor, b: Tensor) => checkpoint((c: Tensor) => c.exp().mul(b).tanh().mul(c), a.sin());
    expect(await gradcheck(fn, [x, v])).toBe(true);
    expect(await gradgradcheck(fn, [x, v])).toBe(true);
  });

  it("draws the same random numbers again, and leaves the generator as it was", () => {
    const drops = (x: Tensor) => x.mul(rand(x.shape).gt(0.5)).matmul(w);
    const run = (fn: (x: Tensor) => Tensor) => [...gradients(fn), Array.from(rand([3]).dataSync())];
    expect(run((x) => checkpoint(drops, checkpoint(drops, x)))).toEqual(run((x) => drops(drops(x))));
    const others = gradients((x) => checkpoint(drops, x, { preserveRngState: false }));
    expect(others).not.toEqual(gradients((x) => checkpoint(drops, x, { preserveRngState: true })));
  });

  it("supports operations in place, views and custom functions", () => {
    class Cube extends Function {
      static forward(context: FunctionContext, x: Tensor): Tensor {
        context.saveForBackward(x);
        return x.pow(3);
      }
      static backward(context: FunctionContext<[Tensor]>, g: Tensor): Tensor {
        const [x] = context.savedTensors;
        return g.mul(x).mul(x).mul(3);
      }
    }
    const fn = (x: Tensor) => {
      const y = x.matmul(w);
      y.get(0).mul_(y.get(1).exp());
      y.sigmoid_();
      return Cube.apply(y.mul(x)).t().contiguous();
    };
    expect(gradients((x) => checkpoint(fn, x))).toEqual(gradients(fn));
  });

  it("needs memory for its arguments and for the tensors of one call", () => {
    const deep = (x: Tensor) => {
      let y = x;
      for (let i = 0; i < 8; i++) y = y.sin();
      return y;
    };
    const peak = (apply: (x: Tensor) => Tensor): number => {
      const device = reference();
      const x = requiresGrad(randn([32, 32], { device }));
      let y = apply(x);
      for (let i = 1; i < 8; i++) {
        const next = apply(y);
        y.dispose();
        y = next;
      }
      y.sum().backward();
      return device.memory().peak / (32 * 32 * 4);
    };
    expect(peak((x) => scope(() => deep(x)))).toBeGreaterThan(64);
    expect(peak((x) => checkpoint(deep, x))).toBeLessThan(8 + 8 + 4);
  });

  it("calls the function once if nothing is recorded, and not again before the backward pass", () => {
    let calls = 0;
    const fn = (x: Tensor) => {
      calls++;
      return x.exp();
    };
    noGrad(() => checkpoint(fn, requiresGrad(tensor([1]))));
    expect(calls).toBe(1);
    const y = checkpoint(fn, requiresGrad(tensor([1])));
    expect(calls).toBe(2);
    y.backward();
    expect(calls).toBe(3);
  });

  it("reports a function that does not do the same again, and arguments that have changed", () => {
    const x = requiresGrad(tensor([1, 2]));
    let calls = 0;
    const changing = (steps: readonly number[]) => {
      calls = 0;
      return checkpoint((y: Tensor) => {
        for (let i = 0; i < (steps[calls] as number); i++) y = y.exp();
        calls++;
        return y;
      }, x).sum();
    };
    expect(() => changing([1, 2]).backward()).toThrow(
      "checkpoint: the function saved more than 1 tensors when it was called again for the backward pass; it must do the same in both calls",
    );
    expect(() => changing([2, 1]).backward()).toThrow("checkpoint: the function saved 1 tensors instead of 2");
    const widening = checkpoint((y: Tensor) => y.expand([calls++, 2]).exp(), x).sum();
    expect(() => widening.backward()).toThrow(
      /saved a tensor of shape \[3, 2\] and dtype float32 instead of a tensor of shape \[2, 2\]/,
    );
    const argument = x.mul(2);
    const y = checkpoint((z: Tensor) => z.exp(), argument).sum();
    argument.add_(1);
    expect(() => y.backward()).toThrow(
      /checkpoint saved an argument \(shape \[2\]\), but it has been changed in place since/,
    );
    const nested = checkpoint((z: Tensor) => {
      const inner = z.sin();
      return checkpoint((v: Tensor) => v.mul(inner), z);
    }, x);
    expect(() => nested.sum().backward()).toThrow(
      "uses a tensor that has been disposed of since; pass it as an argument",
    );
    // safe: invalid arguments are what is tested
    expect(() => checkpoint(3 as never)).toThrow("checkpoint: expected a function, got 3");
    expect(() => checkpoint(async () => x)).toThrow("checkpoint: the function must not be asynchronous");
  });

  it("leaves errors of the function as they are, and works afterwards", () => {
    const x = requiresGrad(tensor([1, 2]));
    const failing = () => {
      throw new RangeError("no");
    };
    expect(() => checkpoint(failing)).toThrow(RangeError);
    const y = x.exp();
    y.sum().backward();
    expect(x.grad?.toArraySync()).toEqual(y.toArraySync());
  });
});

it("a scope does not free what a custom function has saved", () => {
  class Square extends Function {
    static forward(context: FunctionContext, x: Tensor): Tensor {
      context.saveForBackward(x);
      return x.mul(x);
    }
    static backward(context: FunctionContext<[Tensor]>, g: Tensor): Tensor {
      return g.mul(2).mul(context.savedTensors[0]);
    }
  }
  const x = requiresGrad(tensor([1, 2]));
  scope(() => Square.apply(x.mul(3)))
    .sum()
    .backward();
  expect(x.grad?.toArraySync()).toEqual([18, 36]);
});

describe("checkpointSequential", () => {
  it("gives the same gradients for any number of segments", () => {
    const layers = [block, (x: Tensor) => x.sin(), block, (x: Tensor) => x.exp(), block];
    const plain = gradients((x) => layers.reduce((y, layer) => layer(y), x));
    for (const segments of [1, 2, 3, 5])
      expect(gradients((x) => checkpointSequential(layers, segments, x))).toEqual(plain);
  });

  it("checkpoints all segments except the last", () => {
    const calls = [0, 0, 0, 0, 0];
    const layers = calls.map((_, i) => (x: Tensor) => {
      calls[i] = (calls[i] as number) + 1;
      return x.exp();
    });
    checkpointSequential(layers, 2, requiresGrad(tensor([0.1]))).backward();
    expect(calls).toEqual([2, 2, 1, 1, 1]);
  });

  it("rejects invalid arguments", () => {
    const x = tensor([1]);
    const layers = [block, block];
    for (const segments of [0, 3, 1.5])
      expect(() => checkpointSequential(layers, segments, x)).toThrow(/^checkpointSequential: segments must be/);
    // safe: invalid arguments are what is tested
    expect(() => checkpointSequential(block as never, 1, x)).toThrow("checkpointSequential: expected functions");
    expect(() => checkpointSequential([block, 1 as never], 1, x)).toThrow("checkpointSequential: expected a function");
    expect(() => checkpointSequential(layers, 1, x, { preserveRNGState: true } as object)).toThrow(/preserveRngState/);
  });
});
