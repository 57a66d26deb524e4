/** Packed sequences: a recurrent layer computes the same for them as for each sequence alone. */

import { gradcheck, gradgradcheck, requiresGrad } from "@akari/autograd";
import {
  ArgumentError,
  arange,
  cat,
  full,
  manualSeed,
  ones,
  randn,
  ShapeError,
  stack,
  type Tensor,
  tensor,
} from "@akari/tensor";
import { describe, expect, it } from "vitest";
import * as nn from "../src/index.ts";
import {
  PackedSequence,
  packPaddedSequence,
  packSequence,
  padPackedSequence,
  unpackSequence,
  unpadSequence,
} from "../src/rnn.ts";

const lengths = [2, 5, 1, 5, 3];
const row = (...values: number[]) => tensor(values);

const close = (got: Tensor, want: Tensor) => {
  expect(got.shape).toEqual(want.shape);
  expect(got.sub(want).abs().max().itemSync()).toBeLessThan(1e-6);
};

describe("a packed sequence", () => {
  it("stores the data step by step, with the longest sequence first", () => {
    const packed = packSequence([row(1, 2), row(3, 4, 5), row(6)], { enforceSorted: false });
    expect(packed.data.toArraySync()).toEqual([3, 1, 6, 4, 2, 5]);
    expect([packed.batchSizes, packed.sortedIndices, packed.unsortedIndices, packed.lengths]).toEqual([
      [3, 2, 1],
      [1, 0, 2],
      [1, 0, 2],
      [2, 3, 1],
    ]);
    expect(packed.to("float64").data.dtype).toBe("float64");
  });

  it.each([true, false])("comes back as it was, filled up (batchFirst %s)", (batchFirst) => {
    const x = arange(30).reshape(batchFirst ? [5, 6, 1] : [6, 5, 1]);
    const packed = packPaddedSequence(x, tensor(lengths, { dtype: "int32" }), { batchFirst, enforceSorted: false });
    const [padded, found] = padPackedSequence(packed, { batchFirst, paddingValue: -1, totalLength: 6 });
    expect(found).toEqual(lengths);
    const want = full(x.shape, -1);
    for (const [n, length] of lengths.entries()) {
      const part = (all: Tensor) => all.select(batchFirst ? 0 : 1, n).narrow(0, 0, length);
      part(want).copy_(part(x));
    }
    expect(padded.toArraySync()).toEqual(want.toArraySync());
    const parts = unpackSequence(packed).map((part) => part.toArraySync());
    expect(parts).toEqual(unpadSequence(x, lengths, { batchFirst }).map((part) => part.toArraySync()));
  });

  it("passes gradients to the steps that it contains", () => {
    const x = requiresGrad(ones([3, 2]));
    packPaddedSequence(x, [3, 1]).data.sum().backward();
    expect(x.grad?.toArraySync()).toEqual([
      [1, 1],
      [1, 0],
      [1, 0],
    ]);
  });
});

