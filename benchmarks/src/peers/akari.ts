/**
 * Akari's implementation of the workloads, written as a user would write it.
 */

import { webgpu } from "@akari/tensor/webgpu";
import {
  Adam,
  Conv2d,
  cpu,
  crossEntropy,
  Flatten,
  fromTypedArray,
  type Layer,
  Linear,
  MaxPool2d,
  type Module,
  noGrad,
  ones,
  ReLU,
  relu,
  requiresGrad,
  Sequential,
  setDefaultDevice,
  softmax,
  type Tensor,
} from "akari";
import { type Device, labels, normals, type Prepare, type Task, type Workload } from "../workloads.ts";
import { GPT, RowLSTM } from "./akari-models.ts";

/** Wraps a function before it is timed: the identity, or `compile`. */
export type Wrap = <Args extends readonly Tensor[]>(
  fn: (...args: Args) => Tensor,
) => Promise<(...args: Args) => Tensor>;

/** Prepares the device. On an asynchronous device, tasks also wait for their results. */
export async function start(name: Device, wrap: Wrap = async (fn) => fn): Promise<Prepare> {
  const device = name === "webgpu" ? await webgpu() : cpu();
  setDefaultDevice(device);
  const wait: Wait =
    name === "webgpu"
      ? { forAll: () => device.flush(), forLoss: (loss) => loss.item() }
      : { forAll() {}, forLoss() {} };
  return (workload) => prepare(workload, wait, wrap);
}

interface Wait {
  forAll(): void | Promise<void>;
  forLoss(loss: Tensor): void | Promise<unknown>;
}

const normal = (shape: readonly number[], seed = 1): Tensor =>
  fromTypedArray(
    normals(
      shape.reduce((a, b) => a * b, 1),
      seed,
    ),
    shape,
  );

const cnn = (): Sequential =>
  new Sequential(
    new Conv2d(1, 32, 3),
    new ReLU(),
    new Conv2d(32, 64, 3),
    new ReLU(),
    new MaxPool2d(2),
    new Flatten(),
    new Linear(9216, 128),
    new ReLU(),
    new Linear(128, 10),
  );

function mlp(sizes: readonly number[]): Sequential {
  const layers: Layer[] = [new Flatten()];
  sizes.slice(1).forEach((size, i) => {
    if (i > 0) layers.push(new ReLU());
    layers.push(new Linear(sizes[i] ?? size, size));
  });
  return new Sequential(...layers);
}

const images = (batch: number): readonly [Tensor, Tensor] => [
  normal([batch, 1, 28, 28]),
  fromTypedArray(labels(batch), [batch]),
];

async function prepare(workload: Workload, wait: Wait, wrap: Wrap): Promise<Task> {
  const made = async <Args extends readonly Tensor[]>(
    make: (...args: Args) => Tensor,
    ...args: Args
  ): Promise<Task> => {
    const call = await wrap(make);
    return {
      units: 1,
      run() {
        call(...args).dispose();
        return wait.forAll();
      },
    };
  };
  const step = async (
    model: Module & ((x: Tensor) => Tensor),
    [images, classes]: readonly [Tensor, Tensor],
  ): Promise<Task> => {
    const optimizer = new Adam(model.parameters(), { lr: 1e-3 });
    const call = await wrap((x: Tensor, y: Tensor) => {
      optimizer.zeroGrad();
      const loss = crossEntropy(model(x), y);
      loss.backward();
      optimizer.step();
      return loss;
    });
    return { units: 1, run: () => wait.forLoss(call(images, classes)) };
  };
  switch (workload.kind) {
    case "matmul": {
      const [a, b] = [normal([workload.size, workload.size]), normal([workload.size, workload.size], 2)];
      return made((x, y) => x.matmul(y), a, b);
    }
    case "launches": {
      const [x, y] = [normal([workload.elements]), normal([workload.elements], 2)];
      return {
        units: workload.count,
        run() {
          let sum = x;
          for (let i = 0; i < workload.count; i++) sum = sum.add(y);
          return wait.forAll();
        },
      };
    }
    case "tiny-add": {
      const one = ones([1]);
      return {
        units: 1000,
        run() {
          for (let i = 0; i < 1000; i++) one.add(one);
          return wait.forAll();
        },
      };
    }
    case "tiny-add-backward": {
      const [one, grad] = [ones([1]), requiresGrad(ones([1]))];
      return {
        units: 100,
        run() {
          for (let i = 0; i < 100; i++) grad.add(one).backward();
          return wait.forAll();
        },
      };
    }
    case "pointwise": {
      const [a, b] = [normal([1_000_000]), normal([1_000_000], 2)];
      return made((x, y) => relu(x.mul(y).add(1)).sum(), a, b);
    }
    case "softmax": {
      const c = normal([1024, 1024]);
      return made((x) => softmax(x, -1), c);
    }
    case "transpose-copy": {
      const c = normal([1024, 1024]);
      return made((x) => x.t().contiguous(), c);
    }
    case "mlp":
      return step(mlp(workload.sizes), images(workload.batch));
    case "cnn":
      return step(cnn(), images(64));
    case "cnn-infer": {
      const model = cnn().eval();
      const x = normal([1, 1, 28, 28]);
      return made((image) => noGrad(() => model(image)), x);
    }
    case "lstm":
      return step(new RowLSTM() as RowLSTM & Layer, [normal([64, 28, 28]), fromTypedArray(labels(64), [64])]);
    case "gpt":
      return step(new GPT() as GPT & Layer, [
        fromTypedArray(labels(1024), [16, 64]),
        fromTypedArray(labels(1024), [1024]),
      ]);
    default:
      return workload satisfies never;
  }
}
