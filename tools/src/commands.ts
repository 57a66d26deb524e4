/** Runs other programs, which are installed from the registry if necessary. */

import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./packages.ts";

/** Runs a command and returns its output. If it fails, the error contains the output. */
export function run(command: string, args: readonly string[], cwd: string): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, encoding: "utf8" });
  if (status !== 0)
    throw new Error(`${command} ${args.join(" ")}: ${error?.message ?? `status ${status}`}\n${stdout}${stderr}`);
  return stdout;
}

/** Installs packages from the registry or from tarballs in a project. */
export const npm = (cwd: string, ...packages: readonly string[]): string =>
  run("npm", ["install", "--no-audit", "--no-fund", "--no-package-lock", "--loglevel=error", ...packages], cwd);

/** Returns the path of a file of a package from the registry, which is installed once, in a folder of its own. */
export function tool(specification: string, file: string): string {
  const folder = join(root, "node_modules/.cache/alone", specification.replace("@", "-"));
  const found = join(folder, "node_modules", file);
  if (!existsSync(found)) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "package.json"), '{ "private": true }');
    npm(folder, specification);
  }
  return found;
}
