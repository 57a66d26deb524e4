/**
 * The implementation of `load`, loaded with the first call.
 */

import { FileError } from "@akari/tensor";
import { readFile } from "./disk.ts";
import { type HostArray, toTensor, toTensors } from "./elements.ts";
import type { Source } from "./files.ts";
import type { LoadOptions } from "./safetensors.ts";
import { decode } from "./safetensors-format.ts";
import type { Mark } from "./save.ts";
import type { tensorsOf } from "./torch-checkpoint.ts";

/** Reads a value written by `save`, the tensors of a safetensors file by name, or a checkpoint of PyTorch. */
export async function loadValue(source: Source, options: LoadOptions, readTorch: typeof tensorsOf): Promise<unknown> {
  const { bytes, what } = await readFile("load", source);
  // The ninth byte of a safetensors file is the opening brace of its JSON header, which PyTorch's zips and pickles
  // never have there.
  if (bytes[8] !== 0x7b) {
    // A zip archive or a pickle. Anything else, such as the page that a server sends instead of a missing file, would
    // be called a damaged pickle.
    if (bytes.length > 0 && bytes[0] !== 0x50 && bytes[0] !== 0x80) {
      const opening = JSON.stringify(new TextDecoder().decode(bytes.subarray(0, 20)));
      throw new FileError(`${what}: neither a safetensors file nor a PyTorch checkpoint: it begins with ${opening}`);
    }
    return readTorch(what, bytes, options);
  }
  const { tensors: arrays, metadata } = decode(what, bytes, options);
  if (metadata.akari === undefined) return toTensors(arrays, options);
  let rest: unknown;
  try {
    rest = JSON.parse(metadata.akari);
  } catch (error) {
    throw new FileError(`${what}: the metadata entry "akari" is not JSON`, { cause: error });
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
  // safe: `save` writes only marks under this key, and `find` checks names in files from other programs
  const { $, of } = value as Mark;
  if ($ === "number") return Number(of);
  return $ === "bytes" ? find(of).data : toTensor(find(of), options);
}
