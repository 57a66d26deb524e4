/**
 * The packages as namespaces. They are in a file of their own because the index also exports all of their names, and
 * Parcel loses one of the two when both are in the same file.
 */

export * as autograd from "@akari/autograd";
export * as data from "@akari/data";
export * as io from "@akari/io";
export * as nn from "@akari/nn";
export * as optim from "@akari/optim";
