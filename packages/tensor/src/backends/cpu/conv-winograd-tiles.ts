/**
 * The transforms of Winograd's algorithm in two dimensions, which convert planes, filters and tiles of results to
 * matrices and back. A tile is four by four results. Each of its 36 points has a matrix with a line per tile and a
 * column per channel, so the vectors of these kernels hold four channels of one element. Every transform runs along
 * rows and then along columns, and stores the values in between in their final place.
 */

import { readArguments } from "./arguments.ts";
import { algebra, points, rowResults, rowTaps } from "./conv-winograd-algebra.ts";
import { zero } from "./matmul-lanes.ts";
import { transpose4x4 } from "./transpose-4x4.ts";
import {
  type Code,
  type FunctionBuilder,
  type FunctionIndex,
  f32x4,
  i32,
  i32x4,
  type Local,
  type ModuleBuilder,
  nth,
  shuffle,
  v128,
} from "./wasm/index.ts";

type Integer = Local<"i32">;
type Vector = Local<"v128">;

/** The operands: data (whose tiles overlap), results or their gradients, and filters (each one a tile of its own). */
export type Role = "data" | "results" | "filter";

/** Rows per tile of each. */
const sizes: Readonly<Record<Role, number>> = { data: points, results: rowResults, filter: rowTaps };

/** The arguments for the planes of an operand: strides in bytes, sizes, and zero padding above and to the left. */
export type PlaneArgument =
  | ("address" | "image" | "channel" | "row")
  | ("channels" | "height" | "width" | "top" | "left");

/** The arguments of these functions. */
export type TileArgument = `${Role} ${PlaneArgument}` | "tiles" | "across";

/** A sequence of addresses: the first one, and the bytes between them. */
interface Places {
  readonly at: Code<"i32">;
  readonly step: Code<"i32">;
}

function load(f: FunctionBuilder, { at, step }: Places, count: number): Vector[] {
  const pointer = f.let(at);
  return Array.from({ length: count }, (_, i) => {
    if (i > 0) f.increase(pointer, step);
    return f.let(v128.load(pointer));
  });
}

function store(f: FunctionBuilder, { at, step }: Places, values: readonly Code<"v128">[]): void {
  const pointer = f.let(at);
  values.forEach((value, i) => {
    if (i > 0) f.increase(pointer, step);
    f.do(v128.store(pointer, value));
  });
}

/** Returns the addresses of four channels from `first` on; channels past the last one repeat it. */
function lanesOf(f: FunctionBuilder, base: Code<"i32">, stride: Integer, first: Integer, channels: Integer): Integer[] {
  const last = f.let(i32.sub(channels, 1));
  return [0, 1, 2, 3].map((lane) => f.let(nth(base, f.least(i32.add(first, lane), last), stride)));
}

/** Loads one element of each of four channels. */
function loadLanes([a, b, c, d]: readonly Integer[]): Code<"v128"> {
  const at = (lane: Integer | undefined): Integer => lane as Integer; // safe: there are four
  return [b, c, d].reduce<Code<"v128">>(
    (vector, lane, k) => v128.loadLane(32, at(lane), vector, k + 1),
    v128.load32Zero(at(a)),
  );
}

/** What the functions below have in common. */
interface Tiles {
  readonly f: FunctionBuilder;
  /** The arguments for the planes, by their own names, and those of one of the functions. */
  readonly planes: Readonly<Record<PlaneArgument, Integer>>;
  readonly slot: Readonly<Record<"bias" | "biasStride" | "chunks" | "chunkBytes", Integer>>;
  /** The first channel. */
  readonly channel: Integer;
  /**
   * Emits a loop over tiles and channels, one cache line of channels at a time, so that the lines of the matrices are
   * filled while they are in the cache. `body` receives the tile's image and first element, and emits the loop over
   * four channels at a time, whose body receives the first one and the places of a row or a column of the tile's
   * points.
   */
  forEach(body: (image: Integer, y: Integer, x: Integer, eachFour: (visit: VisitFour) => void) => void): void;
}

