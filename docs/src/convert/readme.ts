/**
 * Converts a package's README, which opens the package's page in the reference.
 */

import { readFileSync } from "node:fs";
import type { CommentDisplayPart, DeclarationReflection } from "typedoc";

/** Returns a README without its title and with links to other packages pointing to their pages. */
export function readmeParts(file: string, modules: ReadonlyMap<string, DeclarationReflection>): CommentDisplayPart[] {
  const text = readFileSync(file, "utf8").replace(/^# .*\n+/, "");
  return text.split(/(\[`[^`]+`\]\(\.\.\/[a-z-]+\))/).map((piece) => {
    const [, name] = /^\[`([^`]+)`\]/.exec(piece) ?? [];
    const target = name === undefined ? undefined : modules.get(name);
    return target === undefined
      ? { kind: "text", text: piece }
      : { kind: "inline-tag", tag: "@linkcode", text: target.name, target };
  });
}
