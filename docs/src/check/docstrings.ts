/**
 * Who has no docstring. TypeDoc asks for those of functions and methods alike, and only of exports themselves; this
 * asks for those of functions, and of every public or protected member of classes and interfaces.
 *
 * Two kinds of members are let off, because a sentence about them could only repeat what the page says already: the
 * discriminator `kind` of a member of a union, whose type is the one text that it may be, and the `name` of an error,
 * which is the name of its class.
 */

import { type DeclarationReflection, type ProjectReflection, ReflectionKind } from "typedoc";
import { commentOf } from "../docstring.ts";

const members = ReflectionKind.Property | ReflectionKind.Method | ReflectionKind.Accessor;

/** Whether a class is an error: whether `Error` is among those that it extends. */
function isError({ extendedTypes = [] }: DeclarationReflection): boolean {
  return extendedTypes.some((type) => {
    if (type.type !== "reference") return false;
    return type.name === "Error" || (type.reflection?.isDeclaration() === true && isError(type.reflection));
  });
}

/** Whether there is nothing to say about a member. */
function speaksForItself({ name, type, parent }: DeclarationReflection): boolean {
  if (name === "kind") return type?.type === "literal";
  return name === "name" && parent?.isDeclaration() === true && isError(parent);
}

/** Every member without a docstring, once, with the file that declares it: `nn/src/conv.ts ConvolutionLayer.weight`. */
function bareMembers(project: ProjectReflection): string[] {
  const places = new Set<string>();
  for (const reflection of project.getReflectionsByKind(members)) {
    // Safe: what has one of these kinds is a declaration.
    const member = reflection as DeclarationReflection;
    if (commentOf(member)?.summary.some(({ text }) => text !== "") || speaksForItself(member)) continue;
    if (!member.parent?.kindOf(ReflectionKind.ClassOrInterface | ReflectionKind.TypeLiteral)) continue;
    const id = project.getSymbolIdFromReflection(member);
    // A member of a type that is written where it is used is described there.
    if (id === undefined || !/^[\w$]+\./.test(id.qualifiedName) || /__type/.test(id.qualifiedName)) continue;
    places.add(`${id.packageName.replace("@akari/", "")}/${id.packagePath} ${id.qualifiedName}`);
  }
  return [...places].sort();
}

/** What has no docstring, as complaints. */
export function undocumented(project: ProjectReflection): string[] {
  const functions = project
    .getReflectionsByKind(ReflectionKind.Function)
    // Safe: what has this kind is a declaration.
    .filter((reflection) => commentOf(reflection as DeclarationReflection) === undefined)
    .map((reflection) => reflection.getFriendlyFullName());
  return [...functions, ...bareMembers(project)].map((place) => `${place} has no docstring`);
}
