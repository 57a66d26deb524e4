/**
 * The implementation of `md5`, which browsers do not provide. It detects damaged downloads and is not meant to resist
 * forgery.
 *
 * RFC 1321, https://www.rfc-editor.org/rfc/rfc1321
 */

import { refuse } from "@akari/tensor";

/** Left rotation counts, four per round. */
const rotations = [7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21];
/** ⌊2³² |sin(i + 1)|⌋ */
const sines = Int32Array.from({ length: 64 }, (_, i) => Math.floor(2 ** 32 * Math.abs(Math.sin(i + 1))));

/** Computes the MD5 digest as hexadecimal digits. */
export function digest(bytes: Uint8Array): string {
  if (bytes?.BYTES_PER_ELEMENT !== 1) refuse("md5", "bytes", bytes, "be a Uint8Array");
  const state = Int32Array.of(0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476);
  const words = new Int32Array(16);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const whole = bytes.length - (bytes.length % 64);
  for (let at = 0; at < whole; at += 64) digestBlock(state, words, view, at);

  // Padding: the remaining bytes, a one bit, zeros, and the length in bits.
  const rest = bytes.length - whole;
  const tail = new Uint8Array(rest < 56 ? 64 : 128);
  tail.set(bytes.subarray(whole));
  tail[rest] = 0x80;
  const end = new DataView(tail.buffer);
  end.setBigUint64(tail.length - 8, BigInt(bytes.length) * 8n, true);
  for (let at = 0; at < tail.length; at += 64) digestBlock(state, words, end, at);

  return Array.from(new Uint8Array(littleEndian(state)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function digestBlock(state: Int32Array, words: Int32Array, view: DataView, at: number): void {
  for (let i = 0; i < 16; i++) words[i] = view.getInt32(at + 4 * i, true);
  let a = state[0] as number;
  let b = state[1] as number;
  let c = state[2] as number;
  let d = state[3] as number;
  for (let i = 0; i < 64; i++) {
    const round = i >> 4;
    let mixed: number;
    let word: number;
    if (round === 0) {
      mixed = (b & c) | (~b & d);
      word = i;
    } else if (round === 1) {
      mixed = (d & b) | (~d & c);
      word = 5 * i + 1;
    } else if (round === 2) {
      mixed = b ^ c ^ d;
      word = 3 * i + 5;
    } else {
      mixed = c ^ (b | ~d);
      word = 7 * i;
    }
    const sum = (a + mixed + (sines[i] as number) + (words[word & 15] as number)) | 0;
    const rotation = rotations[round * 4 + (i & 3)] as number;
    a = d;
    d = c;
    c = b;
    b = (b + ((sum << rotation) | (sum >>> (32 - rotation)))) | 0;
  }
  state[0] = (state[0] as number) + a;
  state[1] = (state[1] as number) + b;
  state[2] = (state[2] as number) + c;
  state[3] = (state[3] as number) + d;
}

function littleEndian(state: Int32Array): ArrayBuffer {
  const buffer = new ArrayBuffer(16);
  const view = new DataView(buffer);
  for (const [i, word] of state.entries()) view.setInt32(4 * i, word, true);
  return buffer;
}
