/**
 * Convolutions: brings each direction into the form that the kernels take, a sliding product over frames. The gradient of the input is one more
 * forward pass, of the output's gradient with its zeros put in, with the weights turned around.
 */

import type { ConvCall, View } from "../../kernel.ts";
import { isContiguous, sizeOf } from "../../shape.ts";
import { correlateKernel, correlateSlots } from "./conv-correlate.ts";
import { copyIntoFrames } from "./conv-frame.ts";
import { type Frame, isBare, type Triple, triple, volume, type Windows, writePlaces, writeTaps, zip } from "./conv-geometry.ts";
import { weightKernel, weightSlots, weightSumKernel, weightSumSlots } from "./conv-weight.ts";
import { elementOf, withTemporaries } from "./convert.ts";
import { type Element, type Lanes, lanesOf } from "./matmul-lanes.ts";
import { packKernel, packSlots } from "./matmul-pack.ts";
import { tileRows, tileVectors } from "./matmul-tile.ts";
import { addressOf, type CpuBuffer } from "./memory.ts";
import type { Runtime } from "./runtime.ts";

/** Window places of a block: their lines of a panel and of the weights' rows fit into the first-level cache together. */
const blockLength = 320;
/** Multiplications that a unit of work should hold at least: about 20 µs. */
const smallestUnit = 500_000;
/** How many partial sums of a weight's gradient are made at most, whatever the number of threads is, so that results never depend on it. */
const mostChunks = 8;

/** Runs a convolution or one of its gradients. */
export function runConv(runtime: Runtime, call: ConvCall): void {
  const { direction, input, weight, output, bias } = call;
  const element = elementOf(input.dtype);
  const target = direction === "forward" ? "output" : direction;
  if (sizeOf(call[target].shape) === 0) return;
  // Operands may have gaps, which frames close; the result may not.
  const needs = (name: string, view: View): Element | null => {
    return view.dtype !== element || (name === target && !isContiguous(view.shape, view.strides)) ? element : null;
  };
  const views = { input, weight, output, bias };
  const reads = (["input", "weight", "output", "bias"] as const).filter((name) => name !== target);
  withTemporaries(runtime, views, needs, reads, [target], (replaced) => {
    // Safe: only the bias may be null.
    const ready = { ...call, ...(replaced as Pick<ConvCall, "input" | "weight" | "output" | "bias">) };
    const lanes = lanesOf(element, runtime.relaxed);
    if (direction === "weight") weightGradient(runtime, lanes, ready);
    else slide(runtime, lanes, ready);
  });
}

/** What frames to make and how windows move over them. */
interface Plan {
  readonly frame: Frame;
  readonly windows: Windows;
}

function plan(call: ConvCall): Plan {
  const sizes = (view: View): Triple => triple(view.shape.slice(2));
  const [input, kernel, output] = [sizes(call.input), sizes(call.weight), sizes(call.output)];
  const [stride, padding, dilation] = [triple(call.stride), triple(call.padding, 0), triple(call.dilation)];
  const reach = zip((k, d) => (k - 1) * d, kernel, dilation);
  if (call.direction === "input") {
    return {
      frame: { size: zip((s, r) => s + r, input, reach), low: zip((r, p) => r - p, reach, padding), step: stride },
      windows: {
        ...{ channels: (call.output.shape[1] as number) / call.groups, kernel, dilation, flipped: true },
        ...{ positions: input, stride: [1, 1, 1] },
      },
    };
  }
  const needed = zip((o, s, r) => (o - 1) * s + r + 1, output, stride, reach);
  const bare = padding.every((p) => p === 0);
  return {
    frame: { size: bare ? input : needed, low: padding, step: [1, 1, 1] },
    windows: { channels: call.weight.shape[1] as number, kernel, dilation, flipped: false, positions: output, stride },
  };
}

