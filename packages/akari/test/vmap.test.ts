/**
 * `vmap` on every device: what single calls return, in as many kernel calls as one of them. The numbers are from
 * PyTorch 1.13 (functorch).
 */

import { reference } from "@akari/tensor/reference";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { findWebGpu } from "../../tensor/test/backends/software-adapter.ts";
import { functionalCall, grad, hessian, jacfwd, jacrev, vmap } from "../src/func.ts";
import {
  arange,
  type Backend,
  bernoulli,
  compile,
  cpu,
  defaultDevice,
  grad as gradOf,
  inv,
  jacobian,
  hessian as loopHessian,
  manualSeed,
  nn,
  ones,
  rand,
  randint,
  randLike,
  randn,
  requiresGrad,
  setDefaultDevice,
  stack,
  type Tensor,
  tensor,
  zeros,
} from "../src/index.ts";

const { device: gpu, reason } = await findWebGpu();
const devices: readonly { readonly name: string; readonly device: Backend | null }[] = [
  { name: "cpu", device: cpu() },
  { name: "reference", device: reference() },
  { name: `webgpu${reason && ` (skipped: ${reason})`}`, device: gpu },
];

async function expectClose(got: Tensor, want: readonly number[] | Tensor): Promise<void> {
  const expected = "shape" in want ? [...(await want.data())] : want;
  if ("shape" in want) expect(got.shape).toEqual(want.shape);
  expect(got.numel()).toBe(expected.length);
  (await got.contiguous().data()).forEach((value, i) => {
    const wanted = expected[i] as number;
    expect(Math.abs(value - wanted)).toBeLessThan(2e-5 * (1 + Math.abs(wanted)));
  });
}

/** Returns how many kernel calls a function makes. */
function callsOf(device: Backend, fn: () => unknown): number {
  const { run } = device;
  let count = 0;
  device.run = (call) => {
    count++;
    run.call(device, call);
  };
  fn();
  device.run = run;
  return count;
}

const loss = (w: Tensor, x: Tensor) => w.matmul(x).tanh().square().sum();

