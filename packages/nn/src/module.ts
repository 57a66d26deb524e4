/**
 * `Module`, the base class of all layers and models. It finds its parameters, buffers and children among its own
 * properties, so a model is an ordinary class. As in PyTorch, a module is called like a function: `model(x)`.
 */

import { noGrad, requiresGrad } from "@akari/autograd";
import {
  AkariError,
  ArgumentError,
  type Backend,
  changed,
  checkChoice,
  type DType,
  describeValue,
  expected,
  expectTensor,
  gradOf,
  isFloating,
  namedTuple,
  sameShape,
  settings,
  showShape,
  Tensor,
} from "@akari/tensor";
import { type BackwardHook, type ForwardHook, type ForwardPreHook, Hooks } from "./hooks.ts";
import { Parameter } from "./parameter.ts";

// biome-ignore lint/suspicious/noExplicitAny: each class declares its own inputs and outputs; a module of unknown class accepts and returns anything, as in PyTorch.
type Anything = any;

/** State of a module as returned by `stateDict`: tensors keyed by their dotted names. */
export type StateDict = Record<string, Tensor>;

/** Result of `loadStateDict`: the keys that did not match. Both lists are empty when `strict` is true. */
export type LoadResult = readonly [missingKeys: readonly string[], unexpectedKeys: readonly string[]] & {
  /** Keys of the module that are missing from the state. */
  readonly missingKeys: readonly string[];
  /** Keys of the state that the module does not have. */
  readonly unexpectedKeys: readonly string[];
};

/** Error thrown by `loadStateDict` when a state does not fit the module. The module is unchanged. */
export class StateDictError extends AkariError {
  override name = "StateDictError";
  /** Keys of the module that are missing from the state. */
  readonly missingKeys: readonly string[];
  /** Keys of the state that the module does not have. */
  readonly unexpectedKeys: readonly string[];
  /** Entries whose shapes differ: the key, the module's shape and the state's shape. */
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
 * Base class of layers and models.
 *
 * Assign `Parameter`s and other modules to properties and implement `forward`. Call the module itself to run `forward`
 * together with its hooks.
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
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the constructor returns a function, which is what the merged interface declares.
export abstract class Module {
  /**
   * Whether `forward`, as this very class defines it, keeps neither its input nor its output, so that a `Sequential` may
   * free them early. Subclasses with a `forward` of their own do not inherit it. Default false.
   */
  static readonly keepsNothing?: boolean;
  /** Whether the module is in training mode. Dropout and batch normalization depend on it. */
  declare training: boolean;

