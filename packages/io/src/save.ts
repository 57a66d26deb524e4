/**
 * `save` and `load`, for whole states of a program: tensors within arrays and plain objects, beside numbers and text.
 * The file is a safetensors file, so other programs find the tensors in it by their paths (`model.fc.weight`); what is
 * no tensor is JSON in its metadata, where a mark stands for each tensor.
 */

import { FileError, Tensor, tensor } from "@akari/tensor";
import type { Source } from "./files.ts";
import { type LoadOptions, saveSafetensors } from "./safetensors.ts";
import type { Saved } from "./torch.ts";
import type { tensorsOf } from "./torch-checkpoint.ts";

/** What stands for something that JSON has no word for: its kind, and the tensor's name or the number as text. */
export interface Mark {
  readonly $: "tensor" | "bytes" | "number";
  readonly of: string;
}

/** A copy of nested data with a mark for each tensor; the tensors go into `found` by their paths. */
function marked(value: unknown, path: readonly string[], found: Record<string, Tensor>): unknown {
  const keep = ($: Mark["$"], kept: Tensor): Mark => {
    let of = path.join(".") || "value";
    while (Object.hasOwn(found, of)) of += "_"; // { "a.b": x, a: { b: y } }
    found[of] = kept;
    return { $, of };
  };
  if (value instanceof Tensor) return keep("tensor", value);
  if (value instanceof Uint8Array) return keep("bytes", tensor(value));
  if (typeof value === "number" && !Number.isFinite(value)) return { $: "number", of: String(value) } satisfies Mark;
  if (value === null || value === undefined || ["number", "string", "boolean"].includes(typeof value)) return value;
  if (Array.isArray(value)) return value.map((part, i) => marked(part, [...path, String(i)], found));
  if (typeof value !== "object" || Object.getPrototypeOf(value) !== Object.prototype || "$" in value) {
    throw new FileError(
      `save: ${path.join(".") || "the value"} is a ${value.constructor.name}; expected tensors, numbers, text, booleans, null, and arrays and plain objects (without a key "$") of these, such as a stateDict()`,
    );
  }
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, marked(part, [...path, key], found)]));
}

/**
 * Writes a value to a safetensors file: tensors, numbers, text, booleans, null and `Uint8Array`s, in arrays and plain
 * objects as deep as one likes. What is written is the value at the time of the call, tensors under their paths. The
 * file is there whole or not at all.
 *
 * https://pytorch.org/docs/stable/generated/torch.save.html
 *
 * @throws FileError for anything else in the value, which it names, or when the file cannot be written.
 * @example
 * await save({ epoch: 3, model: model.stateDict(), optimizer: optimizer.stateDict() }, "checkpoint.safetensors");
 */
export async function save(value: unknown, path: string | URL): Promise<void> {
  const tensors: Record<string, Tensor> = {};
  const akari = JSON.stringify(marked(value, [], tensors));
  await saveSafetensors(path, tensors, { metadata: { akari } });
}

/**
 * Reads what `save` wrote; also any other safetensors file, which gives its tensors by name, and PyTorch's checkpoints,
 * as `loadTorch` does. What the file holds can be stated as a type, which is not checked.
 *
 * https://pytorch.org/docs/stable/generated/torch.load.html
 *
 * @throws FileError when it cannot be read, is damaged, or holds what we cannot.
 * @example
 * const { epoch, model: state } = await load<{ epoch: number; model: StateDict }>("checkpoint.safetensors");
 */
export async function load<T = Saved<Tensor>>(source: Source, options: LoadOptions = {}): Promise<T> {
  const { loadValue } = await import("./checkpoint.ts");
  // Not within what is loaded here: bundlers part what an import behind an import shares with the rest from it, which
  // compresses worse.
  const readTorch: typeof tensorsOf = async (...file) => (await import("./torch-checkpoint.ts")).tensorsOf(...file);
  return (await loadValue(source, options, readTorch)) as T; // safe as far as the caller is right
}
