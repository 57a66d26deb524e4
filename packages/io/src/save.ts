/**
 * `save` and `load`, for nested data: tensors, numbers and strings in arrays and plain objects. The file is a
 * safetensors file, in which other programs find the tensors by their paths (`model.fc.weight`). Everything else is
 * JSON in the metadata, with a mark in place of each tensor.
 */

import { FileError, Tensor, tensor } from "@akari/tensor";
import type { Source } from "./files.ts";
import { encodeSafetensors, format, type LoadOptions, toArrays } from "./safetensors.ts";
import type { tensorsOf } from "./torch-checkpoint.ts";

/**
 * The JSON in place of a value that JSON cannot represent: its kind, and the tensor's name or the number as a string.
 */
export interface Mark {
  readonly $: "tensor" | "bytes" | "number";
  readonly of: string;
}

/**
 * Copies nested data with a mark in place of each tensor, and adds the tensors to `found` by their paths. `around` lists
 * the arrays and objects that the value is in.
 */
function marked(
  value: unknown,
  path: readonly string[],
  found: Record<string, Tensor>,
  around: readonly unknown[] = [],
): unknown {
  const keep = ($: Mark["$"], kept: Tensor): Mark => {
    let of = path.join(".") || "value";
    while (Object.hasOwn(found, of)) of += "_"; // { "a.b": x, a: { b: y } }
    found[of] = kept;
    return { $, of };
  };
  if (value instanceof Tensor) return keep("tensor", value);
  if (value instanceof Uint8Array) return keep("bytes", tensor(value));
  if (Object.is(value, -0)) return { $: "number", of: "-0" } satisfies Mark;
  if (typeof value === "number" && !Number.isFinite(value)) return { $: "number", of: String(value) } satisfies Mark;
  if (value === null || value === undefined || ["number", "string", "boolean"].includes(typeof value)) return value;
  const what = path.join(".") || "the value";
  if (around.includes(value)) throw new FileError(`save: ${what} contains itself`);
  const inside = (part: unknown, key: string) => marked(part, [...path, key], found, [...around, value]);
  if (Array.isArray(value)) return value.map((part, i) => inside(part, String(i)));
  if (typeof value !== "object" || ![Object.prototype, null].includes(Object.getPrototypeOf(value)) || "$" in value) {
    throw new FileError(
      `save: ${what} is a ${value.constructor?.name ?? "Object"}; expected tensors, Uint8Arrays, numbers, strings, booleans, null, and arrays and plain objects (without a key "$") of these, such as a stateDict()`,
    );
  }
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, inside(part, key)]));
}

/**
 * Writes a value to a safetensors file, atomically: tensors, numbers, strings, booleans, null and `Uint8Array`s, nested
 * in arrays and plain objects. Tensors are stored under their paths, with their values at the time of the call.
 *
 * https://pytorch.org/docs/stable/generated/torch.save.html
 *
 * @throws FileError when `value` contains anything else, or when the file cannot be written.
 * @example
 * await save({ epoch: 3, model: model.stateDict(), optimizer: optimizer.stateDict() }, "checkpoint.safetensors");
 */
export function save(value: unknown, path: string | URL): Promise<void>;
/**
 * Returns the bytes of the file instead, for a download or a request where there is no file system.
 *
 * @throws FileError when `value` contains anything else.
 * @example
 * const file = new File([await save(model.stateDict())], "model.safetensors");
 */
export function save(value: unknown): Promise<Uint8Array<ArrayBuffer>>;
export async function save(value: unknown, ...to: [path?: string | URL]): Promise<unknown> {
  // Without a prototype, since a path may be `__proto__`.
  const tensors = Object.create(null) as Record<string, Tensor>;
  const metadata = { akari: JSON.stringify(marked(value, [], tensors) ?? null) };
  const arrays = await toArrays("save", tensors);
  if (to.length === 0) return encodeSafetensors(arrays, { metadata });
  // safe: anything but a path is rejected, also an undefined one
  return (await format()).save("save", to[0] as string | URL, arrays, { metadata });
}

// biome-ignore lint/suspicious/noExplicitAny: what a file contains is known to the caller only, as with `JSON.parse`.
type Anything = any;

/**
 * Loads a value written by `save`. Also loads other safetensors files, as an object of tensors by name, and PyTorch
 * checkpoints, like `loadTorch`. The type parameter states the type of the result, which is not checked. Default: any.
 *
 * https://pytorch.org/docs/stable/generated/torch.load.html
 *
 * @throws FileError when the file cannot be read or is damaged, or contains an unsupported value.
 * @example
 * const { epoch, model: state } = await load<{ epoch: number; model: StateDict }>("checkpoint.safetensors");
 */
export async function load<T = Anything>(source: Source, options: LoadOptions = {}): Promise<T> {
  const { loadValue } = await import("./checkpoint.ts");
  // Imported here rather than in `checkpoint.ts`: bundlers split the shared code of nested imports into extra chunks,
  // which compress worse.
  const readTorch: typeof tensorsOf = async (...file) => (await import("./torch-checkpoint.ts")).tensorsOf(...file);
  return (await loadValue(source, options, readTorch)) as T; // the caller states the type
}
