/**
 * Packs the published packages into tarballs, as they will be published.
 */

import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { temporaryFolder } from "./temporary-folder.ts";

/** Path of the repository. */
export const root: string = fileURLToPath(new URL("../..", import.meta.url));

/** The fields of a `package.json` that are used here. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly private?: boolean;
  readonly exports: Readonly<Record<string, unknown>>;
  readonly publishConfig: { readonly exports: Readonly<Record<string, { readonly default: string }>> };
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

/** A package and the path of its tarball. */
export interface Packed {
  readonly folder: string;
  readonly manifest: Manifest;
  readonly tarball: string;
}

/** Packs every published package, which must be built. The tarballs are deleted when the program ends. */
export function packAll(): readonly Packed[] {
  const destination = temporaryFolder();
  const folders = readdirSync(join(root, "packages")).map((name) => join(root, "packages", name));
  const published = folders
    // Safe: a package.json of this repository.
    .map((folder) => ({ folder, manifest: JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Manifest }))
    .filter(({ manifest }) => !manifest.private);
  execFileSync(
    "npx",
    ["-y", "pnpm@12", "--recursive", "--filter", "./packages/*", "pack", "--pack-destination", destination],
    {
      cwd: root,
      stdio: ["ignore", "ignore", "inherit"],
    },
  );
  return published.map(({ folder, manifest }) => {
    const { name, version } = manifest;
    return {
      folder,
      manifest,
      tarball: join(destination, `${name.replace("@", "").replace("/", "-")}-${version}.tgz`),
    };
  });
}
