/** The command line on a temporary folder of cases: counts, exit codes and errors. */

import { spawnSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";

const main = fileURLToPath(new URL("../src/main.ts", import.meta.url));

function conformance(...args: string[]): { code: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], { encoding: "utf8" });
  return { code: status, out: stdout, err: stderr };
}

const vector = (...data: number[]) => ({ dtype: "float32", shape: [data.length], data });

describe("the command", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "conformance-"));
    const family = (name: string, cases: readonly object[]) =>
      writeFileSync(join(folder, `${name}.json`), JSON.stringify({ torch: "1", family: name, cases }));
    const double = { op: "add", inputs: { input: vector(1, 2) }, args: { other: 1, alpha: 2 } };
    family("right", [
      { id: "add", ...double, outputs: [vector(3, 4)] },
      { id: "unheard", op: "nn.functional.unheard_of", outputs: [] },
      { id: "optional", op: "nn.functional.unheard_of", outputs: [], optional: true },
      { id: "argument", op: "relu", inputs: { input: vector(1) }, args: { unheard: 1 }, outputs: [vector(1)] },
      { id: "inherited", op: "toString", outputs: [] },
    ]);
    family("wrong", [
      { id: "value", ...double, outputs: [vector(3, 5)] },
      { id: "shape", ...double, outputs: [vector(3)] },
      { id: "fewer", ...double, outputs: [vector(3, 4), vector(3, 4)] },
      { id: "accepted", ...double, raises: true },
      { id: "refused", op: "add", inputs: { input: vector(1, 2), other: vector(1, 2, 3) }, outputs: [vector(1)] },
    ]);
  });

  it("counts results, prints every failure, and exits with an error", () => {
    const { code, out } = conformance(folder, "--json");
    expect(code).toBe(1);
    expect(JSON.parse(out.trimEnd().split("\n").at(-1) as string)).toEqual({
      passed: 1,
      failed: 5,
      missing: 3,
      optionalMissing: 1,
      families: {
        right: { passed: 1, failed: 0, missing: 3, optionalMissing: 1 },
        wrong: { passed: 0, failed: 5, missing: 0, optionalMissing: 0 },
      },
    });
    expect(out).toContain(
      "failed wrong: value: result 0, element 1 of float32 [2]\n    expected 5 (rtol 0, atol 0)\n    got      4\n",
    );
    expect(out).toContain("failed wrong: accepted: the call\n    expected an error\n    got      a result\n");
  });

  it("runs one family, and exits without an error if nothing failed", () => {
    const { code, out } = conformance("--only", "right", folder, "--device", "reference");
    expect(code).toBe(0);
    expect(out).toContain("nn.functional.unheard_of (2); relu with unheard (1); toString (1)");
    expect(out).not.toContain("wrong");
  });

  it("runs operations through compile, and reports the same failures", () => {
    const { code, out } = conformance(folder, "--compiled");
    expect(code).toBe(1);
    expect(out).toMatch(/all on cpu +1 passed +5 failed/);
  });

  it.each([
    [["--only", "left"], "there is no family left in"],
    [["--device", "abacus"], "Allowed choices are reference, cpu, webgpu"],
  ])("rejects %s", (args, message) => {
    const { code, err } = conformance(folder, ...args);
    expect(code).toBe(1);
    expect(err).toContain(message);
  });

  it("rejects a folder that does not exist, and files that contain no cases", () => {
    expect(conformance(join(folder, "nowhere"))).toMatchObject({
      code: 1,
      err: expect.stringContaining("cannot be read as a folder"),
    });
    writeFileSync(join(folder, "odd.json"), "[]");
    expect(conformance(folder)).toMatchObject({
      code: 1,
      err: expect.stringContaining("odd.json has no list of cases"),
    });
  });
});
