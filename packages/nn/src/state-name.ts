/**
 * PyTorch's names for the properties of layers: the same, with underscores.
 */

/** A property's name as PyTorch spells it: `runningMean` is `running_mean`, `weightIhL0` is `weight_ih_l0`. */
export function snakeCase(property: string): string {
  return property.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** A value as Python prints it, for the printed form of layers. */
export function python(value: unknown): string {
  if (value === true) return "True";
  if (value === false) return "False";
  if (value === null || value === undefined) return "None";
  if (typeof value === "string") return `'${value}'`;
  if (Array.isArray(value)) return value.length === 1 ? `(${python(value[0])},)` : `(${value.map(python).join(", ")})`;
  if (typeof value === "number") return number(value);
  return String(value);
}

/** Properties as printed layers show them: `start_dim=1, end_dim=-1`. */
export function fields<Values extends object>(values: Values, ...names: readonly (keyof Values & string)[]): string {
  const shown = names.length === 0 ? Object.keys(values) : names;
  return shown.map((name) => `${snakeCase(name)}=${python(Reflect.get(values, name))}`).join(", ");
}

/** A number that is a float in Python: whole ones keep their `.0`, small ones their exponent. */
export function float(value: number): string {
  return Number.isInteger(value) && Math.abs(value) < 1e16 ? `${value}.0` : number(value);
}

function number(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return "inf";
  if (value === Number.NEGATIVE_INFINITY) return "-inf";
  if (Number.isNaN(value)) return "nan";
  const size = Math.abs(value);
  // Python switches to an exponent below 1e-4, and writes it with two digits.
  const text = size !== 0 && size < 1e-4 ? value.toExponential() : String(value);
  return text.replace(/e([+-])(\d)$/, "e$10$2");
}
