/** Invalid input to all packages: the error names what is wrong, and nothing is changed or lost. */

import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { tensorsolve } from "@akari/linalg";
import { histogram, histogramdd } from "@akari/special";
import { describe, expect, it } from "vitest";
import { jvp } from "../src/func.ts";
import {
  Adam,
  ArgumentError,
  adaptiveAvgPool1d,
  adaptiveMaxPool1d,
  add,
  argmax,
  autograd,
  BatchSampler,
  ChainDataset,
  ConcatDataset,
  canCast,
  cat,
  cdist,
  choleskySolve,
  clamp,
  combinations,
  conv2d,
  cosineSimilarity,
  cpu,
  crossEntropy,
  DataLoader,
  DeviceError,
  DisposedError,
  DTypeError,
  decodeNpy,
  decodeNpz,
  decodeSafetensors,
  decodeTorch,
  defaultCollate,
  diff,
  dist,
  enableGrad,
  encodeNpy,
  encodeNpz,
  encodeSafetensors,
  fromTypedArray,
  full,
  gradcheck,
  hessian,
  IndexError,
  interpolate,
  jacobian,
  Linear,
  load,
  loadSafetensors,
  MNIST,
  nanmean,
  nllLoss,
  nn,
  noGrad,
  norm,
  normal,
  normalize,
  ones,
  optim,
  ParameterDict,
  pad,
  pairwiseDistance,
  pdist,
  perform,
  profile,
  promoteTypes,
  randn,
  repeatInterleave,
  rot90,
  ShapeError,
  saveSafetensors,
  scope,
  setDefaultDevice,
  setGradEnabled,
  softmax,
  solveTriangular,
  type Tensor,
  TensorDataset,
  tensor,
  vecdot,
  vjp,
  WeightedRandomSampler,
  zeros,
} from "../src/index.ts";

const { detectAnomaly, setDetectAnomaly } = autograd;
const { PackedSequence } = nn.utils.rnn;
const folder = mkdtempSync(join(tmpdir(), "akari-bad-input-"));

describe("shapes that do not match", () => {
  it("are rejected with the operation and both shapes", () => {
    expect(() => ones([2, 3]).matmul(ones([4, 5]))).toThrow(/matmul.*\[2, 3\].*\[4, 5\].*3 and 4/);
    expect(() => ones([2, 3]).add(ones([4]))).toThrow(/add.*\[2, 3\].*\[4\]/);
    expect(() => ones([6]).reshape([4, -1])).toThrow(/reshape.*\[6\].*\[4, -1\]/);
    expect(() => conv2d(ones([1, 3, 8, 8]), ones([4, 2, 3, 3]))).toThrow(ShapeError);
    expect(() => crossEntropy(ones([4, 10]), zeros([5], { dtype: "int32" }))).toThrow(/crossEntropy.*\[4\].*\[5\]/);
    expect(() => tensor([[1, 2], [3]])).toThrow(ShapeError);
  });

  it("leave the tensor unchanged if the operation is in place", () => {
    const x = ones([2]);
    expect(() => x.add_(ones([3]))).toThrow(ShapeError);
    expect(() => x.add_(ones([2, 2]))).toThrow(/\[2, 2\] and cannot be stored in a tensor of shape \[2\]/);
    expect(x.toArraySync()).toEqual([1, 1]);
    expect(x.storage.version).toBe(0);
  });
});

/** Calls a function as JavaScript would, without type checks of the arguments. */
const unchecked = (f: (...given: never[]) => unknown, ...given: unknown[]): unknown => f(...(given as never[]));

