"""Computes steps of Muon with numpy in float64: `python3 packages/optim-muon/test/record.py` writes `recorded.json` next
to it. PyTorch 2.9 rounds to bfloat16 within a step, so its own numbers have two digits only.

The Newton-Schulz iteration is computed by its effect: it leaves the singular vectors of a matrix as they are and applies
a polynomial to each singular value.
"""

import json
import os

import numpy as np

here = os.path.dirname(os.path.abspath(__file__))


def orthogonalized(matrix, a, b, c, steps, eps):
    u, s, v = np.linalg.svd(matrix, full_matrices=False)
    s = s / max(np.sqrt((s**2).sum()), eps)
    for _ in range(steps):
        s = a * s + b * s**3 + c * s**5
    return u @ np.diag(s) @ v


def steps(param, grads, lr=1e-3, weightDecay=0.1, momentum=0.95, nesterov=True, nsSteps=5,
          nsCoefficients=(3.4445, -4.775, 2.0315), eps=1e-7, adjustLrFn=None):
    rows, columns = param.shape
    scale = 0.2 * max(rows, columns) ** 0.5 if adjustLrFn == "match_rms_adamw" else max(1, rows / columns) ** 0.5
    average = np.zeros_like(param)
    after = []
    for g in grads:
        average = momentum * average + (1 - momentum) * g
        update = (1 - momentum) * g + momentum * average if nesterov else average
        param = param - lr * weightDecay * param
        param = param - lr * scale * orthogonalized(update, *nsCoefficients, nsSteps, eps)
        after.append(param.round(12).tolist())
    return after


random = np.random.RandomState(0)
cases = []
for shape, options in [
    ((3, 4), {}),
    ((5, 2), {"lr": 0.1}),
    ((2, 2), {"lr": 0.02, "adjustLrFn": "match_rms_adamw", "weightDecay": 0.5}),
    ((4, 3), {"lr": 0.05, "nesterov": False, "momentum": 0.5, "nsSteps": 3}),
    ((2, 3), {"lr": 0.05, "nsCoefficients": [2, -1.5, 0.5], "nsSteps": 9, "eps": 1e-3}),
    ((1, 3), {"lr": 0.05}),
]:
    param = random.standard_normal(shape).round(3)
    grads = random.standard_normal((4, *shape)).round(3)
    case = {"options": options, "param": param.tolist(), "grads": grads.tolist()}
    cases.append({**case, "after": steps(param, grads, **options)})

with open(os.path.join(here, "recorded.json"), "w") as file:
    file.write("[\n" + ",\n".join(json.dumps(case) for case in cases) + "\n]\n")
