/**
 * Maps PyTorch's names to Akari's. Most docstrings state the mapping by linking to a page of PyTorch's documentation.
 * Otherwise it follows from the rule that names are PyTorch's in camelCase; exceptions are listed below.
 */

import { type DeclarationReflection, type ProjectReflection, ReflectionKind } from "typedoc";
import { pytorchPagesOf } from "../docstring.ts";
import { declared } from "../families/families.ts";
import { type Namespace, pytorchNames } from "./names.ts";

/** PyTorch's aliases, with the name that each stands for. */
const aliases: Readonly<Record<string, string>> = {
  absolute: "abs",
  arccos: "acos",
  arccosh: "acosh",
  arcsin: "asin",
  arcsinh: "asinh",
  arctan: "atan",
  arctan2: "atan2",
  arctanh: "atanh",
  asarray: "as_tensor",
  clip: "clamp",
  concat: "cat",
  concatenate: "cat",
  divide: "div",
  fix: "trunc",
  ger: "outer",
  greater: "gt",
  greater_equal: "ge",
  less: "lt",
  less_equal: "le",
  moveaxis: "movedim",
  multiply: "mul",
  ndimension: "dim",
  negative: "neg",
  nelement: "numel",
  not_equal: "ne",
  row_stack: "vstack",
  subtract: "sub",
  swapdims: "swapaxes",
};

/** Names that differ from PyTorch's: an export, or `Tensor.method`. */
const spelledOtherwise: Readonly<Record<string, string>> = {
  "torch.Tensor.cuda": "Tensor.to",
  "torch.Tensor.grad_fn": "Tensor.trace",
  "torch.Tensor.numpy": "Tensor.data",
  "torch.Tensor.storage_offset": "Tensor.offset",
  "torch.Tensor.tolist": "Tensor.toArray",
  "torch.Tensor.type": "Tensor.to",
  "torch.autograd.FunctionCtx": "FunctionContext",
  "torch.from_numpy": "fromTypedArray",
  "torch.inverse": "inv",
  "torch.is_floating_point": "isFloating",
  "torch.numel": "Tensor.numel",
  "torch.pinverse": "pinv",
  "torch.var": "variance",
};

/** PyTorch names that must not be matched with the export of the same name, which means something else. */
const unlike = new Set(["torch.Tensor.data", "torch.linalg.diagonal", "torch.utils.data.Sampler"]);

