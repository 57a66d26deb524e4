/**
 * TensorFlow.js on its WebAssembly backend, with the threads that it starts by itself.
 */

import { createRequire } from "node:module";
import { dirname, sep } from "node:path";
import * as tf from "@tensorflow/tfjs";
import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import { runPeer } from "../measure.ts";
import { labels, normals, type Task, type Workload } from "../workloads.ts";

setWasmPaths(dirname(createRequire(import.meta.url).resolve("@tensorflow/tfjs-backend-wasm")) + sep);
await tf.setBackend("wasm");
await tf.ready();

const tensor = (shape: number[], seed = 1, scale = 1): tf.Tensor =>
  tf.tensor(
    normals(
      shape.reduce((a, b) => a * b, 1),
      seed,
    ).map((v) => v * scale),
    shape,
  );

function step(forward: (x: tf.Tensor) => tf.Tensor, batch: number, inputShape: number[]): Task {
  const optimizer = tf.train.adam(1e-3);
  const x = tensor([batch, ...inputShape]);
  const y = tf.oneHot(tf.tensor1d(labels(batch), "int32"), 10);
  return {
    units: 1,
    run() {
      optimizer.minimize(() => tf.losses.softmaxCrossEntropy(y, forward(x)) as tf.Scalar);
    },
  };
}

function mlp(sizes: readonly number[], batch: number): Task {
  const weights = sizes
    .slice(1)
    .map((size, i) => [tf.variable(tensor([sizes[i] ?? size, size], i + 1, 0.05)), tf.variable(tf.zeros([size]))] as const);
  const forward = (x: tf.Tensor): tf.Tensor =>
    weights.reduce((h, [w, b], i) => {
      const z = tf.add(tf.matMul(h as tf.Tensor2D, w as tf.Tensor2D), b);
      return i + 1 < weights.length ? tf.relu(z) : z;
    }, x);
  return step(forward, batch, [784]);
}

function forwardCnn(weights: tf.Tensor[], x: tf.Tensor): tf.Tensor {
  const [w1, b1, w2, b2, w3, b3, w4, b4] = weights as [
    tf.Tensor,
    tf.Tensor,
    tf.Tensor,
    tf.Tensor,
    tf.Tensor,
    tf.Tensor,
    tf.Tensor,
    tf.Tensor,
  ];
  const h1 = tf.relu(tf.add(tf.conv2d(x as tf.Tensor4D, w1 as tf.Tensor4D, 1, "valid"), b1));
  const h2 = tf.relu(tf.add(tf.conv2d(h1 as tf.Tensor4D, w2 as tf.Tensor4D, 1, "valid"), b2));
  const pooled = tf.maxPool(h2 as tf.Tensor4D, 2, 2, "valid").reshape([-1, 9216]);
  const h3 = tf.relu(tf.add(tf.matMul(pooled, w3), b3));
  return tf.add(tf.matMul(h3, w4), b4);
}

const cnnShapes = [[3, 3, 1, 32], [32], [3, 3, 32, 64], [64], [9216, 128], [128], [128, 10], [10]];

function prepare(workload: Workload): Task | null {
  const kept = (fn: () => tf.Tensor): Task => ({
    units: 1,
    run() {
      const out = fn();
      // Reading one element waits for the work.
      out.dispose();
    },
  });
  switch (workload.kind) {
    case "matmul": {
      const [a, b] = [tensor([workload.size, workload.size]), tensor([workload.size, workload.size], 2)];
      return kept(() => tf.matMul(a, b));
    }
    case "tiny-add": {
      const one = tf.ones([1]);
      return {
        units: 1000,
        run() {
          for (let i = 0; i < 1000; i++) tf.add(one, one).dispose();
        },
      };
    }
    case "tiny-add-backward": {
      const one = tf.ones([1]);
      const gradient = tf.grad((x: tf.Tensor) => tf.add(x, one));
      return {
        units: 100,
        run() {
          for (let i = 0; i < 100; i++) gradient(one).dispose();
        },
      };
    }
    case "pointwise": {
      const [a, b] = [tensor([1_000_000]), tensor([1_000_000], 2)];
      return kept(() => tf.tidy(() => tf.sum(tf.relu(tf.add(tf.mul(a, b), 1)))));
    }
    case "softmax": {
      const c = tensor([1024, 1024]);
      return kept(() => tf.softmax(c));
    }
    case "transpose-copy": {
      const c = tensor([1024, 1024]);
      return kept(() => tf.transpose(c));
    }
    case "mlp":
      return mlp(workload.sizes, workload.batch);
    case "cnn":
      // Its WebAssembly backend has no gradient of a convolution's weights.
      return null;
    case "cnn-infer": {
      const weights = cnnShapes.map((shape, i) => tensor(shape, i + 1, 0.05));
      const x = tensor([1, 28, 28, 1]);
      return kept(() => tf.tidy(() => forwardCnn(weights, x)));
    }
    default:
      return workload satisfies never;
  }
}

await runPeer(prepare);
