/**
 * TensorFlow.js on its WebAssembly backend, with its default number of threads, or on its WebGPU backend.
 */

import * as tf from "@tensorflow/tfjs";
import type { WebGPUBackend } from "@tensorflow/tfjs-backend-webgpu";
import { type Cannot, type Device, labels, normals, type Prepare, type Task, type Workload } from "../workloads.ts";

/** Prepares the backend. */
export async function start(device: Device): Promise<Prepare> {
  if (device === "webgpu") {
    await import("@tensorflow/tfjs-backend-webgpu");
    await tf.setBackend("webgpu");
  } else {
    const { setWasmPaths } = await import("@tensorflow/tfjs-backend-wasm");
    const [{ createRequire }, { dirname, sep }] = await Promise.all([import("node:module"), import("node:path")]);
    setWasmPaths(dirname(createRequire(import.meta.url).resolve("@tensorflow/tfjs-backend-wasm")) + sep);
    await tf.setBackend("wasm");
  }
  await tf.ready();
  return (workload) => prepare(workload, device);
}

/** Waits for all submitted work, if the backend is asynchronous. */
function done(device: Device): void | Promise<unknown> {
  if (device === "cpu") return;
  const backend = tf.backend() as WebGPUBackend; // safe: it was set above
  // The same as a read, without the copy.
  backend.ensureCommandEncoderReady();
  backend.endComputePassEncoder();
  backend.submitQueue();
  return backend.queue.onSubmittedWorkDone();
}

const tensor = (shape: number[], seed = 1, scale = 1): tf.Tensor =>
  tf.tensor(
    normals(
      shape.reduce((a, b) => a * b, 1),
      seed,
    ).map((v) => v * scale),
    shape,
  );

function step(forward: (x: tf.Tensor) => tf.Tensor, batch: number, inputShape: number[], device: Device): Task {
  const optimizer = tf.train.adam(1e-3);
  const x = tensor([batch, ...inputShape]);
  const y = tf.oneHot(tf.tensor1d(labels(batch), "int32"), 10);
  return {
    units: 1,
    run() {
      const loss = () => tf.losses.softmaxCrossEntropy(y, forward(x)) as tf.Scalar; // safe: a mean over the batch
      if (device === "webgpu") return read(optimizer.minimize(loss, true));
      optimizer.minimize(loss);
    },
  };
}

async function read(loss: tf.Scalar | null): Promise<void> {
  await loss?.data();
  loss?.dispose();
}

function mlp(sizes: readonly number[], batch: number, device: Device): Task {
  const weights = sizes
    .slice(1)
    .map(
      (size, i) => [tf.variable(tensor([sizes[i] ?? size, size], i + 1, 0.05)), tf.variable(tf.zeros([size]))] as const,
    );
  const forward = (x: tf.Tensor): tf.Tensor =>
    weights.reduce((h, [w, b], i) => {
      const z = tf.add(tf.matMul(h as tf.Tensor2D, w as tf.Tensor2D), b);
      return i + 1 < weights.length ? tf.relu(z) : z;
    }, x);
  return step(forward, batch, [784], device);
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

function cnn(device: Device): Task {
  const weights = cnnShapes.map((shape, i) => tf.variable(tensor(shape, i + 1, 0.05)));
  return step((x) => forwardCnn(weights, x), 64, [28, 28, 1], device);
}

function prepare(workload: Workload, device: Device): Task | Cannot {
  const made = (make: () => tf.Tensor): Task => ({
    units: 1,
    run() {
      make().dispose();
      return done(device);
    },
  });
  switch (workload.kind) {
    case "matmul": {
      const [a, b] = [tensor([workload.size, workload.size]), tensor([workload.size, workload.size], 2)];
      return made(() => tf.matMul(a, b));
    }
    case "launches": {
      // TensorFlow.js would compute such a small sum on the CPU.
      tf.env().set("WEBGPU_CPU_FORWARD", false);
      const [x, y] = [tensor([workload.elements]), tensor([workload.elements], 2)];
      return {
        units: workload.count,
        run() {
          let sum = x.clone();
          for (let i = 0; i < workload.count; i++) {
            const next = tf.add(sum, y);
            sum.dispose();
            sum = next;
          }
          sum.dispose();
          return done(device);
        },
      };
    }
    case "tiny-add": {
      const one = tf.ones([1]);
      return {
        units: 1000,
        run() {
          for (let i = 0; i < 1000; i++) tf.add(one, one).dispose();
          return done(device);
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
          return done(device);
        },
      };
    }
    case "pointwise": {
      const [a, b] = [tensor([1_000_000]), tensor([1_000_000], 2)];
      return made(() => tf.tidy(() => tf.sum(tf.relu(tf.add(tf.mul(a, b), 1)))));
    }
    case "softmax": {
      const c = tensor([1024, 1024]);
      return made(() => tf.softmax(c));
    }
    case "transpose-copy": {
      const c = tensor([1024, 1024]);
      return made(() => tf.transpose(c));
    }
    case "mlp":
      return mlp(workload.sizes, workload.batch, device);
    case "cnn":
      return device === "webgpu" ? cnn(device) : { cannot: "has no weight gradient of convolutions on WebAssembly" };
    case "cnn-infer": {
      const weights = cnnShapes.map((shape, i) => tensor(shape, i + 1, 0.05));
      const x = tensor([1, 28, 28, 1]);
      return made(() => tf.tidy(() => forwardCnn(weights, x)));
    }
    case "lstm":
    case "gpt":
      return { cannot: "is compared on the smaller models only" };
    default:
      return workload satisfies never;
  }
}
