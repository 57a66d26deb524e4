/** Warnings of devices, each printed to the console once. */

const warned = /* @__PURE__ */ new Set<string>();

/** Prints a warning once. */
export function warn(text: string): void {
  if (warned.has(text)) return;
  warned.add(text);
  console.warn(text);
}