describe("recurrent layers", () => {
  const layers: readonly (readonly [string, () => nn.RNN | nn.LSTM | nn.GRU])[] = [
    ["RNN", () => new nn.RNN(3, 4)],
    ["LSTM in two layers, both directions", () => new nn.LSTM(3, 4, { numLayers: 2, bidirectional: true })],
    ["LSTM with a projection", () => new nn.LSTM(3, 4, { projSize: 2, bidirectional: true })],
    ["GRU, both directions", () => new nn.GRU(3, 4, { bidirectional: true })],
  ];

  it.each(layers)("%s reads each sequence as if it were alone", (_, make) => {
    manualSeed(1);
    const layer = make();
    const count = layer.numLayers * (layer.bidirectional ? 2 : 1);
    const sequences = lengths.map((length) => randn([length, 3]));
    const first = [randn([count, 5, layer.projSize || 4]), randn([count, 5, 4])] as const;
    const run = (input: Tensor | PackedSequence, state: readonly [Tensor, Tensor]) => {
      // Safe: each kind of layer is given states of its own type, and returns the kind of input that it is given.
      const call = layer as unknown as (
        input: unknown,
        state: unknown,
      ) => [Tensor & PackedSequence, Tensor | [Tensor, Tensor]];
      const [output, last] = call(input, layer instanceof nn.LSTM ? state : state[0]);
      return { output, last: Array.isArray(last) ? last : [last] };
    };
    const { output, last } = run(packSequence(sequences, { enforceSorted: false }), first);
    const alone = sequences.map((x, n) => run(x, [first[0].select(1, n), first[1].select(1, n)]));
    for (const [n, part] of unpackSequence(output).entries()) close(part, (alone[n] as (typeof alone)[0]).output);
    for (const [k, state] of last.entries())
      close(
        state,
        stack(
          alone.map((one) => one.last[k] as Tensor),
          1,
        ),
      );
  });

  it("have first and second derivatives with respect to packed data", async () => {
    manualSeed(2);
    const lstm = new nn.LSTM(2, 2, { bidirectional: true, dtype: "float64" });
    const x = requiresGrad(randn([3, 3, 2], { dtype: "float64" }));
    const loss = (given: Tensor) => {
      const [packed, [h]] = lstm(packPaddedSequence(given, [1, 3, 2], { enforceSorted: false }));
      return cat([packed.data.flatten(), h.flatten()]);
    };
    expect([await gradcheck(loss, [x]), await gradgradcheck(loss, [x])]).toEqual([true, true]);
  });

  it("run their hooks", () => {
    const lstm = new nn.GRU(2, 2);
    let seen = 0;
    lstm.registerForwardHook(() => {
      seen++;
    });
    const [packed] = lstm(packSequence([ones([2, 2])]));
    expect([seen, packed.data.shape]).toEqual([1, [2, 2]]);
  });
});

describe("packing rejects", () => {
  it.each<[string, () => unknown, string]>([
    ["lengths that increase", () => packPaddedSequence(ones([3, 2]), [1, 2]), "enforceSorted: false"],
    ["too few lengths", () => packPaddedSequence(ones([3, 2]), [1]), "2 lengths from 1 to 3, got [1]"],
    ["a length of zero", () => packPaddedSequence(ones([3, 2]), [1, 0]), "got [1, 0]"],
    ["a length beyond the input", () => packPaddedSequence(ones([3, 2]), [4, 1]), "got [4, 1]"],
    ["unknown options", () => Reflect.apply(packSequence, null, [[ones([2])], { batchFirst: true }]), "batchFirst"],
    [
      "a total length below the longest sequence",
      () => padPackedSequence(packSequence([ones([3])]), { totalLength: 2 }),
      "totalLength",
    ],
    ["no sequences", () => packSequence([]), "at least one"],
    ["batch sizes that increase", () => new PackedSequence(ones([3]), [1, 2]), "non-increasing, got [1, 2]"],
    // Safe, here and below: the tests pass values of the wrong type on purpose.
    [
      "a string as lengths",
      () => packPaddedSequence(ones([3, 2]), "ab" as unknown as number[]),
      "numbers or a tensor as lengths, got ab",
    ],
    [
      "null as input",
      () => packPaddedSequence(null as unknown as Tensor, [1]),
      "packPaddedSequence: expected a tensor, got null",
    ],
    [
      "a tensor that is not packed",
      () => padPackedSequence(ones([3]) as unknown as PackedSequence),
      "expected a PackedSequence",
    ],
    [
      "a missing input of a layer",
      () => Reflect.apply(new nn.LSTM(2, 2), null, []),
      "LSTM: expected a tensor, got undefined",
    ],
    ["lengths for other sequences", () => unpadSequence(ones([3, 2]), [1]), "2 sequences"],
  ])("%s", (_, act, message) => {
    expect(act).toThrow(ArgumentError);
    expect(act).toThrow(message);
  });

  it.each<[string, () => unknown, string]>([
    ["one dimension", () => packPaddedSequence(ones([3]), [3]), "[L, N, ...], got shape [3]"],
    ["data of the wrong length", () => new PackedSequence(ones([2]), [2, 1]), "need data [3, ...], got [2]"],
    [
      "data with the wrong number of features",
      () => new nn.GRU(2, 2)(packSequence([ones([2, 3])])),
      "packed data [steps, 2]",
    ],
    [
      "a state with another batch size",
      () => new nn.GRU(2, 2)(packSequence([ones([2, 2])]), ones([1, 3, 2])),
      "[1, 1, 2], got shape [1, 3, 2]",
    ],
  ])("%s", (_, act, message) => {
    expect(act).toThrow(ShapeError);
    expect(act).toThrow(message);
  });
});
