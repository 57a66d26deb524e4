import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { createOptimizer, objection } from "../src/create-optimizer.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
// Inside the repository, so that the created package can import the others.
const place = mkdtempSync(join(root, "tools", ".optimizer-"));
afterAll(() => rmSync(place, { recursive: true }));
const here = [
  "tsconfig.json",
  "tsconfig.base.json",
  ...["package.json", "tsconfig.json", "src/adam.ts", "src/index.ts"].map((file) => `packages/optim/${file}`),
];
for (const path of [...here, "packages/tensor/tsconfig.json"]) {
  mkdirSync(join(place, path, ".."), { recursive: true });
  cpSync(join(root, path), join(place, path));
}

describe("create-optimizer", () => {
  it("rejects invalid names before anything is written", () => {
    for (const name of [
      undefined,
      "",
      "Lion-x",
      "My Opt",
      "../lion",
      "a/b",
      "lion ",
      "2nd",
      "-a",
      "a-",
      "a--b",
      "optim-lion",
      "index",
      "a".repeat(41),
    ]) {
      expect(objection(name, place), String(name)).not.toBeNull();
    }
    expect(objection("adam", place)).toBe('"adam" already exists in @akari/optim');
    expect(objection("Adam", place)).toBe('"Adam" already exists in @akari/optim');
    expect(objection("ada-belief", place)).toBe('"ada-belief" already exists in @akari/optim');
    expect(objection("memory", place)).toBe('"memory" already exists in @akari/optim');
    expect(objection("map", place)).toBe('"Map" is a name of JavaScript\'s own');
    for (const name of ["lion", "Lion"]) expect(objection(name, root), name).toBe("packages/optim-lion already exists");
    expect(objection("sophia-g", place)).toBeNull();
    expect(readdirSync(join(place, "packages"))).toEqual(["optim", "tensor"]);
  });

  it("keeps the spelling of a class", () => {
    expect(objection("AdEMAMix", place)).toBeNull();
    createOptimizer("AdEMAMix", place);
    const folder = join(place, "packages/optim-ademamix");
    expect(readFileSync(join(folder, "src/index.ts"), "utf8")).toContain(
      'export { AdEMAMix, type AdEMAMixOptions } from "./ademamix.ts";',
    );
    expect(readFileSync(join(folder, "package.json"), "utf8")).toContain('"name": "@akari/optim-ademamix"');
    rmSync(folder, { recursive: true });
  });

  it("creates a package that type-checks and passes its tests", () => {
    const paths = createOptimizer("sophia-g", place);
    for (const path of paths) expect(existsSync(join(place, path)), path).toBe(true);
    expect(readFileSync(join(place, "tsconfig.json"), "utf8")).toContain('"packages/optim-sophia-g"');
    expect(readFileSync(join(place, ".changeset/optim-sophia-g.md"), "utf8")).toMatch(
      /^---\n"@akari\/optim-sophia-g": minor\n---\n/,
    );
    expect(objection("sophia-g", place)).not.toBeNull();

    const compilerOptions = { noEmit: true, composite: false, declarationMap: false, types: [] };
    writeFileSync(
      join(place, "tsconfig.test.json"),
      JSON.stringify({ extends: "./tsconfig.base.json", compilerOptions, include: ["packages/optim-sophia-g"] }),
    );
    const types = spawnSync(join(root, "node_modules/.bin/tsc"), ["-p", join(place, "tsconfig.test.json")], {
      encoding: "utf8",
    });
    expect(types.stdout).toBe("");

    // The root refers to packages that were not copied.
    writeFileSync(join(place, "tsconfig.json"), '{ "files": [] }');
    writeFileSync(
      join(place, "vitest.config.ts"),
      "export default { test: { include: ['packages/optim-sophia-g/test/*.test.ts'] } };\n",
    );
    const tests = spawnSync(process.execPath, [join(root, "node_modules/vitest/vitest.mjs"), "run", "--root", place], {
      encoding: "utf8",
    });
    expect(tests.status, tests.stdout + tests.stderr).toBe(0);
  });
});
