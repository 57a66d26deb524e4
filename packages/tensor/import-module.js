/**
 * `import(name)`, for a package that may not be there. It is JavaScript because TypeScript wraps the name in a helper, behind which bundlers miss that they are
 * to leave it alone.
 */
export const importModule = (name) =>
  import(/* @vite-ignore */ /* webpackIgnore: true */ /* turbopackIgnore: true */ name);
