/**
 * NumPy's archives: a zip of .npy files, each by the name of its array. What takes zips apart and puts them together is loaded with the first one.
 *
 * https://numpy.org/doc/stable/reference/generated/numpy.savez.html
 */

import type { Tensor } from "@akari/tensor";
import type { HostArray, ReadOptions } from "./elements.ts";
import { readFile, type Source, writeFile } from "./files.ts";
import { decodeNpy, encodeNpy } from "./npy.ts";
import { type LoadOptions, toArrays, toTensors } from "./safetensors.ts";

/** Options of the functions that write .npz files. */
export interface NpzOptions {
  /** Whether to compress, as `numpy.savez_compressed` does. Default false. */
  readonly compress?: boolean;
}

/**
 * The arrays in the bytes of an .npz file, by name.
 *
 * @param what names the file in messages.
 * @throws FileError when the archive or one of its arrays is damaged, or holds what we cannot.
 */
export async function decodeNpz(
  bytes: Uint8Array,
  options: ReadOptions = {},
  what = "decodeNpz",
): Promise<Readonly<Record<string, HostArray>>> {
  const { readZip } = await import("./zip.ts");
  const arrays: [string, HostArray][] = [];
  for (const { name, read } of readZip(what, bytes)) {
    arrays.push([name.replace(/\.npy$/, ""), decodeNpy(await read(), options, `${what}: "${name}"`)]);
  }
  return Object.fromEntries(arrays);
}

/** Arrays as the bytes of an .npz file. */
export async function encodeNpz(arrays: Readonly<Record<string, HostArray>>, options: NpzOptions = {}): Promise<Uint8Array> {
  const { zipSync } = await import("fflate");
  const files = Object.entries(arrays).map(([name, array]) => [`${name}.npy`, encodeNpy(array)] as const);
  return zipSync(Object.fromEntries(files), { level: options.compress === true ? 6 : 0 });
}

/**
 * Reads the tensors of an .npz file, by name.
 *
 * @throws FileError when it cannot be read, is damaged, or holds what we cannot.
 * @example
 * const { weight, bias } = await loadNpz("layer.npz");
 */
export async function loadNpz(source: Source, options: LoadOptions = {}): Promise<Record<string, Tensor>> {
  const { bytes, what } = await readFile("loadNpz", source);
  return toTensors(await decodeNpz(bytes, options, what), options);
}

/** Writes tensors to an .npz file, as they are at the time of the call; it is there whole or not at all. Throws a FileError when it cannot be written. */
export async function saveNpz(path: string | URL, tensors: Readonly<Record<string, Tensor>>, options: NpzOptions = {}): Promise<void> {
  await writeFile("saveNpz", path, [await encodeNpz(await toArrays(tensors), options)]);
}
