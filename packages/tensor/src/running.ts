/** The operation whose kernel calls are being issued, for profiles; empty in between. */
export const running: { name: string } = { name: "" };
