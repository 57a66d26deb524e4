/**
 * The file system, where there is one. Node's modules are asked for at run time through `process.getBuiltinModule`, so
 * a bundle for a browser never meets them.
 */

import { FileError } from "@akari/tensor";
import { nodeProcess } from "./node.ts";

/** What the datasets need of a file system. Tests hand in one that fails. */
export interface Files {
  /** The contents of a file; null when there is none. */
  read(path: string): Promise<Uint8Array<ArrayBuffer> | null>;
  /** Writes a new file through to the disk. */
  write(path: string, bytes: Uint8Array): Promise<void>;
  /** Gives a file another name, in one step; a file that had this name is replaced. */
  rename(from: string, to: string): Promise<void>;
  /** Removes a file; nothing happens when there is none. */
  remove(path: string): Promise<void>;
  /** Makes a folder, and those that it lies in, where they are missing. */
  makeFolder(path: string): Promise<void>;
}

/** The file system of Node, or null in a browser. */
export function nodeFiles(): Files | null {
  // Safe: that is what the module of this name is.
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
 * Writes a file so that it is there whole or not at all: under another name first, which takes the file's own once all
 * bytes are on the disk.
 *
 * @throws FileError when it cannot be written, say because the disk is full; nothing is left behind then.
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

/** What an error says, in one line. */
export function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause instanceof Error ? ` (${error.cause.message})` : "";
  return error.message + cause;
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}
