/** What a device has to say that is no error: once, on the console. */

const warned = /* @__PURE__ */ new Set<string>();

/** Says something once. */
export function warn(text: string): void {
  if (warned.has(text)) return;
  warned.add(text);
  console.warn(text);
}
