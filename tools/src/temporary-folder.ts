/**
 * Temporary folders that are deleted automatically: those of a program when it ends, and one for a whole run of the
 * tests. The latter holds everything that tests and their child processes write temporarily, so that tests need not
 * clean up and failing tests leave nothing behind.
 */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const create = (): string => mkdtempSync(join(tmpdir(), "akari-"));
const remove = (folder: string): void => rmSync(folder, { recursive: true, force: true });

const folders: string[] = [];

/** Creates a folder that is deleted when this program ends. */
export function temporaryFolder(): string {
  if (folders.length === 0) process.on("exit", () => folders.forEach(remove));
  const folder = create();
  folders.push(folder);
  return folder;
}

/**
 * Vitest's `globalSetup`: creates a folder that `tmpdir()` returns in the tests. Returns the function that deletes it.
 */
export default function setup(): () => void {
  const folder = create();
  // The variables that `tmpdir()` reads on Unix and on Windows.
  process.env.TMPDIR = folder;
  process.env.TEMP = folder;
  return () => remove(folder);
}
