/**
 * Unknown options and positional options, which JavaScript may pass: every function and method with options rejects
 * both by name. Layers and `nn.functional` are tested in the package `nn`.
 */

import { mkdtemp, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { refuses, refusesLater } from "../../nn/test/refuses.ts";
import * as akari from "../src/index.ts";
import { cpu, DataLoader, nn, ones, optim, profile, type Tensor, TensorDataset, tensor, zeros } from "../src/index.ts";

/** A call with options as its last argument. */
type Call = (options: never) => unknown;

const { Linear } = nn;
const x = () =>
  tensor([
    [4, 3],
    [2, 1],
  ]);
const row = () => tensor([1, 2, 3]);
const places = () => tensor([0, 1]).int();
const table = () =>
  tensor([
    [0, 1],
    [1, 0],
  ]).int();
const dataset = () => new TensorDataset(x());
const optimizer = () => new optim.SGD(new Linear(1, 1).parameters());
const square = (v: Tensor) => v.mul(v).sum();
const wanted = () => akari.requiresGrad(row());

const calls: Readonly<Record<string, Call>> = {
  add: (options) => akari.add(x(), x(), options),
  addcdiv: (options) => akari.addcdiv(x(), x(), x(), options),
  addcmul: (options) => akari.addcmul(x(), x(), x(), options),
  addbmm: (options) => akari.addbmm(x(), ones([1, 2, 2]), ones([1, 2, 2]), options),
  addmm: (options) => akari.addmm(x(), x(), x(), options),
  addmv: (options) => akari.addmv(ones([2]), x(), ones([2]), options),
  addr: (options) => akari.addr(x(), ones([2]), ones([2]), options),
  all: (options) => akari.all(x(), 0, options),
  allcloseSync: (options) => akari.allcloseSync(x(), x(), options),
  amax: (options) => akari.amax(x(), 0, options),
  amin: (options) => akari.amin(x(), 0, options),
  aminmax: (options) => akari.aminmax(x(), 0, options),
  any: (options) => akari.any(x(), 0, options),
  arange: (options) => akari.arange(0, 3, 1, options),
  argmax: (options) => akari.argmax(x(), 0, options),
  argmin: (options) => akari.argmin(x(), 0, options),
  argsort: (options) => akari.argsort(x(), 0, options),
  asTensor: (options) => akari.asTensor(1, options),
  backward: (options) => akari.backward(square(wanted()), undefined, options),
  baddbmm: (options) => akari.baddbmm(ones([1, 2, 2]), ones([1, 2, 2]), ones([1, 2, 2]), options),
  bernoulli: (options) => akari.bernoulli(ones([2]), options),
  bincount: (options) => akari.bincount(places(), null, options),
  bucketize: (options) => akari.bucketize(x(), row(), options),
  cdist: (options) => akari.cdist(x(), x(), options),
  cholesky: (options) => akari.cholesky(akari.eye(2), options),
  clipGradNorm_: (options) => akari.clipGradNorm_([wanted()], 1, options),
  getTotalNorm: (options) => akari.getTotalNorm([wanted()], options),
  col2im: (options) => akari.col2im(ones([1, 4, 1]), 2, 2, options),
  combinations: (options) => akari.combinations(row(), 2, options),
  ConstantLR: (options) => new optim.ConstantLR(optimizer(), options),
  CosineAnnealingLR: (options) => new optim.CosineAnnealingLR(optimizer(), 2, options),
  CosineAnnealingWarmRestarts: (options) => new optim.CosineAnnealingWarmRestarts(optimizer(), 2, options),
  cov: (options) => akari.cov(x(), options),
  cpu: (options) => cpu(options),
  cumprod: (options) => akari.cumprod(x(), 0, options),
  cumsum: (options) => akari.cumsum(x(), 0, options),
  cumulativeTrapezoid: (options) => akari.cumulativeTrapezoid(x(), undefined, options),
  CyclicLR: (options) => new optim.CyclicLR(optimizer(), 0.1, 0.2, options),
  diff: (options) => akari.diff(x(), 1, 0, options),
  DataLoader: (options) => new DataLoader(dataset(), options),
  div: (options) => akari.div(x(), x(), options),
  empty: (options) => akari.empty([2], options),
  emptyLike: (options) => akari.emptyLike(x(), options),
  eye: (options) => akari.eye(2, 2, options),
  fromTypedArray: (options) => akari.fromTypedArray(new Float32Array(2), [2], options),
  full: (options) => akari.full([2], 1, options),
  fullLike: (options) => akari.fullLike(x(), 1, options),
  grad: (options) => {
    const v = wanted();
    return akari.grad(square(v), v, undefined, options);
  },
  hessian: (options) => akari.hessian(square, row(), options),
  histc: (options) => akari.histc(x(), 4, options),
  hvp: (options) => akari.hvp(square, row(), row(), options),
  im2col: (options) => akari.im2col(ones([1, 1, 2, 2]), 2, options),
  indexAdd: (options) => akari.indexAdd(x(), 0, places(), x(), options),
  indexAdd_: (options) => akari.indexAdd_(x(), 0, places(), x(), options),
  indexPut: (options) => akari.indexPut(x(), [places()], ones([2]), options),
  indexPut_: (options) => akari.indexPut_(x(), [places()], ones([2]), options),
  indexReduce: (options) => akari.indexReduce(x(), 0, places(), x(), "amax", options),
  isclose: (options) => akari.isclose(x(), x(), options),
  isin: (options) => akari.isin(x(), row(), options),
  jacobian: (options) => akari.jacobian(square, row(), options),
  jvp: (options) => akari.jvp(square, row(), row(), options),
  kthvalue: (options) => akari.kthvalue(x(), 1, 0, options),
  LinearLR: (options) => new optim.LinearLR(optimizer(), options),
  linspace: (options) => akari.linspace(0, 1, 3, options),
  logSoftmax: (options) => akari.logSoftmax(x(), 0, options),
  logspace: (options) => akari.logspace(0, 1, 3, options),
  logsumexp: (options) => akari.logsumexp(x(), 0, options),
  matrixNorm: (options) => akari.matrixNorm(x(), "fro", options),
  max: (options) => akari.max(x(), 0, options),
  mean: (options) => akari.mean(x(), 0, options),
  median: (options) => akari.median(x(), 0, options),
  meshgrid: (options) => akari.meshgrid([row(), row()], options),
  min: (options) => akari.min(x(), 0, options),
  mode: (options) => akari.mode(x(), 0, options),
  MultiStepLR: (options) => new optim.MultiStepLR(optimizer(), [2], options),
  multinomial: (options) => akari.multinomial(row(), 1, options),
  nanToNum: (options) => akari.nanToNum(x(), options),
  nanmean: (options) => akari.nanmean(x(), 0, options),
  nanmedian: (options) => akari.nanmedian(x(), 0, options),
  nanquantile: (options) => akari.nanquantile(x(), 0.5, 0, options),
  nansum: (options) => akari.nansum(x(), 0, options),
  nonzero: (options) => akari.nonzero(x(), options),
  norm: (options) => akari.norm(x(), 2, 0, options),
  normal: (options) => akari.normal(0, 1, [2], options),
  ones: (options) => ones([2], options),
  onesLike: (options) => akari.onesLike(x(), options),
  padSequence: (options) => akari.padSequence([row(), row()], options),
  pointwise: (options) => akari.pointwise("doubled", (v) => v.add(v), options),
  PolynomialLR: (options) => new optim.PolynomialLR(optimizer(), options),
  prod: (options) => akari.prod(x(), 0, options),
  put: (options) => akari.put(x(), places(), ones([2]), options),
  quantile: (options) => akari.quantile(x(), 0.5, 0, options),
  rand: (options) => akari.rand([2], options),
  randLike: (options) => akari.randLike(x(), options),
  randint: (options) => akari.randint(0, 2, [2], options),
  randintLike: (options) => akari.randintLike(x(), 0, 2, options),
  randn: (options) => akari.randn([2], options),
  randnLike: (options) => akari.randnLike(x(), options),
  randomSplit: (options) => akari.randomSplit(dataset(), [1, 1], options),
  RandomAffine: (options) => new akari.RandomAffine(10, options),
  RandomCrop: (options) => new akari.RandomCrop(2, options),
  RandomHorizontalFlip: (options) => new akari.RandomHorizontalFlip(0.5, options),
  RandomRotation: (options) => new akari.RandomRotation(10, options),
  RandomSampler: (options) => new akari.RandomSampler(dataset(), options),
  randperm: (options) => akari.randperm(2, options),
  ReduceLROnPlateau: (options) => new optim.ReduceLROnPlateau(optimizer(), undefined, options),
  round: (options) => akari.round(x(), options),
  rsub: (options) => akari.rsub(x(), x(), options),
  scatter: (options) => akari.scatter(x(), 0, table(), x(), options),
  scatter_: (options) => akari.scatter_(x(), 0, table(), x(), options),
  scatterReduce: (options) => akari.scatterReduce(x(), 0, table(), x(), "sum", options),
  searchsorted: (options) => akari.searchsorted(row(), x(), options),
  softmax: (options) => akari.softmax(x(), 0, options),
  softmin: (options) => akari.softmin(x(), 0, options),
  solve: (options) => akari.solve(x(), x(), options),
  sort: (options) => akari.sort(x(), 0, options),
  std: (options) => akari.std(x(), 0, options),
  stdMean: (options) => akari.stdMean(x(), 0, options),
  ExponentialLR: (options) => new optim.ExponentialLR(optimizer(), 0.9, options),
  LambdaLR: (options) => new optim.LambdaLR(optimizer(), () => 1, options),
  StepLR: (options) => new optim.StepLR(optimizer(), 2, options),
  sub: (options) => akari.sub(x(), x(), options),
  SubsetRandomSampler: (options) => new akari.SubsetRandomSampler([0, 1], options),
  sum: (options) => akari.sum(x(), 0, options),
  tensor: (options) => tensor([1], options),
  topk: (options) => akari.topk(x(), 1, 0, options),
  trapezoid: (options) => akari.trapezoid(x(), undefined, options),
  trilIndices: (options) => akari.trilIndices(2, 2, options),
  triuIndices: (options) => akari.triuIndices(2, 2, options),
  unique: (options) => akari.unique(x(), options),
  uniqueConsecutive: (options) => akari.uniqueConsecutive(x(), options),
  vander: (options) => akari.vander(row(), options),
  varMean: (options) => akari.varMean(x(), 0, options),
  variance: (options) => akari.variance(x(), 0, options),
  vectorNorm: (options) => akari.vectorNorm(x(), 2, 0, options),
  vhp: (options) => akari.vhp(square, row(), row(), options),
  vjp: (options) => akari.vjp(square, row(), null, options),
  WeightedRandomSampler: (options) => new akari.WeightedRandomSampler([1, 2], 2, options),
  zeros: (options) => zeros([2], options),
  zerosLike: (options) => akari.zerosLike(x(), options),

  "Optimizer.zeroGrad": (options) => optimizer().zeroGrad(options),
  "Module.namedParameters": (options) => [...new Linear(1, 1).namedParameters(options)],
  "Module.parameters": (options) => [...new Linear(1, 1).parameters(options)],
  "Module.registerBuffer": (options) => new Linear(1, 1).registerBuffer("scale", row(), options),
  "Module.loadStateDict": (options) => new Linear(1, 1).loadStateDict(new Linear(1, 1).stateDict(), options),
  "Module.zeroGrad": (options) => new Linear(1, 1).zeroGrad(options),
  "Tensor.backward": (options) => square(wanted()).backward(null, options),
  "Tensor.newEmpty": (options) => x().newEmpty([2], options),
  "Tensor.newZeros": (options) => x().newZeros([2], options),
  "Tensor.newOnes": (options) => x().newOnes([2], options),
  "Tensor.newFull": (options) => x().newFull([2], 3, options),
  uniform_: (options) => akari.uniform_(x(), 0, 1, options),
  normal_: (options) => akari.normal_(x(), 0, 1, options),
  bernoulli_: (options) => akari.bernoulli_(x(), 0.5, options),
  exponential_: (options) => akari.exponential_(x(), 1, options),
  cauchy_: (options) => akari.cauchy_(x(), 0, 1, options),
  geometric_: (options) => akari.geometric_(x(), 0.5, options),
  logNormal_: (options) => akari.logNormal_(x(), 1, 2, options),
  random_: (options) => akari.random_(x(), 0, 2, options),
  "init.uniform_": (options) => nn.init.uniform_(x(), 0, 1, options),
  setPrintoptions: (options) => akari.setPrintoptions(options),
  "init.normal_": (options) => nn.init.normal_(x(), 0, 1, options),
  "init.truncNormal_": (options) => nn.init.truncNormal_(x(), 0, 1, -2, 2, options),
  "init.kaimingUniform_": (options) => nn.init.kaimingUniform_(x(), options),
  "init.kaimingNormal_": (options) => nn.init.kaimingNormal_(x(), options),
  "init.xavierUniform_": (options) => nn.init.xavierUniform_(x(), 1, options),
  "init.xavierNormal_": (options) => nn.init.xavierNormal_(x(), 1, options),
  "init.orthogonal_": (options) => nn.init.orthogonal_(x(), 1, options),
  "init.sparse_": (options) => nn.init.sparse_(x(), 0.5, 0.01, options),
  "Transformer.generateSquareSubsequentMask": (options) => nn.Transformer.generateSquareSubsequentMask(2, options),
};

const bytesOf = async (path: string): Promise<Uint8Array> => new Uint8Array(await readFile(path));
const file = async (name: string): Promise<string> => join(await mkdtemp(join(tmpdir(), "akari-options-")), name);
const array = { dtype: "float32", shape: [1], data: Float32Array.of(1) } as const;

async function written(name: string, save: (path: string) => Promise<void>): Promise<string> {
  const path = await file(name);
  await save(path);
  return path;
}
const safetensors = await written("x.safetensors", (path) => akari.saveSafetensors(path, { x: x() }));
const npy = await written("x.npy", (path) => akari.saveNpy(path, x()));
const npz = await written("x.npz", (path) => akari.saveNpz(path, { x: x() }));

const laterCalls: Readonly<Record<string, (options: never) => Promise<unknown>>> = {
  assertClose: (options) => akari.assertClose(x(), x(), options),
  allclose: (options) => akari.allclose(x(), x(), options),
  decodeNpy: async (options) => akari.decodeNpy(await bytesOf(npy), options),
  decodeNpz: async (options) => akari.decodeNpz(await bytesOf(npz), options),
  decodeSafetensors: async (options) => akari.decodeSafetensors(await bytesOf(safetensors), options),
  encodeNpz: (options) => akari.encodeNpz({ array }, options),
  encodeSafetensors: (options) => akari.encodeSafetensors({ array }, options),
  gradcheck: (options) => akari.gradcheck(square, [akari.requiresGrad(tensor([1], { dtype: "float64" }))], options),
  gradgradcheck: (options) =>
    akari.gradgradcheck(square, [akari.requiresGrad(tensor([1], { dtype: "float64" }))], options),
  load: (options) => akari.load(safetensors, options),
  loadNpy: (options) => akari.loadNpy(npy, options),
  loadNpz: (options) => akari.loadNpz(npz, options),
  loadSafetensors: (options) => akari.loadSafetensors(safetensors, options),
  profile: (options) => profile(() => x(), options),
  saveNpz: (options) => akari.saveNpz(npz, { x: x() }, options),
  saveSafetensors: (options) => akari.saveSafetensors(safetensors, { x: x() }, options),
};

const optimizers = [
  "AdaBelief",
  "Adadelta",
  "Adagrad",
  "Adam",
  "AdamW",
  "Adamax",
  "ASGD",
  "LBFGS",
  "NAdam",
  "RAdam",
  "RMSprop",
  "Rprop",
  "SGD",
] as const;

/**
 * Aliases, abstract classes, functions that only forward options, and functions with tests of their own because they
 * need files or a network, or also take a boolean.
 */
const elsewhere =
  `BatchSampler divide subtract trapz var argwhere Optimizer ElementwiseOptimizer ParameterwiseOptimizer Tensor expectBetween checkNames ImageDataset MNIST FashionMNIST KMNIST download findSplit
  decodeTorch loadTorch`.split(/\s+/);

describe("functions and classes reject unknown options", () => {
  // safe: the test passes wrong options on purpose
  for (const [name, call] of Object.entries(calls)) it(name, () => refuses(call as (options: unknown) => unknown));
  for (const [name, call] of Object.entries(laterCalls))
    it(name, () => refusesLater(call as (options: unknown) => Promise<unknown>)); // safe: as above

  it("OneCycleLR", () =>
    refuses((options) => new optim.OneCycleLR(optimizer(), 1, options as object), { totalSteps: 3 }));
  it("solveTriangular", () => refuses((options) => akari.solveTriangular(x(), x(), options as never), { upper: true }));
  for (const name of optimizers)
    it(name, () => refuses((options) => new optim[name](new Linear(1, 1).parameters(), options as object)));

  it("the tables are complete", () => {
    const known = new Set([
      "OneCycleLR",
      "solveTriangular",
      ...Object.keys({ ...nn, ...nn.functional, ...calls, ...laterCalls }),
      ...optimizers,
      ...elsewhere,
    ]);
    const taking = Object.entries(akari).flatMap(([name, value]) =>
      typeof value === "function" && /\boptions\b/.test(String(value)) ? [name] : [],
    );
    expect(taking.filter((name) => !known.has(name))).toEqual([]);
  });
});
