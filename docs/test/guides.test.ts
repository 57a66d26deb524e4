import { existsSync } from "node:fs";
import { expect, it } from "vitest";
import { guideLists, unlistedGuides } from "../src/guides.ts";

it("the front page lists every guide once, under headings", () => {
  const lists = guideLists();
  const files = lists.flatMap((list) => list.files);
  expect(lists.map(({ title }) => title)).toEqual(["First steps", "Working with Akari", "Extending it"]);
  expect(new Set(files).size).toBe(files.length);
  for (const file of files) expect(existsSync(file), file).toBe(true);
  expect(unlistedGuides(lists)).toEqual([]);
  expect(unlistedGuides(lists.slice(1)).length).toBeGreaterThan(0);
});
