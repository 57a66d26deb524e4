/**
 * `Optimizer`: parameter groups, zeroing of gradients, and saving and loading of state. The update itself is left to
 * the subclasses, most of which extend `ElementwiseOptimizer` and consist of one formula.
 */

import {
  ArgumentError,
  DeviceError,
  DTypeError,
  describeValue,
  expectTensor,
  FileError,
  gradOf,
  isFloating,
  isTensor,
  itemsOf,
  perform,
  type Shape,
  ShapeError,
  sameShape,
  settings,
  showShape,
  Tensor,
} from "@akari/tensor";
import { checkNotNegative } from "./checks.ts";

/**
 * A parameter group: parameters and the options that apply to them. Options may be changed between steps:
 * `optimizer.paramGroups[0].lr = 0.01`.
 */
export type ParamGroup<Options> = Options & {
  /** The parameters of the group. */
  params: Tensor[];
  /** Their names, if the parameters were passed with names. */
  paramNames?: readonly string[];
  /** The learning rate before any scheduler changed it. Default: set when the first scheduler is created. */
  initialLr?: number | undefined;
  /** A name for the program's own use. */
  name?: string | undefined;
};

/** Tensors, or tensors with their names, as `model.namedParameters()` returns them. */
export type TensorsArgument = Iterable<Tensor> | Iterable<readonly [name: string, param: Tensor]>;

/** Tensors to optimize, with options that apply to them. */
export type GroupArgument<Options> = Partial<Options> & {
  readonly params: Tensor | TensorsArgument;
  /** The learning rate before any scheduler changed it, for schedulers that continue from an epoch. */
  readonly initialLr?: number;
  /** A name for the program's own use, which `stateDict` contains. */
  readonly name?: string;
};

/** Parameters to optimize: tensors, tensors with names, or groups of these with their own options. */
export type ParamsArgument<Options> = TensorsArgument | Iterable<GroupArgument<Options>>;

/** A function called before or after each step of an optimizer. */
export type StepHook = (optimizer: Optimizer) => void;

/** Options shared by all optimizers. */
export interface BaseOptions {
  /** Learning rate η. */
  lr: number;
}

/** The state of one parameter: tensors, numbers, or null for entries not set yet. */
export type ParamState = Record<string, Tensor | number | null>;

/** A state tensor that an optimizer keeps for each parameter. */
export interface Memory {
  /** Name in `stateDict`, the same as in PyTorch. */
  readonly name: string;
  /** Initial value of every element. Default 0. */
  readonly initial?: number;
  /** Default: the shape of the parameter. */
  readonly shape?: Shape;
}

/** The saved form of an optimizer, with PyTorch's names: the state of each parameter and the options of each group. */
export interface OptimizerStateDict {
  /** State of each parameter, by its index as a string. Parameters without state have no entry. */
  readonly state: Readonly<Record<string, ParamState>>;
  /**
   * Options of each group, with names in snake case (`weight_decay`), and the indices of its parameters, which are
   * numbered consecutively across the groups.
   */
  readonly param_groups: readonly (Readonly<Record<string, unknown>> & { readonly params: readonly number[] })[];
}

const expected = "parameters, such as model.parameters()";

/** Formats the value of an option as Python prints it. */
function python(value: unknown): string {
  if (Array.isArray(value)) return `(${value.map(python).join(", ")})`;
  if (typeof value === "boolean") return value ? "True" : "False";
  // Python switches to an exponent below 1e-4 and writes it with at least two digits.
  const isSmall = typeof value === "number" && value !== 0 && Math.abs(value) < 1e-4;
  return (isSmall ? value.toExponential() : String(value ?? "None")).replace(/e-(\d)$/, "e-0$1");
}

/** Converts a name to snake case, as PyTorch spells it: `weightDecay` becomes `weight_decay`. */
function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/**
 * Base class of all optimizers.
 *
 * https://pytorch.org/docs/stable/optim.html#torch.optim.Optimizer
 */
export abstract class Optimizer<Options extends BaseOptions = BaseOptions> {
  /** The parameter groups, in the order they were added. */
  readonly paramGroups: ParamGroup<Options>[] = [];
  /** Default options of the groups. */
  readonly defaults: Readonly<Options>;
  /** State of each parameter that has been updated. */
  protected readonly state: Map<Tensor, ParamState> = new Map();
  readonly #hooks = { before: new Set<StepHook>(), after: new Set<StepHook>() };

