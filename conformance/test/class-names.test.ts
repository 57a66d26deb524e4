/**
 * The names of layers, optimizers and schedulers stand in the classes, so that messages and printed models are right
 * where a bundler shortens names.
 */

import * as nn from "@akari/nn";
import * as optim from "@akari/optim";
import { describe, expect, it } from "vitest";

describe.each([
  ["nn", nn, [nn.Module]],
  ["optim", optim, [optim.Optimizer, optim.LRScheduler]],
])("%s", (_, from, bases) => {
  const classes = Object.entries(from as Readonly<Record<string, unknown>>).filter(([, value]) =>
    bases.some((base) => typeof value === "function" && value.prototype instanceof base),
  );

  it.each(classes.filter(([name]) => name !== "ElementwiseOptimizer"))("%s", (name, found) => {
    // The name that every class has cannot be written; one that stands in the class can.
    expect(Object.getOwnPropertyDescriptor(found, "name")).toMatchObject({ value: name, writable: true });
  });
});
