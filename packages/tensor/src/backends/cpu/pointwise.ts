/**
 * Pointwise calls: maps the views of a call to a class of kernel, and builds the kernel's arguments. A call on a single
 * element should cost hardly more than the function calls it consists of, so classes are small numbers and all state is
 * kept in reused arrays.
 */

import { bytesOf } from "../../dtype.ts";
import type { Program } from "../../expr/program.ts";
import type { ForeachCall, View } from "../../kernel.ts";
import { once } from "../../once.ts";
import { classKey, dense, Layout, motion, still, strided } from "./layout.ts";
import { cost, grainOf } from "./lower/cost.ts";
import { pointwiseModule } from "./lower/pointwise.ts";
import { band, transposeModule } from "./lower/transpose.ts";
import { addressOf } from "./memory.ts";
import type { Kernel, Runtime } from "./runtime.ts";

/** What a pointwise call and an item of a foreach call have in common. */
interface Work {
  readonly inputs: readonly View[];
  readonly scalars: readonly number[];
  readonly to: readonly View[];
}

/** Cached state of a program on one runtime. */
export interface PointwisePlan {
  readonly grain: number;
  /** Whether the program only copies its input. */
  readonly copy: boolean;
  readonly kernels: Map<number | string, Kernel>;
}

// Reused by every call.
const layout = /* @__PURE__ */ new Layout();
const motions: number[] = [];
const args: number[] = [];

/** Runs a program over several lists of views. */
export function runForeach(runtime: Runtime, { program, items }: ForeachCall): void {
  for (const item of items) runPointwise(runtime, program, item);
}

/** Runs a program over one list of views. */
export function runPointwise(runtime: Runtime, program: Program, work: Work): void {
  const { inputs, to } = work;
  const first = to[0] as View; // safe: a program has an output
  let count = 1;
  for (const size of first.shape) count *= size;
  if (count === 0) return;
  const plan = planOf(runtime, program);
  const n = inputs.length + to.length;
  motions.length = n;
  let flat = true;
  for (let k = 0; k < n && flat; k++) {
    const m = flatMotion(k < inputs.length ? (inputs[k] as View) : (to[k - inputs.length] as View));
    if (m === strided || (m === still && k >= inputs.length && count > 1)) flat = false;
    motions[k] = m;
  }
  if (!flat) {
    runStrided(runtime, program, plan, work);
    return;
  }
  for (let k = inputs.length; k < n; k++) motions[k] = dense; // one element moves either way
  args.length = n;
  for (let k = 0; k < inputs.length; k++) args[k] = addressOf(inputs[k] as View);
  for (let k = 0; k < to.length; k++) args[inputs.length + k] = addressOf(to[k] as View);
  runtime.launch(kernelOf(runtime, program, plan, to, 0), args, count, plan.grain, work.scalars);
}

function runStrided(runtime: Runtime, program: Program, plan: PointwisePlan, { inputs, scalars, to }: Work): void {
  const views = [...inputs, ...to];
  const n = views.length;
  layout.take(views, 0, (to[0] as View).shape.length, true);
  const inner = layout.rank - 1;
  for (let k = 0; k < n; k++) {
    const { dtype } = views[k] as View;
    const m = motion(layout.stride(inner, k), bytesOf(dtype));
    motions[k] = m === still && k >= inputs.length ? strided : m;
  }
  args.length = 0;
  if (plan.copy && n === 2 && transposes(layout, motions, views)) {
    transpose(runtime, views);
    return;
  }
  const outer = Math.min(inner, 3);
  for (const view of views) args.push(addressOf(view));
  if (motions.includes(strided)) for (let k = 0; k < n; k++) args.push(layout.stride(inner, k));
  let count = layout.size(inner);
  if (outer > 0) {
    args.push(count);
    for (let d = inner - outer; d < inner; d++) count *= layout.size(d);
    layout.write(args, inner - outer, inner);
  }
  const kernel = kernelOf(runtime, program, plan, to, outer);
  repeat(inner - outer, n, () => runtime.launch(kernel, args, count, plan.grain, scalars));
}

/** Copies with a transpose. */
function transpose(runtime: Runtime, views: readonly View[]): void {
  const inner = layout.rank - 1;
  const rows = layout.size(inner - 1);
  const columns = layout.size(inner);
  for (const view of views) args.push(addressOf(view));
  args.push(rows, columns, layout.stride(inner - 1, 1), layout.stride(inner, 0));
  const kernel = runtime.kernel("transpose", () => transposeModule(runtime));
  const grain = 2048 / columns;
  repeat(inner - 1, 2, () => runtime.launch(kernel, args, Math.ceil(rows / band), grain));
}

/**
 * Calls `body` for every position in the first `dims` dimensions of the layout, with the addresses at the front of
 * the arguments advanced to it.
 */
function repeat(dims: number, operands: number, body: () => void): void {
  const visit = (d: number): void => {
    if (d === dims) {
      body();
      return;
    }
    for (let i = 0; i < layout.size(d); i++) {
      visit(d + 1);
      for (let k = 0; k < operands; k++) args[k] = (args[k] as number) + layout.stride(d, k);
    }
    for (let k = 0; k < operands; k++) args[k] = (args[k] as number) - layout.size(d) * layout.stride(d, k);
  };
  visit(0);
}

function planOf(runtime: Runtime, program: Program): PointwisePlan {
  runtime.pointwisePlans[program.id] ??= {
    grain: grainOf(cost(program.outputs)),
    copy: program.outputs.length === 1 && program.outputs[0]?.op === "input",
    kernels: new Map(),
  };
  return runtime.pointwisePlans[program.id] as PointwisePlan; // safe: set above
}

function kernelOf(runtime: Runtime, program: Program, plan: PointwisePlan, to: readonly View[], outer: number): Kernel {
  // A program may be given inputs that it does not read, so the number of operands is part of the class.
  const key = classKey(4 * motions.length + outer, motions, to);
  return once(plan.kernels, key, () => {
    const types = to.map((view) => view.dtype);
    const what = { program, types, motions: [...motions], outer };
    return runtime.kernel(`pointwise ${program.id} ${key}`, () => pointwiseModule(runtime, what));
  });
}

/** Whether a copy of 4-byte elements is a transpose. */
function transposes(layout: Layout, motions: readonly number[], views: readonly View[]): boolean {
  const inner = layout.rank - 1;
  const type = views[0]?.dtype;
  if (inner < 1 || type !== views[1]?.dtype || (type !== "float32" && type !== "int32")) return false;
  return (
    motions[0] === strided &&
    motions[1] === dense &&
    layout.stride(inner - 1, 0) === 4 &&
    layout.size(inner - 1) >= band
  );
}

/** Returns how a view moves when all of it is taken as one dimension. */
function flatMotion({ shape, strides }: View): 0 | 1 | 2 {
  let step = 1;
  let isDense = true;
  let isStill = true;
  for (let i = shape.length - 1; i >= 0; i--) {
    const size = shape[i] as number;
    if (size === 1) continue;
    if (strides[i] !== step) isDense = false;
    if (strides[i] !== 0) isStill = false;
    step *= size;
  }
  return isStill ? still : isDense ? dense : strided;
}
