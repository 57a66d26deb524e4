/** Pointwise programs: one invocation for each element. A list of calls is one launch after the other, in one pass. */

import type { ForeachCall, PointwiseCall } from "../../kernel.ts";
import { sizeOf } from "../../shape.ts";
import { Draft } from "./draft.ts";
import { writeCast, writeFormulas } from "./formula.ts";
import type { Recorder } from "./recorder.ts";
import { scalarArguments } from "./scalars.ts";
import { walk } from "./walk.ts";

const workgroup = 64;

/** Runs a pointwise call. Inputs that the program ignores are not even bound. */
export function pointwise(recorder: Recorder, call: Pick<PointwiseCall, "program" | "inputs" | "scalars" | "to">): void {
  const { program, to } = call;
  const shape = to[0]?.shape ?? [];
  const count = sizeOf(shape);
  if (count === 0 || to.length === 0) return;
  const draft = new Draft(`pointwise ${program.id}`);
  const inputs = call.inputs.slice(0, program.inputs);
  const sources = inputs.map((view) => draft.view(view, "read"));
  const targets = to.map((view) => draft.view(view, "write"));
  const total = draft.u32(count);
  const scalar = scalarArguments(draft, program, call.scalars);
  const positions = walk(draft, shape, [...inputs, ...to]);
  recorder.launch(
    draft,
    Math.ceil(count / workgroup),
    () => {
      const leaves = {
        input: (k: number) => sources[k]?.get(`at${k}`) ?? "",
        scalar,
        row: () => "",
      };
      const { code, values } = writeFormulas(program.outputs, leaves, "v");
      const stores = targets.map((target, k) => {
        const value = writeCast(values[k] as string, program.outputs[k]?.dtype ?? target.dtype, target.dtype);
        return target.put(`at${inputs.length + k}`, stored(value, target.dtype));
      });
      return {
        body: `let i = group * ${workgroup}u + lane;
if (i >= ${total}) { return; }
${positions.index("i", "at")}
${code}
${stores.join("\n")}`,
      };
    },
    workgroup,
  );
}

/** A value as it is stored: halves are rounded by the store itself. */
function stored(value: string, dtype: string): string {
  return dtype === "float16" && value.startsWith("f_fromHalf(f_toHalf(") ? value.slice("f_fromHalf(f_toHalf(".length, -2) : value;
}

/** Runs a list of pointwise calls. */
export function foreach(recorder: Recorder, call: ForeachCall): void {
  for (const item of call.items) pointwise(recorder, { program: call.program, ...item });
}
