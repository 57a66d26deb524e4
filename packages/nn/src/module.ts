/**
 * `Module`: the base of all layers and models. It finds its parameters, buffers and children among its own properties,
 * so a model is an ordinary class, and it can be called like a function, as in PyTorch: `model(x)`.
 */

import { noGrad, requiresGrad } from "@akari/autograd";
import {
  AkariError,
  ArgumentError,
  type Backend,
  changed,
  type DType,
  isFloating,
  sameShape,
  settings,
  showShape,
  Tensor,
} from "@akari/tensor";
import { type BackwardHook, type ForwardHook, type ForwardPreHook, Hooks } from "./hooks.ts";
import { Parameter } from "./parameter.ts";

// biome-ignore lint/suspicious/noExplicitAny: what a module takes and gives is its class's to say; one of which no class is known takes and gives anything, as PyTorch's.
type Anything = any;

/** A state as `stateDict` gives it: tensors by their dotted names. */
export type StateDict = Record<string, Tensor>;

/** What `loadStateDict` found when it was not strict. */
export interface LoadResult {
  /** Entries of the module that the state does not have. */
  readonly missingKeys: readonly string[];
  /** Entries of the state that the module does not have. */
  readonly unexpectedKeys: readonly string[];
}

/** A state that does not fit a module. Nothing was loaded. */
export class StateDictError extends AkariError implements LoadResult {
  override name = "StateDictError";
  readonly missingKeys: readonly string[];
  readonly unexpectedKeys: readonly string[];
  /** Entries whose shapes differ: name, the module's shape, the state's shape. */
  readonly misshapenKeys: readonly (readonly [name: string, expected: readonly number[], got: readonly number[]])[];

  constructor(
    operation: string,
    missing: readonly string[],
    unexpected: readonly string[],
    misshapen: StateDictError["misshapenKeys"],
  ) {
    const lines = [`loadStateDict: the state does not fit ${operation}:`];
    if (missing.length > 0) lines.push(`  missing: ${missing.join(", ")}`);
    if (unexpected.length > 0) lines.push(`  unexpected: ${unexpected.join(", ")}`);
    for (const [name, expected, got] of misshapen)
      lines.push(`  wrong shape: ${name} is ${showShape(expected)} in the module but ${showShape(got)} in the state`);
    super(lines.join("\n"));
    this.missingKeys = missing;
    this.unexpectedKeys = unexpected;
    this.misshapenKeys = misshapen;
  }
}

