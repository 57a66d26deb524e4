/**
 * Checks the generated site: every link of every page has a target, and the search finds typical queries.
 */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { inflateSync } from "node:zlib";

/** Queries, each with a part of the URL of a page that the search must find. */
const searches: Readonly<Record<string, string>> = {
  softmax: "functions/_akari_tensor.softmax.html",
  clip_grad_norm_: "functions/_akari_nn.clipGradNorm_.html",
  clipGradNorm_: "functions/_akari_nn.clipGradNorm_.html",
  view: "functions/_akari_tensor.view.html",
  "torch.nn.functional.cross_entropy": "functions/_akari_nn.",
  DataLoader: "classes/_akari_data.DataLoader.html",
  load_state_dict: "classes/_akari_nn.Module.html#loadstatedict",
  "F.gelu": "functions/_akari_tensor.gelu.html",
  scaled_dot_product_attention: "scaledDotProductAttention.html",
};

/** The search data that the pages load. */
interface SearchData {
  readonly rows: readonly { readonly name: string; readonly url: string }[];
  readonly index: {
    readonly fields: readonly string[];
    readonly invertedIndex: readonly [string, Readonly<Record<string, Readonly<Record<string, unknown>>>>][];
  };
}

function pagesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".html"))
    .map((file) => join(folder, file));
}

/** Returns a message for each link without a target. */
function brokenLinks(folder: string): string[] {
  const anchors = new Map<string, Set<string>>();
  const links: { from: string; href: string }[] = [];
  for (const page of pagesIn(folder)) {
    const html = readFileSync(page, "utf8");
    anchors.set(page, new Set([...html.matchAll(/\sid="([^"]+)"/g)].map(([, id = ""]) => id)));
    for (const href of new Set([...html.matchAll(/<a\s[^>]*?href="([^"]*)"/g)].map(([, target = ""]) => target))) {
      if (!/^[a-z]+:/.test(href) && href !== "#") links.push({ from: page, href });
    }
  }
  return links.flatMap(({ from, href }) => {
    const [path = "", anchor] = href.split("#");
    const target = path === "" ? from : resolve(dirname(from), path);
    const ids = anchors.get(target);
    if (ids === undefined)
      return existsSync(target) ? [] : [`${relative(folder, from)} links to ${href}, which is not there`];
    if (anchor === undefined || anchor === "" || ids.has(anchor) || ids.has(decodeURIComponent(anchor))) return [];
    return [`${relative(folder, from)} links to ${href}, and there is no such anchor`];
  });
}

/** Returns a message for each query that does not find its page. */
function failedSearches(folder: string): string[] {
  const script = readFileSync(join(folder, "assets/search.js"), "utf8");
  const packed = /"([^"]+)"/.exec(script)?.[1] ?? "";
  // Safe: TypeDoc wrote it a moment ago.
  const { rows, index } = JSON.parse(inflateSync(Buffer.from(packed, "base64")).toString("utf8")) as SearchData;
  return Object.entries(searches)
    .filter(([text, url]) => {
      const terms = index.invertedIndex.filter(([term]) => term.includes(text.toLowerCase()));
      const found = terms.flatMap(([, postings]) =>
        index.fields.flatMap((field) => Object.keys(postings[field] ?? {})),
      );
      return !found.some((row) => rows[Number(row)]?.url.includes(url));
    })
    .map(([text, url]) => `the search for "${text}" does not find ${url}`);
}

/** Returns a message for each problem of a site. */
export function siteProblems(folder: string): string[] {
  return [...brokenLinks(folder), ...failedSearches(folder)];
}
