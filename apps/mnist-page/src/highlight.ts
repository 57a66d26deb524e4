/** Syntax highlighting for TypeScript, sufficient for the files that the page shows. */

/** A piece of source code. */
export interface Token {
  readonly kind: "comment" | "text" | "number" | "keyword" | "type" | "call" | "plain";
  readonly text: string;
}

const PATTERN =
  /(?<comment>\/\*[\s\S]*?\*\/|\/\/.*)|(?<text>"[^"\n]*")|(?<number>\b\d[\d.]*\b)|(?<keyword>\b(?:class|const|export|extends|implements|import|from|let|new|readonly|return|this|type)\b)|(?<type>\b[A-Z]\w*)|(?<call>\b\w+(?=\())/g;

/** Splits source code into tokens, whose texts add up to the source code. */
export function tokens(source: string): Token[] {
  const found: Token[] = [];
  let end = 0;
  for (const match of source.matchAll(PATTERN)) {
    if (match.index > end) found.push({ kind: "plain", text: source.slice(end, match.index) });
    const kind = KINDS.find((name) => match.groups?.[name] !== undefined) ?? "plain";
    found.push({ kind, text: match[0] });
    end = match.index + match[0].length;
  }
  if (end < source.length) found.push({ kind: "plain", text: source.slice(end) });
  return found;
}

const KINDS = ["comment", "text", "number", "keyword", "type", "call"] as const;
