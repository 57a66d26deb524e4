/**
 * IDX, the file format of MNIST. What reads it is loaded with the first file.
 *
 * http://yann.lecun.com/exdb/mnist/
 */

/** The contents of an IDX file. int8 and int16 elements come as int32. */
export interface IdxArray {
  /** The type of the elements, as a tensor of them would have it. */
  readonly dtype: "uint8" | "int32" | "float32" | "float64";
  /** The size of each dimension, the outermost first. */
  readonly shape: readonly number[];
  /** The elements, row by row. */
  readonly data: Uint8Array | Int32Array | Float32Array | Float64Array;
}

/**
 * Reads an IDX file, plain or gzip.
 *
 * @param name the file's name, for error messages; one that ends in `.gz` must hold gzip.
 * @throws FileError when the file is damaged: a bad header, an unknown type, too few bytes or too many, a failing
 * checksum.
 * @see https://pytorch.org/vision/stable/generated/torchvision.datasets.MNIST.html
 */
export async function readIdx(bytes: Uint8Array<ArrayBuffer>, name = "the IDX file"): Promise<IdxArray> {
  const { parseIdx, unpackIdx } = await import("./idx-format.ts");
  return parseIdx(await unpackIdx(bytes, name), name);
}
