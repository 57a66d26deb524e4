/**
 * `pnpm create-optimizer NAME`: a package for a new optimizer, `packages/optim-NAME`, that passes its tests as it
 * stands. Everything that could be wrong with the name is found before a file is written.
 */

import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { optimizerFiles } from "./optimizer-template.ts";

/** Why a name cannot be that of a new optimizer, or null if it can. */
export function objection(name: string | undefined, root: string): string | null {
  if (!name) return "give the optimizer's name: create-optimizer NAME";
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name)) {
    return `"${name}" is no name for a package: small letters and digits, words joined by "-", as in "lion" or "sophia-g"`;
  }
  if (name.length > 40) return `"${name}" has ${name.length} letters; 40 are the most`;
  if (name === "index" || name === "testing") return `"${name}" means something else in a package`;
  if (name.startsWith("optim-"))
    return `"${name}" begins with "optim-", which the package's name has already: write "${name.slice("optim-".length)}"`;
  if (existsSync(join(root, `packages/optim/src/${name}.ts`))) return `"${name}" is in @akari/optim already`;
  for (const path of [`packages/optim-${name}`, `.changeset/optim-${name}.md`])
    if (existsSync(join(root, path))) return `${path} is there already`;
  return null;
}

/** Writes the package, names it in the root's `tsconfig.json`, and returns the paths written. */
export function createOptimizer(name: string, root: string): readonly string[] {
  const className = name
    .split("-")
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join("");
  // Safe: both files are the repository's own, and every build reads them.
  const { version } = JSON.parse(readFileSync(join(root, "packages/optim/package.json"), "utf8")) as {
    version: string;
  };
  const projects = JSON.parse(readFileSync(join(root, "tsconfig.json"), "utf8")) as { references: { path: string }[] };

  const files = new Map(optimizerFiles({ name, className, version }));
  const after = projects.references.findIndex(({ path }) => path === "packages/optim") + 1;
  projects.references.splice(after, 0, { path: `packages/optim-${name}` });
  files.set("tsconfig.json", `${JSON.stringify(projects, null, 2)}\n`);
  for (const [path, text] of files) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return [...files.keys()];
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const root = resolve(fileURLToPath(new URL("../..", import.meta.url)));
  const [name, ...rest] = process.argv.slice(2);
  const problem = rest.length > 0 ? `one name is enough, got ${rest.length + 1}` : objection(name, root);
  if (problem !== null || name === undefined) {
    console.error(`create-optimizer: ${problem}`);
    process.exitCode = 1;
  } else {
    const paths = createOptimizer(name, root);
    // Names differ in length, and with them where a line is broken.
    spawnSync(
      process.execPath,
      [
        join(root, "node_modules/@biomejs/biome/bin/biome"),
        "check",
        "--write",
        ...paths.filter((path) => /\.(ts|json)$/.test(path)),
      ],
      {
        cwd: root,
        stdio: ["ignore", "ignore", "inherit"],
      },
    );
    console.log(paths.join("\n"));
    console.log(
      `\nIts rule and its options are in packages/optim-${name}/src/${name}.ts. Its tests: npx -y pnpm@12 test packages/optim-${name}`,
    );
  }
}
