/**
 * Reading docstrings: their first sentence, which the tables of the reference show, and the page of PyTorch's
 * documentation that most of them name. That address stands apart from the text on a page, as a link with a label.
 */

import type { Comment, CommentDisplayPart, DeclarationReflection, Reflection } from "typedoc";

/** A page of PyTorch's documentation. */
export interface PytorchPage {
  /** What it is about: `torch.nn.functional.softmax`. */
  readonly name: string;
  readonly url: string;
}

/** The name that an address of PyTorch's documentation is about, or null. */
export function pytorchName(url: string): string | null {
  const match = /^https:\/\/(?:docs\.)?pytorch\.org\/.*?(?:#(torch[\w.]+)|\/generated\/(torch[\w.]+)\.html)$/.exec(url);
  // Where a class is written is not how it is called.
  const written = match?.[1] ?? match?.[2];
  const called = written?.replace(/^torch\.nn\.(?:modules\.\w+|parameter)\./, "torch.nn.");
  return called?.replace(/^torch\.distributions\.\w+\.(?=\w+$)/, "torch.distributions.") ?? null;
}

// An address behind a sentence, or on a line of its own.
const address = /(?<=^|[.!?)]|\n)[ \t]*(https:\/\/(?:docs\.)?pytorch\.org\/[^\s<>)]+)[ \t]*(?=\n|$)/gm;

/** The docstring of a name, wherever TypeDoc keeps it. */
export function commentOf(reflection: Reflection): Comment | undefined {
  if (reflection.comment !== undefined || !reflection.isDeclaration()) return reflection.comment;
  const { signatures, getSignature, setSignature, type } = reflection;
  const own =
    signatures?.find((signature) => signature.hasComment())?.comment ?? getSignature?.comment ?? setSignature?.comment;
  return own ?? (type?.type === "reflection" ? type.declaration.signatures?.[0]?.comment : undefined);
}

/** The pages of PyTorch's documentation that a text names. */
function pytorchPages(parts: readonly CommentDisplayPart[]): PytorchPage[] {
  return parts.flatMap(({ text }) =>
    [...text.matchAll(address)].flatMap(([, url = ""]) => {
      const name = pytorchName(url);
      return name === null ? [] : [{ name, url }];
    }),
  );
}

/** The pages of PyTorch's documentation that the docstrings of a name and of its forms name. */
export function pytorchPagesOf(reflection: DeclarationReflection): PytorchPage[] {
  const comments = [
    reflection.comment,
    ...(reflection.signatures ?? []).map(({ comment }) => comment),
    reflection.getSignature?.comment,
  ];
  const found = comments.flatMap((comment) => pytorchPages(comment?.summary ?? []));
  return found.filter(({ name }, i) => found.findIndex((other) => other.name === name) === i);
}

/** The text without the addresses that stand apart on the page. */
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

/** The first sentence. A full stop ends it where a capital letter, an address or code follows. */
export function firstSentence(parts: readonly CommentDisplayPart[]): CommentDisplayPart[] {
  const sentence: CommentDisplayPart[] = [];
  for (const [i, part] of withoutPages(parts).entries()) {
    if (part.kind !== "text") {
      sentence.push(part);
      continue;
    }
    // A link's address is no prose: `[text](` ends with an open bracket and continues in the next part.
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
