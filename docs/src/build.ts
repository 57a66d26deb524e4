/**
 * Builds the reference with TypeDoc from the sources of every published package and from the guides. An export or a
 * member without a docstring, an export without a family, an interrupted paragraph and a broken link are errors.
 */

import { join, relative } from "node:path";
import {
  Application,
  Converter,
  type DeclarationReflection,
  IndexEvent,
  normalizePath,
  ReflectionKind,
  type TranslatedString,
} from "typedoc";
import { undocumented } from "./check/docstrings.ts";
import { hiddenOptions } from "./check/options.ts";
import { interruptedParagraphs } from "./check/paragraphs.ts";
import { siteProblems } from "./check/site.ts";
import { asFunction } from "./convert/callable.ts";
import { foldInherited } from "./convert/inherited.ts";
import { nameParameters, nameSymbols } from "./convert/names.ts";
import { describeNamespaces } from "./convert/opening.ts";
import { readmeParts } from "./convert/readme.ts";
import { entryPoints, home, inReadingOrder } from "./entry-points.ts";
import { Families } from "./families/families.ts";
import { tensorProblems } from "./families/tensor-members.ts";
import { frontPage, guideLists, unlistedGuides } from "./guides.ts";
import { setMarkdown } from "./markdown.ts";
import { Counterparts } from "./pytorch/counterparts.ts";
import { tables } from "./pytorch/tables.ts";
import { Relations } from "./relations.ts";
import { prepareIndex } from "./search.ts";
import { Autolink } from "./theme/autolink.ts";
import type { Site } from "./theme/site.ts";
import { themeFor } from "./theme/theme.ts";

const entries = entryPoints();
const packageNames = [...new Set(entries.map(({ packageName }) => packageName))];
const guides = guideLists();
const out = join(home, "api");

const app = await Application.bootstrap({
  entryPoints: entries.map(({ file }) => file),
  tsconfig: join(home, "tsconfig.json"),
  basePath: join(home, ".."),
  out,
  name: "Akari",
  readme: frontPage,
  projectDocuments: guides.flatMap(({ files }) => files),
  theme: "akari",
  customCss: join(home, "src/theme/style.css"),
  favicon: join(home, "src/theme/favicon.svg"),
  lightHighlightTheme: "github-light-default",
  darkHighlightTheme: "github-dark-default",
  markdownItLoader: setMarkdown,
  headings: { readme: false, document: false },
  // `pnpm typecheck` has checked the types.
  skipErrorChecking: true,
  sort: ["documents-first", "source-order"],
  sortEntryPoints: true,
  excludeInternal: true,
  excludePrivate: true,
  excludeExternals: true,
  includeHierarchySummary: false,
  disableSources: true,
  githubPages: false,
  hideGenerator: true,
  visibilityFilters: {},
  validation: {
    notExported: true,
    invalidLink: true,
    invalidPath: true,
    rewrittenLink: true,
    notDocumented: true,
    unusedMergeModuleWith: true,
  },
  packagesRequiringDocumentation: packageNames,
  requiredToBeDocumented: ["Module", "Class", "Interface", "Enum", "Variable", "TypeAlias"],
  treatWarningsAsErrors: true,
});
const report = (problems: readonly string[]): void => {
  // Safe: our messages need no translation, which is what the branded type stands for.
  for (const problem of problems) app.logger.error(problem as TranslatedString);
};

app.converter.on(Converter.EVENT_CREATE_DECLARATION, asFunction);
app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
  const byFile = new Map(entries.map((entry) => [entry.file, entry]));
  for (const module of project.getChildrenByKind(ReflectionKind.Module)) {
    module.name = byFile.get(project.getSymbolIdFromReflection(module)?.fileName ?? "")?.name ?? module.name;
  }
  // The static `name` of a class repeats the title of its page, and all layers say the same in `keepsNothing`.
  for (const reflection of project.getReflectionsByKind(ReflectionKind.Property)) {
    const { name, flags } = reflection;
    const repeats = name === "name" || (name === "keepsNothing" && reflection.parent?.name !== "Module");
    if (flags.isStatic && repeats) project.removeReflection(reflection);
  }
  for (const page of project.documents ?? []) {
    page.name = /^# (.+)$/m.exec(page.content.map(({ text }) => text).join(""))?.[1] ?? page.name;
  }
});

const project = await app.convert();
if (project) {
  // TypeDoc looks for types that are used but not exported in one package only, so each package is validated in turn.
  for (const name of packageNames) {
    project.packageName = name;
    app.validate(project);
  }
  report([...undocumented(project), ...interruptedParagraphs(project)]);
  foldInherited(project);
  describeNamespaces(project);
  nameParameters(project);
  nameSymbols(project);

  const modules = new Map(project.getChildrenByKind(ReflectionKind.Module).map((module) => [module.name, module]));
  for (const { name, readme } of entries) {
    const module = modules.get(name);
    if (module !== undefined && readme !== null) module.readme = readmeParts(readme, modules);
  }
  const families = new Families(project);
  const counterparts = new Counterparts(project);
  // Safe: `Tensor` exists, otherwise the packages would not compile.
  const tensor = project.getChildByName(["@akari/tensor", "Tensor"]) as DeclarationReflection;
  report([
    ...families.problems(),
    ...counterparts.missing,
    ...counterparts.unknown,
    ...tensorProblems(families, tensor),
    ...unlistedGuides(guides),
    ...hiddenOptions(project),
  ]);

  const documents = new Map(
    (project.documents ?? []).map((page) => [project.files.getReflectionPath(page) ?? "", page]),
  );
  documents.get(normalizePath(join(home, "guides/from-pytorch.md")))?.content.push(...tables(counterparts));
  const relations = new Relations(project);
  const site: Site = {
    project,
    entryPoints: entries,
    modules: inReadingOrder(entries)
      .map(({ name }) => modules.get(name))
      .filter((module) => module !== undefined),
    guides: guides.map(({ title, files }) => ({
      title,
      guides: files.map((file) => documents.get(normalizePath(file))).filter((page) => page !== undefined),
    })),
    families,
    counterparts,
    relations,
    autolink: new Autolink(project),
  };
  if (!app.logger.hasErrors() && !app.logger.hasWarnings()) {
    app.renderer.defineTheme("akari", themeFor(site));
    app.renderer.on(IndexEvent.PREPARE_INDEX, (event: IndexEvent) => prepareIndex(event, counterparts, families));
    await app.generateOutputs(project);
    report(siteProblems(out));
  }
}
const problems = app.logger.errorCount + app.logger.warningCount;
if (problems === 0) console.log(`${entries.length} entry points in ${relative(process.cwd(), out)}`);
process.exitCode = problems === 0 ? 0 : 1;