/** The address of a view's frames: a copy, or the view itself where it is a frame already. What is copied has to be given back. */
function frames(runtime: Runtime, lanes: Lanes, view: View, frame: Frame): { address: number; buffer: CpuBuffer | null } {
  if (isBare(frame, triple(view.shape.slice(2))) && isContiguous(view.shape, view.strides))
    return { address: addressOf(view), buffer: null };
  const buffer = runtime.memory.allocate((view.shape[0] as number) * (view.shape[1] as number) * volume(frame.size) * lanes.bytes);
  copyIntoFrames(runtime, lanes, view, frame, buffer.address);
  return { address: buffer.address, buffer };
}

/** A view without gaps. */
function dense(runtime: Runtime, lanes: Lanes, view: View): { address: number; buffer: CpuBuffer | null } {
  return frames(runtime, lanes, view, { size: triple(view.shape.slice(2)), low: [0, 0, 0], step: [1, 1, 1] });
}

function giveBack(runtime: Runtime, ...made: readonly { buffer: CpuBuffer | null }[]): void {
  for (const { buffer } of made) if (buffer !== null) runtime.memory.free(buffer);
}

const packArgs = new Array<number>(Object.keys(packSlots).length).fill(0);
const correlateArgs = new Array<number>(Object.keys(correlateSlots).length + 3).fill(0);
const weightArgs = new Array<number>(Object.keys(weightSlots).length).fill(0);
const sumArgs = new Array<number>(Object.keys(weightSumSlots).length).fill(0);

function align(bytes: number): number {
  return Math.ceil(bytes / 64) * 64;
}

