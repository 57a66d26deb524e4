import { gradcheck, requiresGrad } from "@akari/autograd";
import { ArgumentError, arange, DTypeError, randn, ShapeError, type Tensor, tensor, zeros } from "@akari/tensor";
import { describe, expect, it } from "vitest";
import {
  abs,
  bartlettWindow,
  blackmanWindow,
  complex,
  fft,
  hammingWindow,
  hannWindow,
  istft,
  kaiserWindow,
  rfft,
  stft,
} from "../src/index.ts";

const double = { dtype: "float64" } as const;

function expectClose(a: Tensor, b: Tensor, tolerance = 1e-12): void {
  expect(a.shape).toEqual(b.shape);
  expect(a.sub(b).abs().max().itemSync()).toBeLessThan(tolerance);
}

describe("windows", () => {
  it("have the values of their formulas", () => {
    expectClose(hannWindow(4, double), tensor([0, 0.5, 1, 0.5], double));
    expectClose(hannWindow(5, { periodic: false, ...double }), tensor([0, 0.5, 1, 0.5, 0], double));
    expectClose(hammingWindow(4, double), tensor([0.08, 0.54, 1, 0.54], double));
    expectClose(hammingWindow(2, { alpha: 0.6, beta: 0.4, ...double }), tensor([0.2, 1], double));
    expectClose(blackmanWindow(4, double), tensor([0, 0.34, 1, 0.34], double));
    expectClose(bartlettWindow(5, { periodic: false, ...double }), tensor([0, 0.5, 1, 0.5, 0], double));
    // I₀(2) and I₀(√3), Abramowitz and Stegun, table 9.8.
    expectClose(
      kaiserWindow(4, { beta: 2, ...double }),
      tensor([1 / 2.2795853, 1.9010862 / 2.2795853, 1, 1.9010862 / 2.2795853], double),
      3e-3,
    );
    expectClose(
      kaiserWindow(3, { beta: 2, periodic: false, ...double }),
      tensor([1 / 2.2795853023360673, 1, 1 / 2.2795853023360673], double),
    );
    expect(kaiserWindow(9, { beta: 700 }).isfinite().all().itemSync()).toBe(1);
  });

  it("are one for length 1, and empty for length 0", () => {
    for (const window of [hannWindow, hammingWindow, blackmanWindow, bartlettWindow, kaiserWindow]) {
      expect(window(1).toArraySync()).toEqual([1]);
      expect(window(1, { periodic: false }).toArraySync()).toEqual([1]);
      expect(window(0).shape).toEqual([0]);
      expect(window(3).dtype).toBe("float32");
      expect(() => window(-1)).toThrow(`${window.name}: the length must be a non-negative integer, got -1`);
      expect(() => window(4, { dtype: "int32" })).toThrow(DTypeError);
      expect(() => window(4, false as never)).toThrow(ArgumentError);
    }
  });
});

