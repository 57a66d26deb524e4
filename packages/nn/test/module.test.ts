import { noGrad } from "@akari/autograd";
import { ArgumentError, cpu, Generator, manualSeed, ones, type Tensor, tensor, zeros } from "@akari/tensor";
import { reference } from "@akari/tensor/reference";
import { describe, expect, it } from "vitest";
import {
  BatchNorm1d,
  BatchNorm2d,
  Conv2d,
  clipGradNorm_,
  Dropout,
  Flatten,
  functional,
  init,
  Linear,
  MaxPool2d,
  Module,
  ModuleDict,
  ModuleList,
  Parameter,
  padSequence,
  ReLU,
  Sequential,
  SiLU,
  StateDictError,
  utils,
  weightNorm,
} from "../src/index.ts";

class Net extends Module {
  fc1 = new Linear(3, 4);
  blocks = new ModuleList([new Linear(4, 4), new Linear(4, 4)]);
  scale = new Parameter(ones([1]));
  fc2 = new Linear(4, 2, { bias: false });

  forward(x: Tensor): Tensor {
    let h = functional.relu(this.fc1(x));
    for (const block of this.blocks) h = block(h);
    return this.fc2(h).mul(this.scale);
  }
}

describe("Module", () => {
  it("is called like a function and is an instance of its class", () => {
    const net = new Net();
    const y = net(ones([5, 3]));
    expect(y.shape).toEqual([5, 2]);
    expect(net).toBeInstanceOf(Net);
    expect(net).toBeInstanceOf(Module);
  });

  it("names parameters, children and modules as PyTorch does", () => {
    const net = new Net();
    expect(Object.keys(net.stateDict())).toEqual([
      "scale",
      "fc1.weight",
      "fc1.bias",
      "blocks.0.weight",
      "blocks.0.bias",
      "blocks.1.weight",
      "blocks.1.bias",
      "fc2.weight",
    ]);
    expect(net.namedChildren().map(([name]) => name)).toEqual(["fc1", "blocks", "fc2"]);
    expect(net.namedModules().map(([name]) => name)).toEqual(["", "fc1", "blocks", "blocks.0", "blocks.1", "fc2"]);
    expect(net.parameters()).toHaveLength(8);
  });

  it("finds modules, parameters and buffers by name", () => {
    const net = new Sequential(new Linear(2, 3), new BatchNorm1d(3));
    expect(net.getSubmodule("1")).toBe(net.at(1));
    expect(net.getSubmodule("")).toBe(net);
    expect(net.getParameter("0.weight").shape).toEqual([3, 2]);
    expect(net.getBuffer("1.running_mean").shape).toEqual([3]);
    expect(() => net.getParameter("0.running_mean")).toThrow(
      /getParameter: there is no "0.running_mean"; there are "0.weight", "0.bias"/,
    );
    expect(net.double().getParameter("0.bias").dtype).toBe("float64");
    expect(net.half().float().getBuffer("1.running_var").dtype).toBe("float32");
  });

  it("counts a shared parameter once, but finds it and saves it under both names", () => {
    const tied = new Sequential(new Linear(2, 2), new Linear(2, 2));
    (tied.at(1) as Linear).weight = (tied.at(0) as Linear).weight;
    expect(tied.parameters()).toHaveLength(3);
    expect(Object.keys(tied.stateDict())).toHaveLength(4);
    expect(tied.getParameter("1.weight")).toBe(tied.getParameter("0.weight"));
    const norm = new BatchNorm1d(2);
    const twice = new Sequential(norm, norm);
    expect(twice.getSubmodule("1")).toBe(norm);
    expect(twice.getParameter("1.weight")).toBe(norm.weight);
    expect(twice.getBuffer("1.running_mean")).toBe(norm.runningMean);
    expect(Object.keys(twice.stateDict())).toHaveLength(10);
  });

  it("loads a saved state", () => {
    const [a, b] = [new Net(), new Net()];
    b.loadStateDict(a.stateDict());
    const x = ones([2, 3]);
    expect(b(x).toArraySync()).toEqual(a(x).toArraySync());
  });

  it("lists all mismatches of a state, and changes nothing", () => {
    const net = new Net();
    const before = net.fc1.bias?.toArraySync();
    const { "fc2.weight": _, ...rest } = net.stateDict();
    const wrong = { ...rest, extra: ones([1]), "fc1.weight": ones([9, 9]), "fc1.bias": zeros([4]) };
    expect(() => net.loadStateDict(wrong)).toThrow(StateDictError);
    expect(() => net.loadStateDict(wrong)).toThrow(
      /missing: fc2\.weight\n {2}unexpected: extra\n {2}wrong shape: fc1\.weight is \[4, 3\] in the module but \[9, 9\]/,
    );
    expect(net.fc1.bias?.toArraySync()).toEqual(before);
    const loose = net.loadStateDict({ ...rest, extra: ones([1]) }, { strict: false });
    const [missing, unexpected] = loose;
    expect(missing).toEqual(["fc2.weight"]);
    expect(unexpected).toEqual(["extra"]);
    expect(loose.unexpectedKeys).toBe(unexpected);
  });

  it("rejects a state that is not one, by name", () => {
    const net = new Linear(2, 3);
    // Safe, both: what a program in plain JavaScript might pass.
    const load = (state: unknown) => net.loadStateDict(state as Record<string, Tensor>);
    const states: [unknown, string][] = [
      [null, "null"],
      [undefined, "undefined"],
      ["model.pt", "model.pt"],
      [[net.weight], "an array"],
      [Promise.resolve(net.stateDict()), "a promise"],
    ];
    for (const [state, got] of states)
      expect(() => load(state)).toThrow(new ArgumentError(`loadStateDict: expected tensors by name, got ${got}`));
    expect(() => load({ weight: null, bias: 3 })).toThrow(StateDictError);
  });

  it("applies modes, functions, freezing and zeroGrad to all modules inside", () => {
    const net = new Sequential(new Linear(2, 2), new Dropout(0.5));
    net.eval();
    expect(net.modules().map((m) => m.training)).toEqual([false, false, false]);
    const seen: string[] = [];
    net.apply((m) => void seen.push(m.constructor.name));
    expect(seen).toEqual(["Linear", "Dropout", "Sequential"]);
    net(ones([1, 2]))
      .sum()
      .backward();
    expect(net.parameters().every((p) => p.grad !== null)).toBe(true);
    net.zeroGrad();
    expect(net.parameters().every((p) => p.grad === null)).toBe(true);
    net.requiresGrad_(false);
    expect(net(ones([1, 2])).requiresGrad).toBe(false);
    expect(net.parameters({ recurse: false })).toEqual([]);
    expect(new Linear(2, 2).namedParameters({ recurse: false }).map(([name]) => name)).toEqual(["weight", "bias"]);
  });

  it("freezes and unfreezes single parameters", () => {
    const layer = new Linear(2, 1);
    layer.weight.requiresGrad = false;
    expect(layer.parameters().map((p) => p.requiresGrad)).toEqual([false, true]);
    layer(ones([1, 2])).backward();
    expect([layer.weight.grad, layer.bias?.grad?.itemSync()]).toEqual([null, 1]);
    layer.weight.requiresGrad_();
    layer(ones([1, 2])).backward();
    expect(layer.weight.grad?.toArraySync()).toEqual([[1, 1]]);
    const started = new Parameter(ones([1]), { requiresGrad: false });
    started.requiresGrad = true;
    expect(started.mul(2).requiresGrad).toBe(true);
  });

  it("converts parameters in place, so that references to them stay valid", () => {
    const net = new Linear(2, 3);
    const [weight] = net.parameters() as [Parameter];
    net(ones([1, 2]))
      .sum()
      .backward();
    net.to("float64");
    expect(weight.dtype).toBe("float64");
    expect(weight.grad?.dtype).toBe("float64");
    expect(net(ones([1, 2], { dtype: "float64" })).dtype).toBe("float64");
    expect(() => net.to("int32")).toThrow(/floating-point/);
    expect(() => net.to("gpu" as "float32")).toThrow(
      'to: a module can be converted to a floating-point dtype or a device, such as cpu(), got "gpu"',
    );
    expect(net.to(ones([1])).weight.dtype).toBe("float32");
    const device = cpu({ threads: 1 });
    expect(net.to(ones([1], { dtype: "float64", device })).weight).toMatchObject({ dtype: "float64", device });
  });

  it("runs hooks around forward and in the backward pass", () => {
    const layer = new Linear(2, 2);
    const calls: string[] = [];
    layer.registerForwardPreHook((_, [x]) => {
      calls.push("before");
      return [(x as Tensor).mul(2)];
    });
    const remove = layer.registerForwardHook((_, __, y) => {
      calls.push("after");
      return y.mul(0);
    });
    expect(
      layer(ones([1, 2]))
        .abs()
        .toArraySync(),
    ).toEqual([[0, 0]]);
    remove();
    layer.registerFullBackwardHook((_, gradInputs, gradOutputs) => {
      calls.push(`backward ${gradOutputs[0]?.shape} ${gradInputs.length}`);
    });
    layer(ones([1, 2]))
      .sum()
      .backward();
    expect(calls).toEqual(["before", "after", "before", "backward 1,2 1"]);
  });

  it("lets a backward hook replace the gradient of the input", () => {
    const outer = new Sequential(new Linear(2, 2), new Linear(2, 2));
    outer.at(1).registerFullBackwardHook((_, [g]) => [(g as Tensor).mul(0)]);
    outer(ones([1, 2]))
      .sum()
      .backward();
    expect((outer.at(0) as Linear).weight.grad?.abs().sum().itemSync()).toBe(0);
  });

  it("rejects hooks that are not functions, and parameters of what is not a tensor", () => {
    const layer = new Linear(2, 2);
    expect(() => layer.registerFullBackwardHook(undefined as never)).toThrow(/backward hook: expected a function/);
    expect(() => new Parameter(1 as never)).toThrow(/Parameter: expected a tensor, got 1/);
  });

  it("keeps the gradient of an input that a module with a backward hook changes in place", () => {
    class Tripled extends Module {
      forward(x: Tensor): Tensor {
        x.mul_(3);
        return x.mul(x);
      }
    }
    const [module, w] = [new Tripled(), new Parameter(tensor([1, 2]))];
    module.registerFullBackwardHook(() => undefined);
    const x = w.mul(1);
    // (3w)² + 3w, since the caller's tensor is the one that is changed.
    module(x).sum().add(x.sum()).backward();
    expect(w.grad?.toArraySync()).toEqual([21, 39]);
  });

  it("runs a backward hook once with all gradients, which it may replace", () => {
    class Products extends Module {
      forward(a: Tensor, b: Tensor): Tensor[] {
        return [a.mul(b), a.mul(3)];
      }
    }
    const [products, a, b] = [new Products(), new Parameter(ones([2])), new Parameter(ones([2]))];
    const seen: unknown[] = [];
    products.registerFullBackwardHook((_, gradInputs, gradOutputs) => {
      seen.push([gradInputs, gradOutputs].map((gradients) => gradients.map((g) => g?.toArraySync())));
      return gradInputs.map((g) => (g as Tensor).mul(10));
    });
    const sum = (outputs: Tensor[]): Tensor => outputs.map((y) => y.sum()).reduce((x, y) => x.add(y));
    sum(products(a, b)).backward();
    expect(seen).toEqual([
      [
        [
          [4, 4],
          [1, 1],
        ],
        [
          [1, 1],
          [1, 1],
        ],
      ],
    ]);
    expect([a.grad?.toArraySync(), b.grad?.toArraySync()]).toEqual([
      [40, 40],
      [10, 10],
    ]);
    class Scaled extends Products {
      scale = new Parameter(ones([2]));
      override forward(a: Tensor, b: Tensor): Tensor[] {
        return super.forward(a.mul(this.scale), b);
      }
    }
    const [scaled, calls] = [new Scaled(), [] as number[]];
    scaled.registerFullBackwardHook((_, gradInputs, gradOutputs) => {
      calls.push(gradInputs.length, gradOutputs.length);
    });
    sum(scaled(ones([2]), ones([2]))).backward();
    expect(calls).toEqual([2, 2]);
    expect(scaled.scale.grad?.toArraySync()).toEqual([4, 4]);
  });

  it("passes a backward hook the gradients in the places of the inputs", () => {
    class Weighted extends Module {
      forward(scale: number, a: Tensor, b: Tensor): Tensor {
        return a.mul(b).mul(scale);
      }
    }
    const [module, b] = [new Weighted(), new Parameter(tensor([1, 2]))];
    const seen: unknown[] = [];
    module.registerFullBackwardHook((_, gradInputs) => {
      seen.push(gradInputs.map((g) => g?.toArraySync() ?? null));
      return [null, null, gradInputs[2]?.mul(2) ?? null];
    });
    module(3, tensor([4, 5]), b)
      .sum()
      .backward();
    module(3, tensor([4, 5]), tensor([1, 2])).sum();
    expect(seen).toEqual([[null, null, [12, 15]]]);
    expect(b.grad?.toArraySync()).toEqual([24, 30]);
  });

  it("prints as in PyTorch", () => {
    const net = new Sequential(
      new Conv2d(1, 32, 3),
      new BatchNorm2d(32),
      new ReLU(),
      new MaxPool2d(2),
      new Flatten(),
      new Linear(9216, 10),
    );
    expect(String(net)).toBe(
      [
        "Sequential(",
        "  (0): Conv2d(1, 32, kernel_size=(3, 3), stride=(1, 1))",
        "  (1): BatchNorm2d(32, eps=1e-05, momentum=0.1, affine=True, track_running_stats=True)",
        "  (2): ReLU()",
        "  (3): MaxPool2d(kernel_size=2, stride=2, padding=0, dilation=1, ceil_mode=False)",
        "  (4): Flatten(start_dim=1, end_dim=-1)",
        "  (5): Linear(in_features=9216, out_features=10, bias=True)",
        ")",
      ].join("\n"),
    );
  });

  it("sets parameters and modules under computed names", () => {
    class Layers extends Module {
      constructor() {
        super();
        for (let i = 0; i < 2; i++) this.addModule(`fc${i}`, new Linear(1, 1));
        this.registerParameter("scale", new Parameter(ones([1])));
        this.registerParameter("shift", null);
        this.registerModule("head", null);
      }
      forward(x: Tensor): Tensor {
        return x;
      }
    }
    const layers = new Layers();
    const names = ["scale", "fc0.weight", "fc0.bias", "fc1.weight", "fc1.bias"];
    expect([Object.keys(layers.stateDict()), Reflect.get(layers, "shift")]).toEqual([names, null]);
    layers.registerModule("head", new ReLU());
    expect(layers.namedChildren().map(([name]) => name)).toEqual(["fc0", "fc1", "head"]);
    expect(() => layers.registerModule("forward", new ReLU())).toThrow(/^Layers: "forward" is a reserved name/);
    expect(() => layers.addModule("a", ones([1]) as never)).toThrow(/^registerModule: expected a module, got a tensor/);
    expect(() => layers.registerParameter("a", ones([1]) as never)).toThrow(/^registerParameter: expected a parameter/);
  });

  it("loads nothing if one tensor cannot be read", () => {
    const { readSync: _, ...remote } = reference();
    const layer = new Linear(2, 1);
    const before = layer.weight.toArraySync();
    const state = { weight: ones([1, 2]), bias: ones([1]).to(remote) };
    expect(() => layer.loadStateDict(state)).toThrow(/can only be read asynchronously/);
    expect(layer.weight.toArraySync()).toEqual(before);
    layer.loadStateDict({ ...state, bias: ones([1]).to(reference()) });
    expect([layer.weight.toArraySync(), layer.bias?.toArraySync()]).toEqual([[[1, 1]], [1]]);
  });

  it("a mode is true or false", () => {
    const model = new Sequential(new ReLU());
    expect(() => model.train("false" as never)).toThrow(
      new ArgumentError('train: mode must be true or false, got "false"'),
    );
    expect(model.training).toBe(true);
    expect(() => new Linear(2, 2).requiresGrad_("no" as never)).toThrow(/on must be true or false, got "no"/);
  });

  it("activations overwrite their input if they are told to", () => {
    for (const [layer, name] of [
      [new ReLU({ inplace: true }), "ReLU"],
      [new SiLU({ inplace: true }), "SiLU"],
    ] as const) {
      const x = new Parameter(tensor([-1, 0.5, 2]));
      const hidden = x.mul(2);
      const y = layer(hidden);
      expect(y).toBe(hidden);
      y.sum().backward();
      const other = new Parameter(x.detach());
      (name === "ReLU" ? new ReLU() : new SiLU())(other.mul(2)).sum().backward();
      expect(x.grad?.toArraySync()).toEqual(other.grad?.toArraySync());
      expect(String(layer)).toBe(`${name}(inplace=True)`);
    }
    expect(() => new ReLU({ inplace: true })(new Parameter(ones([1])))).toThrow(/relu_: a leaf that requires/);
    expect(() => new ReLU(true as never)).toThrow(/^ReLU: expected options by name, \{ inplace \}, got true/);
    expect(String(new ReLU())).toBe("ReLU()");
  });

  it("rejects what is not a module in containers", () => {
    const wrong = (value: unknown) => value as ReLU; // safe: not used as one
    expect(() => new Sequential(wrong(() => 1))).toThrow(
      new ArgumentError('Sequential, "0": expected a module, got () => 1'),
    );
    expect(() => new Sequential(new ReLU(), wrong(ReLU))).toThrow(/^Sequential, "1": .*, got class ReLU extends/);
    expect(() => new Sequential(wrong(undefined))).toThrow(/^Sequential, "0": .*, got undefined$/);
    expect(() => new Sequential(wrong(null))).toThrow(/^Sequential, "0": .*, got null$/);
    expect(() => new Sequential({ act: wrong("relu") })).toThrow(/^Sequential, "act": .*, got relu$/);
    expect(() => new Sequential().append(wrong(3))).toThrow(/^Sequential, "0": .*, got 3$/);
    expect(() => new ModuleList([new ReLU(), wrong(undefined)])).toThrow(/^ModuleList, "1": .*, got undefined$/);
    expect(() => new ModuleList().append(wrong({}))).toThrow(/^ModuleList, "0": .*, got an object$/);
    expect(() => new ModuleDict({ a: wrong(undefined) })).toThrow(/^ModuleDict, "a": .*, got undefined$/);
    expect(() => new ModuleDict({ a: new ReLU() }).set("a", wrong(1))).toThrow(/^ModuleDict, "a": .*, got 1$/);
  });

  it("rejects invalid arguments", () => {
    expect(() => new Linear(0, 3)).toThrow(/inFeatures must be a positive integer, got 0/);
    expect(() => new Conv2d(3, 4, 3, { groups: 2 })).toThrow(/groups/);
    expect(() => new Conv2d(3, 4, 3, { padding: "same", stride: 2, paddingMode: "reflect" })).toThrow(
      /Conv2d: padding "same" needs a stride of 1, got \[2, 2\]/,
    );
    expect(() => new Dropout(1.5)).toThrow(/from 0 to 1, got 1.5/);
    expect(() => new Linear(3, 2)(ones([1, 4]))).toThrow(/linear/);
    const matrix = ones([2, 2]);
    expect(() => init.kaimingNormal_(matrix, { mode: "fan_avg" as "fan_in" })).toThrow(
      /kaimingNormal_: mode must be .*"fan_out".*, got "fan_avg"/,
    );
    expect(() => init.sparse_(matrix, 1.5)).toThrow(/sparse_: sparsity must be from 0 to 1, got 1.5/);
    expect(matrix.toArraySync()).toEqual([
      [1, 1],
      [1, 1],
    ]);
  });

  it("counts no batch that batch normalization rejects", () => {
    const norm = new BatchNorm1d(3);
    expect(() => norm(ones([4, 2]))).toThrow(/batchNorm/);
    expect(norm.numBatchesTracked?.itemSync()).toBe(0);
    norm(ones([4, 3]));
    expect(norm.numBatchesTracked?.itemSync()).toBe(1);
  });
});

