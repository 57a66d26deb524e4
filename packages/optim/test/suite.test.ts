import { AdaBelief, Adagrad, Adam, AdamW, RMSprop, SGD } from "../src/index.ts";
import { describeOptimizer } from "../src/testing/index.ts";

describeOptimizer("SGD", (params, options) => new SGD(params, options));
describeOptimizer("SGD with Nesterov's momentum", (params, options) => new SGD(params, { momentum: 0.9, nesterov: true, ...options }), {
  lr: 0.01,
});
describeOptimizer("Adam", (params, options) => new Adam(params, options));
describeOptimizer("Adam with AMSGrad", (params, options) => new Adam(params, { amsgrad: true, ...options }));
describeOptimizer("AdamW", (params, options) => new AdamW(params, { weightDecay: 0, ...options }));
describeOptimizer("AdaBelief", (params, options) => new AdaBelief(params, options));
describeOptimizer("RMSprop", (params, options) => new RMSprop(params, options), { lr: 0.01 });
describeOptimizer("Adagrad", (params, options) => new Adagrad(params, options), { lr: 0.5 });
