/**
 * Finds missing docstrings of functions, and of all public and protected members of classes and interfaces. TypeDoc's
 * own check treats functions and methods alike and covers only exports.
 *
 * Two kinds of members need no docstring, because it could only repeat what the page already says: the discriminator
 * `kind` of a union member, whose type is its only value, and the `name` of an error, which is the name of its class.
 */

import { type DeclarationReflection, type ProjectReflection, ReflectionKind } from "typedoc";
import { commentOf } from "../docstring.ts";

const members = ReflectionKind.Property | ReflectionKind.Method | ReflectionKind.Accessor;

/** Whether a class extends `Error`, directly or indirectly. */
function isError({ extendedTypes = [] }: DeclarationReflection): boolean {
  return extendedTypes.some((type) => {
    if (type.type !== "reference") return false;
    return type.name === "Error" || (type.reflection?.isDeclaration() === true && isError(type.reflection));
  });
}

/** Whether a member needs no docstring. */
function speaksForItself({ name, type, parent }: DeclarationReflection): boolean {
  if (name === "kind") return type?.type === "literal";
  return name === "name" && parent?.isDeclaration() === true && isError(parent);
}

/** Lists each member without a docstring once, with its file: `nn/src/conv.ts ConvolutionLayer.weight`. */
function bareMembers(project: ProjectReflection): string[] {
  const places = new Set<string>();
  for (const reflection of project.getReflectionsByKind(members)) {
    // Safe: reflections of these kinds are declarations.
    const member = reflection as DeclarationReflection;
    if (commentOf(member)?.summary.some(({ text }) => text !== "") || speaksForItself(member)) continue;
    if (!member.parent?.kindOf(ReflectionKind.ClassOrInterface | ReflectionKind.TypeLiteral)) continue;
    const id = project.getSymbolIdFromReflection(member);
    // Members of inline types are described where the type is used.
    if (id === undefined || !/^[\w$]+\./.test(id.qualifiedName) || /__type/.test(id.qualifiedName)) continue;
    places.add(`${id.packageName.replace("@akari/", "")}/${id.packagePath} ${id.qualifiedName}`);
  }
  return [...places].sort();
}

/** Returns a message for each missing docstring. */
export function undocumented(project: ProjectReflection): string[] {
  const functions = project
    .getReflectionsByKind(ReflectionKind.Function)
    // Safe: reflections of this kind are declarations.
    .filter((reflection) => commentOf(reflection as DeclarationReflection) === undefined)
    .map((reflection) => reflection.getFriendlyFullName());
  return [...functions, ...bareMembers(project)].map((place) => `${place} has no docstring`);
}
