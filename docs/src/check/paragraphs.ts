/**
 * Finds paragraphs of docstrings in which a line happens to start like a list item, a heading or a quotation, such as
 * the second line of "H = (S + padding" / "- kernel + 1)". Markdown would end the paragraph there.
 */

import { type Comment, type CommentDisplayPart, type ProjectReflection, ReflectionKind } from "typedoc";

/** What interrupts a paragraph in Markdown. A numbered list does so only if it starts with 1. */
const interrupts = /^ {0,3}(?:[-+*]|1[.)]|#{1,6}|>)(?: |$)/;

/** Returns the first line of a text that interrupts a paragraph; null if there is none. A list may follow a colon. */
export function interruption(parts: readonly CommentDisplayPart[]): string | null {
  const text = parts.map((part) => part.text).join("");
  const paragraphs = text.replace(/```[\s\S]*?```/g, "").split(/\n\s*\n/);
  for (const [first = "", ...lines] of paragraphs.map((paragraph) => paragraph.split("\n"))) {
    if (interrupts.test(first)) continue;
    const i = lines.findIndex((line) => interrupts.test(line));
    const before = lines[i - 1] ?? first;
    if (i !== -1 && !before.endsWith(":")) return lines[i] ?? null;
  }
  return null;
}

function partsOf({ summary, blockTags }: Comment): (readonly CommentDisplayPart[])[] {
  return [summary, ...blockTags.filter(({ tag }) => tag !== "@example").map(({ content }) => content)];
}

/** Returns a message for each docstring with an interrupted paragraph. */
export function interruptedParagraphs(project: ProjectReflection): string[] {
  return project.getReflectionsByKind(ReflectionKind.All).flatMap((reflection) =>
    (reflection.comment === undefined ? [] : partsOf(reflection.comment)).flatMap((parts) => {
      const line = interruption(parts);
      return line === null
        ? []
        : [`${reflection.getFriendlyFullName()}: the line "${line}" starts a list or a heading; break it elsewhere`];
    }),
  );
}
