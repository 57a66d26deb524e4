/** The files that the worker trains with, for reading: imported as text, so that what is shown is what runs. */

import model from "@akari/app-mnist/model?raw";
import step from "@akari/app-mnist/step?raw";
import { element, made } from "./element.ts";
import { tokens } from "./highlight.ts";

/** Shows them. */
export function showSources(): void {
  for (const [id, source] of [
    ["step-source", step],
    ["model-source", model],
  ] as const) {
    const pieces = tokens(source.trimEnd()).map(({ kind, text }) => (kind === "plain" ? text : made("span", kind, text)));
    element(id, HTMLElement).replaceChildren(...pieces);
  }
}
