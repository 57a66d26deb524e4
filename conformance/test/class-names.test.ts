/**
 * Layers, optimizers and schedulers declare their names as static properties, so that messages and printed models are
 * correct when a bundler shortens class names.
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

  it.each(classes.filter(([name]) => !/wiseOptimizer$/.test(name)))("%s", (name, found) => {
    // The implicit name of a class is not writable; a declared static property is.
    expect(Object.getOwnPropertyDescriptor(found, "name")).toMatchObject({ value: name, writable: true });
  });
});
