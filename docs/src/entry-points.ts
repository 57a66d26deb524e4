/**
 * The entry points of every published package, which the reference covers. They are read from each `package.json`, so a
 * new package is found automatically.
 */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** Path of the folder `docs`. */
export const home: string = fileURLToPath(new URL("..", import.meta.url));

const packages = join(home, "..", "packages");

/** The fields of a `package.json` that are used here. */
interface Manifest {
  readonly name: string;
  readonly private?: boolean;
  readonly exports?: Readonly<Record<string, string>>;
}

/** A module that users import. */
export interface EntryPoint {
  /** Import specifier: `@akari/tensor/webgpu`. */
  readonly name: string;
  /** Path of its source file. */
  readonly file: string;
  /** Name of the package: `@akari/tensor`. */
  readonly packageName: string;
  /** The package's folder `src`, to which the files of families are relative. */
  readonly sources: string;
  /** Path of the package's README for its main entry point, otherwise null. */
  readonly readme: string | null;
}

/** The packages in reading order. Others follow alphabetically. */
const order = [
  "akari",
  "@akari/tensor",
  "@akari/autograd",
  "@akari/nn",
  "@akari/optim",
  "@akari/data",
  "@akari/io",
  "@akari/linalg",
  "@akari/fft",
  "@akari/distributions",
  "@akari/special",
];

/** Returns the entry points in reading order: each package, followed by its subpaths. */
export function inReadingOrder(entries: readonly EntryPoint[]): EntryPoint[] {
  const rank = ({ packageName }: EntryPoint): number =>
    order.includes(packageName) ? order.indexOf(packageName) : order.length;
  return entries.toSorted((a, b) => rank(a) - rank(b) || (a.name < b.name ? -1 : 1));
}

/**
 * Returns every entry point of every published package, `@akari/tensor` first: TypeDoc documents a name where it meets
 * it first, and refers to that page from later ones.
 */
export function entryPoints(): EntryPoint[] {
  const found: EntryPoint[] = [];
  for (const folder of readdirSync(packages)) {
    // Safe: a package.json of this repository, whose tests would fail first.
    const manifest = JSON.parse(readFileSync(join(packages, folder, "package.json"), "utf8")) as Manifest;
    if (manifest.private) continue;
    const readme = join(packages, folder, "README.md");
    for (const [path, file] of Object.entries(manifest.exports ?? {})) {
      found.push({
        name: manifest.name + path.slice(1),
        file: resolve(packages, folder, file),
        packageName: manifest.name,
        sources: join(packages, folder, "src"),
        readme: path === "." && existsSync(readme) ? readme : null,
      });
    }
  }
  const first = ({ packageName }: EntryPoint): number => (packageName === "@akari/tensor" ? 0 : 1);
  return found.sort((a, b) => first(a) - first(b) || (a.name < b.name ? -1 : 1));
}
