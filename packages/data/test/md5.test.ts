import { createHash } from "node:crypto";
import { expect, it } from "vitest";
import { md5 } from "../src/md5.ts";

it("md5 returns the digests of RFC 1321", async () => {
  const of = (text: string): Promise<string> => md5(new TextEncoder().encode(text));
  expect(await of("")).toBe("d41d8cd98f00b204e9800998ecf8427e");
  expect(await of("abc")).toBe("900150983cd24fb0d6963f7d28e17f72");
  expect(await of("message digest")).toBe("f96b697d7cb7938d525a2f31aaf161d0");
});

it("md5 agrees with Node at all lengths around a block, and on part of a larger buffer", async () => {
  const bytes = Uint8Array.from({ length: 200 }, (_, i) => (i * 37) & 255);
  for (let length = 0; length < 200; length++) {
    expect(await md5(bytes.subarray(0, length))).toBe(
      createHash("md5").update(bytes.subarray(0, length)).digest("hex"),
    );
  }
  expect(await md5(bytes.subarray(13, 150))).toBe(createHash("md5").update(bytes.subarray(13, 150)).digest("hex"));
});
