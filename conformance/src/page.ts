/**
 * Runs recorded cases on the CPU in a page. The server that serves the page has the cases at `/cases`, as an
 * object with the contents of a file for each family, and receives the lines of the report and finally the number of failures as JSON.
 */

import { cpu } from "@akari/tensor";
import type { Case } from "./run-case.ts";
import { runFamilies } from "./run-families.ts";

/** What the page sends to the server: a line of the report, the number of failed cases, or an exception. */
export type Message = { readonly line: string } | { readonly failed: number } | { readonly error: string };

const lines: Promise<unknown>[] = [];
const send = (message: Message): Promise<Response> =>
  fetch("/messages", { method: "POST", body: JSON.stringify(message) });

try {
  // Safe: the files follow the format of recorded cases.
  const files = (await (await fetch("/cases")).json()) as Readonly<Record<string, { readonly cases: readonly Case[] }>>;
  const families = Object.entries(files).map(([family, { cases }]) => [family, cases] as const);
  const { failed } = await runFamilies(families, {
    device: cpu(),
    name: "cpu",
    print: (line) => lines.push(send({ line })),
  });
  await Promise.all(lines);
  await send({ failed });
} catch (error) {
  await send({ error: String(error) });
}