/**
 * The base class of layers and models.
 *
 * Assign `Parameter`s and other modules to properties and write `forward`; call the module itself to run it (with its
 * hooks).
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.Module.html
 *
 * @example
 * class Net extends Module {
 *   fc1 = new Linear(784, 128);
 *   fc2 = new Linear(128, 10);
 *   forward(x: Tensor): Tensor {
 *     return this.fc2(relu(this.fc1(x.flatten(1))));
 *   }
 * }
 * const logits = new Net()(images);
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the constructor returns a function, which is what the interface of this name says.
export abstract class Module {
  /** Whether the module is in training mode, which dropout and batch normalisation ask. */
  declare training: boolean;

  constructor() {
    // Fields and private members of this class would stay behind on the object that is not returned, so there are none.
    const self = bare(new.target.prototype as this, { hooks: new Hooks(), buffers: new Map(), children: new Map() });
    self.training = true;
    // biome-ignore lint/correctness/noConstructorReturn: a module is a function.
    return self;
  }

  static {
    Object.defineProperty(Module.prototype, Symbol.for("nodejs.util.inspect.custom"), {
      value(this: Module): string {
        return this.toString();
      },
    });
  }

  /** Computes the output. Call the module itself instead, which also runs its hooks. */
  abstract forward(...inputs: Anything[]): Anything;

  // ——— What it holds ———

  /**
   * The name under which a property appears in `stateDict`. Layers whose PyTorch names have underscores translate here.
   */
  protected stateName(property: string): string {
    return property;
  }

  /** The children, by name, in the order of definition. */
  namedChildren(): [string, Module][] {
    return [...this.ownEntries((value): value is Module => value instanceof Module), ...stateOf(this).children];
  }

  /** The modules directly inside this one. */
  children(): Module[] {
    return this.namedChildren().map(([, child]) => child);
  }

  /** This module and all inside it, by dotted name; each once. */
  namedModules(prefix = "", seen: Set<Module> = new Set()): [string, Module][] {
    if (seen.has(this)) return [];
    seen.add(this);
    const inside = this.namedChildren().flatMap(([name, child]) => child.namedModules(join(prefix, name), seen));
    return [[prefix, this], ...inside];
  }

  /** This module and all inside it. */
  modules(): Module[] {
    return this.namedModules().map(([, module]) => module);
  }

  /** The parameters by dotted name, those of children included unless `recurse` is false; each once. */
  namedParameters(options?: { readonly recurse?: boolean }): [string, Parameter][] {
    const { recurse } = settings("parameters", options, { recurse: true });
    const seen = new Set<Parameter>();
    const own = (module: Module) => module.ownEntries((value): value is Parameter => value instanceof Parameter);
    return (recurse ? this.allEntries(own) : own(this)).filter(([, parameter]) => {
      if (seen.has(parameter)) return false;
      seen.add(parameter);
      return true;
    });
  }

  /** The module of a dotted name; "" is this one. Throws an ArgumentError when there is none. */
  getSubmodule(name: string): Module {
    return found("getSubmodule", name, this.namedModules());
  }

  /** The parameter of a dotted name. Throws an ArgumentError when there is none. */
  getParameter(name: string): Parameter {
    return found("getParameter", name, this.namedParameters());
  }

  /** The buffer of a dotted name. Throws an ArgumentError when there is none. */
  getBuffer(name: string): Tensor {
    return found("getBuffer", name, this.namedBuffers());
  }

  /** All parameters, those of children included unless `recurse` is false: what an optimizer is given. */
  parameters(options?: { readonly recurse?: boolean }): Parameter[] {
    return this.namedParameters(options).map(([, parameter]) => parameter);
  }

  /** The buffers by dotted name: tensors that belong to the state but are not learned. */
  namedBuffers(): [string, Tensor][] {
    return this.allEntries((module) => module.bufferEntries(false));
  }

  /** All buffers, those of children included. */
  buffers(): Tensor[] {
    return this.namedBuffers().map(([, buffer]) => buffer);
  }

  /**
   * Makes a property a buffer: a tensor that is saved with the state and moves with the module, but is no parameter.
   *
   * @param options.persistent whether it is part of `stateDict`. Default true.
   */
  registerBuffer(property: string, tensor: Tensor | null, options?: { readonly persistent?: boolean }): void {
    const { persistent } = settings("registerBuffer", options, { persistent: true });
    stateOf(this).buffers.set(property, persistent);
    Object.defineProperty(this, property, { value: tensor, writable: true, enumerable: true, configurable: true });
  }

  private ownEntries<T>(is: (value: unknown) => value is T): [string, T][] {
    return Object.entries(this).flatMap(([property, value]) =>
      is(value) ? [[this.stateName(property), value] as [string, T]] : [],
    );
  }

  private bufferEntries(persistentOnly: boolean): [string, Tensor][] {
    return [...stateOf(this).buffers].flatMap(([property, persistent]) => {
      const value: unknown = Reflect.get(this, property);
      return value instanceof Tensor && (persistent || !persistentOnly)
        ? [[this.stateName(property), value] as [string, Tensor]]
        : [];
    });
  }

  /** Something of every module inside, with the modules' names in front. */
  private allEntries<T>(of: (module: Module) => [string, T][]): [string, T][] {
    return this.namedModules().flatMap(([prefix, module]) =>
      of(module).map(([name, value]) => [join(prefix, name), value] as [string, T]),
    );
  }

  // ——— State ———

  /**
   * All parameters and persistent buffers by name, with PyTorch's names. The tensors share the module's memory;
   * `clone()` them to keep a copy.
   *
   * https://pytorch.org/docs/stable/generated/torch.nn.Module.html#torch.nn.Module.state_dict
   */
  stateDict(): StateDict {
    const result: StateDict = {};
    for (const [name, tensor] of this.stateEntries()) result[name] = tensor.detach();
    return result;
  }

  private stateEntries(prefix = ""): [string, Tensor][] {
    const own: [string, Tensor][] = [
      ...this.ownEntries((value): value is Parameter => value instanceof Parameter),
      ...this.bufferEntries(true),
    ];
    const children = this.namedChildren().flatMap(([name, child]) => child.stateEntries(join(prefix, name)));
    return [...own.map(([name, tensor]) => [join(prefix, name), tensor] as [string, Tensor]), ...children];
  }

  /**
   * Copies a state into the module. Everything is checked first: when it throws, nothing was changed.
   *
   * @param options.strict whether the names must match exactly. Default true. Shapes must match in any case.
   * @throws StateDictError that lists what is missing, what is unexpected, and what has another shape.
   */
  loadStateDict(source: Readonly<StateDict>, options?: { readonly strict?: boolean }): LoadResult {
    const { strict } = settings("loadStateDict", options, { strict: true });
    const own = new Map(this.stateEntries());
    const missingKeys = [...own.keys()].filter((name) => !Object.hasOwn(source, name));
    const unexpectedKeys = Object.keys(source).filter((name) => !own.has(name));
    const misshapen: [string, readonly number[], readonly number[]][] = [];
    for (const [name, tensor] of own) {
      const given = source[name];
      if (given !== undefined && !sameShape(given.shape, tensor.shape))
        misshapen.push([name, tensor.shape, given.shape]);
    }
    if (misshapen.length > 0 || (strict && missingKeys.length + unexpectedKeys.length > 0)) {
      throw new StateDictError(
        this.constructor.name,
        strict ? missingKeys : [],
        strict ? unexpectedKeys : [],
        misshapen,
      );
    }
    noGrad(() => {
      for (const [name, tensor] of own) {
        const given = source[name];
        if (given !== undefined) tensor.copy_(given);
      }
    });
    return { missingKeys, unexpectedKeys };
  }

  // ——— Modes, moves, gradients ———

  /** Sets training mode here and inside. Returns the module. */
  train(mode = true): this {
    for (const module of this.modules()) {
      if (module.training !== mode) changed();
      module.training = mode;
    }
    return this;
  }

  /** Sets evaluation mode: dropout passes everything, batch normalisation uses its running statistics. */
  eval(): this {
    return this.train(false);
  }

  /** Calls `fn` for every module inside and then for this one. Returns the module. */
  apply(fn: (module: Module) => void): this {
    for (const child of this.children()) child.apply(fn);
    fn(this);
    return this;
  }

  /**
   * Moves parameters, their gradients and buffers to a device, or converts the floating-point ones to a dtype. Returns
   * the module; an optimizer goes on working, since the parameters stay the same objects.
   */
  to(target: Backend | DType): this {
    if (typeof target === "string" && !isFloating(target)) {
      throw new ArgumentError(`to: a module can be converted to a floating-point dtype only, got ${target}`);
    }
    const move = (tensor: Tensor) =>
      typeof target === "string" && !isFloating(tensor.dtype) ? tensor : tensor.detach().to(target);
    for (const parameter of this.parameters()) {
      const { grad, requiresGrad: learns } = parameter;
      parameter.setData(move(parameter));
      parameter.trace = null;
      if (learns) requiresGrad(parameter).grad = grad === null ? null : move(grad);
    }
    for (const buffer of this.buffers()) buffer.setData(move(buffer));
    return this;
  }

  /** `to("float32")`. */
  float(): this {
    return this.to("float32");
  }

  /** `to("float64")`. */
  double(): this {
    return this.to("float64");
  }

  /** `to("float16")`. */
  half(): this {
    return this.to("float16");
  }

  /** Whether the parameters inside take gradients; `false` freezes them. Returns the module. */
  requiresGrad_(on = true): this {
    for (const parameter of this.parameters()) requiresGrad(parameter, on);
    return this;
  }

  /** Forgets all gradients: sets them to null, or to zeros with `setToNone: false`. */
  zeroGrad(options?: { readonly setToNone?: boolean }): void {
    const { setToNone } = settings("zeroGrad", options, { setToNone: true });
    for (const parameter of this.parameters()) {
      if (setToNone) parameter.grad = null;
      else parameter.grad?.zero_();
    }
  }

  // ——— Hooks ———

  /**
   * Calls `hook(module, inputs)` before each `forward`; an array that it returns takes the inputs' place. Returns what
   * removes it.
   */
  registerForwardPreHook(hook: ForwardPreHook): () => void {
    return hooksOf(this).add("before", hook);
  }

  /**
   * Calls `hook(module, inputs, output)` after each `forward`; what it returns takes the output's place. Returns what
   * removes it.
   */
  registerForwardHook(hook: ForwardHook<this>): () => void {
    return hooksOf(this).add("after", hook as ForwardHook); // safe: it is called with what this module gives
  }

  /**
   * Calls `hook(module, gradInputs, gradOutputs)` in each backward pass through the module; an array that it returns
   * takes the place of the gradients of the inputs. Returns what removes it.
   */
  registerFullBackwardHook(hook: BackwardHook): () => void {
    return hooksOf(this).add("backward", hook);
  }

  // ——— Text ———

  /** The arguments shown in the printed form. */
  extraRepr(): string {
    return "";
  }

  /**
   * The module as PyTorch prints it. Where a bundler shortens names, a class says its own:
   * `static override name = "Net"`.
   */
  toString(): string {
    const extra = this.extraRepr();
    const lines = this.namedChildren().map(
      ([name, child]) => `(${name}): ${child.toString().replaceAll("\n", "\n  ")}`,
    );
    const title = this.constructor.name;
    if (lines.length === 0) return `${title}(${extra})`;
    const all = extra === "" ? lines : [extra, ...lines];
    return `${title}(\n  ${all.join("\n  ")}\n)`;
  }
}

