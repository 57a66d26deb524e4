/**
 * The tables at the end of the guide "Coming from PyTorch": every name of PyTorch that Akari has, and where it is. They
 * are made anew with each build, so they cannot go stale.
 */

import type { CommentDisplayPart, DeclarationReflection } from "typedoc";
import type { Counterpart, Counterparts } from "./counterparts.ts";
import { type Namespace, pytorchNames } from "./names.ts";

/** What stands in the table of tensors and operations; every other place has a table of its own. */
const together: readonly Namespace[] = ["torch", "torch.Tensor"];

const text = (of: string): CommentDisplayPart => ({ kind: "text", text: of });

/** A name as a link: `softmax`, `Tensor.softmax`. */
function link(target: DeclarationReflection): CommentDisplayPart {
  const name = target.parent?.name === "Tensor" ? `x.${target.name}` : target.name;
  return { kind: "inline-tag", tag: "@linkcode", text: name, target };
}

function links(targets: readonly DeclarationReflection[]): CommentDisplayPart[] {
  return targets.flatMap((target, i) => (i === 0 ? [link(target)] : [text(", "), link(target)]));
}

/**
 * The names of `torch` and of its `Tensor` in one table: the function and the methods of one operation stand in one
 * row.
 */
function operations(all: readonly Counterpart[]): CommentDisplayPart[] {
  const rows = new Map<string, { functions: Set<DeclarationReflection>; methods: Set<DeclarationReflection> }>();
  for (const { namespace, name, targets } of all) {
    if (!together.includes(namespace)) continue;
    const base = name.replace(/_$/, "");
    const row = rows.get(base) ?? { functions: new Set(), methods: new Set() };
    rows.set(base, row);
    for (const target of targets) (target.parent?.name === "Tensor" ? row.methods : row.functions).add(target);
  }
  return [
    text("\n\n### Tensors and operations\n\n| PyTorch | function | method |\n| --- | --- | --- |\n"),
    ...[...rows]
      .sort(([a], [b]) => a.localeCompare(b, "en", { sensitivity: "base" }))
      .flatMap(([name, { functions, methods }]) => [
        text(`| \`${name}\` | `),
        ...links([...functions]),
        text(" | "),
        ...links([...methods]),
        text(" |\n"),
      ]),
  ];
}

function namesOf(namespace: Namespace, all: readonly Counterpart[]): CommentDisplayPart[] {
  const rows = all.filter((each) => each.namespace === namespace);
  return [
    text(`\n\n### ${namespace}\n\n| PyTorch | Akari |\n| --- | --- |\n`),
    ...rows.flatMap(({ name, targets }) => [text(`| \`${name}\` | `), ...links(targets), text(" |\n")]),
  ];
}

/** The tables, as the end of a guide. */
export function tables(counterparts: Counterparts): CommentDisplayPart[] {
  const { all } = counterparts;
  const known = [...pytorchNames.values()].reduce((sum, names) => sum + names.length, 0);
  return [
    text(
      `\n\n## Every name\n\nOf ${known} names of PyTorch's, Akari has these ${all.length}. The search finds them by either spelling.\n`,
    ),
    ...operations(all),
    ...[...pytorchNames.keys()]
      .filter((namespace) => !together.includes(namespace))
      .flatMap((namespace) => namesOf(namespace, all)),
  ];
}
