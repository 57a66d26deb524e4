/**
 * The ends of Winograd's algorithm in two dimensions: what turns planes, filters and tiles of results into matrices and back. A tile is four by four
 * results; at each of its 36 points there is a matrix with a line for each tile and a column for each channel, so the vectors of all of these kernels
 * hold four channels of one place. Every transform runs along rows and then along columns, and between the two its values lie where they will end up.
 */

import { algebra, points, rowResults, rowTaps } from "./conv-winograd-algebra.ts";
import {
  type Code,
  type FunctionBuilder,
  type FunctionIndex,
  f32x4,
  i32,
  i32x4,
  type Local,
  ModuleBuilder,
  select,
  shuffle,
  v128,
} from "./wasm/index.ts";

type Integer = Local<"i32">;
type Vector = Local<"v128">;

/** The slots of an operand's planes, from some slot on: strides in bytes, and how many zeros lie above and to the left. */
export const planeSlots = { address: 0, image: 1, channel: 2, row: 3, height: 4, width: 5, top: 6, left: 7 } as const;

/** Where values are: the first place, and bytes between places. */
interface Places {
  readonly at: Code<"i32">;
  readonly step: Code<"i32">;
}

function read(f: FunctionBuilder, { at, step }: Places, count: number): Vector[] {
  const pointer = f.let(at);
  return Array.from({ length: count }, (_, i) => {
    if (i > 0) f.increase(pointer, step);
    return f.let(v128.load(pointer));
  });
}

function write(f: FunctionBuilder, { at, step }: Places, values: readonly Code<"v128">[]): void {
  const pointer = f.let(at);
  values.forEach((value, i) => {
    if (i > 0) f.increase(pointer, step);
    f.do(v128.store(pointer, value));
  });
}

/** The places of one row, or of one column, of the points of a tile. */
function places(f: FunctionBuilder, base: Code<"i32">, pointBytes: Integer): { row(i: Integer): Places; column(i: Integer): Places } {
  const rowBytes = f.let(i32.mul(pointBytes, points));
  return {
    row: (i) => ({ at: i32.add(base, i32.mul(i, rowBytes)), step: pointBytes }),
    column: (i) => ({ at: i32.add(base, i32.mul(i, pointBytes)), step: rowBytes }),
  };
}

/** Four vectors of four elements, turned. */
function turned(f: FunctionBuilder, rows: readonly Code<"v128">[]): Vector[] {
  const [a, b, c, d] = rows.map((row) => f.let(row)) as [Vector, Vector, Vector, Vector]; // safe: there are four
  const [ab0, ab1] = [f.let(shuffle(a, b, [0, 4, 1, 5])), f.let(shuffle(a, b, [2, 6, 3, 7]))];
  const [cd0, cd1] = [f.let(shuffle(c, d, [0, 4, 1, 5])), f.let(shuffle(c, d, [2, 6, 3, 7]))];
  return [
    f.let(shuffle(ab0, cd0, [0, 1, 4, 5])),
    f.let(shuffle(ab0, cd0, [2, 3, 6, 7])),
    f.let(shuffle(ab1, cd1, [0, 1, 4, 5])),
    f.let(shuffle(ab1, cd1, [2, 3, 6, 7])),
  ];
}

/** Addresses of four channels from the `first` on; past the last one, the last one again. */
function lanesOf(f: FunctionBuilder, base: Code<"i32">, stride: Integer, first: Integer, channels: Integer): Integer[] {
  const last = f.let(i32.sub(channels, 1));
  return [0, 1, 2, 3].map((lane) => {
    const channel = f.let(i32.add(first, lane));
    return f.let(i32.add(base, i32.mul(select(i32.lt(channel, last), channel, last), stride)));
  });
}

/** One element of each of four channels. */
function loadLanes(lanes: readonly Integer[], offset: Integer | null): Code<"v128"> {
  const at = (lane: number): Code<"i32"> => {
    const pointer = lanes[lane] as Integer;
    return offset === null ? pointer : i32.add(pointer, offset);
  };
  return [1, 2, 3].reduce<Code<"v128">>((vector, lane) => v128.loadLane(32, at(lane), vector, lane), v128.load32Zero(at(0)));
}

