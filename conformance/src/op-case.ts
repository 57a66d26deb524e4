/** Runs a recorded operation and compares its results and the gradients of its inputs. */

import { requiresGrad } from "@akari/autograd";
import { AkariError, type Backend, isFloating, type Tensor } from "@akari/tensor";
import { Arguments, type Tensors } from "./arguments.ts";
import { checkEqual, checkSame, values } from "./compare.ts";
import { type Run, runCompiled } from "./compiled.ts";
import { type Json, load, Mismatch, Missing, type Recorded } from "./recorded.ts";

/** The view operations that produce a non-contiguous tensor. */
interface Viewing {
  readonly base: Recorded;
  readonly ops: readonly (readonly [string, ...Json[]])[];
}

type OneOrMore<T> = T | readonly T[];

/** A recorded call of an operation. */
export interface OpCase {
  readonly id: string;
  readonly op: string;
  readonly inputs?: Readonly<Record<string, OneOrMore<Recorded>>>;
  readonly args?: Readonly<Record<string, Json>>;
  readonly view?: Readonly<Record<string, OneOrMore<Viewing | null>>>;
  readonly outputs?: readonly (Recorded | null)[];
  readonly upstream?: readonly (Recorded | null)[];
  readonly grads?: Readonly<Record<string, OneOrMore<Recorded | null>>>;
  readonly nograd?: readonly string[];
  readonly mutated?: Readonly<Record<string, Recorded>>;
  /** Additional arguments of a layer's `forward`. */
  readonly call?: Readonly<Record<string, Json>>;
  /** Whether a layer is in training mode. */
  readonly train?: boolean;
  readonly raises?: boolean;
  readonly optional?: boolean;
  readonly rtol?: number;
  readonly atol?: number;
}

/** An entry of the tables: maps the arguments of a recorded call to the results that PyTorch returns. */
export type Call = (given: Arguments) => Tensor | readonly (Tensor | null)[];

/**
 * Operations that compute on the host, or whose result size depends on the values of tensors. On a device without
 * synchronous reads their inputs are prefetched, as a user's program must do.
 */
const dependent: ReadonlySet<string> = new Set([
  "Tensor.__getitem__",
  "Tensor.__setitem__",
  "Tensor.index_put",
  "Tensor.index_put_",
  "Tensor.masked_scatter",
  "allclose",
  "argwhere",
  "bincount",
  "equal",
  "linalg.cholesky_ex",
  "linalg.cond",
  "linalg.eig",
  "linalg.eigh",
  "linalg.eigvals",
  "linalg.eigvalsh",
  "linalg.inv_ex",
  "linalg.ldl_factor",
  "linalg.ldl_factor_ex",
  "linalg.ldl_solve",
  "linalg.lstsq",
  "linalg.lu",
  "linalg.lu_factor",
  "linalg.lu_factor_ex",
  "linalg.lu_solve",
  "linalg.matrix_exp",
  "linalg.matrix_norm",
  "linalg.matrix_rank",
  "linalg.norm",
  "linalg.pinv",
  "linalg.qr",
  "linalg.solve_ex",
  "linalg.svd",
  "linalg.svdvals",
  "lu",
  "lu_solve",
  "lu_unpack",
  "masked_select",
  "matrix_exp",
  "nn.functional.one_hot",
  "nonzero",
  "pinverse",
  "repeat_interleave",
  "tensor_split",
  "unique",
  "unique_consecutive",
  "where",
]);

/** Returns the arguments of a case, including a layer's additional `forward` arguments and mode. */
function argumentsOf(one: OpCase, tensors: Tensors): Arguments {
  const { args = {}, call, train } = one;
  return new Arguments(tensors, {
    ...args,
    ...(call === undefined ? {} : { call }),
    ...(train === undefined ? {} : { train }),
  });
}

/** Whether there is a recorded gradient. Without one there may be no graph to differentiate. */
const differentiable = ({ upstream, grads = {} }: OpCase): boolean =>
  upstream !== undefined && Object.keys(grads).length > 0;

/** Runs a case on a device and compares the results. */
export async function runOp(one: OpCase, call: Call, device: Backend, compiled = false): Promise<void> {
  const tensors = inputsOf(one, device);
  if (one.raises) {
    await checkRefused(call, argumentsOf(one, tensors));
    return;
  }
  const inPlace = one.op.endsWith("_") && one.op.startsWith("Tensor.");
  const passing = (tensors: Tensors): Tensors =>
    inPlace ? new Map([...tensors, ["input", cloneOf(tensors.get("input") as Tensor)]]) : tensors;
  if (compiled && !dependent.has(one.op)) {
    const results = (own: Tensors) => {
      const given = argumentsOf(one, passing(own));
      const found = [call(given)].flat();
      given.checkUsed(one.op);
      return found;
    };
    const upstream = differentiable(one) ? (one.upstream ?? []) : [];
    for (const inside of [true, false]) {
      await checkCompiled(one, tensors, await runCompiled(results, tensors, upstream, device, inside));
    }
    return;
  }
  const passed = passing(tensors);
  // safe: tensors and lists of them
  if (dependent.has(one.op)) for (const x of [...passed.values()].flat()) await (x as Tensor).prefetch();
  const given = argumentsOf(one, passed);
  const result = call(given);
  given.checkUsed(one.op);
  const outputs = Array.isArray(result) ? (result as readonly (Tensor | null)[]) : [result as Tensor];
  const want = one.outputs ?? [];
  checkEqual("number of results", outputs.length, want.length);
  for (const [k, recorded] of want.entries()) {
    if (recorded !== null) await checkSame(`result ${k}`, outputs[k], recorded, one);
  }
  for (const [name, recorded] of Object.entries(one.mutated ?? {})) {
    await checkSame(`${name} afterward`, tensors.get(name) as Tensor, recorded, one);
  }
  if (differentiable(one)) await checkGradients(one, outputs, tensors, device);
}

