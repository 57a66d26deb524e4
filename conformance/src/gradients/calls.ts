/** The functions, methods and layers that the table of gradients names, as functions. */

import * as nn from "@akari/nn";
import * as akari from "@akari/tensor";
import { manualSeed, type Tensor } from "@akari/tensor";
import type { Given } from "./given.ts";

/** A function, a method or a layer. */
export type Call = (...given: never[]) => unknown;

/** Returns all functions in some namespaces by name. */
function functionsOf(...from: readonly object[]): Record<string, Call> {
  const entries = from.flatMap((namespace) => Object.entries(namespace));
  // safe: as filtered
  return Object.fromEntries(entries.filter(([, value]) => typeof value === "function")) as Record<string, Call>;
}

export const inTensor = functionsOf(akari);
export const inNn = functionsOf(nn, nn.functional);

/** Converts a method to a function of the tensor and its arguments. In-place methods get a copy of the tensor. */
export function method(name: string): Call {
  const call = (x: Tensor, ...rest: unknown[]): unknown => {
    const target = name.endsWith("_") ? x.clone() : x;
    return (Reflect.get(target, name) as (...rest: unknown[]) => unknown).apply(target, rest); // safe: names of methods
  };
  return call;
}

/** Returns a function of one of the two packages. */
export const functionOf = (name: string): Call => (inTensor[name] ?? inNn[name]) as Call; // safe: names in the table

/** Converts a layer to a function of its arguments followed by its parameters. */
export function withParameters(make: () => nn.Module, given: Given): { call: Call; all: Given } {
  manualSeed(3);
  const layer = make();
  const places = layer
    .modules()
    .flatMap((module) =>
      Object.entries(module).flatMap(([property, value]) =>
        value instanceof nn.Parameter ? [{ module, property, value }] : [],
      ),
    );
  const call = (...moved: never[]): unknown => {
    for (const [i, { module, property }] of places.entries()) Reflect.set(module, property, moved[given.length + i]);
    return layer(...moved.slice(0, given.length));
  };
  return { call, all: [...given, ...places.map(({ value }) => value)] };
}
