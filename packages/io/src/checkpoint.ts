/** The work of `load`, which is loaded with the first call. */

import { FileError } from "@akari/tensor";
import { readFile } from "./disk.ts";
import { type HostArray, toTensor, toTensors } from "./elements.ts";
import type { Source } from "./files.ts";
import type { LoadOptions } from "./safetensors.ts";
import { decode } from "./safetensors-format.ts";
import type { Mark } from "./save.ts";
import type { tensorsOf } from "./torch-checkpoint.ts";

/** What a file holds: a value of `save`, the tensors of a safetensors file by name, or one of PyTorch's checkpoints. */
export async function loadValue(source: Source, options: LoadOptions, readTorch: typeof tensorsOf): Promise<unknown> {
  const { bytes, what } = await readFile("load", source);
  // The header of a safetensors file is JSON from the ninth byte on, where PyTorch's zips and pickles never have a
  // brace.
  if (bytes[8] !== 0x7b) return readTorch(what, bytes, options);
  const { tensors: arrays, metadata } = decode(what, bytes, options);
  if (metadata.akari === undefined) return toTensors(arrays, options);
  let rest: unknown;
  try {
    rest = JSON.parse(metadata.akari);
  } catch (error) {
    throw new FileError(`${what}: what stands beside the tensors is not JSON`, { cause: error });
  }
  return unmarked(
    rest,
    (name) => {
      const array = Object.hasOwn(arrays, name) ? arrays[name] : undefined;
      if (array === undefined) throw new FileError(`${what}: there is no tensor "${name}"`);
      return array;
    },
    options,
  );
}

/** The inverse of `marked`. */
function unmarked(value: unknown, find: (name: string) => HostArray, options: LoadOptions): unknown {
  if (Array.isArray(value)) return value.map((part) => unmarked(part, find, options));
  if (typeof value !== "object" || value === null) return value;
  if (!("$" in value))
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, unmarked(part, find, options)]));
  // safe: `save` writes nothing else under this key, and a name that somebody else wrote is looked up
  const { $, of } = value as Mark;
  if ($ === "number") return Number(of);
  return $ === "bytes" ? find(of).data : toTensor(find(of), options);
}
