/**
 * The implementation of the functions in `npz.ts`. An .npz file is a zip archive of .npy files, each named for its
 * array.
 */

import { settings, type Tensor } from "@akari/tensor";
import { readFile, writeAtomically } from "./disk.ts";
import { checkReading, entriesOf, type HostArray, type ReadOptions, toTensors } from "./elements.ts";
import type { Source } from "./files.ts";
import { decode as decodeNpy, encode as encodeNpy } from "./npy-format.ts";
import type { NpzOptions } from "./npz.ts";
import type { LoadOptions } from "./safetensors.ts";
import { readZip } from "./zip.ts";

/** Implements `decodeNpz`. */
export async function decode(
  what: string,
  bytes: Uint8Array,
  options: ReadOptions,
): Promise<Readonly<Record<string, HostArray>>> {
  checkReading(what, bytes, options);
  const arrays: [string, HostArray][] = [];
  for (const { name, read } of readZip(what, bytes)) {
    arrays.push([name.replace(/\.npy$/, ""), decodeNpy(`${what}: "${name}"`, await read(), options)]);
  }
  return Object.fromEntries(arrays);
}

/** Implements `encodeNpz`. */
export async function encode(arrays: Readonly<Record<string, HostArray>>, options: NpzOptions): Promise<Uint8Array> {
  const { compress } = settings("encodeNpz", options, { compress: false });
  const { zipSync } = await import("fflate");
  const files = entriesOf("encodeNpz", arrays).map(([name, array]) => [`${name}.npy`, encodeNpy(array)] as const);
  return zipSync(Object.fromEntries(files), { level: compress ? 6 : 0 });
}

/** Implements `loadNpz`. */
export async function load(source: Source, options: LoadOptions): Promise<Record<string, Tensor>> {
  const { bytes, what } = await readFile("loadNpz", source);
  return toTensors(await decode(what, bytes, options), options);
}

/** Implements `saveNpz` for the contents of tensors. */
export async function save(
  path: string | URL,
  arrays: Readonly<Record<string, HostArray>>,
  options: NpzOptions,
): Promise<void> {
  await writeAtomically("saveNpz", path, [await encode(arrays, options)]);
}