type VisitFour = (four: Integer, row: (i: Integer) => Places, column: (i: Integer) => Places) => void;

/**
 * Defines a function over the tiles of an operand. Its parameters are the arguments, first tile, tiles, first channel,
 * channels, the address of the points' matrices, and the bytes between their lines and points.
 */
function tilesFunction(
  module: ModuleBuilder,
  names: readonly string[],
  role: Role,
  body: (tiles: Tiles) => void,
): FunctionIndex {
  return module.procedure((f, args, first, count, channel, channels, matrices, lineBytes, pointBytes) => {
    const slot = readArguments<TileArgument | keyof Tiles["slot"]>(f, args, names);
    const own = Object.entries(slot).map(([name, local]) => [name.replace(`${role} `, ""), local]);
    const planes = Object.fromEntries(own) as Tiles["planes"]; // safe: their names begin with the operand's
    const one = f.let(i32.const(1)); // each filter is a tile
    const { tiles, across } = role === "filter" ? { tiles: one, across: one } : slot;
    const rowBytes = f.let(i32.mul(pointBytes, points));
    const forEach: Tiles["forEach"] = (visit) =>
      f.for(0, channels, 16, (block) => {
        const end = f.least(i32.add(block, 16), channels);
        f.for(0, count, 1, (index) => {
          const tile = f.let(i32.add(first, index));
          const inImage = f.let(i32.remU(tile, tiles));
          const y = f.let(i32.mul(i32.divU(inImage, across), rowResults));
          const x = f.let(i32.mul(i32.remU(inImage, across), rowResults));
          const line = f.let(nth(matrices, index, lineBytes));
          visit(f.let(i32.divU(tile, tiles)), y, x, (visitFour) =>
            f.for(block, end, 4, (four) => {
              const at = f.let(i32.add(line, i32.shl(four, 2)));
              visitFour(
                four,
                (i) => ({ at: nth(at, i, rowBytes), step: pointBytes }),
                (i) => ({ at: nth(at, i, pointBytes), step: rowBytes }),
              );
            }),
          );
        });
      });
    body({ f, planes, slot, channel, forEach });
  });
}

/**
 * Defines the function that transforms tiles of planes to their points. Channels past the last one repeat it.
 * `reversed` reads the rows of filters from their last tap to their first.
 */
export function toPoints(
  module: ModuleBuilder,
  relaxed: boolean,
  names: readonly string[],
  rows: Role,
  reversed = false,
): FunctionIndex {
  const size = sizes[rows];
  return tilesFunction(module, names, rows, ({ f, planes, channel, forEach }) => {
    const transform = algebra(f, relaxed)[rows];
    const { address, image, channel: plane, row, height, width, top, left } = planes;
    const existing = f.let(i32.sub(planes.channels, channel));
    forEach((index, below, right, eachFour) => {
      const [y, x] = [f.let(i32.sub(below, top)), f.let(i32.sub(right, left))];
      // The tile's rows within the plane.
      const [from, to] = [f.let(i32.const(0)), f.least(i32.sub(height, y), size)];
      f.if(i32.lt(y, 0), () => f.set(from, i32.sub(0, y)));
      const corner = i32.add(i32.mul(i32.add(y, from), row), i32.shl(x, 2));
      const base = f.let(i32.add(nth(address, channel, plane), i32.add(i32.mul(index, image), corner)));
      // Masks of a row's elements within the plane: the first four, and the last two, repeated for a second channel.
      const inside = (columns: readonly number[]): Vector => {
        const column = i32x4.add(i32x4.splat(x), v128.const(columns.flatMap((c) => [c, 0, 0, 0])));
        return f.let(i32x4.ltU(column, i32x4.splat(width)));
      };
      const [near, far] = [inside([0, 1, 2, 3]), inside([4, 5, 4, 5])];
      eachFour((four, rowOf, column) => {
        const lanes = lanesOf(f, base, plane, four, existing);
        const outside = (i: Integer): void => store(f, rowOf(i), new Array<Code<"v128">>(points).fill(zero));
        f.for(0, from, 1, outside);
        f.for(from, to, 1, (i) => {
          const masked = lanes.map((lane) => v128.and(v128.load(lane), near));
          const data = transpose4x4(f, masked).slice(0, size);
          if (size === points) {
            const [p, q, r, s] = lanes as [Integer, Integer, Integer, Integer]; // safe: there are four
            const pair = (one: Integer, other: Integer): Vector =>
              f.let(v128.and(v128.loadLane(64, other, v128.load64Zero(one, 16), 1, 16), far));
            const [low, high] = [pair(p, q), pair(r, s)];
            data.push(f.let(shuffle(low, high, [0, 2, 4, 6])), f.let(shuffle(low, high, [1, 3, 5, 7])));
          }
          for (const lane of lanes) f.increase(lane, row);
          store(f, rowOf(i), transform(reversed ? data.reverse() : data));
        });
        f.for(to, size, 1, outside);
        f.for(0, points, 1, (i) => store(f, column(i), transform(load(f, column(i), size))));
      });
    });
  });
}

