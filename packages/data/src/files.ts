/**
 * Access to the file system, where there is one. Node's modules are loaded at run time with `process.getBuiltinModule`,
 * so that bundles for browsers contain no import of them.
 */

import { FileError } from "@akari/tensor";
import { nodeProcess } from "./node.ts";

/** The file system operations used by datasets. */
export interface Files {
  /** Reads a file. Resolves to null if it does not exist. */
  read(path: string): Promise<Uint8Array<ArrayBuffer> | null>;
  /** Writes a new file and flushes it to disk. Rejects if the file exists. */
  write(path: string, bytes: Uint8Array): Promise<void>;
  /** Renames a file atomically, replacing an existing one. */
  rename(from: string, to: string): Promise<void>;
  /** Removes a file if it exists. */
  remove(path: string): Promise<void>;
  /** Creates a folder and its parents if they do not exist. */
  makeFolder(path: string): Promise<void>;
}

/** Returns Node's file system, or null in a browser. */
export function nodeFiles(): Files | null {
  // safe: the type of the module with this name
  const fs = nodeProcess()?.getBuiltinModule("node:fs/promises") as typeof import("node:fs/promises") | undefined;
  if (fs === undefined) return null;
  return {
    async read(path) {
      try {
        return await fs.readFile(path);
      } catch (error) {
        if (codeOf(error) === "ENOENT" || codeOf(error) === "ENOTDIR") return null;
        throw new FileError(`read: cannot read ${path}: ${reason(error)}`, { cause: error });
      }
    },
    async write(path, bytes) {
      const file = await fs.open(path, "wx");
      try {
        await file.writeFile(bytes);
        await file.sync();
      } finally {
        await file.close();
      }
    },
    rename: (from, to) => fs.rename(from, to),
    remove: (path) => fs.rm(path, { force: true }),
    async makeFolder(path) {
      await fs.mkdir(path, { recursive: true });
    },
  };
}

/**
 * Writes a file atomically: to a temporary file in the same folder, which is renamed once all bytes are on disk.
 *
 * @throws FileError when the file cannot be written, for example because the disk is full. No partial file remains.
 */
export async function writeAtomically(path: string, bytes: Uint8Array, files: Files): Promise<void> {
  const part = `${path}.${Date.now().toString(36)}${Math.random().toString(36).slice(2, 8)}.part`;
  try {
    await files.write(part, bytes);
    await files.rename(part, path);
  } catch (error) {
    await files.remove(part).catch(() => {});
    throw new FileError(`write: cannot write ${path} (${bytes.length} bytes): ${reason(error)}`, { cause: error });
  }
}

/** Returns the message of an error and its cause, in one line. */
export function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause instanceof Error ? ` (${error.cause.message})` : "";
  return error.message + cause;
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}
