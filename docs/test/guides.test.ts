import { existsSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { frontPage, guideLists, unlistedGuides } from "../src/guides.ts";

it("the front page lists every guide once, under headings", () => {
  const lists = guideLists();
  const files = lists.flatMap((list) => list.files);
  expect(lists.map(({ title }) => title)).toEqual(["First steps", "Working with Akari", "Extending it"]);
  expect(new Set(files).size).toBe(files.length);
  for (const file of files) expect(existsSync(file), file).toBe(true);
  expect(unlistedGuides(lists)).toEqual([]);
  expect(unlistedGuides(lists.slice(1)).length).toBeGreaterThan(0);
});

it("the code of the guides fits on the width of a page", () => {
  for (const file of [frontPage, ...guideLists().flatMap((list) => list.files)]) {
    const blocks = [...readFileSync(file, "utf8").matchAll(/^```ts\n([\s\S]*?)^```$/gm)].flatMap(([, code = ""]) =>
      code.split("\n"),
    );
    for (const line of blocks) expect(line.length, `${file}: ${line}`).toBeLessThanOrEqual(98);
  }
});
