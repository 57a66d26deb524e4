/**
 * The guides in reading order. The front page is their table of contents: headings with links to guides below them. A
 * guide that the front page does not list is an error.
 */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { home } from "./entry-points.ts";

/** A heading of the front page with the guides listed below it. */
export interface GuideList {
  readonly title: string;
  /** Absolute paths of the guides. */
  readonly files: readonly string[];
}

/** Path of the front page. */
export const frontPage: string = join(home, "index.md");

/** Returns the guides as the front page lists them. */
export function guideLists(): GuideList[] {
  const sections = readFileSync(frontPage, "utf8").split(/^## /m).slice(1);
  return sections
    .map((section) => ({
      title: section.slice(0, section.indexOf("\n")),
      files: [...section.matchAll(/^[-|].*?\]\(((?:guides\/)?[a-z-]+\.md)\)/gm)].map(([, path = ""]) =>
        join(home, path),
      ),
    }))
    .filter(({ files }) => files.length > 0);
}

/** Returns a message for each guide that no list contains. */
export function unlistedGuides(lists: readonly GuideList[]): string[] {
  const listed = new Set(lists.flatMap(({ files }) => files));
  return readdirSync(join(home, "guides"))
    .filter((file) => file.endsWith(".md") && !listed.has(join(home, "guides", file)))
    .map((file) => `docs/index.md does not list guides/${file}`);
}