  constructor() {
    // This class has no fields and no `#private` members: they would be set on the object that is not returned.
    const self = bare(new.target.prototype as this, { hooks: new Hooks(), buffers: new Map() });
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

  /** Computes the output. Call the module itself instead, so that its hooks run too. */
  abstract forward(...inputs: Anything[]): Anything;

  // ——— Contents ———

  /**
   * Returns the name of a property in `stateDict`. Layers override it where PyTorch's name has underscores.
   */
  protected stateName(property: string): string {
    return property;
  }

  /** Returns the direct children with their names, in order of definition. */
  namedChildren(): [string, Module][] {
    return this.ownEntries((value): value is Module => value instanceof Module);
  }

  /** Returns the direct children. */
  children(): Module[] {
    return Object.values(this).filter((value): value is Module => value instanceof Module);
  }

  /**
   * Returns this module and all modules inside it with their dotted names, each module once, or with null for `seen`,
   * under each of its names.
   */
  namedModules(prefix = "", seen: Set<Module> | null = new Set()): [string, Module][] {
    if (seen?.has(this)) return [];
    seen?.add(this);
    const inside = this.namedChildren().flatMap(([name, child]) => child.namedModules(join(prefix, name), seen));
    return [[prefix, this], ...inside];
  }

  /** Returns this module and all modules inside it, each once. */
  modules(): Module[] {
    return this.namedModules().map(([, module]) => module);
  }

  /**
   * Returns the parameters with their dotted names, each parameter once. Includes those of children unless `recurse` is
   * false.
   */
  namedParameters(options?: { readonly recurse?: boolean }): [string, Parameter][] {
    const { recurse } = settings("parameters", options, { recurse: true });
    const seen = new Set<Parameter>();
    return (recurse ? this.allEntries((module) => module.ownParameters()) : this.ownParameters()).filter(
      ([, parameter]) => {
        if (seen.has(parameter)) return false;
        seen.add(parameter);
        return true;
      },
    );
  }

  /**
   * Returns the module with a dotted name; `""` is this module.
   *
   * @throws ArgumentError when there is no module with that name.
   */
  getSubmodule(name: string): Module {
    return found("getSubmodule", name, this.namedModules("", null));
  }

  /**
   * Returns the parameter with a dotted name.
   *
   * @throws ArgumentError when there is no parameter with that name.
   */
  getParameter(name: string): Parameter {
    return found(
      "getParameter",
      name,
      this.allEntries((module) => module.ownParameters(), this.namedModules("", null)),
    );
  }

  /**
   * Returns the buffer with a dotted name.
   *
   * @throws ArgumentError when there is no buffer with that name.
   */
  getBuffer(name: string): Tensor {
    return found(
      "getBuffer",
      name,
      this.allEntries((module) => module.bufferEntries(false), this.namedModules("", null)),
    );
  }

  /**
   * Returns the parameters, each once, as an optimizer expects them. Includes those of children unless `recurse` is
   * false.
   */
  parameters(options?: { readonly recurse?: boolean }): Parameter[] {
    return this.namedParameters(options).map(([, parameter]) => parameter);
  }

  /** Returns the buffers with their dotted names. Buffers are tensors that belong to the state but are not learned. */
  namedBuffers(): [string, Tensor][] {
    return this.allEntries((module) => module.bufferEntries(false));
  }

  /** Returns the buffers, including those of children. */
  buffers(): Tensor[] {
    return this.namedBuffers().map(([, buffer]) => buffer);
  }

  /**
   * Registers a property as a buffer: a tensor that is saved with the state and moves with the module, but is not a
   * parameter.
   *
   * @param options.persistent Whether the buffer is part of `stateDict`. Default true.
   */
  registerBuffer(property: string, tensor: Tensor | null, options?: { readonly persistent?: boolean }): void {
    const { persistent } = settings("registerBuffer", options, { persistent: true });
    if (tensor !== null) expectTensor("registerBuffer", tensor);
    stateOf(this).buffers.set(property, persistent);
    Object.defineProperty(this, property, { value: tensor, writable: true, enumerable: true, configurable: true });
  }

  /**
   * Sets a property to a parameter, as an assignment does, under a name that the program computes. Null is no parameter.
   *
   * https://pytorch.org/docs/stable/generated/torch.nn.Module.html#torch.nn.Module.register_parameter
   *
   * @throws ArgumentError for another value, and when the name is that of a method or another property.
   */
  registerParameter(name: string, parameter: Parameter | null): void {
    if (parameter !== null && !(parameter instanceof Parameter))
      expected("registerParameter", "a parameter", parameter);
    place(this, name, parameter);
  }

  /**
   * Sets a property to a module, as an assignment does, under a name that the program computes. Null is no module.
   *
   * https://pytorch.org/docs/stable/generated/torch.nn.Module.html#torch.nn.Module.register_module
   *
   * @throws ArgumentError for another value, and when the name is that of a method or another property.
   */
  registerModule(name: string, module: Module | null): void {
    if (module !== null) expectModule("registerModule", module);
    place(this, name, module);
  }

  /** Alias of `registerModule`. */
  addModule(name: string, module: Module | null): void {
    this.registerModule(name, module);
  }

  private ownEntries<T>(is: (value: unknown) => value is T): [string, T][] {
    return Object.entries(this).flatMap(([property, value]) =>
      is(value) ? [[this.stateName(property), value] as [string, T]] : [],
    );
  }

  /**
   * Returns the parameters that are properties of this module with their names. Unlike `namedParameters`, includes a
   * shared parameter under each of its names.
   */
  protected ownParameters(): [string, Parameter][] {
    return this.ownEntries((value): value is Parameter => value instanceof Parameter);
  }

  private bufferEntries(persistentOnly: boolean): [string, Tensor][] {
    return [...stateOf(this).buffers].flatMap(([property, persistent]) => {
      const value: unknown = Reflect.get(this, property);
      return value instanceof Tensor && (persistent || !persistentOnly)
        ? [[this.stateName(property), value] as [string, Tensor]]
        : [];
    });
  }

  /** Collects entries from this module and all modules inside it, and prefixes their names with the module's. */
  private allEntries<T>(of: (module: Module) => [string, T][], modules = this.namedModules()): [string, T][] {
    return modules.flatMap(([prefix, module]) =>
      of(module).map(([name, value]) => [join(prefix, name), value] as [string, T]),
    );
  }

  // ——— State ———

  /**
   * Returns all parameters and persistent buffers, keyed by PyTorch's names. The tensors share memory with the module;
   * `clone()` them to keep a copy.
   *
   * https://pytorch.org/docs/stable/generated/torch.nn.Module.html#torch.nn.Module.state_dict
   */
  stateDict(): StateDict {
    const result: StateDict = {};
    for (const [name, tensor] of this.stateEntries()) result[name] = tensor.detach();
    return result;
  }

  private stateEntries(): [string, Tensor][] {
    return this.allEntries<Tensor>(
      (module) => [...module.ownParameters(), ...module.bufferEntries(true)],
      this.namedModules("", null),
    );
  }

  /**
   * Copies a state into the module. All keys and shapes are checked before anything is copied.
   *
   * https://pytorch.org/docs/stable/generated/torch.nn.Module.html#torch.nn.Module.load_state_dict
   *
   * @param options.strict Whether the keys must match exactly. Default true. Shapes must match in either case.
   * @throws StateDictError when keys are missing or unexpected in strict mode, or when shapes differ or an entry is
   * not a tensor.
   * @throws ArgumentError when `source` is not an object.
   */
  loadStateDict(source: Readonly<StateDict>, options?: { readonly strict?: boolean }): LoadResult {
    const { strict } = settings("loadStateDict", options, { strict: true });
    if (describeValue(source) !== "an object") expected("loadStateDict", "tensors by name", source);
    const own = new Map(this.stateEntries());
    const missingKeys = [...own.keys()].filter((name) => source[name] === undefined);
    const unexpectedKeys = Object.keys(source).filter((name) => !own.has(name));
    const misshapen: [string, readonly number[], readonly number[]][] = [];
    for (const [name, tensor] of own) {
      const given = source[name];
      if (given === undefined) continue;
      // What is not a tensor has no shape, and what was freed throws.
      const shape = (given?.buffer && given.shape) as readonly number[];
      if (!sameShape(shape, tensor.shape)) misshapen.push([name, tensor.shape, shape]);
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
      // All tensors arrive on their devices, which one of another device may not, before the first is copied.
      const arrived = [...own].map(([name, tensor]) => [tensor, source[name]?.to(tensor.device)] as const);
      for (const [tensor, given] of arrived) if (given) tensor.copy_(given);
    });
    return namedTuple([missingKeys, unexpectedKeys], "missingKeys", "unexpectedKeys");
  }

