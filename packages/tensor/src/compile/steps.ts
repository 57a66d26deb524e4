/**
 * The steps of a captured function: kernel calls on views that can be modified, and what the host does between them.
 */

import type { Backend, DeviceBuffer } from "../backend.ts";
import type { KernelCall, View } from "../kernel.ts";
import { mapViews } from "../kernel-views.ts";

/** A view that can be redirected to other memory. */
export type OwnView = { -readonly [K in keyof View]: View[K] };

/** A kernel call and the name of its operation. */
export interface CallStep {
  readonly kind: "call";
  readonly name: string;
  readonly call: KernelCall;
  readonly reads: readonly OwnView[];
  readonly writes: readonly OwnView[];
}

/** A write of elements from the host. */
interface WriteStep {
  readonly kind: "write";
  readonly device: Backend;
  /** The destination, of which only the buffer matters. */
  readonly to: OwnView;
  /** The first byte to write. */
  readonly offset: number;
  /** The contiguous views from which the elements are computed. */
  readonly reads: readonly OwnView[];
  readonly bytes: (reads: readonly View[]) => Uint8Array;
}

/** Any other action of the host. */
interface ActionStep {
  readonly kind: "action";
  readonly run: () => void;
}

export type Step = CallStep | WriteStep | ActionStep;

/** Returns whether a call also reads its output, without listing it as an input. */
function updates(call: KernelCall): boolean {
  return call.kind === "scatter" || (call.kind === "matmul" && call.accumulate);
}

/** Returns a copy of a view. */
export function ownView({ buffer, dtype, shape, strides, offset }: View): OwnView {
  return { buffer, dtype, shape, strides, offset };
}

/** Creates a step for a call, with its own copies of the views. */
export function callStep(name: string, call: KernelCall): CallStep {
  const reads: OwnView[] = [];
  const writes: OwnView[] = [];
  const own = mapViews(call, (of, written) => {
    const view = ownView(of);
    if (written) writes.push(view);
    if (!written || updates(call)) reads.push(view);
    return view;
  });
  return { kind: "call", name, call: own, reads, writes };
}

/** Returns the views that a step reads; those of an action are unknown. */
export function readsOf(step: Step): readonly OwnView[] {
  return step.kind === "action" ? [] : step.reads;
}

/** Returns the views that a step writes. */
export function writesOf(step: Step): readonly OwnView[] {
  return step.kind === "call" ? step.writes : step.kind === "write" ? [step.to] : [];
}

/** Buffers that only the captured calls use: allocated and freed while the function ran. */
export type Temporaries = ReadonlySet<DeviceBuffer>;
