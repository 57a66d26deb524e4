/**
 * Options with defaults. Unknown options are rejected, since in JavaScript a misspelt name, or a `false` where options
 * are expected, would otherwise silently give a different model.
 */

import { checkDevice, describeValue, refuse } from "./argument.ts";
import type { Backend } from "./backend.ts";
import { checkDType, type DType } from "./dtype.ts";
import { ArgumentError } from "./errors.ts";
import type { Generator } from "./random/generator.ts";
import type { Tensor } from "./tensor.ts";

/** Options in which every property that has a default is present. */
export type Settings<Options, Defaults> = Options & {
  readonly [Name in keyof Options as Name extends keyof Defaults
    ? undefined extends Defaults[Name]
      ? never
      : Name
    : never]-?: Exclude<Options[Name], undefined>;
};

/** Returns whether options were passed in the place of an optional argument before them: `sort({ stable: true })`. */
export function isOptions<T>(
  given: T,
): given is Exclude<T, number | boolean | string | Tensor | readonly unknown[] | null | undefined> {
  return typeof given === "object" && describeValue(given) === "an object";
}

/** Options that mean the same everywhere. */
interface Shared {
  readonly dtype?: DType;
  readonly device?: Backend;
  readonly generator?: Generator;
}

/**
 * Throws an ArgumentError unless `given` is an object with only these property names, and for an invalid `dtype`,
 * `device` or `generator`.
 */
export function checkNames(operation: string, given: object, names: readonly string[]): void {
  const kind = describeValue(given);
  if (kind !== "an object")
    throw new ArgumentError(`${operation}: expected options by name, { ${names.join(", ")} }, got ${kind}`);
  for (const name of Object.keys(given))
    if (!names.includes(name))
      throw new ArgumentError(`${operation}: there is no option "${name}"; there are ${names.join(", ")}`);
  const { dtype, device, generator }: Shared = given;
  if (dtype !== undefined) checkDType(operation, dtype);
  if (device !== undefined) checkDevice(operation, device);
  if (generator !== undefined && generator?.random === undefined)
    refuse(operation, "generator", generator, "be a Generator");
}

/**
 * Merges given options with their defaults. A default of `undefined` marks an option without one. When no options are
 * given, the common case, the defaults are returned as they are.
 *
 * @throws ArgumentError unless `given` is an object with only the names of the defaults, and booleans where the default
 * is one. An invalid `dtype`, `device` or `generator` is rejected, too.
 * @example
 * const given: { eps?: number; momentum?: number } = { momentum: 0.2 };
 * const { eps, momentum } = settings("Normalization", given, { eps: 1e-5, momentum: 0.1 }); // 1e-5 and 0.2
 */
export function settings<
  Options extends object,
  const Defaults extends { readonly [Name in keyof Required<Options>]: Options[Name] | undefined },
>(operation: string, given: Options | undefined, defaults: Defaults): Settings<Options, Defaults> {
  let all: Record<string, unknown> = defaults;
  if (given !== undefined) {
    checkNames(operation, given, Object.keys(defaults));
    all = { ...defaults };
    for (const [name, value] of Object.entries(given)) {
      if (value === undefined) continue;
      // Words such as "false" would count as true, and null as 0. Some numbers may also be an array or a tensor.
      const [wanted, given] = [typeof all[name], typeof value];
      if (wanted !== given && (wanted === "boolean" || (wanted === "number" && (given !== "object" || value === null))))
        refuse(operation, name, value, `be a ${wanted}`);
      all[name] = value;
    }
  }
  return all as unknown as Settings<Options, Defaults>; // safe: all names are those of `Options`
}