async function checkCompiled(one: OpCase, tensors: Tensors, { outputs, gradients, inputs }: Run): Promise<void> {
  const want = one.outputs ?? [];
  checkEqual("number of results", outputs.length, want.length);
  for (const [k, recorded] of want.entries()) {
    if (recorded !== null) await checkSame(`result ${k}`, outputs[k], recorded, one);
  }
  let next = 0;
  for (const [name, list] of tensors) {
    const wanted = [one.grads?.[name] ?? null].flat() as readonly (Recorded | null)[];
    for (const [i] of [list].flat().entries()) {
      const [input, gradient] = [inputs[next] as Tensor, gradients[next]]; // safe: one for each tensor
      next++;
      const mutated = one.mutated?.[name];
      if (mutated !== undefined) await checkSame(`${name} afterward`, input, mutated, one);
      const recorded = wanted[i] ?? null;
      if (recorded !== null) await checkSame(`gradient of ${name}`, gradient, recorded, one);
    }
  }
}

/** Checks that the call throws an AkariError, immediately or, on asynchronous devices, when the result is read. */
async function checkRefused(call: Call, given: Arguments): Promise<void> {
  try {
    // safe: a list, or a list of lists
    for (const result of [call(given)].flat()) if (result !== null) await values(result as Tensor);
  } catch (error) {
    if (error instanceof AkariError) return;
    throw error;
  }
  throw new Mismatch("the call", "an error", "a result");
}

async function checkGradients(
  one: OpCase,
  outputs: readonly (Tensor | null)[],
  tensors: Tensors,
  device: Backend,
): Promise<void> {
  for (const [k, gradient] of (one.upstream ?? []).entries()) {
    if (gradient !== null) outputs[k]?.backward(load(gradient, device), { retainGraph: true });
  }
  for (const [name, recorded] of Object.entries(one.grads ?? {})) {
    const wanted = (Array.isArray(recorded) ? recorded : [recorded]) as readonly (Recorded | null)[];
    const leaves = [tensors.get(name)].flat() as Tensor[]; // safe: a gradient belongs to an input
    for (const [i, want] of wanted.entries()) {
      if (want === null) continue;
      await checkSame(`gradient of ${name}`, leaves[i]?.grad, want, one);
    }
  }
}

/** Returns the inputs of a case. Those with a recorded gradient require a gradient. */
function inputsOf(one: OpCase, device: Backend): Tensors {
  const tensors = new Map<string, Tensor | readonly Tensor[]>();
  for (const [name, recorded] of Object.entries(one.inputs ?? {})) {
    const follow = one.grads !== undefined && name in one.grads && !(one.nograd ?? []).includes(name);
    const make = (tensor: Recorded, viewing: Viewing | null | undefined): Tensor => {
      const x = viewing ? applyView(viewing, device) : load(tensor, device);
      return follow && isFloating(x.dtype) ? requiresGrad(x) : x;
    };
    const views = one.view?.[name];
    if (Array.isArray(recorded)) {
      tensors.set(
        name,
        (recorded as readonly Recorded[]).map((tensor, i) =>
          make(tensor, (views as readonly (Viewing | null)[] | undefined)?.[i]),
        ),
      );
    } else {
      tensors.set(name, make(recorded as Recorded, views as Viewing | undefined));
    }
  }
  return tensors;
}

function applyView({ base, ops }: Viewing, device: Backend): Tensor {
  let x = load(base, device);
  for (const [name, ...rest] of ops) {
    const args = rest as number[];
    if (name === "transpose") x = x.transpose(args[0] as number, args[1] as number);
    else if (name === "permute") x = x.permute(rest[0] as number[]);
    else if (name === "slice") x = x.slice(args[0], args[1], args[2], args[3]);
    else if (name === "expand") x = x.expand(rest[0] as number[]);
    else if (name === "select") x = x.select(args[0] as number, args[1] as number);
    else throw new Missing(`view ${name}`);
  }
  return x.detach();
}

/** Clones a tensor for an in-place operation. The clone of a non-contiguous tensor is non-contiguous too. */
function cloneOf(x: Tensor): Tensor {
  if (x.isContiguous() || x.ndim < 2) return x.clone();
  const backwards = x.shape.map((_, d) => x.ndim - 1 - d);
  return x.permute(backwards).clone().permute(backwards);
}