describe("stft", () => {
  it("transforms each frame", () => {
    const x = randn([2, 50], double);
    const window = hannWindow(12, double);
    const result = stft(x, 12, { hopLength: 5, window, center: false });
    expect(result.shape).toEqual([2, 7, 8, 2]);
    expectClose(result.select(2, 3), rfft(x.narrow(1, 15, 12).mul(window)));
    const both = stft(x, 12, { hopLength: 5, window, center: false, onesided: false, normalized: true });
    expectClose(both.select(2, 7), fft(complex(x.narrow(1, 35, 12).mul(window)), { norm: "ortho" }));
    // The first frame is centered on the first element, before which the signal is reflected. A short window is
    // centered in the frame.
    const first = x.indexSelect(1, tensor([6, 5, 4, 3, 2, 1, 0, 1, 2, 3, 4, 5], { dtype: "int32" }));
    expectClose(stft(x, 12).select(2, 0), rfft(first));
    expectClose(
      stft(x, 12, { winLength: 7 }).select(2, 0),
      rfft(first.mul(tensor([0, 0, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0], double))),
    );
    expectClose(stft(x, 12, { padMode: "constant" }).select(2, 0), rfft(x.narrow(1, 0, 6).pad([6, 0])));
    expect(stft(x, 12).shape).toEqual([2, 7, 17, 2]);
    expectClose(stft(x.select(0, 1), 12), stft(x, 12).select(0, 1));
  });

  it("locates the frequency of a tone", () => {
    const tone = arange(0, 1000, 1, double)
      .mul((2 * Math.PI * 10) / 64)
      .sin();
    const spectrogram = abs(stft(tone, 64, { window: hannWindow(64, double) }));
    // At the reflected ends, the tone is interrupted.
    expect(spectrogram.narrow(1, 2, 60).argmax(0).eq(10).all().itemSync()).toBe(1);
  });

  it("is inverted by istft", () => {
    const x = randn([3, 100], double);
    const window = hammingWindow(16, double);
    for (const options of [
      {},
      { hopLength: 3 },
      { window },
      { window, hopLength: 8, normalized: true, onesided: false },
      { winLength: 11 },
      { window, center: false, hopLength: 4 },
    ]) {
      const back = istft(stft(x, 16, options), 16, options);
      expectClose(back, x.narrow(1, 0, back.size(1)));
      expect(back.size(1)).toBeGreaterThan(92);
      const cut = istft(stft(x, 16, options), 16, { ...options, length: 90 });
      expectClose(cut, x.narrow(1, 0, 90));
      expectClose(istft(stft(x.select(0, 0), 16, options), 16, { ...options, length: 90 }), cut.select(0, 0));
    }
    const longer = istft(stft(x, 16), 16, { length: 130 });
    expect(longer.shape).toEqual([3, 130]);
    expect(longer.narrow(1, 120, 10).abs().max().itemSync()).toBe(0);
  });

  it("has gradients, also with respect to the window", async () => {
    const [x, window] = [requiresGrad(randn([2, 14], double)), requiresGrad(hammingWindow(6, double))];
    expect(await gradcheck((x: Tensor, window: Tensor) => stft(x, 6, { window, hopLength: 2 }), [x, window])).toBe(
      true,
    );
    const z = requiresGrad(randn([4, 5, 2], double));
    expect(await gradcheck((z: Tensor, window: Tensor) => istft(z, 6, { window, hopLength: 2 }), [z, window])).toBe(
      true,
    );
  });

  it("rejects invalid input", () => {
    const x = randn([50]);
    expect(() => stft(randn([1, 1, 50]), 12)).toThrow("stft: expected signals [T] or [B, T], got shape [1, 1, 50]");
    expect(() => stft(x, 0)).toThrow("stft: nFft must be a positive integer, got 0");
    expect(() => stft(x, 12, { hopLength: 0 })).toThrow("stft: hopLength must be a positive integer, got 0");
    expect(() => stft(x, 12, { winLength: 13 })).toThrow("stft: winLength must be an integer from 1 to 12, got 13");
    expect(() => stft(x, 12, { window: hannWindow(8) })).toThrow(
      "stft: expected a window of shape [12], got shape [8]",
    );
    expect(() => stft(x, 51, { center: false })).toThrow(
      "stft: expected signals of at least 51 elements, got shape [50]",
    );
    expect(() => stft(randn([3]), 12)).toThrow(
      new ShapeError("stft: expected signals of at least 7 elements for reflect padding, got shape [3]"),
    );
    expect(() => stft(randn([2, 5]), 12, { padMode: "circular" })).toThrow(
      /^stft: .* at least 6 elements for circular/,
    );
    expect(() => stft(randn([0]), 12, { padMode: "replicate" })).toThrow(/^stft: .* at least 1 elements for replicate/);
    expect(stft(randn([6]), 12, { padMode: "circular" }).shape).toEqual([7, 3, 2]);
    expect(stft(zeros([0]), 12, { padMode: "constant" }).shape).toEqual([7, 1, 2]);
    expect(() => stft(x, 12, { nFft: 3 } as never)).toThrow('stft: there is no option "nFft"');
    expect(() => istft(randn([6, 4, 2]), 12)).toThrow(
      "istft: expected transforms [7, frames, 2] or [B, 7, frames, 2], got shape [6, 4, 2]",
    );
    expect(() => istft(randn([7, 4]), 12)).toThrow(ShapeError);
    for (const length of [0, -3, 1.5])
      expect(() => istft(randn([7, 4, 2]), 12, { length })).toThrow(
        new ArgumentError(`istft: length must be a positive integer, got ${length}`),
      );
    expect(() => istft(randn([7, 4, 2]), 12, { hopLength: 13 })).toThrow(
      "istft: hopLength must be an integer from 1 to 12, got 13",
    );
    expect(() => istft(randn([7, 1, 2]), 12)).toThrow(
      "istft: expected frames that extend beyond the center of the first one",
    );
    expect(() => istft(randn([7, 4, 2]), 12, { window: zeros([12]) })).toThrow(
      "istft: the squared windows add up to 0 somewhere",
    );
  });
});
