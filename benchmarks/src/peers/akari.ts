/**
 * Akari's side of the benchmarks, written as a user would write it.
 */

import {
  Adam,
  Conv2d,
  crossEntropy,
  Flatten,
  fromTypedArray,
  type Layer,
  Linear,
  MaxPool2d,
  noGrad,
  ones,
  ReLU,
  relu,
  requiresGrad,
  Sequential,
  softmax,
  type Tensor,
} from "akari";
import { runPeer } from "../measure.ts";
import { labels, normals, type Task, type Workload } from "../workloads.ts";

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

function step(model: Sequential, batch: number): Task {
  const optimizer = new Adam(model.parameters(), { lr: 1e-3 });
  const x = normal([batch, 1, 28, 28]);
  const y = fromTypedArray(labels(batch), [batch]);
  return {
    units: 1,
    run() {
      optimizer.zeroGrad();
      crossEntropy(model(x), y).backward();
      optimizer.step();
    },
  };
}

function prepare(workload: Workload): Task {
  switch (workload.kind) {
    case "matmul": {
      const [a, b] = [normal([workload.size, workload.size]), normal([workload.size, workload.size], 2)];
      return { units: 1, run: () => a.matmul(b).dispose() };
    }
    case "tiny-add": {
      const one = ones([1]);
      return {
        units: 1000,
        run() {
          for (let i = 0; i < 1000; i++) one.add(one);
        },
      };
    }
    case "tiny-add-backward": {
      const [one, grad] = [ones([1]), requiresGrad(ones([1]))];
      return {
        units: 100,
        run() {
          for (let i = 0; i < 100; i++) grad.add(one).backward();
        },
      };
    }
    case "pointwise": {
      const [a, b] = [normal([1_000_000]), normal([1_000_000], 2)];
      return { units: 1, run: () => relu(a.mul(b).add(1)).sum().dispose() };
    }
    case "softmax": {
      const c = normal([1024, 1024]);
      return { units: 1, run: () => softmax(c, -1).dispose() };
    }
    case "transpose-copy": {
      const c = normal([1024, 1024]);
      return { units: 1, run: () => c.t().contiguous().dispose() };
    }
    case "mlp":
      return step(mlp(workload.sizes), workload.batch);
    case "cnn":
      return step(cnn(), 64);
    case "cnn-infer": {
      const model = cnn().eval();
      const x = normal([1, 1, 28, 28]);
      return { units: 1, run: () => noGrad(() => model(x)).dispose() };
    }
    default:
      return workload satisfies never;
  }
}

await runPeer(prepare);