for (const { name, device } of devices) {
  describe.skipIf(device === null)(`vmap on ${name}`, () => {
    const own = device as Backend; // safe: skipped otherwise
    let before: Backend;
    let x: Tensor;
    let w: Tensor;
    beforeEach(() => {
      before = setDefaultDevice(own);
      x = tensor([
        [0.5, -1, 2],
        [1, 0.25, -0.75],
      ]);
      w = tensor([
        [1, 2, -0.5],
        [0.3, -1.2, 0.8],
      ]);
    });
    afterEach(() => void setDefaultDevice(before));

    const bySample = [
      ...[-0.026236, 0.052473, -0.104945, 0.010838, -0.021677, 0.043354],
      ...[0.171342, 0.042836, -0.128507, -0.764305, -0.191076, 0.573229],
    ];

    it("computes a gradient for each example", async () => {
      const gradients = vmap(grad(loss), { inDims: [null, 0] })(w, x);
      expect(gradients.shape).toEqual([2, 2, 3]);
      await expectClose(gradients, bySample);
      await expectClose(vmap((one: Tensor) => grad((v: Tensor) => loss(v, one))(w))(x), bySample);
    });

    it("is differentiable, also with respect to what the function captures", async () => {
      const want = [0.145106, 0.095308, -0.233452, -0.753467, -0.212753, 0.616582];
      await expectClose(grad((v: Tensor) => vmap((one: Tensor) => loss(v, one))(x).sum())(w), want);
      const leaf = requiresGrad(w.clone());
      vmap((one: Tensor) => loss(leaf, one))(x)
        .sum()
        .backward();
      await expectClose(leaf.grad as Tensor, want);
    });

    it("nests, and takes and returns examples along any dimension", async () => {
      const dot = (a: Tensor, b: Tensor) => a.dot(b);
      const table = vmap(vmap(dot, { inDims: [null, 0] }), { inDims: [0, null] })(x, w);
      await expectClose(table, [-2.5, 2.95, 1.875, -0.6]);
      const columns = vmap((a: Tensor) => a.softmax(0), { inDims: 1, outDims: -1 })(x);
      await expectClose(columns, [0.377541, 0.2227, 0.939913, 0.622459, 0.7773, 0.060087]);
      await expectClose(vmap(hessian((a: Tensor) => a.sin().prod()))(x), [
        ...[0.366831, 0.431152, 0.307308, 0.431152, 0.366831, -0.107796, 0.307308, -0.107796, 0.366831],
        ...[0.141906, -0.356842, 0.097807, -0.356842, 0.141906, 0.596554, 0.097807, 0.596554, 0.141906],
      ]);
      const { values } = vmap((a: Tensor) => a.sort())(x);
      await expectClose(values, [-1, 0.5, 2, -0.75, 0.25, 1]);
    });

    it("sums the gradients of a shared weight without computing one for each example", async () => {
      const [inputs, classes] = [randn([8, 16]), randint(0, 12, [8, 3])];
      const layer = new nn.Linear(16, 16);
      const matrix = requiresGrad(randn([16, 16]));
      const table = new nn.Embedding(12, 16, { paddingIdx: 1 });
      const convolution = new nn.Conv2d(1, 4, 3);
      const parameters = [matrix, table.weight, ...layer.parameters(), ...convolution.parameters()];
      const one = (x: Tensor, index: Tensor): Tensor => {
        const features = convolution(layer(matrix.matmul(x)).reshape([1, 1, 4, 4]))
          .square()
          .mean();
        return table(index).sin().matmul(matrix).sum().mul(features);
      };
      const each = gradOf(
        stack([...Array(8).keys()].map((i) => one(inputs.select(0, i), classes.select(0, i)))).sum(),
        parameters,
      );
      let most = 0;
      const { run } = own;
      own.run = (call) => {
        if ("to" in call && "shape" in call.to)
          most = Math.max(
            most,
            call.to.shape.reduce((a, b) => a * b, 1),
          );
        run.call(own, call);
      };
      const all = gradOf(vmap(one)(inputs, classes).sum(), parameters);
      own.run = run;
      for (const [k, gradient] of all.entries()) await expectClose(gradient, each[k] as Tensor);
      // As many elements as three rows of the table have for each example, rather than a matrix for each.
      expect(most).toBe(8 * 3 * 16);
    });

    it("is the Jacobian's pass back, also through functions that vmap ran, and for each example", async () => {
      const f = (v: Tensor, one: Tensor) => v.matmul(one).tanh();
      const all = (v: Tensor) => vmap(f, { inDims: [null, 0] })(v, x);
      const alone = (v: Tensor) => x.matmul(v.t()).tanh();
      await expectClose(jacrev(all)(w), jacobian(alone, w));
      await expectClose(jacfwd(all)(w), jacobian(alone, w));
      await expectClose(
        jacfwd(jacrev((v: Tensor) => all(v).sum()))(w),
        loopHessian((v) => alone(v).sum(), w),
      );
      const both = stack([w, w.mul(0.5)]);
      await expectClose(vmap(jacrev(all))(both), stack([w, w.mul(0.5)].map((v) => jacobian(alone, v))));
      const cubes = (a: Tensor) => a.pow(3).sum();
      const third = jacrev(jacrev(grad(cubes)))(x.select(0, 0));
      await expectClose(third.sum([1, 2]), [6, 6, 6]);
    });

    it("convolutions, with shared weights, their gradients, and weights for each example", async () => {
      const images = arange(0, 50).reshape([2, 1, 5, 5]).mul(0.7).sin();
      const kernels = arange(0, 18).reshape([2, 1, 3, 3]).mul(1.3).cos();
      const energy = (k: Tensor, c: Tensor) =>
        nn.functional
          .maxPool2d(nn.functional.conv2d(c.unsqueeze(0), k), 2)
          .square()
          .sum();
      await expectClose(vmap(grad(energy), { inDims: [null, 0] })(kernels, images), [
        ...[-1.617706, -4.019443, -4.530774, 3.029823, 4.557132, 3.941152, -4.05689, -4.515671, -2.850663],
        ...[2.642644, 4.042412, 3.54097, -3.575289, -4.030117, -2.589518, 4.053563, 3.50565, 1.308975],
        ...[2.050445, -2.839765, -6.394387, 0.480064, 4.958465, 7.104817, -2.949563, -6.44701, -6.91232],
        ...[5.435658, 1.864956, -2.582872, -3.841984, 0.436636, 4.509908, 1.760044, -2.682737, -5.863795],
      ]);
      const one = (k: Tensor, c: Tensor) => nn.functional.conv2d(c, k.unsqueeze(0)).sum();
      await expectClose(vmap(one, { inDims: [0, null] })(kernels, images.narrow(0, 0, 1)), [0.186923, 6.583758]);
      const batches = randn([2, 3, 1, 5, 5]);
      const several = (c: Tensor) => nn.functional.avgPool2d(nn.functional.conv2d(c, kernels), 2);
      const each = [0, 1].map((i) => several(batches.select(0, i)));
      await expectClose(vmap(several)(batches), stack(each));
    });

    it("takes as many kernel calls as one example", () => {
      const layers = new nn.Sequential(new nn.Linear(3, 4), new nn.ReLU(), new nn.Linear(4, 2)).to(own);
      const parameters = Object.fromEntries(layers.namedParameters().map(([key, value]) => [key, value.detach()]));
      const cost = (all: Record<string, Tensor>, input: Tensor) =>
        (functionalCall(layers, all, input) as Tensor).square().sum();
      const single = callsOf(own, () => grad(cost)(parameters, randn([3])));
      const batch = randn([50, 3]);
      const all = callsOf(own, () => vmap(grad(cost), { inDims: [null, 0] })(parameters, batch));
      expect(single).toBeGreaterThan(5);
      expect(all).toBeLessThanOrEqual(single + 2);
    });

    it("chunks give the same", async () => {
      const batch = randn([5, 3]);
      const f = (a: Tensor) => ({ sum: a.sum(), outer: [a.outer(a)] as const });
      const whole = vmap(f, { outDims: { sum: 0, outer: 1 } })(batch);
      const parts = vmap(f, { outDims: { sum: 0, outer: 1 }, chunkSize: 2 })(batch);
      expect(whole.outer[0].shape).toEqual([3, 5, 3]);
      await expectClose(parts.sum, whole.sum);
      await expectClose(parts.outer[0], whole.outer[0]);
    });

    it("random numbers are an error, different or the same", async () => {
      const noises = [
        (a: Tensor) => randLike(a),
        (a: Tensor) => rand([3]).add(a.mul(0)),
        (a: Tensor) => nn.functional.dropout(a.mul(0).add(1)),
      ];
      const input = zeros([2, 40]);
      for (const noise of noises) {
        const of = (randomness: "different" | "same") =>
          vmap((a: Tensor) => noise(a.narrow(0, 0, 3)), { randomness })(input);
        expect(() => vmap((a: Tensor) => noise(a))(input)).toThrow(/randomness: "different"/);
        const [first, second] = (await of("same").toArray()) as number[][];
        expect(first).toEqual(second);
      }
      manualSeed(1);
      const [first, second] = (await vmap((a: Tensor) => randLike(a), { randomness: "different" })(
        input,
      ).toArray()) as number[][];
      expect(new Set([...(first as number[]), ...(second as number[])]).size).toBeGreaterThan(70);
      const made = await vmap((a: Tensor) => rand([40]).add(a), { randomness: "different" })(input).toArray();
      expect((made as number[][])[0]).not.toEqual((made as number[][])[1]);
      const masks = vmap((p: Tensor) => bernoulli(p), { randomness: "different" })(
        tensor([
          [0, 1],
          [1, 0],
        ]),
      );
      await expectClose(masks, [0, 1, 1, 0]);
    });

    it("can be compiled", async () => {
      const f = (v: Tensor, batch: Tensor) =>
        vmap(grad(loss), { inDims: [null, 0] })(v, batch)
          .square()
          .sum(0);
      const compiled = await compile(f);
      for (let i = 0; i < 4; i++) {
        const batch = randn([5, 3]);
        await expectClose(compiled(w, batch), f(w, batch));
      }
      expect(compiled.counts).toEqual({ eager: 1, captured: 1, replayed: 2 });
      const trained = await compile((v: Tensor) => grad((u: Tensor) => vmap((a: Tensor) => loss(u, a))(x).sum())(v));
      for (let i = 0; i < 4; i++)
        await expectClose(trained(w), grad((u: Tensor) => vmap((a: Tensor) => loss(u, a))(x).sum())(w));
      expect(trained.counts).toEqual({ eager: 1, captured: 1, replayed: 2 });
    });

    it("operations on the host run for one example after the other", async () => {
      const matrices = randn([4, 3, 3]).add(
        tensor([
          [5, 0, 0],
          [0, 5, 0],
          [0, 0, 5],
        ]),
      );
      await expectClose(vmap((a: Tensor) => inv(a))(matrices), inv(matrices));
      const pairs = matrices.reshape([2, 2, 3, 3]);
      await expectClose(vmap(vmap((a: Tensor) => inv(a)))(pairs), inv(matrices).reshape([2, 2, 3, 3]));
    });

    it("writes in place to examples, and not to what they share", async () => {
      const y = vmap((a: Tensor, b: Tensor) => b.clone().mul_(0).add_(a).add_(b), { inDims: [null, 0] })(zeros([3]), x);
      await expectClose(y, x);
      const target = zeros([2, 3]);
      vmap((a: Tensor, b: Tensor) => a.copy_(b))(target, x);
      await expectClose(target, x);
      const shared = zeros([3]);
      expect(() => vmap((a: Tensor) => shared.add_(a))(x)).toThrow(/^vmap: an operation in place/);
      await expectClose(shared, [0, 0, 0]);
    });

    it("prints a tensor without its values", () => {
      const texts: string[] = [];
      vmap((one: Tensor) => {
        texts.push(`${one}`);
        return one;
      })(x);
      expect(texts).toEqual([`tensor(shape=[3], dtype=float32, device='${own.name}')`]);
    });

    it("works without examples", () => {
      expect(vmap((a: Tensor) => a.matmul(w.t()).sum())(zeros([0, 3])).shape).toEqual([0]);
      expect(vmap(grad(loss), { inDims: [null, 0] })(w, zeros([0, 3])).shape).toEqual([0, 2, 3]);
    });

    it("results without examples", async () => {
      const constant = vmap((_: Tensor) => w.sum(), { outDims: null })(x);
      await expectClose(constant, w.sum());
      expect(vmap((_: Tensor) => w)(x).shape).toEqual([2, 2, 3]);
    });
  });
}

