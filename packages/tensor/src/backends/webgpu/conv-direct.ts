/**
 * Convolutions by nested loops, for devices that are programs on the CPU: each invocation computes one place of four channels, so that what it reads of the image
 * serves four times, and no position is ever divided up inside of a loop.
 */

import { bytesOf } from "../../dtype.ts";
import type { ConvCall } from "../../kernel.ts";
import { sizeOf } from "../../shape.ts";
import { ConvTexts } from "./conv-texts.ts";
import { Draft, type Elements } from "./draft.ts";
import type { WebGpuBuffer } from "./heap.ts";
import { addUp, viewOf, workgroup } from "./product.ts";
import type { Recorder } from "./recorder.ts";

const block = 4;
const each = Array.from({ length: block }, (_, j) => j);

interface Size {
  readonly batches: number;
  readonly rows: number;
  readonly columns: number;
  readonly terms: number;
  readonly dtype: ConvCall["output"]["dtype"];
}

/** Runs a convolution or one of its gradients. */
export function convDirect(recorder: Recorder, call: ConvCall, size: Size): void {
  if (size.batches * size.rows * size.columns === 0) return;
  if (call.direction === "weight") weightGradient(recorder, call, size);
  else overPlaces(recorder, call, size);
}

/** Loops over the taps of the kernel; where `step` finds a place to read, `body` is done. */
function loops(c: ConvTexts, counter: string, bounds: readonly string[], step: (d: number) => string, body: string): string {
  let text = body;
  for (let d = c.dims - 1; d >= 0; d--) {
    text = `for (var ${counter}${d} = 0u; ${counter}${d} < ${bounds[d]}; ${counter}${d}++) {\n${step(d)}\n${text}\n}`;
  }
  return text;
}

/** Where input place `x` lies under output place `p` and tap `t`; on to the next tap where that is outside. */
const lookIn = (c: ConvTexts) => (d: number) =>
  `let x${d} = p${d} * ${c.sizes.stride[d]} + t${d} * ${c.sizes.dilation[d]} - ${c.sizes.padding[d]};
if (x${d} >= ${c.sizes.in[d]}) { continue; }`;

/** The output place `p` whose window has input place `x` under tap `t`. */
const lookOut = (c: ConvTexts) => (d: number) =>
  `let from${d} = x${d} + ${c.sizes.padding[d]} - t${d} * ${c.sizes.dilation[d]};
let p${d} = from${d} / ${c.sizes.stride[d]};
if (from${d} >= 0x80000000u || p${d} * ${c.sizes.stride[d]} != from${d} || p${d} >= ${c.sizes.out[d]}) { continue; }`;

/** Forward, and the gradient of the input: one invocation for each image, block of channels and place. */
function overPlaces(recorder: Recorder, call: ConvCall, { batches, rows, dtype }: Size): void {
  const forward = call.direction === "forward";
  const target = forward ? call.output : call.input;
  const images = target.shape[0] as number;
  const places = sizeOf(target.shape.slice(2));
  const blocks = Math.ceil(rows / block);
  const count = images * batches * blocks * places;
  const draft = new Draft(`conv direct ${call.direction} ${target.shape.length - 2} ${dtype}`);
  const c = new ConvTexts(draft, call, "all");
  const [total, groups, perGroup] = [count, batches, blocks].map((value) => draft.u32(value));
  recorder.launch(
    draft,
    Math.ceil(count / workgroup),
    () => {
      const [mine, other, own] = forward
        ? [
            "o",
            "i",
            { place: "p", plane: c.counts.outPlane, sizes: c.sizes.out, channels: c.counts.outChannels, others: c.counts.inChannels },
          ]
        : [
            "i",
            "o",
            { place: "x", plane: c.counts.inPlane, sizes: c.sizes.in, channels: c.counts.inChannels, others: c.counts.outChannels },
          ];
      const name = mine as string;
      const o = own as Exclude<typeof own, string>;
      const read = forward ? (c.input as Elements).get(c.inputAt()) : (c.output as Elements).get(c.outputAt());
      const add = each.map((j) => `{ let ${name} = ${name}${j}; sum${j} += value * ${(c.weight as Elements).get(c.weightAt())}; }`);
      const body = `let value = ${read};\n${add.join("\n")}`;
      return {
        body: `let at = group * ${workgroup}u + lane;
if (at >= ${total}) { return; }
let place = at % ${o.plane};
let first = at / ${o.plane} % ${perGroup} * ${block}u;
let image = at / ${o.plane} / ${perGroup};
let batch = image % ${groups};
let n = image / ${groups};
${c.split("place", o.place, o.sizes)}
${each.map((j) => `let ${name}${j} = min(first + ${j}u, ${o.channels} - 1u);\nvar sum${j} = 0.0;`).join("\n")}
for (var ${other} = 0u; ${other} < ${o.others}; ${other}++) {
${loops(c, "t", c.sizes.kernel, forward ? lookIn(c) : lookOut(c), body)}
}
${each
  .map(
    (j) => `if (first + ${j}u < ${o.channels}) {
  let ${name} = ${name}${j};
  let sum = sum${j};
  ${c.storeAt()}
}`,
  )
  .join("\n")}`,
      };
    },
    workgroup,
  );
}

