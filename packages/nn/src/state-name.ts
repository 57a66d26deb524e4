/**
 * Names and values in PyTorch's spelling: keys of `stateDict`, and the arguments in a layer's printed form.
 */

/** Converts a property name to PyTorch's: `runningMean` to `running_mean`, `weightIhL0` to `weight_ih_l0`. */
export function snakeCase(property: string): string {
  // In plain JavaScript it may be anything; the caller finds no property of that name.
  return String(property).replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** Formats a value as Python prints it. */
export function python(value: unknown): string {
  if (value === true) return "True";
  if (value === false) return "False";
  if (value === null || value === undefined) return "None";
  if (typeof value === "string") return `'${value}'`;
  if (Array.isArray(value)) return value.length === 1 ? `(${python(value[0])},)` : `(${value.map(python).join(", ")})`;
  if (typeof value === "number") return number(value);
  return String(value);
}

/** Formats properties as printed layers show them: `start_dim=1, end_dim=-1`. */
export function fields<Values extends object>(values: Values, ...names: readonly (keyof Values & string)[]): string {
  const shown = names.length === 0 ? Object.keys(values) : names;
  return shown.map((name) => `${snakeCase(name)}=${python(Reflect.get(values, name))}`).join(", ");
}

/** Formats those properties that differ from their defaults: `["groups=2"]`. A list differs if an element does. */
export function differing(values: object, defaults: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(defaults).flatMap(([name, usual]) => {
    const value: unknown = Reflect.get(values, name);
    if ([value].flat().every((one) => one === usual)) return [];
    return [`${snakeCase(name)}=${typeof value === "string" ? value : python(value)}`];
  });
}

/** Formats a number as a Python float: integers end in `.0`, small numbers have an exponent. */
export function float(value: number): string {
  return Number.isInteger(value) && Math.abs(value) < 1e16 ? `${value}.0` : number(value);
}

function number(value: number): string {
  const size = Math.abs(value);
  // Python switches to an exponent below 1e-4 and writes it with at least two digits.
  const text = size !== 0 && size < 1e-4 ? value.toExponential() : String(value);
  return text
    .replace("Infinity", "inf")
    .replace("NaN", "nan")
    .replace(/e([+-])(\d)$/, "e$10$2");
}
