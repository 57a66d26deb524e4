/**
 * Sorts the names of a module into the families of the table, and reports mismatches between the two.
 */

import {
  type ContainerReflection,
  type DeclarationReflection,
  type ProjectReflection,
  type Reflection,
  ReflectionKind,
} from "typedoc";
import { type Family, table } from "./table.ts";

/** One heading with its entries. A module without families has a single section with an empty title. */
export interface Section {
  readonly title: string;
  readonly about: string | undefined;
  readonly entries: readonly DeclarationReflection[];
}

/** The place of a name: its family, and the position of its file within it. */
interface Placed {
  readonly family: Family;
  readonly position: number;
}

/** Number of exports up to which a package needs no families. */
const short = 20;

/** Returns the declaration of a name: itself, or the target of a re-export. */
export function declared(reflection: DeclarationReflection): DeclarationReflection {
  // Safe: what is exported from a module is a declaration.
  return reflection.isReference() ? (reflection.getTargetReflectionDeep() as DeclarationReflection) : reflection;
}

/** Returns the anchor of a family's heading. */
export function anchorOf(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, "-")
    .replace(/^-|-$/g, "");
}

/** The place where a name is declared. */
interface Place {
  readonly packageName: string;
  /** File in `src`, without `.ts`. */
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

  /**
   * Returns the family of a name, or null if it has none. The table of the package that exports the name takes
   * precedence over that of the package that declares it.
   */
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
   * Returns the names of a module by family, in the order of the table; names declared by other packages come first.
   * Within a family, names are sorted by file in the order of the table, then alphabetically.
   */
  sections(module: ContainerReflection): Section[] {
    const known = this.#sections.get(module);
    const sections = known ?? this.sorted(module, module.children ?? []);
    if (known === undefined) this.#sections.set(module, sections);
    return sections;
  }

  /** Returns the given names of a module by family. */
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

  /** Returns a message for each name without a family, and for each entry of the table that matches no name. */
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
          `${packageName}: no exported name comes from "${entry}"; remove it from docs/src/families/table.ts`,
        );
      }
    }
    return problems;
  }
}