/** Visits tiles and channels, a cache line of channels at a time, so that the lines of the matrices are filled while they are near. */
function forEachTile(
  f: FunctionBuilder,
  { first, count, channels, tiles, across }: Record<"first" | "count" | "channels" | "tiles" | "across", Integer>,
  body: (tile: { index: Integer; image: Integer; y: Integer; x: Integer }, eachFour: (visit: (channel: Integer) => void) => void) => void,
): void {
  f.for(0, channels, 16, (block) => {
    const end = f.let(i32.add(block, 16));
    f.if(i32.gt(end, channels), () => f.set(end, channels));
    f.for(0, count, 1, (index) => {
      const tile = f.let(i32.add(first, index));
      const inImage = f.let(i32.remU(tile, tiles));
      const place = {
        index,
        image: f.let(i32.divU(tile, tiles)),
        y: f.let(i32.mul(i32.divU(inImage, across), rowResults)),
        x: f.let(i32.mul(i32.remU(inImage, across), rowResults)),
      };
      body(place, (visit) => f.for(block, end, 4, visit));
    });
  });
}

/** Where the kernels' common arguments stand. */
export interface TileSlots {
  /** Tiles of an image, and of a row of them. */
  readonly tiles: number;
  readonly across: number;
}

/**
 * Defines the function that takes tiles of some planes to their points: of data (six by six, overlapping, as `rows` says) or of results' gradients
 * (four by four). Parameters: the arguments, first tile, tiles, first channel, channels, target, bytes between the target's lines and points.
 */
export function toPoints(
  module: ModuleBuilder,
  relaxed: boolean,
  slots: TileSlots,
  planes: number,
  rows: "data" | "results",
): FunctionIndex {
  const size = rows === "data" ? points : rowResults;
  return module.function(
    null,
    ["i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32"],
    [],
    (f, args, first, count, channel, channels, target, lineBytes, pointBytes) => {
      const transform = algebra(f, relaxed)[rows];
      const slot = (name: keyof typeof planeSlots): Integer => f.let(i32.load(args, 8 * (planes + planeSlots[name])));
      const [address, image, plane, row] = [slot("address"), slot("image"), slot("channel"), slot("row")];
      const [height, width, top, left] = [slot("height"), slot("width"), slot("top"), slot("left")];
      const [tiles, across] = [f.let(i32.load(args, 8 * slots.tiles)), f.let(i32.load(args, 8 * slots.across))];
      const zero = v128.const(new Array<number>(16).fill(0));
      forEachTile(f, { first, count, channels, tiles, across }, (tile, eachFour) => {
        const [y, x] = [f.let(i32.sub(tile.y, top)), f.let(i32.sub(tile.x, left))];
        // The rows that lie within the plane.
        const [from, to] = [f.let(i32.const(0)), f.let(i32.sub(height, y))];
        f.if(i32.lt(y, 0), () => f.set(from, i32.sub(0, y)));
        f.if(i32.gt(to, size), () => f.set(to, size));
        const corner = i32.add(i32.mul(i32.add(y, from), row), i32.shl(x, 2));
        const base = f.let(i32.add(i32.add(address, i32.mul(channel, plane)), i32.add(i32.mul(tile.image, image), corner)));
        const line = f.let(i32.add(target, i32.mul(tile.index, lineBytes)));
        // Which elements of a row lie within the plane: the first four, and the other two, twice.
        const inside = (columns: readonly number[]): Vector => {
          const column = i32x4.add(i32x4.splat(x), v128.const(columns.flatMap((c) => [c, 0, 0, 0])));
          return f.let(i32x4.ltU(column, i32x4.splat(width)));
        };
        const [near, far] = [inside([0, 1, 2, 3]), inside([4, 5, 4, 5])];
        eachFour((four) => {
          const lanes = lanesOf(f, base, plane, four, channels);
          const at = f.let(i32.add(line, i32.shl(four, 2)));
          const { row: rowOf, column } = places(f, at, pointBytes);
          const outside = (i: Integer): void => write(f, rowOf(i), new Array<Code<"v128">>(points).fill(zero));
          f.for(0, from, 1, outside);
          f.for(from, to, 1, (i) => {
            const masked = lanes.map((lane) => v128.and(v128.load(lane), near));
            const data = turned(f, masked);
            if (size === points) {
              const [p, q, r, s] = lanes as [Integer, Integer, Integer, Integer]; // safe: there are four
              const pair = (one: Integer, other: Integer): Vector =>
                f.let(v128.and(v128.loadLane(64, other, v128.load64Zero(one, 16), 1, 16), far));
              const [low, high] = [pair(p, q), pair(r, s)];
              data.push(f.let(shuffle(low, high, [0, 2, 4, 6])), f.let(shuffle(low, high, [1, 3, 5, 7])));
            }
            for (const lane of lanes) f.increase(lane, row);
            write(f, rowOf(i), transform(data));
          });
          f.for(to, size, 1, outside);
          f.for(0, points, 1, (i) => write(f, column(i), transform(read(f, column(i), size))));
        });
      });
    },
  );
}

