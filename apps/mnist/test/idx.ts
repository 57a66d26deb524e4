/**
 * A small dataset in MNIST's format, which a network learns in a few steps: each digit is a bar in a separate row, with
 * some noise.
 */

import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const SIDE = 28;

/** Writes the four files to a new folder and returns its path. */
export async function smallDigits(train: number, test: number): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "akari-digits-"));
  let state = 1;
  const random = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  for (const [stem, count] of [
    ["train", train],
    ["t10k", test],
  ] as const) {
    const images = new Uint8Array(count * SIDE * SIDE);
    const labels = Uint8Array.from({ length: count }, () => Math.floor(random() * 10));
    for (let i = 0; i < images.length; i++) {
      const row = Math.floor(i / SIDE) % SIDE;
      const bar = 4 + 2 * (labels[Math.floor(i / (SIDE * SIDE))] as number);
      images[i] = (row === bar ? 150 : 0) + Math.floor(random() * 100);
    }
    await writeFile(
      join(folder, `${stem}-images-idx3-ubyte`),
      Buffer.concat([header(0x803, count, SIDE, SIDE), images]),
    );
    await writeFile(join(folder, `${stem}-labels-idx1-ubyte`), Buffer.concat([header(0x801, count), labels]));
  }
  return folder;
}

function header(...words: number[]): Buffer {
  const bytes = Buffer.alloc(4 * words.length);
  words.forEach((word, index) => {
    bytes.writeUInt32BE(word, 4 * index);
  });
  return bytes;
}
