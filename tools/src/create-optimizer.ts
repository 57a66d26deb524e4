/**
 * `pnpm create-optimizer NAME`: creates a package for a new optimizer, `packages/optim-NAME`, that passes its tests
 * without changes. The name is validated before any file is written. It is the package's (`sophia-g`), or the class's
 * (`AdEMAMix`) if that cannot be told from the package's.
 */

import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { optimizerFiles } from "./optimizer-template.ts";

const usage =
  'a name of lower-case letters and digits, with "-" between words, as in "sophia-g"; or that of the class, as in "AdEMAMix"';

/** Returns the names of the package and of the class: `sophia-g` and `SophiaG`, `ademamix` and `AdEMAMix`. */
function namesOf(given: string): { readonly name: string; readonly className: string } {
  const words = given.split("-").map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  return { name: given.toLowerCase(), className: words.join("") };
}

/** Returns why a name is invalid for a new optimizer, or null if it is valid. */
export function objection(given: string | undefined, root: string): string | null {
  if (!given) return `expected ${usage}`;
  if (!/^([a-z][a-z0-9]*(-[a-z0-9]+)*|[A-Z][A-Za-z0-9]*)$/.test(given))
    return `"${given}" is not a valid name: expected ${usage}`;
  const { name, className } = namesOf(given);
  if (name.length > 40) return `"${name}" has ${name.length} characters; at most 40 are allowed`;
  if (name === "index" || name === "testing") return `"${name}" is a reserved file name of the package`;
  if (name.startsWith("optim-"))
    return `"${name}" starts with "optim-", which is added automatically: use "${name.slice("optim-".length)}"`;
  const exported = readFileSync(join(root, "packages/optim/src/index.ts"), "utf8");
  if (existsSync(join(root, `packages/optim/src/${name}.ts`)) || new RegExp(`\\b${className}\\b`, "i").test(exported))
    return `"${given}" already exists in @akari/optim`;
  if (className in globalThis) return `"${className}" is a name of JavaScript's own`;
  for (const path of [`packages/optim-${name}`, `.changeset/optim-${name}.md`])
    if (existsSync(join(root, path))) return `${path} already exists`;
  return null;
}

/** Writes the package, adds it to the root's `tsconfig.json`, and returns the paths written. */
export function createOptimizer(given: string, root: string): readonly string[] {
  const { name, className } = namesOf(given);
  // Safe: both files belong to the repository, and every build reads them.
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
  const [given, ...rest] = process.argv.slice(2);
  const problem = rest.length > 0 ? `expected one name, got ${rest.length + 1}` : objection(given, root);
  if (problem !== null || given === undefined) {
    console.error(`create-optimizer: ${problem}`);
    process.exitCode = 1;
  } else {
    const { name } = namesOf(given);
    const paths = createOptimizer(given, root);
    // Where lines break depends on the length of the name, so the files are formatted after writing.
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
    // The package needs nothing that is not installed. If its links and the lockfile were left to the next command,
    // that command would require a network.
    const pnpm = process.env.npm_execpath; // a script in some versions of pnpm, a program in others
    if (pnpm?.includes("pnpm")) {
      const command = /\.[cm]?js$/.test(pnpm) ? [process.execPath, pnpm] : [pnpm];
      spawnSync(command[0] as string, [...command.slice(1), "install", "--offline"], { cwd: root, stdio: "ignore" });
    }
    console.log(paths.join("\n"));
    console.log(
      `\nEdit the update rule and the options in packages/optim-${name}/src/${name}.ts. Run the tests: npx -y pnpm@12 test packages/optim-${name}`,
    );
  }
}
