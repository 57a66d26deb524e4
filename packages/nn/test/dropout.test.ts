/** Dropout of elements and channels, as layers and as functions. */

import { requiresGrad } from "@akari/autograd";
import { manualSeed, ones, randn, type Tensor, tensor } from "@akari/tensor";
import { describe, expect, it } from "vitest";
import * as nn from "../src/index.ts";

describe("dropout", () => {
  it("drops and scales elements in training, and returns the input in evaluation", () => {
    const layer = new nn.Dropout(0.5);
    const y = layer(ones([1000])).toArraySync() as number[];
    expect(new Set(y)).toEqual(new Set([0, 2]));
    const kept = y.filter((v) => v === 2).length;
    expect(kept).toBeGreaterThan(400);
    expect(kept).toBeLessThan(600);
    const x = tensor([1, 2, 3]);
    expect(layer.eval()(x)).toBe(x);
  });

  it("of what is not a tensor is rejected, in evaluation too", () => {
    const { dropout, dropout2d, alphaDropout, featureAlphaDropout } = nn.functional;
    for (const f of [dropout, dropout2d, alphaDropout])
      for (const training of [true, false])
        expect(() => f(null as unknown as Tensor, 0.5, { training })).toThrow(
          new RegExp(`^${f.name}: expected a tensor, got null`),
        );
    expect(() => featureAlphaDropout("abc" as unknown as Tensor)).toThrow(/: expected a tensor, got abc/);
  });

  it("takes the probability by position or among the options", () => {
    const { dropout, dropout2d, alphaDropout, featureAlphaDropout } = nn.functional;
    for (const f of [dropout, dropout2d, alphaDropout, featureAlphaDropout]) {
      const drawn = (...rest: readonly unknown[]) => {
        manualSeed(1);
        return f(ones([4, 4, 2, 2]), ...(rest as [number])).toArraySync();
      };
      expect(drawn({ p: 0.2, training: true })).toEqual(drawn(0.2, { training: true }));
      expect(drawn({ training: true })).toEqual(drawn(0.5, { training: true }));
      expect(drawn({ p: 0.2, training: false })).toEqual(ones([4, 4, 2, 2]).toArraySync());
      expect(() => drawn({ p: 2 })).toThrow(/ropout(2d)?: p must be from 0 to 1, got 2/);
      expect(() => drawn({ inPlace: true })).toThrow('there is no option "inPlace"; there are p, training, inplace');
      expect(() => drawn(0.5, { p: 0.2 })).toThrow(/there is no option "p"; there are training/);
    }
  });

  it("overwrites its input in place, with the same result and gradient", () => {
    for (const layer of [nn.Dropout, nn.Dropout2d, nn.AlphaDropout, nn.FeatureAlphaDropout]) {
      for (const p of [0.3, 1]) {
        const [apart, within] = [false, true].map((inplace) => {
          manualSeed(1);
          const x = requiresGrad(ones([3, 4, 5, 2]));
          const h = x.mul(2);
          const y = new layer(p, { inplace })(h);
          expect(y === h).toBe(inplace);
          y.sum().backward();
          return [y.toArraySync(), x.grad?.toArraySync()];
        });
        expect(within).toEqual(apart);
      }
      expect(String(new layer(0.3, { inplace: true }))).toBe(`${layer.name}(p=0.3, inplace=True)`);
      const leaf = requiresGrad(ones([2, 2]));
      expect(() => new layer(0.3, { inplace: true })(leaf)).toThrow(/a leaf that requires/);
      expect(leaf.toArraySync()).toEqual([
        [1, 1],
        [1, 1],
      ]);
    }
  });

  it("of channels drops whole channels", () => {
    manualSeed(0);
    const y = nn.functional.dropout3d(ones([8, 8, 2, 2, 2]), 0.5);
    const perChannel = y.flatten(2).mean(-1);
    expect(new Set(perChannel.flatten().toArraySync() as number[])).toEqual(new Set([0, 2]));
  });

  it("for SELU preserves mean and variance", () => {
    manualSeed(0);
    const y = nn.functional.alphaDropout(randn([20_000]), 0.3, { training: true });
    expect(Math.abs(y.mean().itemSync())).toBeLessThan(0.03);
    expect(Math.abs(y.std().itemSync() - 1)).toBeLessThan(0.03);
  });

  it("returns the input in evaluation", () => {
    const x = randn([4, 4, 2]);
    expect(new nn.Dropout1d().eval()(x)).toBe(x);
    expect(new nn.AlphaDropout().eval()(x)).toBe(x);
  });
});
