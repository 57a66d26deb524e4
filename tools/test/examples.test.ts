/**
 * Type-checks every example in a docstring and runs it, unless a reason is listed below. All examples run in one
 * process, one after the other.
 */

import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { type Exported, findExamples, moduleOf, sources } from "../src/examples.ts";
import { root } from "../src/packages.ts";

const typesOnly: Readonly<Record<string, string>> = {
  "data/src/mnist.ts": "reads MNIST's files or the network",
  "io/src/torch.ts": "reads a file that PyTorch wrote",
  "io/src/npz.ts": "reads a file that NumPy wrote",
  "optim/src/testing/index.ts": "declares tests",
  "tensor/src/backends/webgpu/webgpu.ts": "needs a GPU",
  "tensor/src/testing/suite.ts": "declares tests",
};
/** Files with examples for contributors, which no entry point exports. */
const internal = new Set(["tensor/src/backends/cpu/wasm/module.ts"]);

const folder = mkdtempSync(join(root, "tools", ".examples-"));
afterAll(() => rmSync(folder, { recursive: true }));

const umbrella = join(root, "packages/akari/src/index.ts");
const paths = [umbrella, ...[...sources().values()].filter((path) => path !== umbrella)];
const entries = await Promise.all(
  paths.map(async (path) => ({
    path,
    values: new Set(Object.keys((await import(path)) as object)),
    text: readFileSync(path, "utf8"),
  })),
);

const exported: Exported = {
  from(name, file) {
    // The exports of the example's own package take precedence.
    const home = join(root, "packages", file.slice(0, file.indexOf("/") + 1));
    const ordered = [...entries.filter(({ path }) => path.startsWith(home)), ...entries];
    const withValue = ordered.find(({ values }) => values.has(name));
    if (withValue) return { path: withValue.path, isValue: true };
    const withType = ordered.find(({ text }) =>
      new RegExp(`\\btype ${name}\\b|export type \\{[^}]*\\b${name}\\b`).test(text),
    );
    if (withType) return { path: withType.path, isValue: false };
    const own = join(root, "packages", file);
    const declaration = new RegExp(`^export (async )?(function|const|class) ${name}\\b`, "m");
    return declaration.test(readFileSync(own, "utf8")) ? { path: own, isValue: true } : undefined;
  },
};

const check = `import { isDeepStrictEqual } from "node:util";

/** Throws unless a value, or the elements of a tensor, equal what the comment says. */
export async function check(actual: unknown, expected: unknown): Promise<void> {
  const value = await actual;
  // Safe: a value with \`toArray\` is a tensor.
  const plain = typeof value === "object" && value !== null && "toArray" in value ? await (value as { toArray(): Promise<unknown> }).toArray() : value;
  if (!isDeepStrictEqual(plain, expected)) throw new Error(\`expected \${JSON.stringify(expected)}, got \${JSON.stringify(plain)}\`);
}
`;

const main = `import { readFileSync } from "node:fs";
const failures: Record<string, string> = {};
for (const [place, path] of JSON.parse(readFileSync(new URL("./list.json", import.meta.url), "utf8")) as [string, string][]) {
  try {
    await import(path);
  } catch (error) {
    failures[place] = String(error);
  }
}
console.log(JSON.stringify(failures));
`;

const examples = findExamples().filter(({ file }) => !internal.has(file));
const nameOf = (place: string): string => `./${place.replace(/\.ts:/, "-").replace(/[/+]/g, "-")}.ts`;

describe("examples in docstrings", () => {
  for (const example of examples)
    writeFileSync(join(folder, nameOf(example.place)), moduleOf(example, folder, exported));
  writeFileSync(join(folder, "check.ts"), check);
  writeFileSync(join(folder, "main.ts"), main);

  it("are found", () => {
    expect(examples.length).toBeGreaterThan(50);
    const files = new Set(examples.map(({ file }) => file));
    for (const file of [...Object.keys(typesOnly)]) expect(files, file).toContain(file);
  });

  it("type-check", () => {
    // Examples may leave values and variables unused, and need not satisfy rules for the packages' own code.
    const compilerOptions = { noImplicitOverride: false, noUncheckedIndexedAccess: false };
    const config = { extends: "../../tsconfig.test.json", compilerOptions, include: ["*.ts"] };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config));
    const { stdout } = spawnSync(join(root, "node_modules/.bin/tsc"), ["-p", folder, "--pretty", "false"], {
      encoding: "utf8",
      cwd: folder,
    });
    expect(stdout).toBe("");
  });

  it("run", () => {
    const runnable = examples.filter(({ file }) => !(file in typesOnly)).map(({ place }) => [place, nameOf(place)]);
    writeFileSync(join(folder, "list.json"), JSON.stringify(runnable));
    const { stdout, stderr, status } = spawnSync(process.execPath, ["main.ts"], { encoding: "utf8", cwd: folder });
    expect(status, stderr).toBe(0);
    expect(JSON.parse(stdout.trim().split("\n").at(-1) ?? "")).toEqual({});
  });
});
