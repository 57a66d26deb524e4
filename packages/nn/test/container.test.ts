import { ArgumentError, ones } from "@akari/tensor";
import { describe, expect, it } from "vitest";
import {
  deepcopy,
  Linear,
  type Module,
  ModuleDict,
  ModuleList,
  ParameterDict,
  ParameterList,
  ReLU,
  Sequential,
} from "../src/index.ts";

describe("containers", () => {
  it("reject calls if they have no forward", () => {
    expect(() => new ModuleList([new ReLU()])()).toThrow(/cannot be called/);
    const dictionary = new ModuleDict({ a: new ReLU(), fc: new Linear(2, 3) });
    expect(dictionary.get("fc")(dictionary.get("a")(ones([1, 2]))).shape).toEqual([1, 3]); // each of its own type
    const any: ModuleDict = dictionary;
    expect([...any].map(([name]) => name)).toEqual(["a", "fc"]);
    expect(() => any.get("b")).toThrow(/ModuleDict: there is no "b"; there are: a, fc/);
    expect(() => new Sequential(new ReLU()).at(3)).toThrow(/index 3 .* length 1/);
  });

  it("have their modules as properties, which can be replaced", () => {
    const model = new Sequential(new Linear(2, 3), new ReLU(), new Linear(3, 4));
    expect((model[0] as Linear).weight.shape).toEqual([3, 2]);
    model[2] = new Linear(3, 5);
    expect(model(ones([1, 2])).shape).toEqual([1, 5]);
    expect(model.stateDict()["2.bias"]?.shape).toEqual([5]);
    expect([model.length, model.children().length, model.at(-1)]).toEqual([3, 3, model[2]]);
    const list = new ModuleList([new ReLU()]).append(new ReLU());
    expect([list[1], list[2]]).toEqual([list.at(1), undefined]);
    expect(list.extend([new ReLU(), new ReLU()]).length).toBe(4);
    const dictionary = new ModuleDict({ fc: new Linear(2, 3), act: new ReLU() });
    expect([...dictionary]).toEqual(dictionary.items());
    expect(dictionary.values()).toEqual([dictionary.get("fc"), dictionary.get("act")]);
    expect([dictionary.delete("fc"), dictionary.delete("fc"), dictionary.keys()]).toEqual([true, false, ["act"]]);
    expect(Reflect.get(new ModuleDict({ act: new ReLU() }), "act")).toBeInstanceOf(ReLU);
    expect(() => new ModuleDict({ training: new ReLU() })).toThrow(
      new ArgumentError('ModuleDict: "training" is a reserved name; use another'),
    );
    expect(() => new Sequential({ forward: new ReLU() })).toThrow(/^Sequential: "forward" is a reserved name/);
  });

  it("are sliced, with the names of the layers", () => {
    const [first, act, last] = [new Linear(2, 3), new ReLU(), new Linear(3, 1)];
    const model = new Sequential(first, act, last);
    const tail = model.slice(-2);
    expect(Object.keys(tail.stateDict())).toEqual(["2.weight", "2.bias"]);
    expect([...tail]).toEqual([act, last]);
    expect(tail).toBeInstanceOf(Sequential);
    expect(model.slice(0, 2)(ones([1, 2])).shape).toEqual([1, 3]);
    expect(model.slice(1, 1).length).toBe(0);
    const named = new Sequential({ hidden: first, out: last });
    expect(named.slice(1).namedChildren()).toEqual([["out", last]]);
    const list = new ModuleList([first, act, last]).slice(1);
    expect(list.namedChildren()).toEqual([
      ["0", act],
      ["1", last],
    ]);
  });

  it("remove modules from a sequence or a list, and number the others", () => {
    const [first, act, last] = [new Linear(2, 3), new ReLU(), new Linear(3, 1)];
    const model = new Sequential({ first, act, last });
    expect(model.pop(1)).toBe(act);
    expect(Object.keys(model.stateDict())).toEqual(["0.weight", "0.bias", "1.weight", "1.bias"]);
    expect(model.insert(1, act).namedChildren()).toEqual([
      ["0", first],
      ["1", act],
      ["2", last],
    ]);
    expect([model.pop(), model.length]).toEqual([last, 2]);
    const list = new ModuleList([act, act]);
    expect([list.pop(0), list.pop(), list.length]).toEqual([act, act, 0]);
    expect(() => list.pop()).toThrow(/^ModuleList: index -1 is out of range for length 0/);
    expect(deepcopy(model).pop()).toBeInstanceOf(ReLU);
  });

  it("remove and set several modules of a dictionary", () => {
    const [a, b] = [new ReLU(), new Linear(1, 1)];
    const dictionary: ModuleDict = new ModuleDict<Record<string, Module>>({ a })
      .update({ b })
      .update(new Map([["c", a]]));
    expect(dictionary.items()).toEqual([
      ["a", a],
      ["b", b],
      ["c", a],
    ]);
    expect([dictionary.pop("b"), dictionary.keys()]).toEqual([b, ["a", "c"]]);
    expect(() => dictionary.pop("b")).toThrow(/^ModuleDict: there is no "b"/);
    const update = (items: unknown) => () => dictionary.update(items as Record<string, Module>);
    expect(update(null)).toThrow(new ArgumentError("ModuleDict: expected an array, got null"));
    expect(update(5)).toThrow(new ArgumentError("ModuleDict: expected an array, got 5"));
    expect(update([1])).toThrow(new ArgumentError("ModuleDict: expected [name, item] pairs, got 1"));
    expect(update([["d", b], ["a", b], null])).toThrow(/^ModuleDict: expected \[name, item\] pairs, got null/);
    expect(update({ d: b, training: a })).toThrow(/^ModuleDict: "training" is a reserved name/);
    expect([...dictionary]).toEqual([
      ["a", a],
      ["c", a],
    ]);
    expect([dictionary.length, dictionary.training]).toEqual([2, true]);
    dictionary.clear();
    expect([dictionary.keys(), dictionary.length]).toEqual([[], 0]);
  });

  it("insert modules into a list", () => {
    const [a, b, c] = [new ReLU(), new ReLU(), new ReLU()];
    const list = new ModuleList([a]).insert(1, c).insert(-1, b);
    expect(list.children()).toEqual([a, b, c]);
    expect(Object.keys(list)).toEqual(["0", "1", "2", "training"]);
    expect(() => list.insert(4, a)).toThrow(new ArgumentError("insert: index must be an integer from -3 to 3, got 4"));
    expect(() => list.insert(0, 1 as never)).toThrow(/^ModuleList: expected a module, got 1/);
    expect(() => list.extend([a, 1 as never])).toThrow(/^ModuleList, "4": expected a module, got 1/);
    expect(list.children()).toEqual([a, b, c]);
  });
});

describe("printed parameters", () => {
  it("are shown by dtype and shape", () => {
    const list = new ParameterList([ones([2, 3]), ones([4], { dtype: "float64" })]);
    expect(String(list)).toBe(
      "ParameterList(\n  (0): Parameter containing: [float32 of size 2x3]\n  (1): Parameter containing: [float64 of size 4]\n)",
    );
    expect(String(new ParameterDict({ scale: ones([2]) }))).toBe(
      "ParameterDict(\n  (scale): Parameter containing: [float32 of size 2]\n)",
    );
    expect(String(new ParameterList())).toBe("ParameterList()");
  });
});
