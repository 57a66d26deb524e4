/**
 * The implementation of `assertClose`. It compares on the host, where a message can name the elements that differ.
 */

import { checkNumber, describeValue, isTensor } from "./argument.ts";
import type { AssertCloseOptions, Comparable } from "./assert-close.ts";
import type { DType } from "./dtype.ts";
import { AkariError, ArgumentError } from "./errors.ts";
import { reshape } from "./ops/reshape.ts";
import { settings } from "./settings.ts";
import { contiguousStrides, type Shape, sameShape, showShape } from "./shape.ts";
import type { Tensor } from "./tensor.ts";

type Rules = Omit<AssertCloseOptions, "msg">;

/** Default tolerances, as in PyTorch; zero for integers and bools. */
const tolerances: Readonly<Partial<Record<DType, readonly [rtol: number, atol: number]>>> = {
  float16: [1e-3, 1e-5],
  bfloat16: [1.6e-2, 1e-5],
  float32: [1.3e-6, 1e-5],
  float64: [1e-7, 1e-7],
};

function tolerancesOf({ rtol, atol }: Rules, ...types: readonly DType[]): readonly [rtol: number, atol: number] {
  if (rtol !== undefined && atol !== undefined) return [rtol, atol];
  const each = types.map((type) => tolerances[type] ?? [0, 0]);
  return [Math.max(...each.map(([r]) => r)), Math.max(...each.map(([, a]) => a))];
}

/** Implements `assertClose`. */
export async function checkCloseness(
  actual: Comparable,
  expected: Comparable,
  options: AssertCloseOptions | undefined,
): Promise<void> {
  const { msg, ...rules } = settings("assertClose", options, {
    rtol: undefined,
    atol: undefined,
    equalNan: false,
    checkDtype: true,
    checkDevice: true,
    msg: undefined,
  });
  const { rtol, atol } = rules;
  if ((rtol === undefined) !== (atol === undefined))
    throw new ArgumentError("assertClose: give both rtol and atol, or neither");
  checkNumber("assertClose", "rtol", rtol ?? 0);
  checkNumber("assertClose", "atol", atol ?? 0);
  const found = await compared("", actual, expected, rules);
  if (found !== null) throw new AkariError(msg ?? `assertClose: ${found}`);
}

/** Returns how the values at a place in others, such as `[0].weight`, differ; null if they are close. */
async function compared(at: string, actual: Comparable, expected: Comparable, rules: Rules): Promise<string | null> {
  const prefix = at === "" ? "" : `at ${at}: `;
  const isNumber = (value: unknown) => typeof value === "number" || typeof value === "boolean";
  const kind = (value: unknown) => (isNumber(value) ? "a number" : describeValue(value));
  for (const value of [actual, expected])
    if (!isNumber(value) && (typeof value !== "object" || value === null))
      throw new ArgumentError(`assertClose: ${prefix}expected tensors or numbers, got ${describeValue(value)}`);
  if (kind(actual) !== kind(expected)) return `${prefix}expected ${kind(expected)}, got ${kind(actual)}`;
  if (typeof actual === "object" && typeof expected === "object" && !isTensor(actual) && !isTensor(expected)) {
    const [own, wanted] = [Object.keys(actual), Object.keys(expected)].map((keys) => keys.sort().join(", "));
    if (own !== wanted) return `${prefix}expected the entries ${wanted}, got ${own}`;
    for (const [key, value] of Object.entries<Comparable>(expected)) {
      const place = Array.isArray(expected) ? `${at}[${key}]` : at === "" ? key : `${at}.${key}`;
      const inside = await compared(place, Reflect.get(actual, key), value, rules);
      if (inside !== null) return inside;
    }
    return null;
  }
  const found =
    isTensor(actual) && isTensor(expected)
      ? await tensorsCompared(actual, expected, rules)
      : elementsCompared([Number(actual)], [Number(expected)], [], tolerancesOf(rules, "float64"), rules);
  return found && prefix + found;
}

async function tensorsCompared(actual: Tensor, expected: Tensor, rules: Rules): Promise<string | null> {
  if (!sameShape(actual.shape, expected.shape))
    return `expected shape ${showShape(expected.shape)}, got ${showShape(actual.shape)}`;
  if (rules.checkDtype && actual.dtype !== expected.dtype)
    return `expected dtype ${expected.dtype}, got ${actual.dtype}`;
  if (rules.checkDevice && actual.device !== expected.device)
    return `expected device ${expected.device.name}, got ${actual.device.name}`;
  const read = async (x: Tensor) => ((await reshape(x.detach(), [-1]).toArray()) as number[]).map(Number);
  const allowed = tolerancesOf(rules, actual.dtype, expected.dtype);
  return elementsCompared(await read(actual), await read(expected), expected.shape, allowed, rules);
}

function elementsCompared(
  actual: readonly number[],
  expected: readonly number[],
  shape: Shape,
  [rtol, atol]: readonly [rtol: number, atol: number],
  { equalNan }: Rules,
): string | null {
  let count = 0;
  const worst = { absolute: [-1, 0], relative: [-1, 0] } as Record<"absolute" | "relative", [number, number]>;
  expected.forEach((e, i) => {
    const a = actual[i] as number; // safe: as many
    const difference = Math.abs(a - e);
    const isClose = Number.isFinite(e) && difference <= atol + rtol * Math.abs(e);
    if (a === e || isClose || (equalNan && Number.isNaN(a) && Number.isNaN(e))) return;
    count++;
    const by = { absolute: difference, relative: difference / Math.abs(e) };
    for (const kind of ["absolute", "relative"] as const)
      if (!(by[kind] <= worst[kind][0])) worst[kind] = [by[kind], i];
  });
  if (count === 0) return null;
  const parts = (["absolute", "relative"] as const).map((kind) => {
    const [by, i] = worst[kind];
    const index = contiguousStrides(shape).map((stride, d) => Math.floor(i / stride) % (shape[d] as number));
    const place = shape.length === 0 ? "" : ` at [${index.join(", ")}]`;
    return `greatest ${kind} difference ${Number(by.toPrecision(6))}${place} (up to ${kind === "absolute" ? atol : rtol} allowed)`;
  });
  const total = expected.length;
  return `${count} of ${total} elements differ (${((100 * count) / total).toFixed(1)} %): ${parts.join(", ")}`;
}
