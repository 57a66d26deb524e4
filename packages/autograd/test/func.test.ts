/** The transformations of `torch.func`. Expected values are from PyTorch 1.13 (functorch). */

import { ArgumentError, DTypeError, ShapeError, type Tensor, tensor } from "@akari/tensor";
import { describe, expect, it } from "vitest";
import { grad, gradAndValue, hessian, jacfwd, jacrev, jvp, linearize, vjp } from "../src/func.ts";
import { noGrad, requiresGrad, vhp } from "../src/index.ts";

const x = tensor([0.5, -1, 2]);
const y = tensor([1, 2, -0.5]);
const f = (a: Tensor, b: Tensor) => a.sin().mul(b.square()).sum();
const v = (a: Tensor) => a.tanh().mul(a.sum());

function expectClose(got: Tensor, want: readonly number[]): void {
  expect(got.numel()).toBe(want.length);
  got
    .reshape([-1])
    .dataSync()
    .forEach((value, i) => {
      expect(value).toBeCloseTo(want[i] as number, 5);
    });
}

const jacobian = [
  ...[1.6417887210845947, 0.46211716532707214, 0.46211716532707214],
  ...[-0.7615941762924194, -0.1316327452659607, -0.7615941762924194],
  ...[0.9640275835990906, 0.9640275835990906, 1.0700037479400635],
];