export interface Module {
  /**
   * Runs the module: `forward`, with the hooks around it. A module whose class is not known takes and gives anything.
   */
  // The detour lets a function that is generic in its module call it: to `M[...]` TypeScript lets pass what the bound
  // of `M` takes, to `Parameters<M["forward"]>` nothing, since it works that out for each `M` alone.
  (
    ...inputs: (Record<"own", Parameters<this["forward"]>> & Record<string, Anything[]>)[this[typeof takes]]
  ): ReturnType<this["forward"]>;
  /**
   * Which of the inputs a module takes, those of its own `forward` or anything; there in types only.
   *
   * @hidden
   */
  readonly [takes]: Anything[] extends Parameters<this["forward"]> ? Anything : "own";
}

declare const takes: unique symbol;

/** A module from one tensor to one tensor, as `Sequential` strings them together. */
export interface Layer extends Module {
  forward(input: Tensor): Tensor;
}

/** What a module keeps to itself, out of the way of its properties. */
export interface ModuleState {
  readonly hooks: Hooks;
  /** The properties that are buffers, and whether they are saved. */
  readonly buffers: Map<string, boolean>;
  /** The children of a container, which are no properties of it, by name. */
  readonly children: Map<string, Module>;
}

const state = /* @__PURE__ */ new WeakMap<Module, ModuleState>();

/** What a module keeps to itself. */
export function stateOf(module: Module): ModuleState {
  return state.get(module) as ModuleState; // safe: `bare` puts it there
}

function hooksOf(module: Module): Hooks {
  return stateOf(module).hooks;
}

/** A module of a class without its properties: a function with the methods of the class, so that `model(x)` works. */
export function bare<M extends Module>(prototype: M, own: ModuleState): M {
  // Safe: with the prototype set, the function is an instance of the class in every respect.
  const self = ((...inputs: never[]) => own.hooks.run(self, inputs)) as unknown as M;
  Object.setPrototypeOf(self, prototype);
  // A function's own name and length would hide a class's.
  Reflect.deleteProperty(self, "name");
  Reflect.deleteProperty(self, "length");
  state.set(self, own);
  return self;
}

/** One of some named things. */
function found<T>(operation: string, name: string, among: readonly (readonly [string, T])[]): T {
  for (const [own, value] of among) if (own === name) return value;
  throw new ArgumentError(
    `${operation}: there is no "${name}"; there are ${among.map(([own]) => `"${own}"`).join(", ") || "none"}`,
  );
}

function join(prefix: string, name: string): string {
  return prefix === "" ? name : `${prefix}.${name}`;
}
