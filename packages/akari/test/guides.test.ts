/**
 * The guides and the README are programs: every `ts` block is run, the blocks of a page one after the other, and what `console.log` prints must be
 * what the comment behind it says.
 */

import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";

const home = fileURLToPath(new URL("..", import.meta.url));
const guides = fileURLToPath(new URL("../../../docs/guides", import.meta.url));
// Inside of the package, so that the programs find it by its own name.
const folder = mkdtempSync(join(home, ".guides-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** The `ts` blocks of a page as one program. */
function programOf(page: string): string {
  const blocks = [...page.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, block]) => block as string);
  return blocks.join("\n");
}

/** What the comments behind `console.log` promise, line by line. */
function promised(program: string): string[] {
  return [...program.matchAll(/console\.log\(.*\); \/\/ (.*)$/gm)].map(([, text]) => text as string);
}

/** Node's remarks on experimental features, and what the GPU's loader prints by itself where there is no driver. */
function isNoise(line: string): boolean {
  return /^\(node:|^\(Use `node|^Warning: vk|^ +at CheckVk/.test(line);
}

/** Runs a program and returns the lines that it prints. */
function run(name: string, program: string): string[] {
  const file = join(folder, `${name}.ts`);
  writeFileSync(file, program);
  const child = spawnSync(process.execPath, [file], { encoding: "utf8", cwd: home });
  const complaints = child.stderr.split("\n").filter((line) => line.trim() !== "" && !isNoise(line));
  expect(complaints, name).toEqual([]);
  expect(child.status, name).toBe(0);
  return child.stdout.trimEnd().split("\n");
}

describe("guides", () => {
  for (const file of readdirSync(guides)) {
    it(basename(file, ".md"), () => {
      const program = programOf(readFileSync(join(guides, file), "utf8"));
      const lines = run(basename(file, ".md"), program);
      const expected = promised(program);
      expect(expected.length).toBeGreaterThan(0);
      // A loop prints its line more than once.
      expect(lines.filter((line, i) => line !== lines[i - 1] || expected[i] === line)).toEqual(expected);
    });
  }
});