/** The gradient of the weight: one invocation for each tap, input channel and block of output channels, and for each part of the images where there are few. */
function weightGradient(recorder: Recorder, call: ConvCall, size: Size): void {
  const images = call.input.shape[0] as number;
  const { batches, rows, columns, dtype } = size;
  const count = batches * rows * columns;
  const units = batches * Math.ceil(rows / block) * columns;
  const parts = Math.max(1, Math.min(images, Math.ceil(512 / units)));
  const draft = new Draft(`conv direct weight ${call.input.shape.length - 2} ${dtype} ${parts > 1}`);
  const c = new ConvTexts(draft, call, parts > 1 ? "sides" : "all");
  const partial = parts > 1 ? viewOf(recorder.memory.allocate(parts * count * bytesOf("float32")), "float32") : null;
  const sums = partial === null ? null : draft.view(partial, "write");
  const numbers = [units * parts, batches, Math.ceil(rows / block), columns, images, Math.ceil(images / parts)];
  const [total, groups, blocks, width, all, perPart] = numbers.map((value) => draft.u32(value));
  recorder.launch(
    draft,
    Math.ceil((units * parts) / workgroup),
    () => {
      const add = each.map((j) => `{ let o = o${j}; sum${j} += value * ${(c.output as Elements).get(c.outputAt())}; }`);
      const body = `let value = ${(c.input as Elements).get(c.inputAt())};\n${add.join("\n")}`;
      const place = `((part * ${groups} + batch) * ${c.counts.outChannels} + o) * ${width} + column`;
      return {
        body: `let at = group * ${workgroup}u + lane;
if (at >= ${total}) { return; }
let column = at % ${width};
let first = at / ${width} % ${blocks} * ${block}u;
let batch = at / ${width} / ${blocks} % ${groups};
let part = at / ${width} / ${blocks} / ${groups};
let i = column / ${c.counts.taps};
${c.split(`(column % ${c.counts.taps})`, "t", c.sizes.kernel)}
${each.map((j) => `let o${j} = min(first + ${j}u, ${c.counts.outChannels} - 1u);\nvar sum${j} = 0.0;`).join("\n")}
for (var n = part * ${perPart}; n < min((part + 1u) * ${perPart}, ${all}); n++) {
${loops(c, "p", c.sizes.out, lookIn(c), body)}
}
${each
  .map(
    (j) => `if (first + ${j}u < ${c.counts.outChannels}) {
  let o = o${j};
  let sum = sum${j};
  ${sums === null ? c.storeAt() : sums.put(place, "sum")}
}`,
  )
  .join("\n")}`,
      };
    },
    workgroup,
  );
  if (partial === null) return;
  addUp(recorder, `conv direct ${call.input.shape.length - 2} ${dtype}`, { ...size, splits: parts }, partial, (draft, part) => {
    const texts = new ConvTexts(draft, call, part);
    return { store: () => texts.store() };
  });
  recorder.memory.free(partial.buffer as WebGpuBuffer); // safe: it was allocated above
}
