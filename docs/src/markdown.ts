/**
 * Rendering of Markdown: bare URLs get a readable label, indented blocks are formulas, wide tables scroll, and drawings
 * are inlined into the page.
 */

import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { pytorchName } from "./docstring.ts";
import { home } from "./entry-points.ts";

/** The properties of markdown-it's tokens that are used here. */
interface Token {
  readonly type: string;
  readonly markup: string;
  content: string;
  readonly children: Token[] | null;
  attrGet(name: string): string | null;
}

type Rule = (tokens: readonly Token[], index: number) => string;

/** The properties of markdown-it's parser that are used here. */
interface Parser {
  readonly core: {
    readonly ruler: { push(name: string, rule: (state: { readonly tokens: readonly Token[] }) => void): void };
  };
  readonly renderer: { readonly rules: Record<string, Rule> };
}

/** Returns a short label for a URL. */
export function labelOf(url: string): string {
  const arxiv = /^https:\/\/arxiv\.org\/(?:abs|pdf)\/(.+)$/.exec(url);
  const doi = /^https:\/\/doi\.org\/(.+)$/.exec(url);
  if (arxiv !== null) return `arXiv:${arxiv[1]}`;
  if (doi !== null) return `doi:${doi[1]}`;
  return pytorchName(url) ?? url.replace(/^https?:\/\/(www\.)?/, "").replace(/\/$/, "");
}

const escaped = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

/** Renders a block of formulas. Several formulas on one line are wrapped between, not within. */
function formulas(text: string): string {
  const lines = escaped(text.trimEnd());
  const steps = lines.includes("\n") ? [] : lines.split(/ {3,}/);
  const html = steps.length < 2 ? lines : steps.map((step) => `<span>${step}</span>`).join(" ");
  return `<pre class="ak-formula"><code>${html}</code></pre>\n`;
}

/**
 * Inlines a drawing into the page and removes its own styles, so that it uses the colors of the page. Opened as a
 * file, a drawing uses its own.
 */
function drawing(source: string): string {
  const svg = readFileSync(join(home, "guides/drawings", basename(source)), "utf8");
  return `<span class="ak-drawing">${svg.replace(/<style>[\s\S]*?<\/style>\n?/, "")}</span>`;
}

/** Configures a parser with these rules. */
export function setMarkdown(parser: Parser): void {
  parser.core.ruler.push("akari-labels", ({ tokens }) => {
    for (const { children } of tokens) {
      children?.forEach((token, i) => {
        const text = children[i + 1];
        if (token.type === "link_open" && token.markup === "linkify" && text !== undefined)
          text.content = labelOf(token.attrGet("href") ?? "");
      });
    }
  });
  const { rules } = parser.renderer;
  rules.code_block = (tokens, i) => formulas(tokens[i]?.content ?? "");
  rules.image = (tokens, i) => drawing(tokens[i]?.attrGet("src") ?? "");
  rules.table_open = () => '<div class="ak-scroll"><table>\n';
  rules.table_close = () => "</table></div>\n";
}
