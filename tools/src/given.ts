/**
 * The variables that examples in docstrings use without declaring them: for each name, the statement that declares it.
 */

/** Declarations for all files. */
export const given: Readonly<Record<string, string>> = {
  x: "const x = requiresGrad(tensor([[1, -2, 3], [4, 5, -6], [7, 8, 9]]));",
  y: "const y = tensor([0, 1, 1], { dtype: 'int32' });",
  model: "const model = new Sequential(new Linear(3, 4), new ReLU(), new Linear(4, 2));",
  optimizer: "const optimizer = new SGD(model.parameters(), { lr: 0.1 });",
  images: "const images = randn([2, 1, 28, 28]);",
  image: "const image = randn([1, 3, 4, 4]);",
  inputs: "const inputs = randn([10, 3]);",
  targets: "const targets = zeros([10], { dtype: 'int32' });",
  data: "const data = new TensorDataset(inputs, targets);",
  loss: "const loss = (output: Tensor, target: Tensor): Tensor => crossEntropy(output, target);",
  train: "const train = (): void => {};",
  validate: "const validate = async (): Promise<number> => 1;",
};

/** Declarations for single files, which override those above. */
export const givenIn: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "data/src/data-loader.ts": {
    model: "const model = new Linear(3, 2);",
    data: "const data = new TensorDataset(randn([70, 3]), zeros([70], { dtype: 'int32' }));",
  },
  "data/src/stack-dataset.ts": {
    images: "const images = new TensorDataset(randn([2, 3]));",
    captions: 'const captions = ["a cat", "a dog"];',
  },
  "fft/src/stft.ts": { signal: "const signal = randn([1600]);" },
  // Writes the file that the example of `loadNpy` reads.
  "io/src/npy.ts": { loadNpy: 'await saveNpy("x.npy", ones([2]));' },
  "nn/src/attention.ts": { x: "const x = randn([2, 5, 64]);" },
  "nn/src/averaged-model.ts": {
    averaged: "const averaged = new AveragedModel(model);",
    loader: "const loader = new DataLoader(data, { batchSize: 5 });",
  },
  "nn/src/functional/attention.ts": {
    q: "const q = randn([2, 5, 8]);",
    k: "const k = randn([2, 5, 8]);",
    v: "const v = randn([2, 5, 8]);",
  },
  "nn/src/fusion.ts": {
    conv: "const conv = new Conv2d(3, 4, 3).eval();",
    bn: "const bn = new BatchNorm2d(4).eval();",
  },
  "nn/src/packed-sequence.ts": { x: "const x = randn([3, 5, 10]);", lstm: "const lstm = new LSTM(10, 4);" },
  "nn/src/recurrent.ts": { x: "const x = randn([2, 7, 10]);" },
  "nn/src/transformer-decoder.ts": {
    source: "const source = randn([2, 7, 64]);",
    target: "const target = randn([2, 5, 64]);",
  },
  "optim/src/schedulers/scheduler.ts": {
    optimizer: "const optimizer = new SGD([requiresGrad(ones([1]))], { lr: 0.1 });\noptimizer.step();",
  },
  "tensor/src/expr/derivative.ts": {
    formula: "const formula = (x: Expr): Expr => x.add(x.square().add(1).sqrt()).log();",
  },
  "tensor/src/ops/conv.ts": {
    images: "const images = randn([2, 3, 8, 8]);",
    weight: "const weight = randn([4, 3, 3, 3]);",
    bias: "const bias = zeros([4]);",
  },
  "tensor/src/ops/einsum.ts": { a: "const a = randn([2, 3, 4]);", b: "const b = randn([2, 4, 5]);" },
  "tensor/src/ops/indexing.ts": { x: "const x = randn([3, 4]);" },
  "tensor/src/ops/pool.ts": { x: "const x = randn([1, 1, 6, 6]);" },
  "tensor/src/testing/suite.ts": { mine: "const mine = reference;" },
};
