/**
 * jax-js on its WebAssembly or WebGPU backend, with `jit` wherever possible.
 */

import { defaultDevice, init, type Array as JaxArray, jit, lax, nn, numpy as np, valueAndGrad } from "@jax-js/jax";
import { type Cannot, type Device, labels, normals, type Prepare, type Task, type Workload } from "../workloads.ts";

/** Prepares the backend. */
export async function start(device: Device): Promise<Prepare> {
  const backend = device === "webgpu" ? "webgpu" : "wasm";
  if (!(await init(backend)).includes(backend)) return () => ({ cannot: `finds no ${backend} backend` });
  defaultDevice(backend);
  return (workload) => prepare(workload, device);
}

const array = (shape: number[], seed = 1, scale = 1): JaxArray => {
  const data = normals(
    shape.reduce((a, b) => a * b, 1),
    seed,
  );
  return np.array(data.map((v) => v * scale)).reshape(shape);
};

/** Returns a task that runs a compiled function on fixed arrays. */
function compiled(fn: (...inputs: JaxArray[]) => JaxArray, inputs: JaxArray[]): Task {
  const run = jit(fn);
  return {
    units: 1,
    async run() {
      const out = run(...inputs.map((x) => x.ref));
      await out.blockUntilReady();
      out.dispose();
    },
  };
}

type Weights = JaxArray[];
type State = [weights: Weights, first: Weights, second: Weights, count: JaxArray];

/**
 * Returns a training step with Adam, compiled as a whole. Weights, moments and step count are arguments and results.
 */
function step(
  forward: (weights: Weights, x: JaxArray) => JaxArray,
  shapes: number[][],
  batch: number,
  inputShape: number[],
  device: Device,
): Task {
  const x = array([batch, ...inputShape]);
  const y = nn.oneHot(np.array(labels(batch)), 10);
  const loss = (weights: Weights, input: JaxArray, target: JaxArray): JaxArray =>
    nn
      .logSoftmax(forward(weights, input))
      .mul(target)
      .sum()
      .mul(-1 / batch);
  const differentiate = valueAndGrad(loss);
  const update = jit(
    (weights: Weights, first: Weights, second: Weights, count: JaxArray, input: JaxArray, target: JaxArray) => {
      const [value, gradients] = differentiate(
        weights.map((w) => w.ref),
        input,
        target,
      ) as [JaxArray, Weights];
      const t = count.add(1);
      const scale1 = np.array(1).sub(np.power(np.array(0.9), t.ref));
      const scale2 = np.array(1).sub(np.power(np.array(0.999), t.ref));
      const m = gradients.map((g, i) => (first[i] as JaxArray).mul(0.9).add(g.ref.mul(0.1)));
      const v = gradients.map((g, i) => (second[i] as JaxArray).mul(0.999).add(g.ref.mul(g).mul(0.001)));
      const next = weights.map((w, i) =>
        w.sub(
          (m[i] as JaxArray).ref
            .div(scale1.ref)
            .div(np.sqrt((v[i] as JaxArray).ref.div(scale2.ref)).add(1e-8))
            .mul(1e-3),
        ),
      );
      scale1.dispose();
      scale2.dispose();
      return [next, m, v, t, value] as [...State, JaxArray];
    },
  );
  let state: State = [
    shapes.map((shape, i) => array(shape, i + 1, 0.05)),
    shapes.map((shape) => np.zeros(shape)),
    shapes.map((shape) => np.zeros(shape)),
    np.array(0),
  ];
  return {
    units: 1,
    async run() {
      const [next, m, v, t, value] = update(...state, x.ref, y.ref) as [...State, JaxArray];
      state = [next, m, v, t];
      if (device === "webgpu") {
        await value.data();
        return;
      }
      value.dispose();
      await t.blockUntilReady();
      await (next[0] as JaxArray).blockUntilReady();
    },
  };
}

function mlp(sizes: readonly number[], batch: number, device: Device): Task {
  const shapes = sizes.slice(1).flatMap((size, i) => [[sizes[i] ?? size, size], [size]]);
  return step(
    (weights, x) => {
      let h = x;
      for (let i = 0; i < weights.length; i += 2) {
        h = np.matmul(h, weights[i] as JaxArray).add(weights[i + 1] as JaxArray);
        if (i + 2 < weights.length) h = nn.relu(h);
      }
      return h;
    },
    shapes,
    batch,
    [784],
    device,
  );
}

function convolve(x: JaxArray, w: JaxArray, b: JaxArray): JaxArray {
  const channels = b.shape[0] as number;
  return lax.conv(x, w, [1, 1], "VALID").add(b.reshape([1, channels, 1, 1]));
}

function forwardCnn(weights: Weights, x: JaxArray): JaxArray {
  const [w1, b1, w2, b2, w3, b3, w4, b4] = weights as [
    JaxArray,
    JaxArray,
    JaxArray,
    JaxArray,
    JaxArray,
    JaxArray,
    JaxArray,
    JaxArray,
  ];
  const h = nn.relu(convolve(nn.relu(convolve(x, w1, b1)), w2, b2));
  const [n, c] = h.shape as [number, number];
  const pooled = np.max(np.max(h.reshape([n, c, 12, 2, 12, 2]), 5), 3).reshape([n, c * 144]);
  return np.matmul(nn.relu(np.matmul(pooled, w3).add(b3)), w4).add(b4);
}

const cnnShapes = [[32, 1, 3, 3], [32], [64, 32, 3, 3], [64], [9216, 128], [128], [128, 10], [10]];

function prepare(workload: Workload, device: Device): Task | Cannot {
  switch (workload.kind) {
    case "matmul":
      return compiled(
        (a, b) => np.matmul(a as JaxArray, b as JaxArray),
        [array([workload.size, workload.size]), array([workload.size, workload.size], 2)],
      );
    case "launches": {
      const [x, y] = [array([workload.elements]), array([workload.elements], 2)];
      return {
        units: workload.count,
        async run() {
          let sum = x.ref;
          for (let i = 0; i < workload.count; i++) sum = sum.add(y.ref);
          await sum.blockUntilReady();
          sum.dispose();
        },
      };
    }
    case "tiny-add": {
      const one = np.ones([1]);
      return {
        units: 100,
        async run() {
          let last = one.ref;
          for (let i = 0; i < 100; i++) {
            last.dispose();
            last = one.ref.add(one.ref);
            await last.blockUntilReady();
          }
          last.dispose();
        },
      };
    }
    case "tiny-add-backward":
      return { cannot: "differentiates only functions, not single operations" };
    case "pointwise":
      return compiled(
        (a, b) => nn.relu((a as JaxArray).mul(b as JaxArray).add(1)).sum(),
        [array([1_000_000]), array([1_000_000], 2)],
      );
    case "softmax":
      return compiled((c) => nn.softmax(c as JaxArray, -1), [array([1024, 1024])]);
    case "transpose-copy":
      return compiled((c) => (c as JaxArray).transpose().add(0), [array([1024, 1024])]);
    case "mlp":
      return mlp(workload.sizes, workload.batch, device);
    case "cnn":
      return step(forwardCnn, cnnShapes, 64, [1, 28, 28], device);
    case "cnn-infer": {
      const weights = cnnShapes.map((shape, i) => array(shape, i + 1, 0.05));
      return compiled((x, ...w) => forwardCnn(w, x as JaxArray), [array([1, 1, 28, 28]), ...weights]);
    }
    case "lstm":
    case "gpt":
      return { cannot: "is compared on the smaller models only" };
    default:
      return workload satisfies never;
  }
}
