/** The messages between the page and the training worker. */

import type { LossPoint } from "@akari/app-mnist/chart";

/** The user's choice for a run. */
export interface Choice {
  readonly network: "mlp" | "cnn";
  readonly device: "cpu" | "webgpu";
}

/** A request from the page. */
export type Request =
  /** Finds the devices, and loads MNIST, from this URL if possible. The first request. */
  | { readonly type: "open"; readonly mnist: string }
  /** Starts to train a new network. */
  | { readonly type: "train"; readonly choice: Choice }
  | { readonly type: "stop" }
  | { readonly type: "continue" }
  /** Reads a digit: 28 × 28 bytes, 0 for paper and 255 for ink. */
  | { readonly type: "read"; readonly pixels: Uint8Array };

/** A description of the GPU, or the reason why none is available. */
export type Gpu = { readonly note: string } | { readonly reason: string };

/** A report from the worker. */
export type Report =
  | { readonly type: "devices"; readonly cpu: string; readonly webgpu: Gpu }
  | { readonly type: "download"; readonly received: number; readonly total: number | null }
  /** A description of the data, and some of the test images, 28 × 28 bytes each, with their labels. */
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
  /** Ten probabilities for each test image of the report `data`. */
  | { readonly type: "samples"; readonly probabilities: Float32Array }
  /** Ten probabilities for the digit of a request `read`; null if there is no network yet. */
  | { readonly type: "reading"; readonly probabilities: Float32Array | null }
  | { readonly type: "failed"; readonly message: string };

/** The progress of training. */
export interface Progress {
  readonly type: "progress";
  /** Current epoch, from 1. */
  readonly epoch: number;
  /** Number of steps completed in this epoch, and the total. */
  readonly step: number;
  readonly steps: number;
  readonly imagesPerSecond: number;
  /** Losses read since the last report, by step of the whole run. */
  readonly losses: readonly LossPoint[];
}
