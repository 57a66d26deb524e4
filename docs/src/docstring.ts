/**
 * Reads docstrings: the first sentence, which the tables of the reference show, and the link to PyTorch's
 * documentation, which a page shows apart from the text as a labeled link.
 */

import type { Comment, CommentDisplayPart, DeclarationReflection, Reflection } from "typedoc";

/** A page of PyTorch's documentation. */
export interface PytorchPage {
  /** The name that the page documents: `torch.nn.functional.softmax`. */
  readonly name: string;
  readonly url: string;
}

/** Returns the PyTorch name that a URL of PyTorch's documentation is about, or null for another URL. */
export function pytorchName(url: string): string | null {
  const match = /^https:\/\/(?:docs\.)?pytorch\.org\/.*?(?:#(torch[\w.]+)|\/generated\/(torch[\w.]+)\.html)$/.exec(url);
  // URLs contain the module that defines a class, which is not part of its public name.
  const written = match?.[1] ?? match?.[2];
  const called = written?.replace(/^torch\.nn\.(?:modules\.\w+|parameter)\./, "torch.nn.");
  return called?.replace(/^torch\.distributions\.\w+\.(?=\w+$)/, "torch.distributions.") ?? null;
}

// A URL after a sentence, or on a line of its own.
const address = /(?<=^|[.!?)]|\n)[ \t]*(https:\/\/(?:docs\.)?pytorch\.org\/[^\s<>)]+)[ \t]*(?=\n|$)/gm;

/** Returns the docstring of a name, wherever TypeDoc stores it. */
export function commentOf(reflection: Reflection): Comment | undefined {
  if (reflection.comment !== undefined || !reflection.isDeclaration()) return reflection.comment;
  const { signatures, getSignature, setSignature, type } = reflection;
  const own =
    signatures?.find((signature) => signature.hasComment())?.comment ?? getSignature?.comment ?? setSignature?.comment;
  return own ?? (type?.type === "reflection" ? type.declaration.signatures?.[0]?.comment : undefined);
}

/** Returns the pages of PyTorch's documentation that a text links to. */
function pytorchPages(parts: readonly CommentDisplayPart[]): PytorchPage[] {
  return parts.flatMap(({ text }) =>
    [...text.matchAll(address)].flatMap(([, url = ""]) => {
      const name = pytorchName(url);
      return name === null ? [] : [{ name, url }];
    }),
  );
}

/** Returns the pages of PyTorch's documentation that the docstrings of a name and of its overloads link to. */
export function pytorchPagesOf(reflection: DeclarationReflection): PytorchPage[] {
  const comments = [
    reflection.comment,
    ...(reflection.signatures ?? []).map(({ comment }) => comment),
    reflection.getSignature?.comment,
  ];
  const found = comments.flatMap((comment) => pytorchPages(comment?.summary ?? []));
  return found.filter(({ name }, i) => found.findIndex((other) => other.name === name) === i);
}

/** Returns the text without the links to PyTorch's documentation, which the page shows separately. */
export function withoutPages(parts: readonly CommentDisplayPart[]): CommentDisplayPart[] {
  const rest = parts.map((part) =>
    part.kind === "text"
      ? {
          ...part,
          text: part.text
            .replace(address, (whole, url: string) => (pytorchName(url) === null ? whole : ""))
            .replace(/\n{3,}/g, "\n\n"),
        }
      : part,
  );
  const last = rest.at(-1);
  if (last?.kind === "text") last.text = last.text.trimEnd();
  return rest.filter(({ text }) => text !== "");
}

/** Returns the first sentence. It ends at a period that is followed by a capital letter, a URL or a new line. */
export function firstSentence(parts: readonly CommentDisplayPart[]): CommentDisplayPart[] {
  const sentence: CommentDisplayPart[] = [];
  for (const [i, part] of withoutPages(parts).entries()) {
    if (part.kind !== "text") {
      sentence.push(part);
      continue;
    }
    // A link continues in the next part: `[text](` ends with an open bracket.
    const next = parts[i + 1];
    const end = /\n\s*\n|\n {4}|:\n|[.!?:](?=\s+(?:[A-Z]|https?:|\n))|[.!?](?=\s*$)/.exec(part.text);
    const stops =
      end !== null &&
      (end.index + end[0].length < part.text.trimEnd().length || next === undefined || next.kind !== "text");
    if (!stops || end === null) {
      sentence.push(part);
      continue;
    }
    const mark = /[.!?]/.test(end[0]) ? end[0] : "";
    const text = part.text.slice(0, end.index).trimEnd();
    sentence.push({ ...part, text: `${text}${mark || (/[.!?]$/.test(text) ? "" : ".")}` });
    return sentence;
  }
  return sentence;
}
