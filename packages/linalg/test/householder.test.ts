/** Products of Householder reflections, and the QR decomposition in that form. */

import { requiresGrad } from "@akari/autograd";
import { eye, ones, tensor } from "@akari/tensor";
import { describe, expect, it } from "vitest";
import { geqrf, householderProduct, ormqr } from "../src/index.ts";
import { double, expectClose } from "./matrices.ts";

describe("reflections", () => {
  it("represent Q in geqrf and ormqr, as recorded from PyTorch 1.13", () => {
    const [a, tau] = geqrf(
      tensor(
        [
          [1, 2],
          [3, 4],
          [5, 7],
        ],
        double,
      ),
    );
    const [below, last] = [0.4337717455676132, 0.39696565406256445];
    const rows = [
      [-5.916079783099616, -8.282511696339462],
      [below, 0.632455532033676],
      [0.7229529092793553, last],
    ];
    expectClose(a, tensor(rows, double));
    expectClose(tau, tensor([1.1690308509457032, 1.72773977620305], double));
    const wide = geqrf(
      tensor(
        [
          [1, 2, 3],
          [3, 4, 5],
        ],
        double,
      ),
    );
    expectClose(wide.tau, tensor([1.316227766016838, 0], double));
    const c = tensor(
      [
        [1, 2],
        [3, 4],
        [5, 7],
      ],
      double,
    );
    expectClose(ormqr(a, tau, c, { transpose: true }), a.triu());
    expectClose(ormqr(a, tau, c.mT, { left: false }), a.triu().mT);
    expectClose(ormqr(a, tau, ormqr(a, tau, c), { transpose: true }), c);
    expectClose(ormqr(a, tau, eye(3, double)).narrow(-1, 0, 2), householderProduct(a, tau));
    expect(() => ormqr(a, tau, ones([2, 3], double))).toThrow(/^ormqr: expected a \[..., m, n\], tau/);
    expect(() => geqrf(requiresGrad(c.clone())).a.sum().backward()).toThrow(/^geqrf: there is no gradient; use qr/);
  });

  it("householderProduct computes Q from the reflections of a QR decomposition", () => {
    const a = tensor([[1], [0.5]], double);
    expectClose(householderProduct(a, tensor([0.4], double)), tensor([[0.6], [-0.2]], double));
    expect(() => householderProduct(ones([2, 3]), ones([2]))).toThrow(
      /householderProduct: expected a \[..., m, n\] and tau \[..., k\] with m ≥ n ≥ k/,
    );
  });
});