describe("keyword arguments, and arguments without their brackets", () => {
  const x = ones([2, 3]);

  it("are rejected with the operation and the argument", () => {
    expect(() => unchecked(softmax, x, { dim: 1 })).toThrow(
      /softmax: dimension \{ dim: 1 \} is out of range: expected -2 to 1/,
    );
    expect(() => unchecked(argmax, x, { dim: 1 })).toThrow(/argmax: dimension \{ dim: 1 \}/);
    expect(() => unchecked(cat, [x], { dim: 1 })).toThrow(/cat: dimension \{ dim: 1 \}/);
    expect(() => unchecked(zeros, 2, 3)).toThrow("zeros: sizes must be non-negative integers in an array, got 2");
    expect(() => unchecked(randn, 2, 3)).toThrow(/randn: sizes must be .* in an array, got 2/);
    expect(() => unchecked(x.get.bind(x), { from: 1 })).toThrow(
      'index: there is no option "from"; there are start, stop, step',
    );
    expect(() => unchecked(clamp, x, { low: 0 })).toThrow('clamp: there is no option "low"; there are min, max');
    expect(() => unchecked(add, x, [1, 2, 3])).toThrow(/add: expected tensors and numbers, got an array/);
    expect(() => unchecked(add, x)).toThrow(/add: expected tensors and numbers, got undefined/);
  });
});

describe("other values in place of a tensor or a module", () => {
  // Safe, all of these: values that plain JavaScript might pass.
  const wrong = [null, undefined, 3, "abc"] as never[];
  const layer = new Linear(3, 2);

  it("are rejected by optimizers and schedulers", () => {
    for (const value of [...wrong.filter((value) => value !== "abc"), layer as never])
      expect(() => new Adam(value)).toThrow(
        /^Adam: expected parameters, such as model.parameters\(\), got (null|undef|3|Lin)/,
      );
    for (const value of wrong)
      expect(() => new optim.ExponentialLR(value, 0.9)).toThrow(
        `ExponentialLR: expected an optimizer, got ${String(value)}`,
      );
  });

  it("are rejected by functions that change parameters", () => {
    for (const value of wrong) {
      expect(() => nn.weightNorm(value)).toThrow(`weightNorm: expected a module, got ${String(value)}`);
      expect(() => nn.removeSpectralNorm(value)).toThrow(`removeSpectralNorm: expected a module, got ${String(value)}`);
    }
  });

  it("are rejected in place of options, arrays included", () => {
    expect(() => unchecked(zeros, [2], [3])).toThrow(
      "zeros: expected options by name, { dtype, device }, got an array",
    );
  });
});

