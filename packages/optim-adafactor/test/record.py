"""Computes steps of Adafactor with numpy in float64, as PyTorch 2.9 documents them, element by element:
`python3 packages/optim-adafactor/test/record.py` writes `recorded.json` next to it.
"""

import json
import math
import os

import numpy as np

here = os.path.dirname(os.path.abspath(__file__))


def root_mean_square(x):
    return math.sqrt(sum(value**2 for value in x.flat) / x.size)


def steps(param, grads, lr=1e-2, beta2Decay=-0.8, eps=(None, 1e-3), d=1.0, weightDecay=0.0):
    least = 2.0**-23 if eps[0] is None else eps[0]
    averages = {}
    after = []
    for t, g in enumerate(grads, 1):
        beta = 1 - t**beta2Decay

        def average(name, present):
            averages[name] = beta * averages.get(name, 0) + (1 - beta) * present
            return averages[name]

        size = max(eps[1], root_mean_square(param)) * min(lr, 1 / math.sqrt(t))
        update = np.zeros_like(g)
        if g.ndim < 2:
            for i in np.ndindex(g.shape):
                update[i] = g[i] / math.sqrt(max(average(i, g[i] ** 2), least**2))
        else:
            for batch in np.ndindex(g.shape[:-2]):
                m, n = g.shape[-2:]
                rows = [average((batch, "row", i), (g[batch][i] ** 2).sum() / n) for i in range(m)]
                columns = [average((batch, "column", j), (g[batch][:, j] ** 2).sum() / m) for j in range(n)]
                for i in range(m):
                    for j in range(n):
                        variance = rows[i] * columns[j] / max(sum(rows) / m, least)
                        update[batch][i, j] = g[batch][i, j] / math.sqrt(max(variance, least**2))
        param = param - lr * weightDecay * param
        param = param - size * update / max(1, root_mean_square(update) / d)
        after.append(param.round(12).tolist())
    return after


random = np.random.RandomState(0)
cases = []
for shape, options in [
    ((3, 4), {}),
    ((5,), {"lr": 0.1}),
    ((), {"lr": 0.1}),
    ((2, 3, 2), {"lr": 0.05, "d": 2, "weightDecay": 0.5}),
    ((1, 3), {"lr": 2, "beta2Decay": -0.5}),
    ((2, 2), {"lr": 0.05, "eps": [0.5, 2]}),
]:
    param = np.asarray(random.standard_normal(shape)).round(3)
    grads = np.asarray(random.standard_normal((4, *shape))).round(3)
    case = {"options": options, "param": param.tolist(), "grads": grads.tolist()}
    cases.append({**case, "after": steps(param, [np.asarray(g) for g in grads], **options)})

with open(os.path.join(here, "recorded.json"), "w") as file:
    file.write("[\n" + ",\n".join(json.dumps(case) for case in cases) + "\n]\n")
