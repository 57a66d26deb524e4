/**
 * The steps of a captured function: kernel calls on views that can be modified, and what the host does between them.
 */

import type { Backend, DeviceBuffer } from "../backend.ts";
import type { KernelCall, View } from "../kernel.ts";

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

/** Returns the names of the fields of a call that it writes. */
function written(call: KernelCall): readonly string[] {
  switch (call.kind) {
    case "pointwise":
    case "foreach":
    case "matmul":
    case "gather":
    case "scatter":
    case "random":
    case "sparse":
      return ["to"];
    case "rows":
      return ["toRows", "toElements"];
    case "argreduce":
    case "sort":
      return ["values", "indices"];
    case "scan":
      return ["to", "indices"];
    case "conv":
      return [call.direction === "forward" ? "output" : call.direction];
    case "pool":
      return call.direction === "forward" ? ["output", "indices"] : ["input"];
    case "check":
      return [];
    default:
      throw call satisfies never;
  }
}

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
  const fields = written(call);
  const reads: OwnView[] = [];
  const writes: OwnView[] = [];
  const own = (key: string, value: unknown): unknown => {
    if (Array.isArray(value)) return value.map((item) => own(key, item));
    if (isView(value)) {
      const view = ownView(value);
      const out = fields.includes(key);
      if (out) writes.push(view);
      if (!out || updates(call)) reads.push(view);
      return view;
    }
    return key === "items" ? ownAll(value as object) : value; // safe: the items of a foreach call are objects
  };
  const ownAll = (object: object): object => {
    return Object.fromEntries(
      Object.entries(object).map(([key, value]) => [key, key === "program" ? value : own(key, value)]),
    );
  };
  // Safe: the same fields with equal values.
  return { kind: "call", name, call: ownAll(call) as KernelCall, reads, writes };
}

function isView(value: unknown): value is View {
  return typeof value === "object" && value !== null && "strides" in value;
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
