/** The CPU device: WebAssembly SIMD kernels written at run time, over one memory and all cores. */
export { type CpuOptions, cpu } from "./cpu.ts";
