/**
 * The packages as namespaces. Apart from the index, which exports all of their names as well: Parcel loses one of the
 * two when both stand in one file.
 */

export * as autograd from "@akari/autograd";
export * as data from "@akari/data";
export * as io from "@akari/io";
export * as nn from "@akari/nn";
export * as optim from "@akari/optim";
