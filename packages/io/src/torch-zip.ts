/**
 * Checkpoints of PyTorch since version 1.6: a zip archive with a pickle, `data.pkl`, and a file with the bytes of each
 * storage.
 */

import { FileError } from "@akari/tensor";
import { fileBytes } from "./elements.ts";
import { checkpointMeanings, type TorchStorage } from "./torch-objects.ts";
import { unpickle } from "./unpickler.ts";
import { readZip } from "./zip.ts";

/** The contents of a checkpoint: the unpickled object and the bytes of its storages. */
export interface RawCheckpoint {
  readonly value: unknown;
  readonly bytes: ReadonlyMap<TorchStorage, Uint8Array>;
  readonly bigEndian: boolean;
}

/**
 * Reads a checkpoint in a zip archive.
 *
 * @throws FileError when it is damaged or refers to a Python object that is not allowed.
 */
export async function readTorchZip(what: string, archive: Uint8Array): Promise<RawCheckpoint> {
  const entries = new Map(readZip(what, archive).map((entry) => [entry.name, entry]));
  const pickle = [...entries.values()].find(({ name }) => /^[^/]+\/data\.pkl$/.test(name));
  if (pickle === undefined) throw new FileError(`${what}: the archive has no data.pkl, so it is not a checkpoint`);
  const top = pickle.name.slice(0, -"data.pkl".length);
  const order = entries.get(`${top}byteorder`);
  const bigEndian = order !== undefined && new TextDecoder().decode(await order.read()) === "big";
  const storages = new Map<string, TorchStorage>();
  const { value } = unpickle(what, await pickle.read(), checkpointMeanings(what, storages));
  const bytes = new Map<TorchStorage, Uint8Array>();
  for (const storage of storages.values()) {
    const entry = entries.get(`${top}data/${storage.key}`);
    if (entry === undefined) throw new FileError(`${what}: the storage data/${storage.key} is missing`);
    const contents = await entry.read();
    const wanted = storage.count * fileBytes[storage.type];
    if (contents.length < wanted) {
      throw new FileError(
        `${what}: the storage data/${storage.key} of ${storage.count} ${storage.type} needs ${wanted} bytes, but has ${contents.length}`,
      );
    }
    bytes.set(storage, contents.subarray(0, wanted));
  }
  return { value, bytes, bigEndian };
}
