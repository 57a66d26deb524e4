/**
 * What the reference is about: the entry points of every published package. They are read from the packages' own
 * `package.json`, so a new package shows up by being there.
 */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder `docs`. */
export const home: string = fileURLToPath(new URL("..", import.meta.url));

const packages = join(home, "..", "packages");

/** What is read of a `package.json`. */
interface Manifest {
  readonly name: string;
  readonly private?: boolean;
  readonly exports?: Readonly<Record<string, string>>;
}

/** One module that users import. */
export interface EntryPoint {
  /** What stands behind `from`: `@akari/tensor/webgpu`. */
  readonly name: string;
  /** Its source file. */
  readonly file: string;
  /** The package's name: `@akari/tensor`. */
  readonly packageName: string;
  /** The package's sources, as files of the families are named from there. */
  readonly sources: string;
  /** The package's README, for its main entry point. */
  readonly readme: string | null;
}

/** The packages in the order in which one reads about them; others follow in that of the alphabet. */
const order = [
  "akari",
  "@akari/tensor",
  "@akari/autograd",
  "@akari/nn",
  "@akari/optim",
  "@akari/data",
  "@akari/io",
  "@akari/distributions",
  "@akari/special",
  "@akari/fft",
];

/** Entry points as they are listed: a package, and after it what else it exports. */
export function inReadingOrder(entries: readonly EntryPoint[]): EntryPoint[] {
  const rank = ({ packageName }: EntryPoint): number =>
    order.includes(packageName) ? order.indexOf(packageName) : order.length;
  return entries.toSorted((a, b) => rank(a) - rank(b) || (a.name < b.name ? -1 : 1));
}

/**
 * Every entry point of every published package. Tensors come first and the umbrella last: who shows the same name later
 * refers to the one who has it.
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
