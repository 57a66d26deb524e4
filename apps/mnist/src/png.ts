/**
 * Encodes small grayscale images as PNG data URLs, which the report embeds.
 *
 * https://www.w3.org/TR/png-3/
 */

import { crc32, deflateSync } from "node:zlib";

/**
 * Encodes a grayscale image as a PNG data URL.
 *
 * @param pixels `height · width` bytes in row-major order, from 0 for black to 255 for white.
 */
export function pngAddress(pixels: Uint8Array, width: number, height: number): string {
  const rows = Buffer.alloc(height * (width + 1)); // Each row starts with its filter type: 0 for none.
  for (let y = 0; y < height; y++) rows.set(pixels.subarray(y * width, (y + 1) * width), y * (width + 1) + 1);
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = 8; // bit depth; the color type in the next byte is 0, grayscale
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const file = Buffer.concat([
    signature,
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(rows, { level: 9 })),
    chunk("IEND", Buffer.alloc(0)),
  ]);
  return `data:image/png;base64,${file.toString("base64")}`;
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(data.length, 0);
  body.copy(framed, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
}