/** The forward pass, and the gradient of the input in its form. */
function slide(runtime: Runtime, lanes: Lanes, call: ConvCall): void {
  const forward = call.direction === "forward";
  const { groups, bias } = call;
  const [source, to] = forward ? [call.input, call.output] : [call.output, call.input];
  const { frame, windows } = plan(call);
  const { bytes } = lanes;
  const taps = volume(windows.kernel);
  const m = (to.shape[1] as number) / groups;
  const k = windows.channels * taps;
  const positions = volume(windows.positions);
  const images = to.shape[0] as number;
  const framed = frames(runtime, lanes, source, frame);
  // Weights as [groups · m, channels, taps]: for the gradient of the input, the two kinds of channels change places within each group.
  const weights = forward ? dense(runtime, lanes, call.weight) : turned(runtime, lanes, call);
  const panelWidth = tileVectors * lanes.count;
  const panels = Math.ceil(positions / panelWidth);
  const tiles = Math.ceil(m / tileRows);
  const block = Math.max(1, Math.ceil(k / Math.max(1, Math.ceil(k / blockLength))));
  const workers = runtime.threads;
  // The scratch memory: tables, the weights in panels, and a gathered panel for each thread.
  const tapsAt = runtime.scratch(
    align(4 * (k + block + positions + panelWidth + groups + 1)) +
      align(groups * m * k * bytes) +
      workers * align(block * panelWidth * bytes),
  );
  const linesAt = tapsAt + 4 * k;
  const placesAt = linesAt + 4 * block;
  const offsetsAt = placesAt + 4 * (positions + panelWidth);
  const counterAt = offsetsAt + 4 * groups;
  const packedAt = tapsAt + align(4 * (k + block + positions + panelWidth + groups + 1));
  const gatheredAt = packedAt + align(groups * m * k * bytes);
  const { i32 } = runtime.memory;
  writeTaps(i32, tapsAt >>> 2, windows, frame.size, bytes);
  writePlaces(i32, placesAt >>> 2, windows, frame.size, bytes, panelWidth);
  for (let i = 0; i < block; i++) i32[(linesAt >>> 2) + i] = i * panelWidth * bytes;
  for (let g = 0; g < groups; g++) i32[(offsetsAt >>> 2) + g] = g * m * k * bytes;
  i32[counterAt >>> 2] = 0;
  if (k > 0) {
    const p = packSlots;
    packArgs[p.source] = weights.address;
    packArgs[p.target] = packedAt;
    packArgs[p.offsets] = offsetsAt;
    packArgs[p.panels] = tiles;
    packArgs[p.width] = Math.floor(m / tiles);
    packArgs[p.extra] = m % tiles;
    packArgs[p.size] = m;
    packArgs[p.k] = k;
    packArgs[p.stride] = k * bytes;
    packArgs[p.kStride] = bytes;
    packArgs[p.block] = block;
    packArgs[p.batchBytes] = m * k * bytes;
    const kernel = runtime.kernel(`matmul/pack/${bytes}/exact`, () => packKernel(runtime.shared, lanes, true));
    runtime.launch(kernel, packArgs, tiles * groups, Math.max(1, Math.ceil(32768 / (tileRows * k))));
  }
  let unitPanels = panels;
  const units = (): number => images * groups * Math.ceil(panels / unitPanels);
  while (units() < 8 * workers && unitPanels > 1 && m * k * unitPanels * panelWidth > 2 * smallestUnit)
    unitPanels = Math.ceil(unitPanels / 2);
  const s = correlateSlots;
  const a = correlateArgs;
  a[s.frames] = framed.address;
  a[s.weights] = packedAt;
  a[s.to] = addressOf(to);
  a[s.bias] = bias === null ? 0 : addressOf(bias);
  a[s.strides] = positions * bytes;
  a[s.strides + 1] = bytes;
  a[s.strides + 2] = bias === null ? 0 : (bias.strides[0] as number) * bytes;
  a[s.strides + 3] = 0;
  a[s.taps] = tapsAt;
  a[s.lines] = linesAt;
  a[s.places] = placesAt;
  a[s.counter] = counterAt;
  a[s.gathered] = gatheredAt;
  a[s.gatheredBytes] = align(block * panelWidth * bytes);
  a[s.m] = m;
  a[s.k] = k;
  a[s.positions] = positions;
  a[s.block] = block;
  a[s.tiles] = tiles;
  a[s.height] = Math.floor(m / tiles);
  a[s.extra] = m % tiles;
  a[s.units] = units();
  a[s.unitsAcross] = Math.ceil(panels / unitPanels);
  a[s.unitPanels] = unitPanels;
  a[s.groups] = groups;
  a[s.frameGroup] = windows.channels * volume(frame.size) * bytes;
  a[s.frameImage] = groups * (a[s.frameGroup] as number);
  a[s.weightGroup] = m * k * bytes;
  a[s.toGroup] = m * positions * bytes;
  a[s.toImage] = groups * m * positions * bytes;
  a[s.biasGroup] = bias === null ? 0 : m * (bias.strides[0] as number) * bytes;
  const kernel = runtime.kernel(`conv/slide/${lanes.element}`, () => correlateKernel(runtime.shared, lanes));
  const small = m * k * unitPanels * panelWidth * units() < smallestUnit;
  runtime.launch(kernel, a, small ? 1 : workers, 1);
  giveBack(runtime, framed, weights);
}

/** The weights of each group with input channels first: [groups · Cin of a group, Cout of a group, taps]. */
function turned(runtime: Runtime, lanes: Lanes, { weight, groups }: ConvCall): { address: number; buffer: CpuBuffer } {
  const [outputs, inputs, ...kernel] = weight.shape as [number, number, ...number[]]; // safe: [Cout, Cin of a group, ...K]
  const each = outputs / groups;
  const buffer = runtime.memory.allocate(sizeOf(weight.shape) * lanes.bytes);
  const frame: Frame = { size: triple(kernel), low: [0, 0, 0], step: [1, 1, 1] };
  const [byOutput, byInput, ...rest] = weight.strides as [number, number, ...number[]];
  for (let g = 0; g < groups; g++) {
    const view: View = {
      // A tensor's buffer is a getter, which spreading would lose.
      buffer: weight.buffer,
      dtype: weight.dtype,
      shape: [inputs, each, ...kernel],
      strides: [byInput, byOutput, ...rest],
      offset: weight.offset + g * each * byOutput,
    };
    copyIntoFrames(runtime, lanes, view, frame, buffer.address + g * each * inputs * volume(frame.size) * lanes.bytes);
  }
  return { address: buffer.address, buffer };
}

