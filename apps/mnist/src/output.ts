/**
 * Prepares the folder for the results of a run. It is tested before training with as many bytes as the run will write,
 * so that a full disk or a missing permission is reported immediately.
 */

import { mkdir, open, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { FileError } from "@akari/tensor";

/**
 * Creates the folder if it does not exist, and writes and removes a file of `bytes` bytes in it.
 *
 * @throws FileError when this fails, with the reason.
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
    await rm(probe, { force: true }).catch(() => {}); // without the folder, there is nothing to remove
  }
}

/**
 * Creates a folder and its parents. Node's recursive `mkdir` is not used, because it never returns for a parent that
 * cannot contain new folders (`/proc`).
 */
async function makeFolder(folder: string): Promise<void> {
  if ((await stat(folder).catch(() => null))?.isDirectory()) return;
  if (dirname(folder) !== folder) await makeFolder(dirname(folder));
  await mkdir(folder);
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: "permission denied; choose another folder with --out",
  EROFS: "the file system is read-only; choose another folder with --out",
  ENOSPC: "the disk is full; free some space, or choose a folder on another disk with --out",
  EDQUOT: "your disk quota is used up; free some space, or choose another folder with --out",
  EFBIG: "the limit on the size of files is exceeded; choose another folder with --out",
  ENOTDIR: "part of the path is a file; choose a folder with --out",
  ENOENT: "the folder cannot be created; choose another one with --out",
  EEXIST: "there is a file of that name; choose a folder with --out",
};

/** Returns why an operation failed: an explanation of the usual error codes, otherwise the error's message. */
export function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  return REASONS[code] ?? error.message;
}
