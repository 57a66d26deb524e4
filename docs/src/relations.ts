/**
 * Finds related names: the function and the method of an operation, a layer and its function, an options type and the
 * functions that accept it. Their pages link to each other.
 */

import {
  type DeclarationReflection,
  makeRecursiveVisitor,
  type ProjectReflection,
  type Reflection,
  ReflectionKind,
  type SignatureReflection,
  type SomeType,
} from "typedoc";
import { declared } from "./families/families.ts";
import { tensorMembers } from "./pytorch/counterparts.ts";

/** Layers whose function has another name. */
const functionOf: Readonly<Record<string, string>> = {
  BCELoss: "binaryCrossEntropy",
  BCEWithLogitsLoss: "binaryCrossEntropyWithLogits",
  Fold: "col2im",
  MultiheadAttention: "scaledDotProductAttention",
  Unfold: "im2col",
  Upsample: "interpolate",
  UpsamplingBilinear2d: "interpolate",
  UpsamplingNearest2d: "interpolate",
};

/** Returns the declarations that a signature refers to, anywhere in its types. */
function mentioned(signature: SignatureReflection): Set<Reflection> {
  const found = new Set<Reflection>();
  const visitor = makeRecursiveVisitor({
    reference({ reflection }) {
      if (reflection !== undefined) found.add(reflection);
    },
  });
  const visit = (type: SomeType | undefined): void => type?.visit(visitor);
  visit(signature.type);
  for (const { type } of signature.parameters ?? []) visit(type);
  return found;
}

/** Returns the signatures of a function, or those of a class's constructor and own methods. */
function signaturesOf(reflection: DeclarationReflection): SignatureReflection[] {
  if (reflection.signatures !== undefined && reflection.kindOf(ReflectionKind.Function)) return reflection.signatures;
  if (!reflection.kindOf(ReflectionKind.Class)) return [];
  return (reflection.children ?? []).flatMap(({ signatures = [] }) => signatures);
}

/** The relations between the names of a project. */
export class Relations {
  readonly #related = new Map<DeclarationReflection, Set<DeclarationReflection>>();
  readonly #users = new Map<Reflection, Set<DeclarationReflection>>();

  constructor(project: ProjectReflection) {
    const functions = new Map<string, DeclarationReflection>();
    for (const module of ["@akari/nn", "@akari/tensor"]) {
      const container = project.getChildByName([module]);
      if (!container?.isDeclaration()) continue;
      const namespace = container.getChildByName(["functional"]);
      const children = [
        ...(container.children ?? []),
        ...(namespace?.isDeclaration() ? (namespace.children ?? []) : []),
      ];
      for (const child of children)
        if (declared(child).kindOf(ReflectionKind.Function)) functions.set(child.name, declared(child));
    }
    for (const method of tensorMembers(project)) {
      // `var` is a reserved word, so the function has another name than the method.
      const base = method.name === "var" ? "variance" : method.name.replace(/_$/, "");
      for (const name of new Set([method.name, base])) this.#relate(functions.get(name), method);
    }
    const byLetters = new Map([...functions].map(([name, target]) => [name.toLowerCase(), target]));
    const layers = project.getChildByName(["@akari/nn"]);
    for (const layer of layers?.isDeclaration() ? (layers.children ?? []) : []) {
      if (!layer.kindOf(ReflectionKind.Class)) continue;
      const name = layer.name.toLowerCase();
      const candidates = [name, name.replace(/loss$/, ""), name.replace(/[123]d$/, "")].map((letters) =>
        byLetters.get(letters),
      );
      const pads = /pad[123]d$/.test(name) ? functions.get("pad") : undefined;
      this.#relate(
        functions.get(functionOf[layer.name] ?? "") ?? candidates.find((target) => target !== undefined) ?? pads,
        layer,
      );
    }
    for (const reflection of project.getReflectionsByKind(ReflectionKind.Function | ReflectionKind.Class)) {
      if (!reflection.isDeclaration()) continue;
      for (const target of signaturesOf(reflection).flatMap((signature) => [...mentioned(signature)])) {
        if (target !== reflection) this.#users.set(target, (this.#users.get(target) ?? new Set()).add(reflection));
      }
    }
  }

  #relate(a: DeclarationReflection | undefined, b: DeclarationReflection): void {
    if (a === undefined || a === b) return;
    this.#related.set(a, (this.#related.get(a) ?? new Set()).add(b));
    this.#related.set(b, (this.#related.get(b) ?? new Set()).add(a));
  }

  /** Returns the other forms of a name: the method of a function, the function of a layer. */
  of(reflection: DeclarationReflection): readonly DeclarationReflection[] {
    return [...(this.#related.get(reflection) ?? [])];
  }

  /** Returns the functions and classes whose signatures refer to a type. */
  users(type: DeclarationReflection): readonly DeclarationReflection[] {
    return [...(this.#users.get(type) ?? [])];
  }
}