describe("positional options as in PyTorch, and misspelled ones", () => {
  const x = ones([2, 3, 4, 4]);

  it("are rejected by optimizers, schedulers and loaders", () => {
    const layer = new Linear(3, 2);
    const made = (of: unknown, ...given: unknown[]) => Reflect.construct(of as typeof Adam, given);
    expect(() => made(Adam, layer.parameters(), 1e-3)).toThrow(
      /Adam: expected options by name, \{ lr, betas, .*\}, got 0.001/,
    );
    expect(() => made(optim.StepLR, new Adam(layer.parameters()), 10, 0.5)).toThrow(
      "StepLR: expected options by name, { gamma, lastEpoch }, got 0.5",
    );
    expect(() => made(DataLoader, [1, 2, 3], 64)).toThrow(
      /DataLoader: expected options by name, \{ batchSize, .*\}, got 64/,
    );
    expect(() => made(DataLoader, [1, 2, 3], { batchsize: 64 })).toThrow(
      /DataLoader: there is no option "batchsize"; there are batchSize/,
    );
  });

  it("are rejected by functions, before anything is computed", () => {
    const { functional } = nn;
    expect(() => unchecked(functional.maxPool2d, x, 3, 2)).toThrow(
      /maxPool2d: expected options by name, \{ stride, .*\}, got 2/,
    );
    expect(() => unchecked(functional.conv2d, x, ones([4, 3, 3, 3]), null, 2, 1)).toThrow(
      /conv2d: expected options by name, \{ stride/,
    );
    expect(() => unchecked(functional.dropout, x, 0.5, false)).toThrow(
      "dropout: expected options by name, { training, inplace, generator }, got false",
    );
    expect(() => unchecked(functional.dropout, x, { rate: 0.2 })).toThrow(/dropout: there is no option "rate"/);
    expect(() => unchecked(functional.batchNorm, x, null, null, null, null, true)).toThrow(
      /batchNorm: expected options by name, \{ training/,
    );
    expect(() => unchecked(crossEntropy, ones([2, 3]), zeros([2]).int(), ones([3]))).toThrow(
      /crossEntropy: .* got a tensor/,
    );
    expect(() => unchecked(zeros, [2, 3], "float64")).toThrow(
      "zeros: expected options by name, { dtype, device }, got float64",
    );
  });
});

describe("wrong dtypes", () => {
  it("are rejected, and nothing is truncated silently", () => {
    const counts = tensor([1, 2], { dtype: "int32" });
    expect(() => counts.add_(0.5)).toThrow(/float32.*int32/);
    expect(counts.toArraySync()).toEqual([1, 2]);
    expect(() => counts.mean()).toThrow(DTypeError);
    expect(() => ones([2, 2]).matmul(ones([2, 2], { dtype: "int32" }))).toThrow(DTypeError);
    expect(() => crossEntropy(ones([2, 3]), zeros([2], { dtype: "bool" }))).toThrow(/integers.*bool/);
    // tensor([0, 2]) is float32, and so are most labels at first.
    expect(() => crossEntropy(ones([2, 3]), tensor([0, 2]))).toThrow(
      /target of float32 holds probabilities.*\[2, 3\].*\[2\].*long\(\)/,
    );
    expect(() => nllLoss(ones([2, 3]), tensor([0, 2]))).toThrow(/integers.*float32.*long\(\)/);
    // Safe: the test passes an unknown name on purpose.
    expect(() => zeros([2], { dtype: "float31" as "float32" })).toThrow(/float31/);
  });
});

describe("indices out of range", () => {
  it("are rejected with the index and the size", () => {
    const x = randn([3, 4]);
    expect(() => x.select(0, 3)).toThrow(/3.*3|range/);
    expect(() => x.get(5)).toThrow(IndexError);
    expect(() => x.indexSelect(0, tensor([0, 7], { dtype: "int32" }))).toThrow(/7.*3/);
    expect(() => x.gather(1, tensor([[9]], { dtype: "int32" }))).toThrow(/9.*4/);
    expect(() => x.sum(2)).toThrow(/dimension 2 is out of range.*2 dimensions/);
    expect(() => crossEntropy(x, tensor([0, 1, 4], { dtype: "int32" }))).toThrow(IndexError);
  });
});

describe("gradients that are not available", () => {
  it("are reported with a solution", () => {
    const x = tensor([1, 2], { requiresGrad: true });
    const y = x.mul(x).sum();
    y.backward();
    expect(() => y.backward()).toThrow(/freed by an earlier backward pass.*retainGraph/);
    expect(x.grad?.toArraySync()).toEqual([2, 4]);
    expect(() => x.mul(2).backward()).toThrow(/one-element tensor.*\[2\]/);
    expect(() => ones([1]).backward()).toThrow(
      /backward: this tensor does not require a gradient.*x\.requiresGrad_\(\)/,
    );
  });
});

describe("a freed tensor", () => {
  it("is rejected wherever it is used, and can be freed twice", () => {
    const x = ones([2]);
    const view = x.reshape([1, 2]);
    x.dispose();
    x.dispose();
    expect(() => x.add(1)).toThrow(DisposedError);
    expect(() => x.dataSync()).toThrow(/\[2\] was used after dispose/);
    expect(view.toArraySync()).toEqual([[1, 1]]);
  });
});

describe("corrupt and truncated files", () => {
  it("are rejected by name, and leave existing values unchanged", async () => {
    const path = join(folder, "model.safetensors");
    await saveSafetensors(path, { weight: ones([4, 4]) });
    const whole = readFileSync(path);
    writeFileSync(join(folder, "cut.safetensors"), whole.subarray(0, whole.length - 8));
    await expect(loadSafetensors(join(folder, "cut.safetensors"))).rejects.toThrow(/cut\.safetensors/);
    writeFileSync(join(folder, "noise.safetensors"), Buffer.from("this is no checkpoint at all"));
    await expect(loadSafetensors(join(folder, "noise.safetensors"))).rejects.toThrow(/noise\.safetensors/);
    await expect(loadSafetensors(join(folder, "absent.safetensors"))).rejects.toThrow(/absent\.safetensors/);
    expect((await loadSafetensors(path)).tensors.weight?.shape).toEqual([4, 4]);
  });

  it("are rejected before training if they contain images", async () => {
    const bad = mkdtempSync(join(folder, "mnist-"));
    for (const name of ["train-images-idx3-ubyte", "train-labels-idx1-ubyte"])
      writeFileSync(join(bad, name), Buffer.from([0, 0, 8, 3, 0, 0, 0, 9]));
    await expect(MNIST.load({ root: bad, train: true, download: false })).rejects.toThrow(
      /train-(images-idx3|labels-idx1)-ubyte/,
    );
  });

  it("are rejected with a list of differences if they do not match the model", () => {
    const model = new Linear(3, 2);
    const before = model.weight.toArraySync();
    expect(() => model.loadStateDict({ weight: ones([5, 5]), bais: ones([2]) })).toThrow(
      /missing: bias[\s\S]*unexpected: bais[\s\S]*weight is \[2, 3\] in the module but \[5, 5\]/,
    );
    expect(model.weight.toArraySync()).toEqual(before);
  });

  it("are rejected if an entry is not a tensor, before any is copied", () => {
    const model = new Linear(2, 2);
    const before = model.weight.toArraySync();
    // Safe, all of these: values that plain JavaScript might pass.
    const load = (bias: unknown) => () => model.loadStateDict({ weight: zeros([2, 2]), bias: bias as never });
    for (const wrong of [null, [1, 2], { dtype: "float32", shape: [2], data: new Float32Array(2) }])
      expect(load(wrong)).toThrow("bias is [2] in the module but none (no tensor) in the state");
    expect(load(undefined)).toThrow("missing: bias");
    expect(model.weight.toArraySync()).toEqual(before);
  });
});

describe("a step or an assignment that is rejected", () => {
  it("leaves all parameters and the state unchanged", () => {
    const [p, q] = [tensor([1, 2], { requiresGrad: true }), tensor([3, 4], { requiresGrad: true })];
    const optimizer = new Adam([p, q]);
    p.grad = ones([2]);
    q.grad = ones([2]);
    q.setData(tensor([3, 4], { dtype: "float64" })); // now its gradient has another dtype
    expect(() => optimizer.step()).toThrow("Adam: a parameter is float64, but its gradient float32");
    expect([p.toArraySync(), optimizer.stateDict().state]).toEqual([[1, 2], {}]);
  });

  it("leaves the tensor unchanged if an index is out of range", () => {
    const x = ones([2, 2]);
    const far = tensor([0, 7], { dtype: "int32" });
    const table = tensor([[0, 7]], { dtype: "int32" });
    for (const act of [
      () => x.scatter_(0, table, ones([1, 2])),
      () => x.scatterAdd_(0, table, ones([1, 2])),
      () => x.indexAdd_(0, far, ones([2, 2])),
      () => x.indexCopy_(0, far, ones([2, 2])),
      () => x.indexFill_(0, far, 9),
      () => x.indexPut_([far], ones([2])),
      () => x.set([far], 9),
    ])
      expect(act).toThrow(IndexError);
    expect(x.toArraySync()).toEqual([
      [1, 1],
      [1, 1],
    ]);
    expect(x.storage.version).toBe(0);
  });
});

describe("unknown options", () => {
  it("are rejected by name", () => {
    const model = new Linear(2, 2);
    // Safe, all of these: the test passes wrong names on purpose.
    expect(() => zeros([2], { dtpye: "float32" } as object)).toThrow(/"dtpye"/);
    expect(() => new Adam(model.parameters(), { learningRate: 0.1 } as object)).toThrow(/"learningRate"; there are lr/);
    expect(() => new DataLoader(new TensorDataset(ones([2])), { batchsize: 2 } as object)).toThrow(/batchsize/);
    expect(() => cpu({ thread: 2 } as object)).toThrow(/thread/);
  });
});

describe("a word in place of true or false", () => {
  it("is rejected, since it would count as true", () => {
    const no = "false" as unknown as boolean; // safe: the test passes a wrong value on purpose
    const x = ones([2, 3]);
    expect(() => x.sum(1, { keepdim: no })).toThrow('sum: keepdim must be a boolean, got "false"');
    expect(() => nn.functional.dropout(x, 0.5, { training: no })).toThrow("dropout: training must be a boolean");
    expect(() => new Linear(2, 2, { bias: no })).toThrow('Linear: bias must be a boolean, got "false"');
    expect(() => new optim.SGD([x], { nesterov: 0 as unknown as boolean })).toThrow("must be a boolean, got 0");
    expect(() => new DataLoader([1, 2], { shuffle: null as unknown as boolean })).toThrow("shuffle must be a boolean");
  });
});

describe("a word in place of a number, or of a positional boolean", () => {
  it("is rejected by name", () => {
    // Safe, all of these: the test passes wrong values on purpose.
    const word = "a" as never;
    const x = ones([2, 2]);
    const o = new optim.SGD([ones([1])]);
    expect(() => new optim.ReduceLROnPlateau(o, { patience: word })).toThrow('patience must be a number, got "a"');
    expect(() => new optim.OneCycleLR(o, 1, { totalSteps: 3, divFactor: true as never })).toThrow(
      "OneCycleLR: divFactor must be a number, got true",
    );
    expect(() => new optim.SGD([ones([1])], { dampening: 1n as never })).toThrow("dampening must be a number, got 1");
    expect(() => x.round({ decimals: 0n as never })).toThrow(ArgumentError);
    expect(() => solveTriangular(x, x, { upper: word })).toThrow(
      'solveTriangular: upper must be true or false, got "a"',
    );
    expect(() => choleskySolve(x, x, word)).toThrow('choleskySolve: upper must be true or false, got "a"');
  });
});

describe("an error", () => {
  it("is in the name of the function that was called", () => {
    const x = ones([4]);
    expect(() => x.tensorSplit([0.5])).toThrow("tensorSplit: sections must be an integer, got 0.5");
    expect(() => x.tensorSplit(tensor([1.5]))).toThrow("tensorSplit: sections must be an integer, got 1.5");
    expect(() => x.tensorSplit(0)).toThrow("tensorSplit: sections must be a positive integer, got 0");
    expect(() => x.viewAs(null as never)).toThrow(/^viewAs: expected a tensor, got null; make one with/);
    const [bools, weight] = [ones([2, 2], { dtype: "bool" }), ones([4, 2, 2], { dtype: "bool" })];
    expect(() => nn.functional.bilinear(bools, bools, weight)).toThrow(/^bilinear: bool tensors/);
  });
});

describe("a value that is not a number", () => {
  it("is rejected by functions that draw", () => {
    const word = "a" as unknown as number; // safe: the test passes a wrong value on purpose
    const x = ones([2]);
    expect(() => x.normal_(word)).toThrow('normal_: mean must be a number, got "a"');
    expect(() => x.logNormal_(word)).toThrow('logNormal_: mean must be a number, got "a"');
    expect(() => x.cauchy_(word)).toThrow('cauchy_: median must be a number, got "a"');
    expect(x.toArraySync()).toEqual([1, 1]);
  });

  it("is rejected by functions that fill and index", () => {
    const word = "nothing" as unknown as number; // safe: the test passes a wrong value on purpose
    const [x, index] = [ones([2]), tensor([0, 1], { dtype: "int32" })];
    for (const act of [
      () => full([2], word),
      () => x.fill_(word),
      () => x.set([0], word),
      () => x.indexFill_(0, index, word),
      () => x.scatter_(0, index, word),
    ])
      expect(act).toThrow(/a number or a boolean, got "nothing"/);
    expect(() => x.get(Promise.resolve(0) as unknown as number)).toThrow(/got a promise/); // safe: as above
    expect(x.toArraySync()).toEqual([1, 1]);
  });
});

describe("an invalid device", () => {
  it("is rejected before anything runs", () => {
    // Safe: the test passes the name of a device on purpose.
    expect(() => zeros([2], { device: "cuda" as unknown as ReturnType<typeof cpu> })).toThrow(/cuda/);
    const other = cpu({ threads: 1 });
    expect(() => ones([2]).add(ones([2], { device: other }))).toThrow(DeviceError);
    expect(() => ones([2]).add(ones([2], { device: other }))).toThrow(/different devices: two called cpu;/);
  });

  it("rejects a tensor that is too large for any memory, and reports the size", () => {
    expect(() => zeros([1 << 20, 1 << 20])).toThrow(DeviceError);
    expect(ones([2]).sum().itemSync()).toBe(2);
  });
});

describe("values that are not what a function expects", () => {
  const [none, word] = [null, "x"] as never[] as [never, never];
  it.each<[string, () => unknown, RegExp]>([
    ["fromTypedArray", () => fromTypedArray(none), /^tensor: there is no dtype for a Null/],
    ["normal", () => normal(none, 1), /^normal: expected tensors and numbers, got null/],
    ["bernoulli_", () => ones([2]).bernoulli_(none), /^bernoulli_: expected a tensor, got null/],
    ["promoteTypes", () => promoteTypes(word, "int32"), /^promoteTypes: there is no dtype "x"/],
    ["canCast", () => canCast("int32", none), /^canCast: there is no dtype "null"/],
    ["rot90", () => rot90(ones([2, 2]), 1, none), /^rot90: expected dimensions, got null/],
    ["setDefaultDevice", () => setDefaultDevice(word), /^setDefaultDevice: the device must be a Backend/],
    ["ConcatDataset", () => new ConcatDataset(none), /^ConcatDataset: expected datasets, got null/],
    ["ChainDataset", () => new ChainDataset(none), /^ChainDataset: expected datasets, got null/],
    [
      "ChainDataset of others",
      () => new ChainDataset([none]),
      /^ChainDataset: expected datasets to iterate over, got null/,
    ],
    [
      "BatchSampler",
      () => new BatchSampler(none, 2),
      /^BatchSampler: the length of the dataset must be a non-negative integer/,
    ],
    [
      "WeightedRandomSampler",
      () => new WeightedRandomSampler(none, 2),
      /^WeightedRandomSampler: expected weights, got null/,
    ],
    ["addParamGroup", () => new Adam([ones([2]).requiresGrad_()]).addParamGroup(undefined as never), /^Adam: expected/],
    ["defaultCollate", () => defaultCollate(none), /^defaultCollate: expected samples, got null/],
    ["jacobian", () => jacobian(none, ones([2])), /^jacobian: expected a function, got null/],
    ["hessian", () => hessian(word, ones([2])), /^hessian: expected a function, got x/],
    ["noGrad", () => noGrad(3 as never), /^noGrad: expected a function, got 3/],
    ["enableGrad", () => enableGrad(none), /^enableGrad: expected a function, got null/],
    ["setGradEnabled", () => setGradEnabled(false, 5 as never), /^setGradEnabled: expected a function, got 5/],
    ["setDetectAnomaly", () => setDetectAnomaly(word), /^setDetectAnomaly: enabled must be true or false, got "x"/],
    ["detectAnomaly", () => detectAnomaly(none), /^detectAnomaly: expected a function, got null/],
    ["scope", () => scope(3 as never), /^scope: expected a function, got 3/],
    ["perform", () => perform(none), /^perform: expected a function, got null/],
    ["a sampler", () => new DataLoader([1], { sampler: 3 as never }), /^DataLoader: sampler must be a sampler, got 3/],
    [
      "a sampler of batches",
      () => new DataLoader([1], { batchSampler: none }),
      /^DataLoader: batchSampler must be a sampler, got null/,
    ],
    ["collateFn", () => new DataLoader([1], { collateFn: word }), /^DataLoader: collateFn must be a function, got "x"/],
    [
      "collateFn without batches",
      () => new DataLoader([1], { batchSize: null, collateFn: none }),
      /^DataLoader: collateFn must be a function, got null/,
    ],
    ["ParameterDict", () => new ParameterDict(none), /^ParameterDict: expected an array, got null/],
    [
      "PackedSequence",
      () => new PackedSequence(ones([3]), word),
      /^PackedSequence: batch sizes must be positive and non-increasing, got \[x\]/,
    ],
    ["tensorsolve", () => tensorsolve(ones([2, 2]), ones([2]), word), /^movedim: dimension "x" is out of range/],
    [
      "histogram",
      () => histogram(ones([2]), none),
      /^histogram: expected a number of bins or a tensor of edges, got null/,
    ],
    ["histogramdd", () => histogramdd(ones([2, 2]), none), /^histogramdd: expected bins, got null/],
    ["jvp", () => jvp((x: Tensor) => x, none, none), /^jvp: expected an array of arguments, got null/],
    ["vjp", () => vjp(() => none, ones([2])), /^vjp: expected a function that returns tensors, got null/],
  ])("get the error of %s", (_, call, message) => {
    expect(call).toThrow(message);
  });

  it.each<[string, () => Promise<unknown>, RegExp]>([
    ["decodeNpy", () => decodeNpy(none), /^decodeNpy: expected the bytes of a file, a Uint8Array, got null/],
    ["decodeNpz", () => decodeNpz(word), /^decodeNpz: expected the bytes of a file, a Uint8Array, got x/],
    ["decodeTorch", () => decodeTorch([1] as never), /^decodeTorch: expected the bytes of a file.*got an array/],
    ["decodeSafetensors", () => decodeSafetensors(none), /^decodeSafetensors: expected the bytes of a file/],
    ["encodeNpy", () => encodeNpy(none), /^encodeNpy: dtype must be .*, got undefined/],
    ["encodeNpz", () => encodeNpz(none), /^encodeNpz: expected arrays by name, got null/],
    [
      "encodeSafetensors",
      () => encodeSafetensors({ x: { dtype: "float64", shape: [2], data: new Float32Array(2) } }),
      /^encodeSafetensors: "x": the data must be a typed array of 2 elements of float64/,
    ],
    ["saveSafetensors", () => saveSafetensors("", none), /^saveSafetensors: expected tensors by name, got null/],
    ["profile", () => profile(none), /^profile: expected a function, got null/],
    ["load", () => load(new Uint8Array(8) as never), /^load: cannot read an object: expected a path, a URL or a Blob/],
    ["gradcheck", () => gradcheck((x) => x, none), /^gradcheck: expected an array of tensors, got null/],
  ])("reject the promise of %s", async (_, call, message) => {
    await expect(call()).rejects.toThrow(message);
  });
});

describe("composed functions", () => {
  it("are named by errors about their dimensions", () => {
    expect(() => nanmean(ones([2]), 3)).toThrow(/^nanmean: dimension 3/);
    expect(() => norm(ones([2]), Number.POSITIVE_INFINITY, 3)).toThrow(/^norm: dimension 3/);
  });

  const [x, y, bools] = [ones([2, 3]), ones([4]), ones([2, 3], { dtype: "bool" })];
  it.each<[string, () => unknown, RegExp]>([
    ["cdist", () => cdist(x, bools), /^cdist: expected a floating-point dtype/],
    ["cosineSimilarity", () => cosineSimilarity(bools, bools), /^cosineSimilarity: expected a floating-point dtype/],
    ["cosineSimilarity's shapes", () => cosineSimilarity(x, y), /^cosineSimilarity: cannot broadcast/],
    ["cosineSimilarity's dimension", () => cosineSimilarity(x, x, { dim: 2 }), /^cosineSimilarity: dimension 2/],
    ["normalize", () => normalize(bools), /^normalize: expected a floating-point dtype/],
    ["normalize's dimension", () => normalize(y), /^normalize: dimension 1/],
    ["pairwiseDistance", () => pairwiseDistance(x, y), /^pairwiseDistance: cannot broadcast/],
    ["pdist", () => pdist(bools), /^pdist: expected a floating-point dtype/],
    ["vecdot", () => vecdot(x, x, 2), /^vecdot: dimension 2/],
  ])("are named by errors of %s", (_, call, message) => {
    expect(call).toThrow(message);
  });

  it("accept integers beside floating-point numbers as in PyTorch", () => {
    const ones32 = ones([2, 3], { dtype: "int32" });
    expect(cosineSimilarity(x, ones32).dtype).toBe("float32");
    expect(dist(ones32, x).itemSync()).toBe(0);
  });
});

describe("sizes near 2³¹", () => {
  const most = 2 ** 31 - 1;
  const x = ones([1, 1, 3]);
  it.each<[string, () => unknown]>([
    ["pad", () => pad(x, [0, most], { mode: "replicate" })],
    ["repeatInterleave", () => repeatInterleave(x, most)],
    ["adaptiveAvgPool1d", () => adaptiveAvgPool1d(x, most)],
    ["adaptiveMaxPool1d", () => adaptiveMaxPool1d(x, most)],
    ["interpolate", () => interpolate(x, { size: most, mode: "linear" })],
    ["RNN", () => new nn.RNN(1, 1, { numLayers: most })],
    ["LSTM", () => new nn.LSTM(1, 1, { numLayers: 2 ** 53 })],
    ["GRU", () => new nn.GRU(1, 1, { numLayers: 2 ** 31 })],
  ])("are rejected before %s computes anything", (_, call) => {
    expect(call).toThrow(/^cpu: out of memory: /);
  });

  it("leave nothing for diff and combinations", () => {
    expect(diff(x, most).shape).toEqual([1, 1, 0]);
    expect(combinations(x.flatten(), most).shape).toEqual([0, most]);
  });
});

describe("a full disk", () => {
  it("leaves the existing file unchanged, and no other file", async () => {
    const path = join(folder, "kept.safetensors");
    await saveSafetensors(path, { x: ones([3]) });
    const before = readFileSync(path);
    const big = { x: ones([1000, 1000]) };
    // A limit on the size of files stops the write halfway, like a full disk.
    const { spawnSync } = await import("node:child_process");
    const program = `
      import { ones, saveSafetensors } from ${JSON.stringify(new URL("../src/index.ts", import.meta.url).href)};
      process.on("SIGXFSZ", () => {});
      try { await saveSafetensors(${JSON.stringify(path)}, { x: ones([1000, 1000]) }); console.log("written"); }
      catch (error) { console.log(error.name + ": " + error.message); }
    `;
    const script = join(folder, "save.mjs");
    writeFileSync(script, program);
    const listed = readdirSync(folder);
    const child = spawnSync("bash", ["-c", `ulimit -f 100; exec "${process.execPath}" "${script}"`], {
      encoding: "utf8",
    });
    expect(child.stdout).toMatch(/FileError: .*kept\.safetensors/);
    expect(readFileSync(path).equals(before)).toBe(true);
    expect(readdirSync(folder)).toEqual(listed);
    expect(
      (await encodeSafetensors({ x: { dtype: "float32", shape: [1000, 1000], data: big.x.dataSync() } })).length,
    ).toBeGreaterThan(4_000_000);
  });
});
