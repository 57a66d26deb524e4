/**
 * IDX, the file format of MNIST. The implementation is loaded with the first file.
 *
 * http://yann.lecun.com/exdb/mnist/
 */

/** The contents of an IDX file. int8 and int16 elements are converted to int32. */
export interface IdxArray {
  /** Type of the elements. */
  readonly dtype: "uint8" | "int32" | "float32" | "float64";
  /** Size of each dimension. */
  readonly shape: readonly number[];
  /** Elements in row-major order. */
  readonly data: Uint8Array | Int32Array | Float32Array | Float64Array;
}

/**
 * Reads an IDX file, plain or gzip.
 *
 * @param name name of the file for error messages. A file whose name ends in `.gz` must be gzip.
 * @throws FileError when the file is damaged: an invalid header, an unknown element type, a wrong length, or a wrong
 * checksum.
 * @see https://pytorch.org/vision/stable/generated/torchvision.datasets.MNIST.html
 */
export async function readIdx(bytes: Uint8Array<ArrayBuffer>, name = "the IDX file"): Promise<IdxArray> {
  const { parseIdx, unpackIdx } = await import("./idx-format.ts");
  return parseIdx(await unpackIdx(bytes, name), name);
}
