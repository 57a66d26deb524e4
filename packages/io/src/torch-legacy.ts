/**
 * Checkpoints of PyTorch before version 1.6: a sequence of pickles (a magic number, a version, properties of the
 * machine, the object itself, the keys of the storages), followed by each storage as a count and its elements.
 */

import { FileError } from "@akari/tensor";
import { fileBytes } from "./elements.ts";
import { checkpointMeanings, type TorchStorage } from "./torch-objects.ts";
import type { RawCheckpoint } from "./torch-zip.ts";
import { type Meanings, unpickle } from "./unpickler.ts";

const magic = 0x1950a86a20f9469cfc6cn;

/** Rejects all names: the pickles other than the object contain plain values only. */
function plainMeanings(what: string): Meanings {
  const refuse = (): never => {
    throw new FileError(`${what}: the file is neither a zip archive nor a checkpoint in the legacy format`);
  };
  return { resolve: refuse, call: refuse, persistent: refuse };
}

/**
 * Reads a checkpoint in the legacy format.
 *
 * @throws FileError when it is damaged or refers to a Python object that is not allowed.
 */
export function readTorchLegacy(what: string, file: Uint8Array): RawCheckpoint {
  const plain = plainMeanings(what);
  const first = unpickle(what, file, plain);
  if (first.value !== magic)
    throw new FileError(`${what}: the file is neither a zip archive nor a checkpoint in the legacy format`);
  const version = unpickle(what, file, plain, first.end);
  if (version.value !== 1001)
    throw new FileError(
      `${what}: version ${String(version.value)} of the legacy format is not supported; expected 1001`,
    );
  const machine = unpickle(what, file, plain, version.end);
  const bigEndian = machine.value instanceof Map && machine.value.get("little_endian") === false;
  const storages = new Map<string, TorchStorage>();
  const { value, end } = unpickle(what, file, checkpointMeanings(what, storages), machine.end);
  const keys = unpickle(what, file, plain, end);
  if (!Array.isArray(keys.value)) throw new FileError(`${what}: the list of storages is missing`);
  const bytes = new Map<TorchStorage, Uint8Array>();
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  let at = keys.end;
  for (const key of keys.value as readonly unknown[]) {
    const storage = storages.get(String(key));
    if (storage === undefined) throw new FileError(`${what}: storage ${String(key)} belongs to no tensor`);
    if (at + 8 > file.length) throw new FileError(`${what}: storage ${storage.key} is missing; the file is truncated`);
    const count = Number(view.getBigUint64(at, !bigEndian));
    if (count !== storage.count)
      throw new FileError(`${what}: storage ${storage.key} has ${count} elements instead of ${storage.count}`);
    at += 8;
    const length = count * fileBytes[storage.type];
    if (at + length > file.length)
      throw new FileError(`${what}: storage ${storage.key} needs ${length} bytes; the file is truncated`);
    bytes.set(storage, file.subarray(at, at + length));
    at += length;
  }
  const missing = [...storages.values()].find((storage) => !bytes.has(storage));
  if (missing !== undefined) throw new FileError(`${what}: storage ${missing.key} is missing`);
  return { value, bytes, bigEndian };
}
