/** The module of this name, loaded at run time; bundlers leave it alone. */
export declare const importModule: (name: string) => Promise<unknown>;
