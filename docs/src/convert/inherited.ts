/**
 * Shows an inherited member only on the page of the class that declares it; subclasses list its name with a link.
 * Otherwise the page of every layer would repeat that of `Module`. Members of classes that are not exported are kept.
 */

import { type DeclarationReflection, type ProjectReflection, ReflectionKind } from "typedoc";

/** The inherited members that were removed from the page of each class, in their order. */
export const inheritedMembers: WeakMap<DeclarationReflection, readonly DeclarationReflection[]> = new WeakMap();

/** Identifies the declaration of a member, independent of the class through which it is seen. */
function declaredAt(project: ProjectReflection, member: DeclarationReflection): string | null {
  const id = project.getSymbolIdFromReflection(member);
  return id === undefined ? null : `${id.packageName}/${id.packagePath} ${id.qualifiedName}`;
}

/**
 * Removes inherited members from the pages of all classes of a project. Interfaces keep theirs, because a reader of an
 * options type wants to see all options.
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
  // A member of a class that is not exported is shown by the topmost exported subclass.
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
