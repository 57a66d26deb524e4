/**
 * Runs the benchmark on WebGPU like a user: one small matrix product in Node and in pages. Without an adapter or
 * Chromium, the tests are skipped and print why; if AKARI_REQUIRE_WEBGPU is set, as in continuous integration, they
 * fail.
 */

import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it, type TestContext } from "vitest";

const main = fileURLToPath(new URL("../src/main.ts", import.meta.url));

/** Runs the benchmark and returns the lines that it prints. */
function bench(...args: string[]): Promise<{ code: number | null; lines: string[]; err: string }> {
  const child = spawn(process.execPath, [main, ...args]);
  let [out, err] = ["", ""];
  child.stdout.on("data", (text) => (out += text));
  child.stderr.on("data", (text) => (err += text));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, lines: out.trimEnd().split("\n"), err }));
  });
}

/** Measures a product of 64 × 64 matrices, and checks the output. */
async function measures(context: TestContext, where: string, peers: readonly string[]): Promise<void> {
  const { code, lines, err } = await bench(
    "--device",
    "webgpu",
    "--only",
    "matmul-64",
    "--peers",
    peers.join(),
    "--seconds",
    "0.1",
    "--json",
  );
  const said = lines.find((line) => line.startsWith(`${where}: `)) ?? "";
  if (!said.includes("GFLOP/s") && !process.env.AKARI_REQUIRE_WEBGPU) {
    process.stdout.write(`benchmark on webgpu is skipped: ${said}\n`);
    context.skip(said);
  }
  expect(code, [...lines, err].join("\n")).toBe(0);
  expect(said).toMatch(/: \S.*; [\d.]+ [GT]FLOP\/s of multiply-adds alone, [\d.]+ (ms|µs) to wait for an empty queue$/);
  // Safe: the assertions below check its content.
  const results = JSON.parse(lines.at(-1) ?? "") as Record<string, Record<string, number>>;
  expect(Object.keys(results)).toEqual(["matmul-64"]);
  for (const peer of peers) {
    // Half a million operations: no processor does them in a tenth of a microsecond, and none takes ten seconds.
    const ms = results["matmul-64"]?.[peer];
    expect(ms, lines.join("\n")).toBeGreaterThan(1e-4);
    expect(ms).toBeLessThan(1e4);
    // The product was computed on the GPU.
    expect(lines.find((line) => line.startsWith(`  ${peer} `))).toMatch(/ 1 launches in [12] submits$/);
  }
}

describe("pnpm bench --device webgpu", { timeout: 180_000 }, () => {
  it("measures Akari in Node", (context) => measures(context, "Node", ["akari-node"]));

  it("measures Akari, jax-js and TensorFlow.js in Chromium", (context) =>
    measures(context, "Chromium", ["akari", "jax-js", "tfjs"]));
});
