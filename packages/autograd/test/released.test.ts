/** After its backward pass, a result keeps no other tensor alive, so that a list of losses uses little memory. */

import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { cpu, ones, type Tensor } from "@akari/tensor";
import { expect, it } from "vitest";
import {
  // biome-ignore lint/suspicious/noShadowRestrictedNames: PyTorch's name for it.
  Function,
  type FunctionContext,
  requiresGrad,
} from "../src/index.ts";

setFlagsFromString("--expose-gc");
const collect: () => void = runInNewContext("gc");

class Square extends Function {
  static forward(context: FunctionContext, x: Tensor): Tensor {
    context.saveForBackward(x);
    return x.mul(x);
  }

  static backward(context: FunctionContext<[Tensor]>, g: Tensor): Tensor {
    return g.mul(2).mul(context.savedTensors[0]);
  }
}

const size = 2 ** 16;

it.each([
  ["a product", (x: Tensor) => x.mul(2).mul(x).exp()],
  ["a custom function", (x: Tensor) => Square.apply(x.mul(2))],
  [
    "a write through a view",
    (x: Tensor) => {
      const y = x.mul(2);
      y.view(2, -1).get(0).square_();
      return y;
    },
  ],
])("%s keeps nothing alive after the backward pass", async (_, f) => {
  const x = requiresGrad(ones([size]));
  const losses: Tensor[] = [];
  const step = () => {
    const loss = f(x).sum();
    loss.backward();
    losses.push(loss);
  };
  step();
  const settled = async () => {
    // Finalizers run in a separate turn of the event loop.
    for (let i = 0; i < 5; i++) {
      collect();
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    return cpu().memory().live;
  };
  const before = await settled();
  for (let i = 0; i < 8; i++) step();
  expect(losses.length).toBe(9);
  expect((await settled()) - before).toBeLessThan(size * 4);
});
