/**
 * The workloads by name, with the sizes that every peer uses. A training step is: reset the gradients, forward,
 * cross-entropy, backward, Adam with a learning rate of 1e-3, on data that is already in memory.
 */

/** The device on which a benchmark runs. */
export type Device = "cpu" | "webgpu";

/** The definition of a workload. */
export type Workload =
  | { readonly kind: "matmul"; readonly size: number }
  | {
      readonly kind:
        | "tiny-add"
        | "tiny-add-backward"
        | "pointwise"
        | "softmax"
        | "transpose-copy"
        | "cnn"
        | "cnn-infer"
        | "lstm"
        | "gpt";
    }
  | { readonly kind: "launches"; readonly count: number; readonly elements: number }
  | { readonly kind: "mlp"; readonly batch: number; readonly sizes: readonly number[] };

/** All workloads, in the order of the table. Times are in milliseconds per call. */
export const workloads: Readonly<Record<string, Workload>> = {
  "matmul-64": { kind: "matmul", size: 64 },
  "matmul-256": { kind: "matmul", size: 256 },
  "matmul-512": { kind: "matmul", size: 512 },
  "matmul-1024": { kind: "matmul", size: 1024 },
  "matmul-2048": { kind: "matmul", size: 2048 },
  "matmul-4096": { kind: "matmul", size: 4096 },
  "matmul-8192": { kind: "matmul", size: 8192 },
  launches: { kind: "launches", count: 1000, elements: 128 },
  "tiny-add": { kind: "tiny-add" },
  "tiny-add-backward": { kind: "tiny-add-backward" },
  "pointwise-1m": { kind: "pointwise" },
  "softmax-1024": { kind: "softmax" },
  "transpose-copy-1024": { kind: "transpose-copy" },
  mlp: { kind: "mlp", batch: 64, sizes: [784, 128, 10] },
  mlp512: { kind: "mlp", batch: 128, sizes: [784, 512, 512, 10] },
  cnn: { kind: "cnn" },
  "cnn-infer-1": { kind: "cnn-infer" },
  lstm: { kind: "lstm" },
  gpt: { kind: "gpt" },
};

/**
 * Returns why a workload is skipped on a device, or null if it is run. `software`: whether the GPU is a software
 * adapter.
 */
export function leftOut(name: string, device: Device, software: boolean): string | null {
  const workload = workloads[name];
  const [large, huge] = workload?.kind === "matmul" ? [workload.size >= 2048, workload.size > 2048] : [false, false];
  if (device === "cpu") return huge || workload?.kind === "launches" ? "for GPUs only: --device webgpu" : null;
  return large && software ? "too large for a software adapter" : null;
}

/** The reason why a peer or a workload is not available. */
export interface Cannot {
  readonly cannot: string;
}

/** One call of a workload, and its number of units of work (small additions are timed in batches of a thousand). */
export interface Task {
  readonly units: number;
  /** Runs the work and waits until it is done. A training step on a GPU reads its loss. */
  run(): void | Promise<unknown>;
}

/** Prepares a workload for one peer. */
export type Prepare = (workload: Workload) => Task | Cannot | Promise<Task | Cannot>;

/** Returns pseudorandom standard normal numbers, the same everywhere, from a linear congruential generator. */
export function normals(count: number, seed = 1): Float32Array<ArrayBuffer> {
  const result = new Float32Array(count);
  let state = seed >>> 0;
  const uniform = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state + 0.5) / 2 ** 32;
  };
  for (let i = 0; i < count; i++) result[i] = Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
  return result;
}

/** Returns class indices from 0 to 9. */
export function labels(count: number): Int32Array<ArrayBuffer> {
  return Int32Array.from({ length: count }, (_, i) => (i * 7 + (i >> 3)) % 10);
}
