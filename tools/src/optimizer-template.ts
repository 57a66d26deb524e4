/**
 * The template of the package of a new optimizer. It is a working optimizer (SGD with momentum), so that the new
 * package passes its tests, builds and appears in the reference before any change.
 */

/** Values filled into the template. */
export interface OptimizerNames {
  /** Name passed to the command: `sophia-g`. */
  readonly name: string;
  /** Name of the class: `SophiaG`. */
  readonly className: string;
  /** Version of all packages. */
  readonly version: string;
}

const source = ({ name, className }: OptimizerNames): string => `/**
 * The ${className} optimizer.
 */

import { type BaseOptions, checkFraction, checkNotNegative, type Elements, ElementwiseOptimizer, type Memory, type ParamsArgument, type Scalars, type Updated } from "@akari/optim";

/** Options of \`${className}\`. */
export interface ${className}Options extends BaseOptions {
  /** Learning rate η. Default 1e-2. */
  lr: number;
  /** Momentum μ. Default 0.9. */
  momentum: number;
  /** Decoupled weight decay λ. Default 0. */
  weightDecay: number;
}

/**
 * ${className}: stochastic gradient descent with momentum and decoupled weight decay.
 *
 *     m ← μm + g        p ← p - η(m + λp)
 *
 * @throws ArgumentError for a negative learning rate or weight decay, and for a momentum outside of [0, 1].
 * @example
 * import { ${className} } from "@akari/optim-${name}";
 * const optimizer = new ${className}(model.parameters(), { lr: 1e-2 });
 */
export class ${className} extends ElementwiseOptimizer<${className}Options> {
  static override name = "${className}";

  constructor(params: ParamsArgument<${className}Options>, options: Partial<${className}Options> = {}) {
    super(params, { lr: 1e-2, momentum: 0.9, weightDecay: 0 }, options);
  }

  protected override check(options: Readonly<${className}Options>): void {
    super.check(options);
    checkFraction("${className}", { momentum: options.momentum });
    checkNotNegative("${className}", { weightDecay: options.weightDecay });
  }

  protected override memory(): readonly Memory[] {
    return [{ name: "momentum_buffer" }];
  }

  protected override scalars({ lr, momentum, weightDecay }: Readonly<${className}Options>): Scalars {
    return { lr, momentum, weightDecay };
  }

  protected override formula({ param, grad, state, scalar }: Elements): Updated {
    const next = state("momentum_buffer").mul(scalar("momentum")).add(grad);
    return { param: param.sub(next.add(param.mul(scalar("weightDecay"))).mul(scalar("lr"))), state: { momentum_buffer: next } };
  }
}
`;

const test = ({ className }: OptimizerNames): string => `import { requiresGrad } from "@akari/autograd";
import { describeOptimizer } from "@akari/optim/testing";
import { tensor } from "@akari/tensor";
import { describe, expect, it } from "vitest";
import { ${className} } from "../src/index.ts";

// The tests that every optimizer must pass.
describeOptimizer("${className}", (params, options) => new ${className}(params, options), { lr: 0.01 });

describe("${className}", () => {
  it("takes the steps of the formula, calculated by hand", () => {
    const x = requiresGrad(tensor([1, -2]));
    const optimizer = new ${className}([x], { lr: 0.5, momentum: 0.5, weightDecay: 0.5 });
    x.grad = tensor([1, 2]);
    optimizer.step(); // m = [1, 2]; x = [1 - 0.5 (1 + 0.5), -2 - 0.5 (2 - 1)]
    expect(x.toArraySync()).toEqual([0.25, -2.5]);
    x.grad = tensor([1, 0]);
    optimizer.step(); // m = [1.5, 1]; x = [0.25 - 0.5 (1.5 + 0.125), -2.5 - 0.5 (1 - 1.25)]
    expect(x.toArraySync()).toEqual([-0.5625, -2.375]);
  });

  it("rejects invalid options", () => {
    const x = requiresGrad(tensor([1]));
    expect(() => new ${className}([x], { momentum: 2 })).toThrow("${className}: momentum must be from 0 to 1, got 2");
    expect(() => new ${className}([x], { weightDecay: -1 })).toThrow("${className}: weightDecay must not be negative, got -1");
  });
});
`;

const readme = ({ name, className }: OptimizerNames): string => `# @akari/optim-${name}

The ${className} optimizer for [\`@akari/tensor\`](../tensor), built on [\`@akari/optim\`](../optim). A step is one fused kernel call for all parameters.

\`\`\`sh
npm install @akari/optim-${name} @akari/optim @akari/tensor
\`\`\`

\`\`\`ts
import { ${className} } from "@akari/optim-${name}";

const optimizer = new ${className}(model.parameters(), { lr: 1e-2 });
optimizer.zeroGrad();
loss.backward();
optimizer.step();
\`\`\`

Node 22.12 or newer, Bun, Deno, or a browser. ESM only. MIT licensed.
`;

const index = ({ name, className }: OptimizerNames): string => `/**
 * The ${className} optimizer.
 *
 * @packageDocumentation
 */

export { ${className}, type ${className}Options } from "./${name}.ts";
`;

const manifest = ({ name, className, version }: OptimizerNames): object => ({
  name: `@akari/optim-${name}`,
  version,
  description: `The ${className} optimizer for @akari/tensor.`,
  license: "MIT",
  type: "module",
  sideEffects: false,
  exports: { ".": "./src/index.ts" },
  files: ["dist", "!dist/.tsbuildinfo"],
  scripts: { build: "vite build --config ../../library.config.ts && tsc -b" },
  publishConfig: {
    access: "public",
    main: "./dist/index.js",
    types: "./dist/index.d.ts",
    exports: { ".": { types: "./dist/index.d.ts", default: "./dist/index.js" } },
  },
  peerDependencies: { "@akari/optim": "workspace:^", "@akari/tensor": "workspace:^" },
  devDependencies: { "@akari/autograd": "workspace:*", "@akari/optim": "workspace:*", "@akari/tensor": "workspace:*" },
  engines: { node: ">=22.12" },
});

const config = {
  extends: "../../tsconfig.base.json",
  compilerOptions: { rootDir: "src", outDir: "dist", tsBuildInfoFile: "dist/.tsbuildinfo" },
  include: ["src"],
  references: [{ path: "../tensor" }, { path: "../optim" }],
};

/** Returns the contents of the package's files, by their paths from the root of the repository. */
export function optimizerFiles(names: OptimizerNames): ReadonlyMap<string, string> {
  const { name, className } = names;
  const folder = `packages/optim-${name}`;
  const json = (value: object): string => `${JSON.stringify(value, null, 2)}\n`;
  return new Map([
    [`${folder}/package.json`, json(manifest(names))],
    [`${folder}/tsconfig.json`, json(config)],
    [`${folder}/README.md`, readme(names)],
    [`${folder}/src/index.ts`, index(names)],
    [`${folder}/src/${name}.ts`, source(names)],
    [`${folder}/test/${name}.test.ts`, test(names)],
    [`.changeset/optim-${name}.md`, `---\n"@akari/optim-${name}": minor\n---\n\nThe ${className} optimizer.\n`],
  ]);
}
