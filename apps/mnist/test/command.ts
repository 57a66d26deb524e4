/** Runs the demo in a separate process, like a user. */

import { spawn } from "node:child_process";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const MAIN = fileURLToPath(new URL("../src/main.ts", import.meta.url));

/** The exit code and the output of a run. */
export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/**
 * Runs the demo. Sends SIGINT when its output matches `interruptAt`, and calls `meanwhile.act` when its output matches
 * `meanwhile.seen`.
 */
export function mnist(
  args: readonly string[],
  options: {
    interruptAt?: RegExp;
    meanwhile?: { seen: RegExp; act: () => void };
    env?: Record<string, string>;
    shell?: string;
  } = {},
): Promise<Ended> {
  const [command, ...rest] =
    options.shell === undefined
      ? [process.execPath]
      : ["bash", "-c", `${options.shell}; exec "$0" "$@"`, process.execPath];
  const child = spawn(command as string, [...rest, MAIN, ...args], { env: { ...process.env, ...options.env } });
  let out = "";
  let err = "";
  let pressed = false;
  let done = false;
  child.stdout.on("data", (text: Buffer) => {
    out += text.toString();
    if (options.interruptAt?.test(out) && !pressed) {
      pressed = true;
      child.kill("SIGINT");
    }
    if (options.meanwhile?.seen.test(out) && !done) {
      done = true;
      options.meanwhile.act();
    }
  });
  child.stderr.on("data", (text: Buffer) => {
    err += text.toString();
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, out, err }));
  });
}

/** The result printed by `--json`. */
export interface Result {
  readonly accuracy: number;
  readonly loss: number;
  readonly seconds: number;
  readonly device: string;
  readonly data: string;
  readonly epochs: number;
}

/** Parses the last line of a run with `--json`. */
export function resultOf({ out, err }: Ended): Result {
  const last = out.trimEnd().split("\n").at(-1) ?? "";
  try {
    // Safe: the tests check each part.
    return JSON.parse(last) as Result;
  } catch {
    throw new Error(`no result in:\n${out}\n${err}`);
  }
}

/** Creates a folder for results. */
export function folder(): Promise<string> {
  return mkdtemp(join(tmpdir(), "akari-run-"));
}