/** Converts `clip_grad_norm_` to `clipGradNorm_`. */
export function camelCase(name: string): string {
  return name.replace(/(?<=[A-Za-z0-9])_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

/** Returns the URL of PyTorch's documentation of a name. */
function pageOf(namespace: Namespace, name: string): string {
  const docs = "https://pytorch.org/docs/stable";
  const full = `${namespace}.${name}`;
  if (namespace.startsWith("torchvision")) return `https://pytorch.org/vision/stable/generated/${full}.html`;
  if (namespace === "torch.utils.data") return `${docs}/data.html#${full}`;
  if (namespace === "torch.utils.checkpoint") return `${docs}/checkpoint.html#${full}`;
  if (namespace === "torch.autograd.graph") return `${docs}/autograd.html#${full}`;
  if (namespace === "torch.testing") return `${docs}/testing.html#${full}`;
  if (namespace === "torch.nn.init") return `${docs}/nn.init.html#${full}`;
  if (namespace === "torch.special") return `${docs}/special.html#${full}`;
  if (full === "torch.nn.Parameter") return `${docs}/generated/torch.nn.parameter.Parameter.html`;
  if (full === "torch.optim.Optimizer") return `${docs}/optim.html#torch.optim.Optimizer`;
  return `${docs}/generated/${full}.html`;
}

/** Splits `torch.nn.Linear` into `torch.nn` and `Linear`. */
function split(full: string): [Namespace, string] {
  const at = full.lastIndexOf(".");
  // Safe: the namespace is only looked up, and an unknown one is not found.
  return [full.slice(0, at) as Namespace, full.slice(at + 1)];
}

const known = new Set([...pytorchNames].flatMap(([namespace, names]) => names.map((name) => `${namespace}.${name}`)));

/** A PyTorch name with its counterparts in Akari. */
export interface Counterpart {
  readonly namespace: Namespace;
  readonly name: string;
  readonly url: string;
  readonly targets: readonly DeclarationReflection[];
}

/** All PyTorch names that Akari has. */
export class Counterparts {
  /** All counterparts, in the order of PyTorch's names. */
  readonly all: readonly Counterpart[];
  /** A message for each exception listed above whose target does not exist. */
  readonly missing: readonly string[];
  /** A message for each docstring that links to a name that `names.ts` does not contain. */
  readonly unknown: readonly string[];
  readonly #of = new Map<DeclarationReflection, Counterpart[]>();

  constructor(project: ProjectReflection) {
    const modules = new Map((project.children ?? []).map((module) => [module.name, module]));
    const exportsOf = (name: string): Map<string, DeclarationReflection> =>
      new Map((modules.get(name)?.children ?? []).map((child) => [child.name, child]));
    const places: Partial<Record<string, Map<string, DeclarationReflection>>> = {
      torch: new Map([...exportsOf("@akari/special"), ...exportsOf("@akari/autograd"), ...exportsOf("@akari/tensor")]),
      "torch.Tensor": new Map(tensorMembers(project).map((member) => [member.name, member])),
      "torch.nn": new Map([...exportsOf("@akari/nn"), ...exportsOf("@akari/nn/lazy")]),
      "torch.nn.functional": namesIn(exportsOf("@akari/nn").get("functional")),
      "torch.nn.init": namesIn(exportsOf("@akari/nn").get("init")),
      "torch.nn.utils": new Map([...exportsOf("@akari/nn"), ...exportsOf("@akari/nn/fusion")]),
      "torch.nn.utils.parametrizations": exportsOf("@akari/nn/parametrize"),
      "torch.nn.utils.parametrize": exportsOf("@akari/nn/parametrize"),
      "torch.nn.utils.prune": exportsOf("@akari/nn/prune"),
      "torch.nn.utils.rnn": exportsOf("@akari/nn"),
      "torch.optim": new Map(
        ["optim", "optim-muon", "optim-adafactor"].flatMap((name) => [...exportsOf(`@akari/${name}`)]),
      ),
      "torch.optim.lr_scheduler": exportsOf("@akari/optim"),
      "torch.utils.data": new Map([...exportsOf("@akari/data"), ...exportsOf("@akari/data/stack-dataset")]),
      "torch.utils.checkpoint": exportsOf("@akari/autograd/checkpoint"),
      "torch.special": new Map([...exportsOf("@akari/tensor"), ...exportsOf("@akari/special")]),
      "torch.autograd": exportsOf("@akari/autograd"),
      "torch.autograd.graph": exportsOf("@akari/autograd"),
      "torch.testing": exportsOf("@akari/tensor"),
      "torch.autograd.functional": exportsOf("@akari/autograd"),
      "torch.func": new Map(
        ["@akari/autograd/func", "@akari/nn/func", "@akari/tensor/vmap"].flatMap((name) => [...exportsOf(name)]),
      ),
      "torch.distributions": exportsOf("@akari/distributions"),
      "torch.fft": exportsOf("@akari/fft"),
      "torchvision.datasets": exportsOf("@akari/data"),
      "torchvision.transforms": exportsOf("@akari/data"),
    };
    const everywhere = new Map(
      [...modules.values()].flatMap(({ children = [] }) => children.map((child) => [child.name, child])),
    );
    const claims = claimsOf(project);

    const find = (namespace: Namespace, name: string): DeclarationReflection[] => {
      const full = `${namespace}.${name}`;
      const other = spelledOtherwise[full];
      const [, method] = /^Tensor\.(.*)$/.exec(other ?? "") ?? [];
      if (method !== undefined) return [places["torch.Tensor"]?.get(method)].filter((target) => target !== undefined);
      if (other !== undefined) return [everywhere.get(other)].filter((target) => target !== undefined).map(declared);
      const claimed = claims.get(full)?.targets ?? [];
      const named = places[namespace]?.get(camelCase(name));
      // A function and a class may have names that differ only in case; docstrings add the other one.
      if (named !== undefined && !unlike.has(full)) return [...new Set([declared(named), ...claimed])];
      if (claimed.length > 0) return claimed;
      const [, base = "", mark = ""] = /^(.*?)(_?)$/.exec(name) ?? [];
      const alias = aliases[base];
      return alias === undefined ? [] : find(namespace, alias + mark);
    };
    this.missing = Object.entries(spelledOtherwise)
      .filter(([full]) => find(...split(full)).length === 0)
      .map(([full, name]) => `there is no ${name} for ${full}; correct docs/src/pytorch/counterparts.ts`);
    this.unknown = [...claims]
      // Methods of a class have no entries of their own.
      .filter(([full]) => !known.has(full) && !known.has(full.slice(0, full.lastIndexOf("."))))
      .map(
        ([full, { targets }]) =>
          `${targets[0]?.getFriendlyFullName()} links to ${full}, which is not in docs/src/pytorch/names.ts`,
      );
    this.all = [...pytorchNames].flatMap(([namespace, names]) =>
      names.flatMap((name) => {
        const targets = find(namespace, name);
        return targets.length === 0
          ? []
          : [{ namespace, name, url: claims.get(`${namespace}.${name}`)?.url ?? pageOf(namespace, name), targets }];
      }),
    );
    for (const counterpart of this.all) {
      for (const target of counterpart.targets) this.#of.set(target, [...(this.#of.get(target) ?? []), counterpart]);
    }
  }

  /** Returns the PyTorch names that an Akari name corresponds to. */
  of(reflection: DeclarationReflection): readonly Counterpart[] {
    return this.#of.get(reflection) ?? [];
  }
}

/** Returns the members of the class `Tensor`. */
export function tensorMembers(project: ProjectReflection): DeclarationReflection[] {
  const tensor = project.getChildByName(["@akari/tensor", "Tensor"]);
  return tensor?.isDeclaration() ? (tensor.children ?? []) : [];
}

function namesIn(container: DeclarationReflection | undefined): Map<string, DeclarationReflection> {
  return new Map((container?.children ?? []).map((child) => [child.name, child]));
}

/** A PyTorch name that docstrings link to: its URL, and the Akari names that link there. */
interface Claim {
  readonly url: string;
  readonly targets: DeclarationReflection[];
}

/** Collects the links of all docstrings by PyTorch name. */
function claimsOf(project: ProjectReflection): Map<string, Claim> {
  const claims = new Map<string, Claim>();
  for (const reflection of project.getReflectionsByKind(ReflectionKind.SomeExport | ReflectionKind.Method)) {
    if (!reflection.isDeclaration() || reflection.isReference()) continue;
    for (const { name, url } of pytorchPagesOf(reflection)) {
      const claim = claims.get(name);
      // The umbrella's own functions repeat those of `@akari/tensor` with one more option.
      if (claim === undefined) claims.set(name, { url, targets: [reflection] });
      else if (reflection.parent?.name !== "akari") claim.targets.push(reflection);
    }
  }
  return claims;
}