/** The gradient of the weight. */
function weightGradient(runtime: Runtime, lanes: Lanes, call: ConvCall): void {
  const { groups, weight, output } = call;
  const { frame, windows } = plan(call);
  const { bytes } = lanes;
  const channels = (weight.shape[0] as number) / groups;
  const k = windows.channels * volume(windows.kernel);
  const [images, ,] = call.input.shape as [number, ...number[]];
  const positions = volume(windows.positions);
  const framed = frames(runtime, lanes, call.input, frame);
  const gradient = dense(runtime, lanes, output);
  const panelWidth = tileVectors * lanes.count;
  const panels = Math.ceil(channels / panelWidth);
  const tiles = Math.ceil(k / tileRows);
  const chunks = Math.max(1, Math.min(images, mostChunks));
  const workers = runtime.threads;
  const blocks = Math.max(1, Math.min(Math.ceil((4 * workers) / (chunks * groups)), Math.floor(tiles / 8)));
  const partialBytes = k * panels * panelWidth * bytes;
  const packedBytes = panels * panelWidth * positions * bytes;
  const units = chunks * groups * blocks;
  const tapsAt = runtime.scratch(align(4 * (k + positions)) + chunks * groups * partialBytes + units * packedBytes);
  const placesAt = tapsAt + 4 * k;
  const partialAt = tapsAt + align(4 * (k + positions));
  const packedAt = partialAt + chunks * groups * partialBytes;
  writeTaps(runtime.memory.i32, tapsAt >>> 2, windows, frame.size, bytes);
  writePlaces(runtime.memory.i32, placesAt >>> 2, windows, frame.size, bytes, 0);
  const s = weightSlots;
  const a = weightArgs;
  a[s.frames] = framed.address;
  a[s.gradient] = gradient.address;
  a[s.partial] = partialAt;
  a[s.partialBytes] = partialBytes;
  a[s.packed] = packedAt;
  a[s.packedBytes] = packedBytes;
  a[s.taps] = tapsAt;
  a[s.places] = placesAt;
  a[s.channels] = channels;
  a[s.k] = k;
  a[s.width] = windows.positions[2];
  a[s.rows] = positions === 0 ? 0 : positions / windows.positions[2];
  a[s.step] = windows.stride[2] * bytes;
  a[s.images] = images;
  a[s.chunks] = chunks;
  a[s.groups] = groups;
  a[s.blocks] = blocks;
  a[s.tiles] = tiles;
  a[s.height] = Math.floor(k / tiles);
  a[s.extra] = k % tiles;
  a[s.frameGroup] = windows.channels * volume(frame.size) * bytes;
  a[s.frameImage] = groups * (a[s.frameGroup] as number);
  a[s.gradientChannel] = positions * bytes;
  a[s.gradientImage] = groups * channels * positions * bytes;
  const work = (images / chunks) * positions * channels * (k / blocks);
  const kernel = runtime.kernel(`conv/weight/${lanes.element}`, () => weightKernel(runtime.shared, lanes));
  runtime.launch(kernel, a, units, Math.max(1, Math.floor(smallestUnit / Math.max(work, 1))));
  const t = weightSumSlots;
  sumArgs[t.partial] = partialAt;
  sumArgs[t.partialBytes] = partialBytes;
  sumArgs[t.chunks] = chunks;
  sumArgs[t.groups] = groups;
  sumArgs[t.k] = k;
  sumArgs[t.channels] = channels;
  sumArgs[t.lineBytes] = panels * panelWidth * bytes;
  sumArgs[t.to] = addressOf(weight);
  sumArgs[t.channelBytes] = k * bytes;
  const sum = runtime.kernel(`conv/weight/sum/${lanes.element}`, () => weightSumKernel(runtime.shared, lanes));
  runtime.launch(sum, sumArgs, groups * k, Math.max(1, Math.ceil(32768 / (channels * chunks))));
  giveBack(runtime, framed, gradient);
}