  // ——— Modes, devices, gradients ———

  /**
   * Sets training mode, or evaluation mode if `mode` is false, on this module and all modules inside it. Returns the
   * module.
   *
   * @throws ArgumentError when `mode` is neither true nor false.
   */
  train(mode = true): this {
    checkChoice("train", "mode", mode, [true, false]);
    for (const module of this.modules()) {
      if (module.training !== mode) changed();
      module.training = mode;
    }
    return this;
  }

  /**
   * Sets evaluation mode: dropout is the identity and batch normalization uses its running statistics. Returns the
   * module.
   */
  eval(): this {
    return this.train(false);
  }

  /** Calls `fn` on every module inside this one, children first, and then on this one. Returns the module. */
  apply(fn: (module: Module) => void): this {
    for (const child of this.children()) child.apply(fn);
    fn(this);
    return this;
  }

  /**
   * Moves parameters, their gradients and buffers to a device, or converts the floating-point ones to a dtype, or both:
   * to those of a tensor. The parameters remain the same objects, so existing optimizers keep working. Returns the
   * module.
   *
   * @throws ArgumentError for a dtype that is not floating-point.
   */
  to(target: Backend | DType | Tensor): this {
    if (target instanceof Tensor) return this.to(target.dtype).to(target.device);
    if (typeof target === "string" && !isFloating(target)) {
      throw new ArgumentError(
        `to: a module can be converted to a floating-point dtype or a device, such as cpu(), got "${target}"`,
      );
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

  /** Converts the module to float32, like `to("float32")`. Returns the module. */
  float(): this {
    return this.to("float32");
  }

  /** Converts the module to float64, like `to("float64")`. Returns the module. */
  double(): this {
    return this.to("float64");
  }

  /** Converts the module to float16, like `to("float16")`. Returns the module. */
  half(): this {
    return this.to("float16");
  }

  /** Converts the module to bfloat16, like `to("bfloat16")`. Returns the module. */
  bfloat16(): this {
    return this.to("bfloat16");
  }

  /** Sets whether all parameters require gradients; `false` freezes them. Returns the module. */
  requiresGrad_(on = true): this {
    for (const parameter of this.parameters()) requiresGrad(parameter, on);
    return this;
  }

  /** Resets the gradients of all parameters to null, or to zeros with `setToNone: false`. */
  zeroGrad(options?: { readonly setToNone?: boolean }): void {
    const { setToNone } = settings("zeroGrad", options, { setToNone: true });
    for (const parameter of this.parameters()) {
      if (setToNone) parameter.grad = null;
      else gradOf(parameter)?.zero_();
    }
  }

  // ——— Hooks ———

  /**
   * Registers a hook that is called as `hook(module, inputs)` before each `forward`. An array returned by the hook
   * replaces the inputs. Returns a function that removes the hook.
   */
  registerForwardPreHook(hook: ForwardPreHook): () => void {
    return hooksOf(this).add("before", hook);
  }

  /**
   * Registers a hook that is called as `hook(module, inputs, output)` after each `forward`. A value returned by the
   * hook replaces the output. Returns a function that removes the hook.
   */
  registerForwardHook(hook: ForwardHook<this>): () => void {
    return hooksOf(this).add("after", hook as ForwardHook); // safe: it is called with the output of this module
  }

  /**
   * Registers a hook that is called as `hook(module, gradInputs, gradOutputs)` in each backward pass through the
   * module. The gradients are in the order of the inputs and outputs, with null for those without one. An array
   * returned by the hook replaces the gradients of the inputs. Returns a function that removes the hook.
   */
  registerFullBackwardHook(hook: BackwardHook): () => void {
    return hooksOf(this).add("backward", hook);
  }

  // ——— Text ———

  /** Returns the arguments shown in the module's printed form. */
  extraRepr(): string {
    return "";
  }

  /**
   * Returns the module as PyTorch prints it. Bundlers may shorten class names; a class keeps its own with
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
   * Runs `forward` with the hooks around it. A module of unknown class accepts and returns anything.
   */
  // The indexed access lets code that is generic in a module type `M` call the module. TypeScript resolves `M[...]`
  // through the constraint of `M`, but defers `Parameters<M["forward"]>` and then accepts no arguments.
  (
    ...inputs: (Record<"own", Parameters<this["forward"]>> & Record<string, Anything[]>)[this[typeof accepted]]
  ): ReturnType<this["forward"]>;
  /**
   * Selects the accepted inputs: those of the module's own `forward`, or anything. Exists only in types.
   *
   * @hidden
   */
  readonly [accepted]: Anything[] extends Parameters<this["forward"]> ? Anything : "own";
}

declare const accepted: unique symbol;

/** Module that maps one tensor to one tensor, as `Sequential` chains them. */
export interface Layer extends Module {
  forward(input: Tensor): Tensor;
}

/** Internal state of a module, kept apart from its properties. */
export interface ModuleState {
  readonly hooks: Hooks;
  /** Names of the properties that are buffers, and whether each is persistent. */
  readonly buffers: Map<string, boolean>;
}

const state = /* @__PURE__ */ new WeakMap<Module, ModuleState>();

/** Returns the internal state of a module. */
export function stateOf(module: Module): ModuleState {
  return state.get(module) as ModuleState; // safe: `bare` sets it for every module
}

function hooksOf(module: Module): Hooks {
  return stateOf(module).hooks;
}

/** Returns whether only the caller of a module refers to its input and output after the call. */
export function keepsNothing(module: Module): boolean {
  if (hooksOf(module).any) return false;
  let owner: object = module;
  while (!Object.hasOwn(owner, "forward")) owner = Object.getPrototypeOf(owner);
  // A `forward` that was assigned to the module is its own.
  return owner !== module && Object.hasOwn(owner.constructor, "keepsNothing") && module.children().every(keepsNothing);
}

/**
 * Stores a module or tensor under a name. Returns the container.
 *
 * @throws ArgumentError when the name is that of a method or another property.
 */
export function place<Container extends Module>(
  container: Container,
  name: string,
  item: Module | Tensor | null,
): Container {
  checkName(container, name);
  Reflect.set(container, name, item);
  return container;
}

/** Throws an ArgumentError when a name is that of a method or a property that is no module or tensor. */
export function checkName(container: Module, name: string): void {
  const old: unknown = Reflect.get(container, name);
  if (name in container && old !== null && !(old instanceof Module || old instanceof Tensor))
    throw new ArgumentError(`${container.constructor.name}: "${name}" is a reserved name; use another`);
}

/** Throws an ArgumentError unless a value is a module. */
export function expectModule(operation: string, value: unknown): void {
  if (!(value instanceof Module)) expected(operation, "a module", value);
}

/** Creates a module without its properties: a function with the methods of its class, so that `model(x)` works. */
export function bare<M extends Module>(prototype: M, own: ModuleState): M {
  // Safe: with the prototype set, the function is an instance of the class in every respect.
  const self = ((...inputs: never[]) => own.hooks.run(self, inputs)) as unknown as M;
  Object.setPrototypeOf(self, prototype);
  // A function's own `name` and `length` would hide those of the class.
  Reflect.deleteProperty(self, "name");
  Reflect.deleteProperty(self, "length");
  state.set(self, own);
  return self;
}

/** Returns the value with a name, or throws an ArgumentError that lists all names. */
function found<T>(operation: string, name: string, among: readonly (readonly [string, T])[]): T {
  for (const [own, value] of among) if (own === name) return value;
  throw new ArgumentError(
    `${operation}: there is no "${name}"; there are ${among.map(([own]) => `"${own}"`).join(", ") || "none"}`,
  );
}

function join(prefix: string, name: string): string {
  return prefix === "" ? name : `${prefix}.${name}`;
}