  /**
   * @param params tensors, tensors with names, or groups of these with their own options.
   * @param defaults the default of every option.
   * @param options the options passed by the user, which override the defaults.
   * @throws ArgumentError when there are no parameters, or a parameter is duplicated, not a leaf, or not floating
   * point.
   * @throws ArgumentError for unknown options and invalid values.
   */
  constructor(params: ParamsArgument<Options>, defaults: Options, options: Partial<Options>) {
    // safe: every option has a default
    this.defaults = settings<object, object>(this.constructor.name, options, defaults) as Options;
    this.check(this.defaults);
    const list = itemsOf<unknown>(this.constructor.name, params, expected);
    if (list.length === 0) throw new ArgumentError(`${this.constructor.name}: got no parameters`);
    const groups = list.filter((entry) => (entry as GroupArgument<Options> | null)?.params !== undefined);
    if (groups.length === 0)
      this.addParamGroup({ params: list } as unknown as GroupArgument<Options>); // safe: none is a group
    else if (groups.length === list.length)
      for (const group of groups) this.addParamGroup(group as GroupArgument<Options>); // safe: all are groups
    else throw new ArgumentError(`${this.constructor.name}: expected either parameters or groups, got both`);
  }

  /**
   * Checks the values of options. Subclasses extend it.
   *
   * @throws ArgumentError for an invalid value.
   */
  protected check(options: Readonly<Options> & { readonly initialLr?: number | undefined }): void {
    const { lr, initialLr = 0 } = options;
    checkNotNegative(this.constructor.name, { lr, initialLr });
  }

  /**
   * Checks parameter `i` of a new group. Subclasses extend it.
   *
   * @throws ArgumentError when it is not a leaf or not floating point.
   */
  protected checkParam(param: Tensor, i: number): void {
    expectTensor(this.constructor.name, param);
    const name = `${this.constructor.name}: parameter ${i}`;
    if (!isFloating(param.dtype))
      throw new ArgumentError(`${name} is ${param.dtype}; only floating-point tensors can be optimized`);
    if (!param.isLeaf) throw new ArgumentError(`${name} is the result of an operation; only leaves can be optimized`);
  }

  /**
   * Adds a parameter group, for example for layers that are unfrozen later.
   *
   * https://pytorch.org/docs/stable/generated/torch.optim.Optimizer.add_param_group.html
   *
   * @throws ArgumentError when a parameter is not a leaf, not floating point, or already in the optimizer.
   * @throws ArgumentError for unknown options and invalid values.
   */
  addParamGroup(group: GroupArgument<Options>): void {
    const name = this.constructor.name;
    const defaults = { ...this.defaults, params: [], initialLr: undefined, name: undefined };
    // safe: every option has a default
    const full = settings<object, object>(name, group, defaults) as ParamGroup<Options>;
    const list = isTensor(group?.params) ? [group.params] : itemsOf<unknown>(name, group?.params, expected);
    const isNamed = (entry: unknown): entry is [string, Tensor] => Array.isArray(entry) && typeof entry[0] === "string";
    const names = list.flatMap((entry) => (isNamed(entry) ? entry[0] : []));
    if (names.length > 0 && names.length < list.length)
      throw new ArgumentError(`${name}: expected names for all parameters of a group or for none`);
    const params = list.map((entry) => (isNamed(entry) ? entry[1] : entry) as Tensor); // safe: checked below
    const known = new Set(this.paramGroups.flatMap((g) => g.params));
    params.forEach((param, i) => {
      this.checkParam(param, i);
      if (known.has(param)) throw new ArgumentError(`${name}: parameter ${i} of the group is already in the optimizer`);
      known.add(param);
    });
    full.params = params;
    if (names.length > 0) full.paramNames = names;
    this.check(full);
    this.paramGroups.push(full);
  }

  /**
   * Resets the gradients of all parameters to null or, with `setToNone: false`, to zeros.
   *
   * https://pytorch.org/docs/stable/generated/torch.optim.Optimizer.zero_grad.html
   */
  zeroGrad(options?: { readonly setToNone?: boolean }): void {
    const { setToNone } = settings("zeroGrad", options, { setToNone: true });
    for (const { params } of this.paramGroups) {
      for (const param of params) {
        if (setToNone) param.grad = null;
        else gradOf(param)?.zero_();
      }
    }
  }

  /** Updates the parameters that have a gradient. */
  step(): void;
  /**
   * Calls `closure`, which computes the loss and the gradients, and updates the parameters.
   *
   * @returns the result of `closure`.
   */
  step<Loss>(closure: () => Loss): Loss;
  step<Loss>(closure?: () => Loss): Loss | undefined {
    this.runHooks("before");
    const loss = closure?.();
    perform(() => this.update());
    this.runHooks("after");
    return loss;
  }

