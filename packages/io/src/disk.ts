/**
 * Reading and writing of files. Node's modules are loaded at run time with `process.getBuiltinModule`, so that bundles
 * for browsers contain no import of them; there, paths are fetched. Writing is atomic: the old file remains intact
 * until the new one is complete.
 */

import { describeValue, FileError } from "@akari/tensor";
import type { FileSystem, Source } from "./files.ts";

function node(): typeof process | null {
  const found = (globalThis as { process?: typeof process }).process;
  return typeof found?.getBuiltinModule === "function" && found.versions?.node !== undefined ? found : null;
}

/** Returns Node's file system, or null elsewhere. */
function nodeFileSystem(): FileSystem | null {
  const fs = node()?.getBuiltinModule("node:fs/promises");
  if (fs === undefined) return null;
  return {
    async create(path) {
      const file = await fs.open(path, "wx");
      return {
        async write(bytes) {
          // A call may write only part of the bytes.
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
  if (!(path instanceof URL)) throw new FileError(`expected a path or a URL, got ${describeValue(path)}`);
  const url = node()?.getBuiltinModule("node:url");
  return path.protocol === "file:" && url !== undefined ? url.fileURLToPath(path) : path.href;
}

/** Returns the name of a source for messages. */
function nameOf(source: Source): string {
  if (typeof source === "string" || source instanceof URL) return pathOf(source);
  const { name } = Object(source) as { readonly name?: unknown }; // in plain JavaScript it may be anything
  return typeof name === "string" ? name : source instanceof Blob ? "a blob" : describeValue(source);
}

/**
 * Reads a file. Returns its bytes and a prefix for messages, such as `loadNpy: x.npy`. Strings are paths in Node and
 * URLs to fetch in a browser.
 *
 * @throws FileError when the file cannot be read.
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
  if (typeof source !== "string" && !(source instanceof URL))
    throw new Error("expected a path, a URL or a Blob; wrap bytes as new Blob([bytes])");
  const fs = node()?.getBuiltinModule("node:fs/promises");
  if (fs !== undefined && !(source instanceof URL && source.protocol !== "file:")) return await fs.readFile(name);
  const response = await fetch(source);
  if (!response.ok) throw new Error(`the server responded ${response.status} ${response.statusText}`);
  return new Uint8Array(await response.arrayBuffer());
}

/**
 * Writes a file atomically: to a temporary file in the same folder, which is flushed to disk and renamed. On failure
 * the old file is unchanged and the temporary file is removed.
 *
 * @throws FileError when the file cannot be written, for example because the disk is full or there is no file system.
 */
export async function writeAtomically(
  operation: string,
  to: string | URL,
  chunks: Iterable<Uint8Array>,
  files: FileSystem | null = nodeFileSystem(),
): Promise<void> {
  const path = pathOf(to);
  if (files === null) {
    const instead = operation === "save" ? "save(value) without a path" : operation.replace("save", "encode");
    throw new FileError(
      `${operation}: cannot write ${path}: there is no file system here; offer the bytes from ${instead} as a download`,
    );
  }
  const temporary = `${path}.${crypto.randomUUID().slice(0, 8)}.tmp`;
  let created = false;
  try {
    const file = await files.create(temporary);
    created = true;
    try {
      for (const chunk of chunks) await file.write(chunk);
      await file.sync();
    } finally {
      await file.close();
    }
    await files.rename(temporary, path);
  } catch (error) {
    // The original error is reported even if the cleanup fails as well.
    if (created) await files.remove(temporary).catch(() => undefined);
    throw new FileError(`${operation}: cannot write ${path}: ${reason(error)}`, { cause: error });
  }
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
