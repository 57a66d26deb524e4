import {
  AdaBelief,
  Adadelta,
  Adagrad,
  Adam,
  Adamax,
  AdamW,
  ASGD,
  NAdam,
  RAdam,
  RMSprop,
  Rprop,
  SGD,
} from "../src/index.ts";
import { describeOptimizer } from "../src/testing/index.ts";

describeOptimizer("SGD", (params, options) => new SGD(params, options));
describeOptimizer(
  "SGD with Nesterov's momentum",
  (params, options) => new SGD(params, { momentum: 0.9, nesterov: true, ...options }),
  {
    lr: 0.01,
  },
);
describeOptimizer("Adam", (params, options) => new Adam(params, options));
describeOptimizer("Adam with AMSGrad", (params, options) => new Adam(params, { amsgrad: true, ...options }));
describeOptimizer("AdamW", (params, options) => new AdamW(params, { weightDecay: 0, ...options }));
describeOptimizer("AdaBelief", (params, options) => new AdaBelief(params, options));
describeOptimizer("RMSprop", (params, options) => new RMSprop(params, options), { lr: 0.01 });
describeOptimizer("Adagrad", (params, options) => new Adagrad(params, options), { lr: 0.5 });
describeOptimizer("Adadelta", (params, options) => new Adadelta(params, { eps: 1e-2, ...options }), { lr: 1 });
describeOptimizer("Adamax", (params, options) => new Adamax(params, options));
describeOptimizer("NAdam", (params, options) => new NAdam(params, options));
describeOptimizer("RAdam", (params, options) => new RAdam(params, options));
describeOptimizer("Rprop", (params, options) => new Rprop(params, options), { followsRate: false });
describeOptimizer("ASGD", (params, options) => new ASGD(params, options), { followsRate: false });
