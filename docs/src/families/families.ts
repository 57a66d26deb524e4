/**
 * Sorts the names of a module into the families of the table, and says where the two do not fit each other.
 */

import {
  type ContainerReflection,
  type DeclarationReflection,
  type ProjectReflection,
  type Reflection,
  ReflectionKind,
} from "typedoc";
import { type Family, table } from "./table.ts";

/** One heading with what stands below it. A module without families has a single section with an empty title. */
export interface Section {
  readonly title: string;
  readonly about: string | undefined;
  readonly entries: readonly DeclarationReflection[];
}

/** Where a name stands: its family, and in it the place of its file. */
interface Placed {
  readonly family: Family;
  readonly position: number;
}

/** So many names a package may export before it needs families. */
const short = 20;

/** What a name stands for: for a re-export, the declaration itself. */
export function declared(reflection: DeclarationReflection): DeclarationReflection {
  // Safe: what is exported from a module is a declaration.
  return reflection.isReference() ? (reflection.getTargetReflectionDeep() as DeclarationReflection) : reflection;
}

/** The anchor of a family's heading. */
export function anchorOf(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, "-")
    .replace(/^-|-$/g, "");
}

/** A name, taken apart into where it was declared. */
interface Place {
  readonly packageName: string;
  /** Below `src`, without `.ts`. */
  readonly file: string;
}

function placeOf(project: ProjectReflection, reflection: Reflection): Place | null {
  const id = project.getSymbolIdFromReflection(reflection);
  return id === undefined
    ? null
    : { packageName: id.packageName, file: id.packagePath.replace(/^src\//, "").replace(/\.ts$/, "") };
}

function words(text: string | undefined): string[] {
  return text?.split(" ").filter((word) => word !== "") ?? [];
}

function holds(family: Family, file: string): string | undefined {
  return words(family.files).find((entry) => (entry.endsWith("/") ? file.startsWith(entry) : file === entry));
}

/** The families of a project's names. */
export class Families {
  readonly #project: ProjectReflection;
  readonly #used = new Set<string>();
  readonly #sections = new WeakMap<ContainerReflection, Section[]>();

  constructor(project: ProjectReflection) {
    this.#project = project;
  }

  /** The family of a name, or null: in the table of the package that exports it, else of the one that declares it. */
  of(reflection: DeclarationReflection): Placed | null {
    const target = declared(reflection);
    const [here, there] = [placeOf(this.#project, reflection.parent ?? reflection), placeOf(this.#project, target)];
    for (const packageName of new Set([here?.packageName, there?.packageName])) {
      const family = table[packageName ?? ""]?.find(({ names }) => words(names).includes(reflection.name));
      if (packageName === undefined || family === undefined) continue;
      this.#used.add(`${packageName} ${reflection.name}`);
      return { family, position: Number.POSITIVE_INFINITY };
    }
    if (there === null) return null;
    for (const family of table[there.packageName] ?? []) {
      const entry = holds(family, there.file);
      if (entry === undefined) continue;
      this.#used.add(`${there.packageName} ${entry}`);
      return { family, position: words(family.files).indexOf(entry) };
    }
    return null;
  }

  /**
   * The names of a module by family, in the order of the table; what other packages declare comes first. In a family
   * the names stand in the order of its files, those of one file in that of the alphabet.
   */
  sections(module: ContainerReflection): Section[] {
    const known = this.#sections.get(module);
    const sections = known ?? this.sorted(module, module.children ?? []);
    if (known === undefined) this.#sections.set(module, sections);
    return sections;
  }

  /** Some of the names of a module by family. */
  sorted(module: ContainerReflection, names: readonly DeclarationReflection[]): Section[] {
    const byFamily = new Map<Family, { readonly child: DeclarationReflection; readonly position: number }[]>();
    for (const child of names) {
      const found = this.of(child);
      if (found === null) return [{ title: "", about: undefined, entries: names }];
      byFamily.set(found.family, [...(byFamily.get(found.family) ?? []), { child, position: found.position }]);
    }
    const order = Object.values(table).flat();
    const own = new Set(table[placeOf(this.#project, module)?.packageName ?? ""]);
    const rank = (family: Family): number => order.indexOf(family) + (own.has(family) ? order.length : 0);
    return [...byFamily]
      .sort(([a], [b]) => rank(a) - rank(b))
      .map(([{ title, about }, entries]) => ({
        title,
        about,
        entries: entries
          .sort(
            (a, b) =>
              Math.sign(a.position - b.position) ||
              a.child.name.localeCompare(b.child.name, "en", { sensitivity: "base" }),
          )
          .map(({ child }) => child),
      }));
  }

  /** What is wrong: names without a family, and rows of the table that nothing answers to. */
  problems(): string[] {
    const problems: string[] = [];
    for (const module of this.#project.getChildrenByKind(ReflectionKind.Module)) {
      for (const container of [module, ...module.getChildrenByKind(ReflectionKind.Namespace)]) {
        const packageName = placeOf(this.#project, container)?.packageName ?? "";
        const children = (container.children ?? []).filter((child) => !child.isReference());
        if (table[packageName] === undefined && children.length <= short) continue;
        for (const child of children) {
          if (this.of(child) !== null) continue;
          const file = placeOf(this.#project, child)?.file;
          problems.push(
            `${container.name}: ${child.name} (src/${file}.ts) has no family; add it to docs/src/families/table.ts`,
          );
        }
      }
    }
    for (const [packageName, families] of Object.entries(table)) {
      for (const entry of families.flatMap(({ files, names }) => [...words(files), ...words(names)])) {
        if (this.#used.has(`${packageName} ${entry}`)) continue;
        problems.push(
          `${packageName}: no exported name comes from "${entry}"; take it out of docs/src/families/table.ts`,
        );
      }
    }
    return problems;
  }
}