/** Slots of what takes results from their points. */
export interface ResultSlots extends TileSlots {
  /** Output channels, the address of a bias (0 when there is none) and bytes between its elements. */
  readonly m: number;
  readonly bias: number;
  readonly biasStride: number;
}

/**
 * Defines the function that takes results from their points and stores them in planes. Parameters: the arguments, first tile, tiles, source, bytes between
 * the source's lines and points. The source is overwritten on the way.
 */
export function fromPoints(module: ModuleBuilder, relaxed: boolean, slots: ResultSlots, planes: number): FunctionIndex {
  return module.function(null, ["i32", "i32", "i32", "i32", "i32", "i32"], [], (f, args, first, count, source, lineBytes, pointBytes) => {
    const { toResults } = algebra(f, relaxed);
    const slot = (name: keyof typeof planeSlots): Integer => f.let(i32.load(args, 8 * (planes + planeSlots[name])));
    const [address, image, plane, rowBytes] = [slot("address"), slot("image"), slot("channel"), slot("row")];
    const [height, width] = [slot("height"), slot("width")];
    const own = (name: keyof ResultSlots): Integer => f.let(i32.load(args, 8 * slots[name]));
    const [m, bias, biasStride] = [own("m"), own("bias"), own("biasStride")];
    forEachTile(f, { first, count, channels: m, tiles: own("tiles"), across: own("across") }, (tile, eachFour) => {
      const corner = i32.add(i32.mul(tile.y, rowBytes), i32.shl(tile.x, 2));
      const base = f.let(i32.add(i32.add(address, i32.mul(tile.image, image)), corner));
      const line = f.let(i32.add(source, i32.mul(tile.index, lineBytes)));
      const down = f.let(i32.sub(height, tile.y));
      f.if(i32.gt(down, rowResults), () => f.set(down, rowResults));
      const wide = f.let(i32.sub(width, tile.x));
      eachFour((four) => {
        const left = f.let(i32.sub(m, four));
        const { row, column } = places(f, f.let(i32.add(line, i32.shl(four, 2))), pointBytes);
        const added = f.let(v128.const(new Array<number>(16).fill(0)));
        f.if(bias, () => f.set(added, loadLanes(lanesOf(f, bias, biasStride, four, m), null)));
        f.for(0, points, 1, (i) => write(f, column(i), toResults(read(f, column(i), points))));
        const target = f.let(i32.add(base, i32.mul(four, plane)));
        f.for(0, down, 1, (i) => {
          const results = toResults(read(f, row(i), points)).map((vector) => f32x4.add(vector, added));
          const lanes = turned(f, results);
          const to = f.let(target);
          lanes.forEach((lane, k) => {
            const some = (): void => {
              for (const j of [0, 1, 2, 3]) f.if(i32.gt(wide, j), () => f.do(v128.storeLane(32, to, lane, j, 4 * j)));
            };
            f.if(i32.gt(left, k), () => f.if(i32.ge(wide, rowResults), () => f.do(v128.store(to, lane)), some));
            if (k < 3) f.increase(to, plane);
          });
          f.increase(target, rowBytes);
        });
      });
    });
  });
}

/** The arguments of the kernel that takes filters to their points. A unit is four columns and one line of the matrices. */
export const filterSlots = {
  weight: 0,
  /** Matrices in panels of eight columns, and bytes between the points. */
  to: 1,
  pointBytes: 2,
  /** Lines (channels that are summed over) and columns. */
  k: 3,
  m: 4,
  /** Byte strides of the weight; negative for taps that are taken in reverse. */
  lineStride: 5,
  columnStride: 6,
  rowStride: 7,
  tapStride: 8,
} as const;

