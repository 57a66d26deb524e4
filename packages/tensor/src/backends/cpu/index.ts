/** The CPU device: WebAssembly SIMD kernels generated at run time, with one linear memory and all cores. */
export { type CpuOptions, cpu } from "./cpu.ts";
