/**
 * The work of reading and writing files. Node's modules are asked for at run time through `process.getBuiltinModule`,
 * so a bundle for a browser never meets them; there, a path is fetched. Writing is atomic: the old file is there,
 * whole, until the new one is.
 */

import { FileError } from "@akari/tensor";
import type { FileSystem, Source } from "./files.ts";

function node(): typeof process | null {
  const found = (globalThis as { process?: typeof process }).process;
  return typeof found?.getBuiltinModule === "function" && found.versions?.node !== undefined ? found : null;
}

/** Node's file system; null where there is none. */
function nodeFileSystem(): FileSystem | null {
  const fs = node()?.getBuiltinModule("node:fs/promises");
  if (fs === undefined) return null;
  return {
    async create(path) {
      const file = await fs.open(path, "wx");
      return {
        async write(bytes) {
          // One call may write less than it was given.
          for (let done = 0; done < bytes.length; ) done += (await file.write(bytes, done)).bytesWritten;
        },
        sync: () => file.sync(),
        close: () => file.close(),
      };
    },
    rename: (from, to) => fs.rename(from, to),
    remove: (path) => fs.rm(path, { force: true }),
  };
}

function pathOf(path: string | URL): string {
  if (typeof path === "string") return path;
  const url = node()?.getBuiltinModule("node:url");
  return path.protocol === "file:" && url !== undefined ? url.fileURLToPath(path) : path.href;
}

/** How a source is called in messages. */
function nameOf(source: Source): string {
  if (typeof source === "string" || source instanceof URL) return pathOf(source);
  return "name" in source && typeof source.name === "string" ? source.name : "a blob";
}

/**
 * All bytes of a file, and how it is called in messages: `loadNpy: x.npy`. In Node strings are paths, in a browser
 * addresses to fetch.
 *
 * @throws FileError when it cannot be read.
 */
export async function readFile(
  operation: string,
  source: Source,
): Promise<{ readonly bytes: Uint8Array<ArrayBuffer>; readonly what: string }> {
  const name = nameOf(source);
  try {
    return { bytes: await bytesOf(source, name), what: `${operation}: ${name}` };
  } catch (error) {
    throw new FileError(`${operation}: cannot read ${name}: ${reason(error)}`, { cause: error });
  }
}

async function bytesOf(source: Source, name: string): Promise<Uint8Array<ArrayBuffer>> {
  if (source instanceof Blob) return new Uint8Array(await source.arrayBuffer());
  const fs = node()?.getBuiltinModule("node:fs/promises");
  if (fs !== undefined && !(source instanceof URL && source.protocol !== "file:")) return await fs.readFile(name);
  const response = await fetch(source);
  if (!response.ok) throw new Error(`the server answered ${response.status} ${response.statusText}`);
  return new Uint8Array(await response.arrayBuffer());
}

/**
 * Writes a file so that it is there whole or not at all: under another name beside it, through to the disk, then
 * renamed. On failure the old file is as it was and nothing is left beside it.
 *
 * @throws FileError when it cannot be written, say because the disk is full, or because there is no file system.
 */
export async function writeAtomically(
  operation: string,
  to: string | URL,
  chunks: Iterable<Uint8Array>,
  files: FileSystem | null = nodeFileSystem(),
): Promise<void> {
  const path = pathOf(to);
  if (files === null)
    throw new FileError(
      `${operation}: cannot write ${path}: there is no file system here; encode it and offer the bytes`,
    );
  const beside = `${path}.${crypto.randomUUID().slice(0, 8)}.tmp`;
  let created = false;
  try {
    const file = await files.create(beside);
    created = true;
    try {
      for (const chunk of chunks) await file.write(chunk);
      await file.sync();
    } finally {
      await file.close();
    }
    await files.rename(beside, path);
  } catch (error) {
    // What went wrong first is what is reported, even if clearing up fails too.
    if (created) await files.remove(beside).catch(() => undefined);
    throw new FileError(`${operation}: cannot write ${path}: ${reason(error)}`, { cause: error });
  }
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
