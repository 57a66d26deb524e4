/** What the page and the worker that trains say to each other. */

import type { LossPoint } from "@akari/app-mnist/chart";

/** What a run is made of. */
export interface Choice {
  readonly network: "mlp" | "cnn";
  readonly device: "cpu" | "webgpu";
}

/** What the page asks for. */
export type Request =
  /** First of all: look for devices, and for MNIST at this address. */
  | { readonly type: "open"; readonly mnist: string }
  /** Trains a new network. */
  | { readonly type: "train"; readonly choice: Choice }
  | { readonly type: "stop" }
  | { readonly type: "continue" }
  /** Reads a digit: 28 × 28 bytes, 0 for paper and 255 for ink. */
  | { readonly type: "read"; readonly pixels: Uint8Array };

/** Whether there is a GPU: what to say of it, or why there is none. */
export type Gpu = { readonly note: string } | { readonly reason: string };

/** What the worker tells. */
export type Report =
  | { readonly type: "devices"; readonly cpu: string; readonly webgpu: Gpu }
  | { readonly type: "download"; readonly received: number; readonly total: number | null }
  /** What there is to learn from, and some of the test images, 28 × 28 bytes each. */
  | {
      readonly type: "data";
      readonly name: string;
      readonly about: string;
      readonly pixels: Uint8Array;
      readonly digits: Uint8Array;
    }
  | Progress
  | { readonly type: "tested"; readonly epoch: number; readonly accuracy: number }
  | { readonly type: "stopped"; readonly why: string }
  /** Ten probabilities for each of the test images of `data`. */
  | { readonly type: "samples"; readonly probabilities: Float32Array }
  /** Ten probabilities for the digit that was to be read; null while there is no network. */
  | { readonly type: "reading"; readonly probabilities: Float32Array | null }
  | { readonly type: "failed"; readonly message: string };

/** How far training has come. */
export interface Progress {
  readonly type: "progress";
  /** From 1. */
  readonly epoch: number;
  /** The steps done in this epoch, and how many it has. */
  readonly step: number;
  readonly steps: number;
  readonly imagesPerSecond: number;
  /** The losses that were read since the last report, over the steps of the whole run. */
  readonly losses: readonly LossPoint[];
}
