/** Shows the source files that the worker runs. They are imported as text, so they are always up to date. */

import cnn from "@akari/app-mnist/cnn?raw";
import mlp from "@akari/app-mnist/mlp?raw";
import step from "@akari/app-mnist/step?raw";
import { element, made } from "./element.ts";
import { tokens } from "./highlight.ts";
import type { Choice } from "./messages.ts";

const networks = { mlp, cnn };

/** Shows the training step and the chosen network. */
export function showSources(network: Choice["network"]): void {
  showSource("step-source", step);
  element("network-file", HTMLElement).textContent = `${network}.ts`;
  showSource("network-source", networks[network]);
}

function showSource(id: string, source: string): void {
  const pieces = tokens(source.trimEnd()).map(({ kind, text }) => (kind === "plain" ? text : made("span", kind, text)));
  element(id, HTMLElement).replaceChildren(...pieces);
}