describe("torch.func", () => {
  it("grad returns a function of the same arguments", () => {
    const byFirst = [0.8775825500488281, 2.1612093448638916, -0.10403671115636826];
    expectClose(grad(f)(x, y), byFirst);
    const [b, a] = grad(f, { argnums: [1, 0] })(x, y);
    expectClose(b, [0.9588510990142822, -3.3658838272094727, -0.9092974066734314]);
    expectClose(a, byFirst);
    expect(a.requiresGrad).toBe(false);
    expect(x.requiresGrad).toBe(false);
    const [g, value] = gradAndValue(f)(x, y);
    expectClose(g, byFirst);
    expect(value.itemSync()).toBeCloseTo(f(x, y).itemSync(), 6);
  });

  it("gradients have the structure of the argument", () => {
    const loss = ({ w, rest }: { w: Tensor; rest: readonly [Tensor] }, input: Tensor, power: number) =>
      w.mul(input).pow(power).sum().add(rest[0].sum());
    const found = grad(loss)({ w: x, rest: [y] }, y, 2);
    expectClose(found.w, [1, -8, 1]);
    expectClose(found.rest[0], [1, 1, 1]);
  });

  it("transformations nest, also around captured tensors", () => {
    expectClose(grad((a: Tensor) => grad((b: Tensor) => b.pow(3).mul(a).sum())(a).sum())(x), [2.25, 9, 36]);
    const third = grad((a: Tensor) => grad((b: Tensor) => grad((c: Tensor) => c.pow(4).sum())(b).sum())(a).sum());
    expectClose(third(x), [12, -24, 48]);
  });

  it("is differentiable with respect to arguments that require gradients, unless gradients are disabled", () => {
    const leaf = requiresGrad(x.clone());
    grad((a: Tensor) => a.pow(3).sum())(leaf)
      .sum()
      .backward();
    expectClose(leaf.grad as Tensor, [3, -6, 12]);
    expect(noGrad(() => grad((a: Tensor) => a.pow(3).sum())(leaf)).requiresGrad).toBe(false);
  });

  it("is differentiable with respect to captured tensors that require gradients", () => {
    const w = requiresGrad(y.clone());
    const penalty = (a: Tensor) => a.mul(w).sin().sum();
    // The gradient of Σ w² cos²(xw) is 2w cos²(xw) - xw² sin(2xw).
    const product = x.mul(y);
    const want = y
      .mul(2)
      .mul(product.cos().square())
      .sub(product.mul(y).mul(product.mul(2).sin()));
    for (const derivative of [grad(penalty), jacrev(penalty), jacfwd(penalty)]) {
      w.grad = null;
      derivative(x).square().sum().backward();
      expectClose(w.grad as unknown as Tensor, [...want.dataSync()]);
    }
    expect(noGrad(() => jacrev(penalty)(x)).requiresGrad).toBe(false);
    expect(grad((a: Tensor) => a.mul(y).sin().sum())(x).requiresGrad).toBe(false);
  });

  it("returns what else the function returns", () => {
    const model = (w: Tensor, input: Tensor) => w.mul(input).tanh();
    const loss = (w: Tensor, input: Tensor): [Tensor, { output: Tensor; name: string }] => {
      const output = model(w, input);
      return [output.square().sum(), { output, name: "tanh" }];
    };
    const alone = (w: Tensor, input: Tensor) => loss(w, input)[0];
    const [gradient, { output, name }] = grad(loss, { hasAux: true })(x, y);
    expectClose(gradient, [...grad(alone)(x, y).dataSync()]);
    expectClose(output, [...model(x, y).dataSync()]);
    expect([output.requiresGrad, name]).toEqual([false, "tanh"]);
    const [[byFirst, bySecond], [value, { name: other }]] = gradAndValue(loss, { argnums: [0, 1], hasAux: true })(x, y);
    const [both, total] = gradAndValue(alone, { argnums: [0, 1] })(x, y);
    expectClose(byFirst, [...both[0].dataSync()]);
    expectClose(bySecond, [...both[1].dataSync()]);
    expect([value.itemSync(), other]).toEqual([total.itemSync(), "tanh"]);
    for (const jacobianOf of [jacrev, jacfwd]) {
      const [matrix, twice] = jacobianOf((a: Tensor) => [v(a), a.mul(2)], { hasAux: true })(x);
      expectClose(matrix, jacobian);
      expectClose(twice, [1, -2, 4]);
    }
    const [second, [first]] = hessian((a: Tensor) => [a.pow(3).sum(), [a.sum(), 1] as const], { hasAux: true })(x);
    expectClose(second.diagonal(), [3, -6, 12]);
    expectClose(first, [1.5]);
    const leaf = requiresGrad(y.clone());
    const [, kept] = grad((a: Tensor) => [a.sum(), a.mul(leaf)], { hasAux: true })(x);
    kept.sum().backward();
    expectClose(leaf.grad as Tensor, [0.5, -1, 2]);
    // Safe: a mistake in plain JavaScript.
    const mistaken = grad((a: Tensor) => a.sum() as never, { hasAux: true });
    expect(() => mistaken(x)).toThrow(/^grad: with hasAux, the function must return an array .* got a tensor/);
  });

  it("computes Jacobians by rows and by columns, and Hessians", () => {
    expectClose(jacrev(v)(x), jacobian);
    expectClose(jacrev(v, { chunkSize: 2 })(x), jacobian);
    expectClose(jacfwd(v)(x), jacobian);
    expect(jacfwd((a: Tensor) => a.mul(2).reshape([3, 1]))(x).shape).toEqual([3, 1, 3]);
    const second = [
      ...[0.48260247707366943, 1.206421971321106, 0.8570985198020935],
      ...[1.206421971321106, 1.7994985580444336, 0.4906251132488251],
      ...[0.8570985198020935, 0.4906251132488251, -0.06302636861801147],
    ];
    expectClose(hessian((a: Tensor) => v(a).sum())(x), second);
    expectClose(jacfwd(jacrev((a: Tensor) => v(a).sum()))(x), second);
    const [[xx, xy], [yx]] = hessian(f, { argnums: [0, 1] })(x, y);
    expectClose(xx.diagonal(), [-0.4794255495071411, 3.365884065628052, -0.22732435166835785]);
    expectClose(xy.sub(yx.t()), new Array<number>(9).fill(0));
    const [first, other] = jacrev((a: Tensor, b: Tensor) => a.mul(b), { argnums: [0, 1] })(x, y);
    expectClose(first.diagonal(), [1, 2, -0.5]);
    expectClose(other.diagonal(), [0.5, -1, 2]);
  });

  it("computes products with the Jacobian from both sides", () => {
    const result = [0.693175733089447, -1.1423912048339844, 1.4460413455963135];
    const [output, product] = vjp(v, x);
    expectClose(output, result);
    expectClose(product(y)[0], [-0.3634134531021118, -0.28316211700439453, -1.5960731506347656]);
    expectClose(product(y.mul(2))[0], [-0.7268269062042236, -0.5663242340087891, -3.1921463012695312]);
    const [same, forward] = jvp(v, [x], [y]);
    expectClose(same, result);
    expectClose(forward, [2.3349642753601074, -0.6440626382827759, 2.3570809364318848]);
  });

  it("computes Hessians of functions of several elements", () => {
    // Σₖ of the blocks is the Hessian of the sum.
    const all = hessian(v)(x);
    expect(all.shape).toEqual([3, 3, 3]);
    expectClose(all.sum(0), [
      ...hessian((a: Tensor) => v(a).sum())(x)
        .reshape([-1])
        .dataSync(),
    ]);
    expectClose(all, [...jacfwd(jacrev(v))(x).reshape([-1]).dataSync()]);
    expect(hessian((a: Tensor) => a.pow(3).sum(0, { keepdim: true }))(x).shape).toEqual([1, 3, 3]);
  });

  it("differentiates with respect to tensors in objects", () => {
    const layer = { weight: tensor([[1, -1, 0.5]]), bias: tensor([0.25]) };
    const forward = (p: typeof layer, a: Tensor) => p.weight.matmul(a).add(p.bias).tanh();
    const slope = 1 - Math.tanh(2.75) ** 2;
    for (const jacobianOf of [jacrev, jacfwd]) {
      const { weight, bias } = jacobianOf(forward)(layer, x);
      expect(weight.shape).toEqual([1, 1, 3]);
      expectClose(weight, [0.5 * slope, -slope, 2 * slope]);
      expectClose(bias, [slope]);
    }
    const bend = -2 * Math.tanh(2.75) * slope;
    const blocks = hessian(forward)(layer, x);
    expectClose(blocks.weight.bias, [0.5 * bend, -bend, 2 * bend]);
    expectClose(blocks.bias.bias, [bend]);
    const [output, product] = vjp((p: typeof layer) => forward(p, x), layer);
    expectClose(output, [Math.tanh(2.75)]);
    const [products] = product(tensor([2]));
    expectClose(products.weight, [slope, -2 * slope, 4 * slope]);
    const tangent = { bias: tensor([1]), weight: tensor([[0, 1, 0]]) };
    expectClose(jvp((p: typeof layer) => forward(p, x), [layer], [tangent])[1], [0]);
    const [, along] = linearize((p: typeof layer) => forward(p, x), layer);
    expectClose(along({ bias: tensor([2]), weight: tensor([[0, 1, 0]]) }), [slope]);
    expectClose(along({ bias: tensor([0]), weight: tensor([[0, 1, 0]]) }), [-slope]);
  });

  it("rejects missing arguments, arguments that are not tensors, and functions of several elements", () => {
    expect(() => grad(f, { argnums: 2 as 1 })(x, y)).toThrow(new ArgumentError("grad: there is no argument 2 among 2"));
    expect(() => grad((n: number) => x.mul(n).sum())(3)).toThrow(
      new ArgumentError("grad: expected tensors, alone, in arrays or in objects, got 3"),
    );
    expect(() => grad((a: Tensor) => a)(x)).toThrow(ShapeError);
    expect(() => jacrev(v, { chunkSize: 0 })).toThrow(/^jacrev: chunkSize must be a positive integer, got 0/);
    expect(() => grad((a: Tensor) => a.sum())(x.int())).toThrow(DTypeError);
    expect(() => jvp(v, [x], [] as never)).toThrow(/^jvp: input 0 has shape \[3\], but its vector is missing/);
    const nothing = null as unknown as Tensor;
    expect(() => jacrev(v)(nothing)).toThrow(/^jacrev: expected tensors, alone, in arrays or in objects, got null/);
    expect(() => hessian(v)("x" as never)).toThrow(/^hessian: expected tensors, alone, in arrays or in objects, got x/);
    expect(() => vjp(v, nothing)).toThrow(/^vjp: expected tensors, alone, in arrays or in objects, got null/);
    expect(() => jvp(v, [nothing], [x])).toThrow(/^jvp: expected tensors, alone, in arrays or in objects, got null/);
    const [, product] = linearize((tree: { a: Tensor }) => v(tree.a), { a: x });
    expect(() => product({ b: x } as never)).toThrow(/^linearize: input 0 has shape \[3\], but its vector is missing/);
    expect(() => grad(3 as never)).toThrow(new ArgumentError("grad: expected a function, got 3"));
    expect(() => grad((() => 3) as never)(x as never)).toThrow(
      /^grad: expected a function that returns a tensor, got 3/,
    );
    expect(() => grad(f, { argnums: "0" as never })(x, y)).toThrow('grad: argnums must be a number, got "0"');
    expect(() => vhp((a) => a.sum(), x, [] as never)).toThrow(
      /^vhp: input 0 has shape \[3\], but its vector is missing/,
    );
  });
});
