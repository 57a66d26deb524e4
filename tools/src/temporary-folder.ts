/**
 * Temporary folders that go away by themselves: a program's when it ends, and that of a run of the tests, in which all
 * that tests and the programs started by them write for a while lies, so that no test has to clear up, and one that
 * fails leaves nothing behind either.
 */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const create = (): string => mkdtempSync(join(tmpdir(), "akari-"));
const remove = (folder: string): void => rmSync(folder, { recursive: true, force: true });

const folders: string[] = [];

/** A new folder that is there until this program ends. */
export function temporaryFolder(): string {
  if (folders.length === 0) process.on("exit", () => folders.forEach(remove));
  const folder = create();
  folders.push(folder);
  return folder;
}

/** Vitest's `globalSetup`: a new folder is what `tmpdir()` gives the tests. Returns what removes it. */
export default function setup(): () => void {
  const folder = create();
  // What `tmpdir()` looks at, on Unix and on Windows.
  process.env.TMPDIR = folder;
  process.env.TEMP = folder;
  return () => remove(folder);
}
