/** The name of the operation whose kernel calls are being issued, for profiles; empty if none. */
export const running: { name: string } = { name: "" };
