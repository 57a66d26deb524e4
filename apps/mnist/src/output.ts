/**
 * The folder that a run writes into. It is tried out before anything is computed, with as many bytes as the run will
 * write: to learn of a full disk or a missing permission after an hour of training would be too late.
 */

import { mkdir, open, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { FileError } from "@akari/tensor";

/**
 * Makes the folder if it is not there, and writes and removes a file of `bytes` bytes in it.
 *
 * @throws FileError saying what stands in the way.
 */
export async function prepareFolder(folder: string, bytes: number): Promise<void> {
  const probe = join(folder, `.space-for-results-${process.pid}`);
  try {
    await makeFolder(folder);
    const file = await open(probe, "wx");
    try {
      const block = new Uint8Array(1 << 20);
      for (let written = 0; written < bytes; ) {
        written += (await file.write(block, 0, Math.min(block.length, bytes - written))).bytesWritten;
      }
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (error) {
    throw new FileError(
      `--out: cannot write ${(bytes / 1e6).toFixed(0)} MB of results into ${folder}: ${reason(error)}`,
      { cause: error },
    );
  } finally {
    await rm(probe, { force: true }).catch(() => {}); // Where the folder could not be made there is nothing to remove.
  }
}

/**
 * Node's own recursive mkdir never returns where a folder refuses to hold another (`/proc`), so the recursion stands
 * here.
 */
async function makeFolder(folder: string): Promise<void> {
  if ((await stat(folder).catch(() => null))?.isDirectory()) return;
  if (dirname(folder) !== folder) await makeFolder(dirname(folder));
  await mkdir(folder);
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: "no permission; name another folder with --out",
  EROFS: "the file system is read-only; name another folder with --out",
  ENOSPC: "the disk is full; make room, or name a folder on another disk with --out",
  EDQUOT: "your quota of the disk is used up; make room, or name another folder with --out",
  EFBIG: "files may not become that large there; name another folder with --out",
  ENOTDIR: "a part of the path is a file; name a folder with --out",
  ENOENT: "no folder can be made there; name another with --out",
  EEXIST: "there is a file of that name; name a folder with --out",
};

/** Why the system refused, in words where it is one of the usual reasons. */
export function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  return REASONS[code] ?? error.message;
}
