/**
 * Builds the reference: TypeDoc over the sources of every published package, the guides beside it. What the packages export is read from their
 * `package.json`, so a new package shows up by being there. An export without a docstring and a link that leads nowhere are errors.
 */

import { readdirSync, readFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { Application, Converter, type DeclarationReflection, type ProjectReflection, ReflectionKind, type TranslatedString } from "typedoc";

const home = fileURLToPath(new URL("..", import.meta.url));
const packages = join(home, "..", "packages");

/** What is read of a `package.json`. */
interface Manifest {
  readonly name: string;
  readonly private?: boolean;
  readonly exports?: Readonly<Record<string, string>>;
}

/** The source file of every entry point, with the name it is imported by. */
function entryPoints(): Map<string, string> {
  const names = new Map<string, string>();
  for (const folder of readdirSync(packages)) {
    // Safe: a package.json of this repository, whose tests would fail first.
    const manifest = JSON.parse(readFileSync(join(packages, folder, "package.json"), "utf8")) as Manifest;
    if (manifest.private) continue;
    for (const [path, file] of Object.entries(manifest.exports ?? {})) {
      names.set(resolve(packages, folder, file), manifest.name + path.slice(1));
    }
  }
  // The umbrella comes last: it refers to the packages, not they to it.
  return new Map([...names].sort(([, a], [, b]) => (a < b ? -1 : 1)));
}

const names = entryPoints();
const packageNames = [...new Set([...names.values()].map((name) => /^(@[^/]+\/)?[^/]+/.exec(name)?.[0] ?? name))];
const app = await Application.bootstrap({
  entryPoints: [...names.keys()],
  tsconfig: join(home, "tsconfig.json"),
  basePath: join(home, ".."),
  out: join(home, "api"),
  name: "Akari",
  readme: join(home, "index.md"),
  projectDocuments: [
    "getting-started",
    "autograd",
    "devices",
    "gpu",
    "memory",
    "data",
    "saving",
    "from-pytorch",
    "writing-an-operation",
    "writing-a-backend",
    "writing-an-optimizer",
  ]
    .map((guide) => join(home, "guides", `${guide}.md`))
    .concat(join(home, "decisions.md")),
  sort: ["documents-first", "alphabetical"],
  sortEntryPoints: true,
  excludeInternal: true,
  excludePrivate: true,
  excludeExternals: true,
  disableSources: true,
  githubPages: false,
  hideGenerator: true,
  navigation: { includeCategories: false, includeGroups: false, excludeReferences: true },
  validation: {
    notExported: true,
    invalidLink: true,
    invalidPath: true,
    rewrittenLink: true,
    notDocumented: true,
    unusedMergeModuleWith: true,
  },
  packagesRequiringDocumentation: packageNames,
  // What is exported. Members carry a docstring where their name and type leave something open.
  requiredToBeDocumented: ["Module", "Class", "Interface", "Enum", "Variable", "TypeAlias"],
  treatWarningsAsErrors: true,
});

app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
  for (const module of project.getChildrenByKind(ReflectionKind.Module)) {
    const source = module.sources?.[0]?.fullFileName ?? project.getSymbolIdFromReflection(module)?.fileName ?? "";
    module.name = names.get(source) ?? module.name;
  }
  for (const page of project.documents ?? []) {
    page.name = /^# (.+)$/m.exec(page.content.map(({ text }) => text).join(""))?.[1] ?? page.name;
  }
});

/** TypeDoc asks for docstrings of functions and methods alike; this asks for those of the functions that are exported. */
function checkFunctions(project: ProjectReflection): void {
  for (const reflection of project.getReflectionsByKind(ReflectionKind.Function)) {
    // Safe: what has this kind is a declaration.
    const { signatures = [], comment } = reflection as DeclarationReflection;
    if (!comment && !signatures.some((signature) => signature.hasComment())) {
      app.logger.error(`${reflection.getFriendlyFullName()} has no docstring` as TranslatedString);
    }
  }
}

const project = await app.convert();
if (project) {
  // TypeDoc looks for types that are used and not exported in one package, the project's: each of ours in turn.
  for (const name of packageNames) {
    project.packageName = name;
    app.validate(project);
  }
  checkFunctions(project);
  if (!app.logger.hasErrors() && !app.logger.hasWarnings()) await app.generateOutputs(project);
}
const problems = app.logger.errorCount + app.logger.warningCount;
if (problems === 0) console.log(`${names.size} entry points in ${relative(process.cwd(), join(home, "api"))}`);
process.exitCode = problems === 0 ? 0 : 1;
