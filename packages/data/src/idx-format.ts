/**
 * The implementation of `readIdx`. An IDX file consists of two zero bytes, the element type, the number of dimensions,
 * each size as a big-endian 32-bit integer, and the elements, big-endian and row-major. A file whose length does not
 * match its header is rejected before any memory of the announced size is allocated.
 *
 * http://yann.lecun.com/exdb/mnist/
 */

import { FileError, refuse } from "@akari/tensor";
import { hex, isGzip } from "./first-bytes.ts";
import { gunzip } from "./gzip.ts";
import type { IdxArray } from "./idx.ts";

interface Element {
  readonly bytes: number;
  readonly read: (view: DataView, offset: number, count: number) => Pick<IdxArray, "dtype" | "data">;
}

const elements: Readonly<Record<number, Element>> = {
  8: {
    bytes: 1,
    read: (view, offset, count) => ({
      dtype: "uint8",
      data: new Uint8Array(view.buffer, view.byteOffset + offset, count).slice(),
    }),
  },
  9: {
    bytes: 1,
    read: (view, offset, count) => ({
      dtype: "int32",
      data: Int32Array.from({ length: count }, (_, i) => view.getInt8(offset + i)),
    }),
  },
  11: {
    bytes: 2,
    read: (view, offset, count) => ({
      dtype: "int32",
      data: Int32Array.from({ length: count }, (_, i) => view.getInt16(offset + 2 * i)),
    }),
  },
  12: {
    bytes: 4,
    read: (view, offset, count) => ({
      dtype: "int32",
      data: Int32Array.from({ length: count }, (_, i) => view.getInt32(offset + 4 * i)),
    }),
  },
  13: {
    bytes: 4,
    read: (view, offset, count) => ({
      dtype: "float32",
      data: Float32Array.from({ length: count }, (_, i) => view.getFloat32(offset + 4 * i)),
    }),
  },
  14: {
    bytes: 8,
    read: (view, offset, count) => ({
      dtype: "float64",
      data: Float64Array.from({ length: count }, (_, i) => view.getFloat64(offset + 8 * i)),
    }),
  },
};

/**
 * Decompresses an IDX file if it is gzip, and returns it unchanged otherwise.
 *
 * @throws FileError as `readIdx` does.
 */
export async function unpackIdx(bytes: Uint8Array<ArrayBuffer>, name: string): Promise<Uint8Array<ArrayBuffer>> {
  if (bytes?.BYTES_PER_ELEMENT !== 1) refuse("readIdx", "bytes", bytes, "be a Uint8Array");
  if (!isGzip(bytes) && !name.endsWith(".gz")) return bytes;
  return gunzip(bytes, name, (head) => {
    const { start, count, element } = readHeader(head, name);
    return start + count * element.bytes;
  });
}

/**
 * Reads an uncompressed IDX file.
 *
 * @throws FileError as `readIdx` does.
 */
export function parseIdx(bytes: Uint8Array<ArrayBuffer>, name: string): IdxArray {
  const { shape, start, count, element } = readHeader(bytes, name);
  const announced = start + count * element.bytes;
  if (bytes.length !== announced) {
    const verdict = bytes.length < announced ? "it is truncated" : "it has trailing bytes";
    throw new FileError(
      `readIdx: ${name} announces ${describe(shape)} elements of ${element.bytes} byte(s), ${announced} bytes in all, but has ${bytes.length}: ${verdict}`,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return { shape, ...element.read(view, start, count) };
}

/**
 * Checks that images and labels belong together.
 *
 * @throws FileError unless the images are bytes of shape [N, H, W] and the labels bytes of shape [N], each 0 to 9.
 */
export function checkPair(images: IdxArray, labels: IdxArray, imageName: string, labelName: string): void {
  if (images.dtype !== "uint8" || images.shape.length !== 3) {
    throw new FileError(
      `readIdx: ${imageName} holds ${images.dtype} of shape ${describe(images.shape)}; images are uint8 of shape N×H×W`,
    );
  }
  if (labels.dtype !== "uint8" || labels.shape.length !== 1) {
    throw new FileError(
      `readIdx: ${labelName} holds ${labels.dtype} of shape ${describe(labels.shape)}; labels are uint8 of shape N`,
    );
  }
  if (images.shape[0] !== labels.shape[0]) {
    throw new FileError(
      `readIdx: ${imageName} and ${labelName} do not belong together: ${images.shape[0]} images, but ${labels.shape[0]} labels`,
    );
  }
  const wrong = labels.data.findIndex((label) => label > 9);
  if (wrong !== -1)
    throw new FileError(
      `readIdx: ${labelName} has the label ${labels.data[wrong]} at index ${wrong}; labels are 0 to 9`,
    );
}

interface Header {
  readonly shape: readonly number[];
  /** Byte offset of the elements. */
  readonly start: number;
  /** Number of elements. */
  readonly count: number;
  readonly element: Element;
}

function readHeader(bytes: Uint8Array, name: string): Header {
  if (bytes.length >= 2 && (bytes[0] !== 0 || bytes[1] !== 0)) {
    throw new FileError(`readIdx: ${name} is not an IDX file: it starts with ${hex(bytes, 4)}, not 00 00`);
  }
  if (bytes.length < 4)
    throw new FileError(`readIdx: ${name} is truncated: a header has at least 4 bytes, the file ${bytes.length}`);
  const type = bytes[2] as number;
  const ndim = bytes[3] as number;
  const element = elements[type];
  if (element === undefined) {
    throw new FileError(
      `readIdx: ${name} has the unknown element type ${type}; expected one of ${Object.keys(elements).join(", ")}`,
    );
  }
  const start = 4 + 4 * ndim;
  if (bytes.length < start) {
    throw new FileError(
      `readIdx: ${name} is truncated: a header of ${ndim} dimensions has ${start} bytes, the file ${bytes.length}`,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, start);
  const shape = Array.from({ length: ndim }, (_, dim) => view.getUint32(4 + 4 * dim));
  return { shape, start, count: shape.reduce((product, size) => product * size, 1), element };
}

function describe(shape: readonly number[]): string {
  return shape.length === 0 ? "1" : shape.join("×");
}