/**
 * Defines the function that transforms results, or filters' gradients, from their points and stores them in planes. It
 * overwrites the matrices.
 */
export function fromPoints(
  module: ModuleBuilder,
  relaxed: boolean,
  names: readonly string[],
  rows: "results" | "filter",
): FunctionIndex {
  const size = sizes[rows];
  return tilesFunction(module, names, rows, ({ f, planes, slot, channel, forEach }) => {
    const transform = algebra(f, relaxed)[rows === "results" ? "toResults" : "toFilter"];
    const { address, image, channel: plane, row: rowBytes, height, width, channels: existing } = planes;
    forEach((index, y, x, eachFour) => {
      const base = f.let(i32.add(nth(nth(address, index, image), y, rowBytes), i32.shl(x, 2)));
      const down = f.least(i32.sub(height, y), size);
      const wide = f.let(i32.sub(width, x));
      eachFour((four, row, column) => {
        const begin = f.let(i32.add(channel, four));
        const left = f.let(i32.sub(existing, begin));
        const added = f.let(zero);
        if (rows === "results")
          f.if(slot.bias, () => f.set(added, loadLanes(lanesOf(f, slot.bias, slot.biasStride, begin, existing))));
        f.for(0, points, 1, (i) => {
          const values = load(f, column(i), points);
          if (rows === "filter") {
            const other = f.let(column(i).at);
            f.for(1, slot.chunks, 1, () => {
              f.increase(other, slot.chunkBytes);
              const next = load(f, { ...column(i), at: other }, points);
              values.forEach((value, j) => {
                f.set(value, f32x4.add(value, next[j] as Vector));
              });
            });
          }
          store(f, column(i), transform(values));
        });
        const target = f.let(nth(base, begin, plane));
        f.for(0, down, 1, (i) => {
          const results = transform(load(f, row(i), points)).map((vector) => f.let(f32x4.add(vector, added)));
          const lanes = transpose4x4(f, [...results, added].slice(0, 4));
          const to = f.let(target);
          lanes.forEach((lane, k) => {
            const one = (j: number): void => f.do(v128.storeLane(32, to, lane, j, 4 * j));
            // A tile of results may extend past the edge of its plane; a filter is always complete.
            const edge = (): void => {
              for (const j of [0, 1, 2, 3]) f.if(i32.gt(wide, j), () => one(j));
            };
            f.if(i32.gt(left, k), () => {
              if (rows === "filter") for (let j = 0; j < size; j++) one(j);
              else f.if(i32.ge(wide, size), () => f.do(v128.store(to, lane)), edge);
            });
            if (k < 3) f.increase(to, plane);
          });
          f.increase(target, rowBytes);
        });
      });
    });
  });
}
