/**
 * The Muon optimizer.
 *
 * @packageDocumentation
 */

export { Muon, type MuonOptions } from "./muon.ts";
