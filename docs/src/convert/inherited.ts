/**
 * A member stands once, on the page of the class that has it first. A class that inherits it names it, with a link
 * there; otherwise the page of every layer would be that of `Module` again. What comes from a class that is not
 * exported stays.
 */

import { type DeclarationReflection, type ProjectReflection, ReflectionKind } from "typedoc";

/** What a class has from others: the members that were taken off its page, in their order. */
export const inheritedMembers: WeakMap<DeclarationReflection, readonly DeclarationReflection[]> = new WeakMap();

/** Where a member was declared, whichever class it is looked at in. */
function declaredAt(project: ProjectReflection, member: DeclarationReflection): string | null {
  const id = project.getSymbolIdFromReflection(member);
  return id === undefined ? null : `${id.packageName}/${id.packagePath} ${id.qualifiedName}`;
}

/**
 * Takes what is inherited off the pages of all classes of a project. An interface keeps all of it: whoever reads about
 * options wants them all.
 */
export function foldInherited(project: ProjectReflection): void {
  // Safe: classes are declarations.
  const classes = project.getReflectionsByKind(ReflectionKind.Class) as DeclarationReflection[];
  const membersOf = (owner: DeclarationReflection): DeclarationReflection[] =>
    (owner.children ?? []).filter((member) => !member.kindOf(ReflectionKind.Constructor));
  const origins = new Map<string, DeclarationReflection>();
  for (const member of classes.flatMap(membersOf)) {
    const place = member.flags.isInherited === true ? null : declaredAt(project, member);
    if (place !== null) origins.set(place, member);
  }
  // What stems from a class that is not exported is shown by the first class that is.
  const shownBy = (owner: DeclarationReflection, place: string): DeclarationReflection | undefined => {
    for (const type of owner.extendedTypes ?? []) {
      const base = type.type === "reference" ? type.reflection : undefined;
      if (!base?.isDeclaration()) continue;
      return shownBy(base, place) ?? membersOf(base).find((member) => declaredAt(project, member) === place);
    }
    return undefined;
  };
  for (const owner of classes) {
    const found: DeclarationReflection[] = [];
    for (const member of membersOf(owner)) {
      const place = member.flags.isInherited === true ? declaredAt(project, member) : null;
      const origin = place === null ? undefined : (origins.get(place) ?? shownBy(owner, place));
      if (origin === undefined) continue;
      found.push(origin);
      project.removeReflection(member);
    }
    if (found.length > 0) inheritedMembers.set(owner, found);
  }
}
