/**
 * Reading and writing of tensors: safetensors, NumPy's .npy and .npz files, and PyTorch checkpoints (reading only).
 *
 * @packageDocumentation
 */

export type { FileType, HostArray, ReadOptions } from "./elements.ts";
export type { FileSystem, OpenFile, Source } from "./files.ts";
export { decodeNpy, encodeNpy, loadNpy, saveNpy } from "./npy.ts";
export { decodeNpz, encodeNpz, loadNpz, type NpzOptions, saveNpz } from "./npz.ts";
export {
  decodeSafetensors,
  encodeSafetensors,
  type LoadOptions,
  loadSafetensors,
  type Metadata,
  type Safetensors,
  type SaveOptions,
  saveSafetensors,
} from "./safetensors.ts";
export { load, save } from "./save.ts";
export { decodeTorch, loadTorch, type Saved, type StridedArray } from "./torch.ts";
