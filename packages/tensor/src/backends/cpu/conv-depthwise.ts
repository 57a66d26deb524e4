/**
 * Depthwise convolutions (one input and one output channel per group): the forward pass, and the gradient of the input
 * in the same form. There is no matrix product in them: each row of positions is a sum over taps of a weight times a
 * row of the frame.
 */

import { type Arguments, launch, readArguments } from "./arguments.ts";
import { biasOf } from "./conv-plan.ts";
import type { Slide } from "./conv-slide.ts";
import type { Lanes } from "./matmul-lanes.ts";
import { addressOf } from "./memory.ts";
import type { Runtime } from "./runtime.ts";
import { type Code, i32, type Local, ModuleBuilder, nth, shuffle, v128 } from "./wasm/index.ts";

/**
 * The arguments of the kernel. `taps` and `places` are the offsets of taps and positions, `rows` and `width` the rows
 * of positions and the positions per row, and `step` the bytes between adjacent positions in the frame.
 */
type Argument =
  | ("frames" | "frameGroup" | "weights" | "k" | "to" | "bias" | "biasStride" | "channels")
  | ("taps" | "places" | "rows" | "width" | "step");

/** Maximum number of vectors of a tile: independent accumulators, which hide the latency of the multiply-adds. */
const mostVectors = 8;

/** Builds the kernel. A unit is a plane of the result. */
function depthwiseKernel(shared: boolean, lanes: Lanes, stride: number, names: readonly string[]): Uint8Array {
  return new ModuleBuilder(shared).run((f, args, begin, end) => {
    const slot = readArguments<Argument>(f, args, names);
    const { taps, k, width, step } = slot;
    const to = f.let(nth(slot.to, begin, i32.shl(i32.mul(slot.rows, width), lanes.shift)));
    const tapsEnd = f.let(i32.add(taps, i32.shl(k, 2)));
    f.for(begin, end, 1, (unit) => {
      const channel = f.let(i32.remU(unit, slot.channels));
      const frame = f.let(nth(slot.frames, unit, slot.frameGroup));
      const weights = f.let(i32.add(slot.weights, i32.shl(i32.mul(channel, k), lanes.shift)));
      const start = f.let(lanes.zero);
      f.if(slot.bias, () => f.set(start, lanes.splat(nth(slot.bias, channel, slot.biasStride))));
      const place = f.let(slot.places);
      f.for(0, slot.rows, 1, () => {
        const from = f.let(i32.add(frame, i32.load(place)));
        f.increase(place, i32.shl(width, 2));
        const left = f.let(width);
        f.while(i32.gt(left, 0), () => {
          f.block((done) => {
            for (let vectors = mostVectors; vectors > 0; vectors--) {
              const count = vectors * lanes.count;
              f.if(i32.gt(left, count - lanes.count), () => {
                store(sumsOf(vectors, from, weights, start), left);
                f.increase(from, i32.mul(step, count));
                f.increase(to, 16 * vectors);
                f.increase(left, -count);
                f.branch(done);
              });
            }
          });
        });
        // `left` is now at most 0: steps back from the end of the last vector to the end of the row.
        f.increase(to, i32.shl(left, lanes.shift));
      });
    });

    /** Emits the sums over all taps for some vectors of positions. */
    function sumsOf(
      vectors: number,
      from: Local<"i32">,
      weights: Local<"i32">,
      start: Local<"v128">,
    ): readonly Local<"v128">[] {
      const sums = Array.from({ length: vectors }, () => f.let(start));
      const [tap, weight] = [f.let(taps), f.let(weights)];
      f.repeat(
        () => {
          const at = f.let(i32.add(from, i32.load(tap)));
          const factor = f.let(lanes.splat(weight));
          sums.forEach((sum, v) => {
            f.set(sum, lanes.madd(factor, see(at, v), sum));
          });
          f.increase(tap, 4);
          f.increase(weight, lanes.bytes);
        },
        () => i32.ltU(tap, tapsEnd),
      );
      return sums;
    }

    /** Loads what vector `v` of the positions reads: adjacent elements, or every second one. */
    function see(at: Local<"i32">, v: number): Code<"v128"> {
      if (stride === 1) return v128.load(at, 16 * v);
      const even = Array.from({ length: lanes.count }, (_, lane) => 2 * lane);
      return shuffle(v128.load(at, 32 * v), v128.load(at, 32 * v + 16), even);
    }

    /** Stores vectors of positions. The last one may extend past the end of the row. */
    function store(sums: readonly Local<"v128">[], left: Local<"i32">): void {
      sums.forEach((sum, v) => {
        const whole = (): void => f.do(v128.store(to, sum, 16 * v));
        if (v < sums.length - 1) whole();
        else
          f.if(i32.gt(left, sums.length * lanes.count - 1), whole, () => {
            for (let lane = 0; lane < lanes.count - 1; lane++) {
              f.if(i32.gt(left, v * lanes.count + lane), () =>
                f.do(lanes.storeLane(to, sum, lane, 16 * v + lane * lanes.bytes)),
              );
            }
          });
      });
    }
  });
}

/** Runs a depthwise convolution over the frames and tables of a sliding product. */
export function depthwise(runtime: Runtime, lanes: Lanes, product: Slide): void {
  const { groups, k, positions, windows, to, bias, frames, frameGroup, weights, taps, places } = product;
  const [width, stride] = [windows.positions[2], windows.stride[2]];
  const args: Arguments<Argument> = {
    ...{ frames, frameGroup, weights, k, to: addressOf(to), channels: groups, ...biasOf(bias) },
    ...{ taps, places, rows: positions / width, width, step: stride * lanes.bytes },
  };
  launch(
    runtime,
    `conv/depthwise/${lanes.element}/${stride}`,
    args,
    (names) => depthwiseKernel(runtime.shared, lanes, stride, names),
    (to.shape[0] as number) * groups,
    100_000 / (k * positions),
  );
}