describe("vmap rejects", () => {
  const x = ones([2, 3]);
  const f = (a: Tensor, b?: unknown) => (b === undefined ? a : a.add(b as Tensor));
  const cases: readonly [string, () => unknown, RegExp][] = [
    ["what is not a function", () => vmap(3 as never), /^vmap: expected a function, got 3/],
    ["no examples", () => vmap(f, { inDims: null })(x), /^vmap: no argument has examples/],
    ["scalars", () => vmap(f)(tensor(1)), /^vmap: a scalar has no dimensions/],
    ["dimensions out of range", () => vmap(f, { inDims: 2 })(x), /^vmap: dimension 2 is out of range/],
    ["different numbers of examples", () => vmap(f)(x, ones([4])), /different numbers of examples: 2 and 4/],
    ["numbers with a dimension", () => vmap(f)(x, 2), /^vmap: only tensors have examples, got 2; pass null/],
    [
      "too many entries",
      () => vmap(f, { inDims: [0, 0, 0] })(x, x),
      /^vmap: inDims has an entry for "2", which does not/,
    ],
    ["too few entries", () => vmap(f, { inDims: [0] })(x, x), /^vmap: inDims has no entry for "1"/],
    ["entries of the wrong kind", () => vmap(f, { inDims: [[0]] })(x), /^vmap: inDims has an array for a tensor/],
    [
      "results that are not tensors",
      () => vmap((_: Tensor) => 3)(x),
      /^vmap: the function must return tensors.* got 3/,
    ],
    ["promises", () => vmap(async (a: Tensor) => a)(x), /^vmap: the function must not be asynchronous/],
    ["an outDims of null for examples", () => vmap(f, { outDims: null })(x), /^vmap: outDims is null for a result/],
    ["reads", () => vmap((a: Tensor) => tensor(a.sum().itemSync()))(x), /^vmap: the function reads the values/],
    ["unknown options", () => vmap(f, { inDim: 0 } as never), /inDim/],
    ["an unknown randomness", () => vmap(f, { randomness: "some" as never }), /randomness must be/],
    [
      "a derivative inside, for several vectors, with respect to what the examples share",
      () => {
        const w = requiresGrad(ones([3]));
        return vmap((a: Tensor) => {
          const y = a.mul(w).sum();
          return vmap((v: Tensor) => gradOf(y, w, { gradOutputs: v, retainGraph: true })[0])(ones([2]));
        })(x);
      },
      /^vmap: a derivative with respect to a tensor that all examples share/,
    ],
    ["a chunk size of 0", () => vmap(f, { chunkSize: 0 }), /chunkSize must be a positive integer/],
  ];
  for (const [title, call, message] of cases) it(title, () => expect(call).toThrow(message));

  it("and leaves the default device as it was", () => {
    const before = defaultDevice();
    expect(() =>
      vmap(
        (_: Tensor) => {
          throw new Error("stop");
        },
        { randomness: "different" },
      )(x),
    ).toThrow("stop");
    expect(defaultDevice()).toBe(before);
    expect(rand([2]).device).toBe(before);
  });
});