  /** Calls the hooks before or after a step, for subclasses with a `step` of their own. */
  protected runHooks(when: "before" | "after"): void {
    perform(() => {
      for (const hook of this.#hooks[when]) hook(this);
    });
  }

  /** Updates the parameters that have a gradient. */
  protected abstract update(): void;

  /**
   * Declares the state tensors kept for each parameter. Default: none.
   *
   * @param _options the options of the group.
   * @param _shape the shape of the parameter.
   */
  protected memory(_options: Readonly<Options>, _shape: Shape): readonly Memory[] {
    return [];
  }

  /**
   * Declares the numbers kept for each parameter in addition to `step`, with their initial values. Default: none.
   */
  protected numbers(_options: Readonly<Options>): Readonly<Record<string, number>> | null {
    return null;
  }

  /**
   * Checks every gradient before anything is updated.
   *
   * @throws DeviceError when a gradient is not on the device of its parameter.
   * @throws DTypeError when a gradient does not have the dtype of its parameter.
   */
  protected checkGradients(): void {
    const { name } = this.constructor;
    for (const { params } of this.paramGroups) {
      for (const param of params) {
        const grad = gradOf(param);
        if (grad === null) continue;
        const { device, dtype } = param;
        if (grad.device !== device)
          throw new DeviceError(`${name}: a parameter is on ${device.name}, but its gradient on ${grad.device.name}`);
        if (grad.dtype !== dtype)
          throw new DTypeError(`${name}: a parameter is ${dtype}, but its gradient ${grad.dtype}`);
      }
    }
  }

  /**
   * Returns the state of a parameter: `step`, and what `memory` and `numbers` declare. New state is created, and
   * tensors follow the parameter to another dtype or device.
   */
  protected stateOf(param: Tensor, options: Readonly<Options>): ParamState {
    const state = this.state.get(param) ?? { step: 0 };
    this.state.set(param, state);
    state.step ??= 0;
    for (const { name, initial = 0, shape = param.shape } of this.memory(options, param.shape)) {
      const known = state[name] ?? param.newEmpty(shape).fill_(initial);
      // safe: the entries named by `memory` are tensors
      state[name] = (known as Tensor).to(param.dtype).to(param.device);
    }
    for (const [name, initial] of Object.entries(this.numbers(options) ?? {})) state[name] ??= initial;
    return state;
  }

  /**
   * Registers a function that is called as `hook(optimizer)` before each step, and before its closure. Returns a
   * function that removes it.
   *
   * https://pytorch.org/docs/stable/generated/torch.optim.Optimizer.register_step_pre_hook.html
   */
  registerStepPreHook(hook: StepHook): () => void {
    return this.#register("before", hook);
  }

  /**
   * Registers a function that is called as `hook(optimizer)` after each step. Returns a function that removes it.
   *
   * https://pytorch.org/docs/stable/generated/torch.optim.Optimizer.register_step_post_hook.html
   */
  registerStepPostHook(hook: StepHook): () => void {
    return this.#register("after", hook);
  }

  #register(when: "before" | "after", hook: StepHook): () => void {
    this.#hooks[when].add(hook);
    return () => void this.#hooks[when].delete(hook);
  }

  /**
   * Returns the state of the optimizer in PyTorch's format. The tensors are the optimizer's own, not copies.
   *
   * https://pytorch.org/docs/stable/generated/torch.optim.Optimizer.state_dict.html
   */
  stateDict(): OptimizerStateDict {
    const numbers = new Map<Tensor, number>();
    for (const { params } of this.paramGroups) for (const param of params) numbers.set(param, numbers.size);
    const state: Record<string, ParamState> = {};
    for (const [param, own] of this.state) {
      const number = numbers.get(param);
      if (number !== undefined) state[number] = { ...own };
    }
    const param_groups = this.paramGroups.map(({ params, ...options }) => ({
      ...Object.fromEntries(Object.entries(options).map(([name, value]) => [snakeCase(name), value])),
      params: params.map((param) => numbers.get(param) as number), // safe: all were numbered above
    }));
    return { state, param_groups };
  }

