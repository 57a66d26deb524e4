/**
 * Who has no docstring. TypeDoc asks for those of functions and methods alike; this asks for those of what is exported, and of the members of classes and
 * interfaces if told so.
 */

import { type DeclarationReflection, type ProjectReflection, ReflectionKind } from "typedoc";
import { commentOf } from "../docstring.ts";

const members = ReflectionKind.Property | ReflectionKind.Method | ReflectionKind.Accessor;

/** Every member without a docstring, once, with the file that declares it: `nn/src/conv.ts ConvolutionLayer.weight`. */
function bareMembers(project: ProjectReflection): string[] {
  const places = new Set<string>();
  for (const reflection of project.getReflectionsByKind(members)) {
    // Safe: what has one of these kinds is a declaration.
    const member = reflection as DeclarationReflection;
    if (commentOf(member)?.summary.some(({ text }) => text !== "")) continue;
    if (!member.parent?.kindOf(ReflectionKind.ClassOrInterface | ReflectionKind.TypeLiteral)) continue;
    const id = project.getSymbolIdFromReflection(member);
    // A member of a type that is written where it is used is described there.
    if (id === undefined || !/^[\w$]+\./.test(id.qualifiedName) || /__type/.test(id.qualifiedName)) continue;
    places.add(`${id.packageName.replace("@akari/", "")}/${id.packagePath} ${id.qualifiedName}`);
  }
  return [...places].sort();
}

/** What has no docstring, as complaints. */
export function undocumented(project: ProjectReflection, withMembers: boolean): string[] {
  const functions = project
    .getReflectionsByKind(ReflectionKind.Function)
    // Safe: what has this kind is a declaration.
    .filter((reflection) => commentOf(reflection as DeclarationReflection) === undefined)
    .map((reflection) => `${reflection.getFriendlyFullName()} has no docstring`);
  return [...functions, ...(withMembers ? bareMembers(project).map((place) => `${place} has no docstring`) : [])];
}
