/**
 * Imports a package that may not be installed. Bundlers leave this import to the run time.
 */
export const importModule = (name: string): Promise<unknown> =>
  import(/* @vite-ignore */ /* webpackIgnore: true */ /* turbopackIgnore: true */ name);