/** The bytes of that kernel. */
export function filterKernel(shared: boolean, relaxed: boolean): Uint8Array {
  const module = new ModuleBuilder(shared);
  module.function("run", ["i32", "i32", "i32"], [], (f, args, begin, end) => {
    const { filter } = algebra(f, relaxed);
    const slot = (name: keyof typeof filterSlots): Integer => f.let(i32.load(args, 8 * filterSlots[name]));
    const [weight, to, pointBytes, k, m] = [slot("weight"), slot("to"), slot("pointBytes"), slot("k"), slot("m")];
    const [lineStride, columnStride, rowStride, tapStride] = [
      slot("lineStride"),
      slot("columnStride"),
      slot("rowStride"),
      slot("tapStride"),
    ];
    f.for(begin, end, 1, (unit) => {
      const line = f.let(i32.remU(unit, k));
      const four = f.let(i32.divU(unit, k));
      const lanes = lanesOf(f, i32.add(weight, i32.mul(line, lineStride)), columnStride, f.let(i32.shl(four, 2)), m);
      const inPanel = i32.add(i32.shl(line, 5), i32.shl(i32.and(four, 1), 4));
      const at = f.let(i32.add(to, i32.add(i32.mul(i32.shrU(four, 1), i32.shl(k, 5)), inPanel)));
      const { row, column } = places(f, at, pointBytes);
      f.for(0, rowTaps, 1, (i) => {
        const taps = [0, 1, 2].map((tap) => f.let(loadLanes(lanes, tap === 0 ? null : f.let(i32.mul(tapStride, tap)))));
        for (const lane of lanes) f.increase(lane, rowStride);
        write(f, row(i), filter(taps));
      });
      f.for(0, points, 1, (i) => write(f, column(i), filter(read(f, column(i), rowTaps))));
    });
  });
  return module.finish();
}

/** The arguments of the kernel that takes filters' gradients from their points. A unit is four channels of one filter. */
export const filterGradientSlots = {
  /** Partial sums, one after the other: matrices of [m, k], blocks of `blockChannels` channels apart. */
  from: 0,
  partials: 1,
  partialBytes: 2,
  blockBytes: 3,
  blockChannels: 4,
  pointBytes: 5,
  lineBytes: 6,
  k: 7,
  fours: 8,
  /** The weight's gradient, contiguous. */
  to: 9,
} as const;

/** The bytes of that kernel. The first partial sum is overwritten. */
export function filterGradientKernel(shared: boolean, relaxed: boolean): Uint8Array {
  const module = new ModuleBuilder(shared);
  module.function("run", ["i32", "i32", "i32"], [], (f, args, begin, end) => {
    const { toFilter } = algebra(f, relaxed);
    const slot = (name: keyof typeof filterGradientSlots): Integer => f.let(i32.load(args, 8 * filterGradientSlots[name]));
    const [from, partials, partialBytes, pointBytes] = [slot("from"), slot("partials"), slot("partialBytes"), slot("pointBytes")];
    const [blockBytes, blockChannels, lineBytes] = [slot("blockBytes"), slot("blockChannels"), slot("lineBytes")];
    const [k, fours, to] = [slot("k"), slot("fours"), slot("to")];
    f.for(begin, end, 1, (unit) => {
      const channel = f.let(i32.shl(i32.remU(unit, fours), 2));
      const line = f.let(i32.divU(unit, fours));
      const block = f.let(i32.divU(channel, blockChannels));
      const inBlock = i32.shl(i32.sub(channel, i32.mul(block, blockChannels)), 2);
      const at = f.let(i32.add(i32.add(from, i32.mul(block, blockBytes)), i32.add(i32.mul(line, lineBytes), inBlock)));
      const { row, column } = places(f, at, pointBytes);
      f.for(0, points, 1, (i) => {
        const sums = read(f, column(i), points);
        const other = f.let(at);
        f.for(1, partials, 1, () => {
          f.increase(other, partialBytes);
          const next = read(f, { ...column(i), at: i32.add(other, i32.mul(i, pointBytes)) }, points);
          sums.forEach((sum, j) => {
            f.set(sum, f32x4.add(sum, next[j] as Vector));
          });
        });
        write(f, column(i), toFilter(sums));
      });
      const target = f.let(i32.add(to, i32.mul(i32.add(i32.mul(line, k), channel), 4 * rowTaps * rowTaps)));
      const left = f.let(i32.sub(k, channel));
      f.for(0, rowTaps, 1, (i) => {
        toFilter(read(f, row(i), points)).forEach((taps, j) => {
          const vector = f.let(taps);
          for (let lane = 0; lane < 4; lane++) {
            f.if(i32.gt(left, lane), () => f.do(v128.storeLane(32, target, vector, lane, 4 * (lane * rowTaps * rowTaps + j))));
          }
        });
        f.increase(target, 4 * rowTaps);
      });
    });
  });
  return module.finish();
}