  /**
   * Loads a state saved by `stateDict`. The tensors are copied. Everything is checked first: an error leaves the
   * optimizer unchanged.
   *
   * https://pytorch.org/docs/stable/generated/torch.optim.Optimizer.load_state_dict.html
   *
   * @throws FileError when `saved` is not the state of this kind of optimizer, or its groups differ in number or size.
   * @throws ShapeError when a tensor does not have the shape that the optimizer keeps for its parameter.
   * @throws ArgumentError when a saved option is invalid.
   */
  loadStateDict(saved: OptimizerStateDict): void {
    const name = `${this.constructor.name}.loadStateDict`;
    checkForm(name, saved);
    if (saved.param_groups.length !== this.paramGroups.length) {
      throw new FileError(
        `${name}: the state has ${saved.param_groups.length} parameter groups, the optimizer ${this.paramGroups.length}`,
      );
    }
    const known = new Set<string>();
    const loaded = new Map<Tensor, ParamState>();
    const options = saved.param_groups.map((group, g) => {
      const own = this.paramGroups[g] as ParamGroup<Options>; // safe: as many
      if (group.params.length !== own.params.length) {
        throw new FileError(
          `${name}: group ${g} of the state has ${group.params.length} parameters, the optimizer's ${own.params.length}`,
        );
      }
      const keys = Object.keys(own).filter((key) => key !== "params" && Object.hasOwn(group, snakeCase(key)));
      // safe: the keys are names of options, and their values are checked next
      const given = Object.fromEntries(keys.map((key) => [key, group[snakeCase(key)]])) as Partial<ParamGroup<Options>>;
      const full = { ...own, ...given };
      this.check(full);
      own.params.forEach((param, i) => {
        const number = String(group.params[i]);
        known.add(number);
        const entries = saved.state[number];
        if (entries !== undefined) loaded.set(param, this.#adopted(number, param, full, entries));
      });
      return given;
    });
    const stray = Object.keys(saved.state).find((number) => !known.has(number));
    if (stray !== undefined)
      throw new FileError(`${name}: the state has an entry for parameter ${stray}, which is in no group`);
    this.state.clear();
    for (const [param, entries] of loaded) this.state.set(param, entries);
    // safe: as many
    options.forEach((group, g) => void Object.assign(this.paramGroups[g] as ParamGroup<Options>, group));
  }

  /** Returns the options of each parameter group as PyTorch prints them. */
  toString(): string {
    const groups = this.paramGroups.map(({ params, paramNames, ...options }, i) => {
      const given = Object.entries(options).filter(([, value]) => value !== undefined);
      const lines = given.map(([name, value]) => `    ${snakeCase(name)}: ${python(value)}\n`);
      return `\nParameter Group ${i}\n${lines.sort().join("")}`;
    });
    return `${this.constructor.name} (${groups.join("")})`;
  }

  /** Checks the saved state of a parameter and copies it to its device and dtype. Numbers may be saved as tensors. */
  #adopted(number: string, param: Tensor, options: Readonly<Options>, entries: ParamState): ParamState {
    const name = `${this.constructor.name}.loadStateDict`;
    const memory = this.memory(options, param.shape);
    const numbers = { step: 0, ...this.numbers(options) };
    // PyTorch does not save the step of some optimizers. A parameter that has state has been updated at least once.
    const own: ParamState = { step: 1 };
    for (const [key, value] of Object.entries(entries)) {
      const tensor = memory.find((entry) => entry.name === key);
      if (value === null) own[key] = value;
      else if (tensor === undefined) {
        if (!Object.hasOwn(numbers, key))
          throw new FileError(
            `${name}: the state has "${key}"; was it saved by another optimizer or with other options?`,
          );
        own[key] = typeof value === "number" ? value : value.itemSync();
      } else {
        const { shape = param.shape } = tensor;
        const saved = typeof value === "number" ? [] : value.shape;
        if (typeof value === "number" || !sameShape(saved, shape))
          throw new ShapeError(
            `${name}: ${key} of parameter ${number} has shape ${showShape(saved)}, expected ${showShape(shape)}`,
          );
        own[key] = value.detach().clone().to(param.device).to(param.dtype);
      }
    }
    return own;
  }
}

/**
 * Checks the structure of a saved state.
 *
 * @throws FileError when `saved` does not have the form of an `OptimizerStateDict`.
 */
function checkForm(name: string, saved: OptimizerStateDict): void {
  const isObject = (value: unknown): boolean => describeValue(value) === "an object";
  const sound =
    isObject(saved) &&
    isObject(saved.state) &&
    Array.isArray(saved.param_groups) &&
    saved.param_groups.every((group) => isObject(group) && Array.isArray(group.params)) &&
    Object.values(saved.state).every((entries) => {
      return (
        isObject(entries) &&
        Object.values(entries).every((value) => value === null || typeof value === "number" || value instanceof Tensor)
      );
    });
  if (!sound) throw new FileError(`${name}: expected an object with state and param_groups, as returned by stateDict`);
}