describe("initializers", () => {
  it("know the gain of a nonlinearity by PyTorch's name and in camel case", () => {
    for (const name of ["linear", "sigmoid", "conv1d", "conv3d", "conv_transpose2d", "convTranspose2d"] as const)
      expect(init.calculateGain(name)).toBe(1);
    expect(init.calculateGain("tanh")).toBe(5 / 3);
    expect(init.calculateGain("relu")).toBe(Math.SQRT2);
    expect(init.calculateGain("selu")).toBe(3 / 4);
    expect(init.calculateGain("leaky_relu", 3)).toBe(Math.sqrt(0.2));
    expect(init.calculateGain("leakyRelu", 3)).toBe(Math.sqrt(0.2));
    for (const wrong of ["gelu", "conv4d", undefined])
      expect(() => init.calculateGain(wrong as "relu")).toThrow(
        new ArgumentError(`calculateGain: there is no nonlinearity "${wrong}"`),
      );
  });

  it("take their arguments by position or by name", () => {
    const drawn = (fill: (x: Tensor) => Tensor) => {
      manualSeed(3);
      return fill(zeros([2, 3])).toArraySync();
    };
    expect(drawn((x) => init.normal_(x, { mean: 2, std: 0.1 }))).toEqual(drawn((x) => init.normal_(x, 2, 0.1)));
    expect(drawn((x) => init.normal_(x, { std: 0.1 }))).toEqual(drawn((x) => init.normal_(x, 0, 0.1)));
    expect(drawn((x) => init.uniform_(x, { a: -2 }))).toEqual(drawn((x) => init.uniform_(x, -2)));
    expect(drawn((x) => init.truncNormal_(x, { std: 0.02, b: 0.03 }))).toEqual(
      drawn((x) => init.truncNormal_(x, 0, 0.02, -2, 0.03)),
    );
    for (const fill of [init.xavierUniform_, init.xavierNormal_, init.orthogonal_]) {
      expect(drawn((x) => fill(x, { gain: 3 }))).toEqual(drawn((x) => fill(x, 3)));
      const generator = new Generator().manualSeed(3);
      expect(drawn((x) => fill(x, { generator }))).toEqual(drawn((x) => fill(x)));
      expect(() => fill(zeros([2, 3]), "relu" as never)).toThrow(/_: gain must be a number, got "relu"/);
      expect(() => fill(zeros([2, 3]), { gain: 2, std: 1 } as never)).toThrow(
        /_: there is no option "std"; there are gain/,
      );
    }
    // @ts-expect-error: PyTorch's name is std
    expect(() => init.normal_(zeros([2]), { scale: 1 })).toThrow(
      /^normal_: there is no option "scale"; there are mean/,
    );
  });
});

describe("a training step", () => {
  it("lowers the loss", () => {
    manualSeed(1);
    const net = new Sequential(new Linear(2, 8), new ReLU(), new Linear(8, 2));
    const x = tensor([
      [0, 1],
      [1, 0],
      [1, 1],
      [0, 0],
    ]);
    const y = tensor([1, 1, 0, 0], { dtype: "int32" });
    const losses: number[] = [];
    for (let i = 0; i < 30; i++) {
      net.zeroGrad();
      const loss = functional.crossEntropy(net(x), y);
      loss.backward();
      losses.push(loss.itemSync());
      noGrad(() => {
        for (const p of net.parameters()) if (p.grad) p.sub_(p.grad.mul(0.5));
      });
    }
    expect(losses.at(-1)).toBeLessThan((losses[0] as number) - 0.01);
  });
});

describe("nn.utils", () => {
  it("has the functions of torch.nn.utils", () => {
    expect(utils.clipGradNorm_).toBe(clipGradNorm_);
    expect(utils.weightNorm).toBe(weightNorm);
    expect(utils.rnn.padSequence).toBe(padSequence);
    expect(typeof utils.rnn.packPaddedSequence).toBe("function");
  });
});
