"""Records values of special functions: `python3 packages/special/test/record.py` writes `recorded.json` next to it.

They are computed with at least 50 digits by mpmath (1.3) from the functions' definitions, at points that float32
represents exactly, and rounded once to float64, so that they apply to both dtypes. Each entry contains the arguments,
one list each, and the values.
"""

import json
import os

import mpmath as mp
import numpy as np

mp.mp.dps = 50
here = os.path.dirname(os.path.abspath(__file__))
single = lambda points: [float(np.float32(x)) for x in points]
pairs = lambda first, second: [list(side) for side in zip(*[(a, b) for a in single(first) for b in single(second)])]

around = [-30, -12.5, -8.25, -7.75, -3.5, -2.3, -2.2, -1.1, -0.3, -1e-3, 0, 1e-6, 0.02, 0.7, 1.3, 1.99, 2.01, 2.24, 2.26, 4.5, 7.9, 8.1, 11, 25]
above = [1e-6, 1e-3, 0.3, 1.2, 1.99, 2.01, 3.7, 7.9, 8.1, 12, 33, 70]
shapes = [1e-6, 0.01, 0.3, 0.49, 0.51, 1, 1.7, 3, 7.9, 8.1, 20, 100, 3000]
reaches = [1e-8, 0.02, 0.6, 0.99, 1.01, 1.8, 3.1, 7.8, 8.3, 19, 24, 40, 97, 110, 3020]


def lower(a, x):
    """P(a, x) by its power series, in which all terms have one sign."""
    a, x = mp.mpf(a), mp.mpf(x)
    term = total = mp.mpf(1)
    n = 0
    while term > total * mp.mpf(10) ** -mp.mp.dps:
        n += 1
        term *= x / (a + n)
        total += term
    return mp.exp(a * mp.log(x) - x - mp.loggamma(a + 1)) * total


def upper(a, x):
    with mp.workdps(130):
        return 1 - lower(a, x)


def both(shapes, reaches):
    """Pairs whose P and Q are in the range of floats."""
    near = [(a, x) for a in single(shapes) for x in single(reaches) if x < 120 + 2 * a and (a < 150 or x > 0.8 * a)]
    return [list(side) for side in zip(*near)]


def hurwitz(s, q):
    n = 0 if q > 0 else int(mp.ceil(-q)) + 1
    return sum(((mp.mpf(q) + k) ** int(-s) for k in range(n)), mp.mpf(0)) + mp.zeta(s, mp.mpf(q) + n)


def quantile(p):
    p = mp.mpf(p)
    if p > 0.5:
        return -quantile(1 - p)
    return mp.mpf(0) if p == 0.5 else mp.findroot(lambda x: mp.log(mp.ncdf(x)) - mp.log(p), -mp.sqrt(-1.6 * mp.log(p)) + 0.4)


log_ndtr = lambda x: mp.log(mp.erfc(-mp.mpf(x) / mp.sqrt(2)) / 2)
scaled = lambda f: lambda x: f(x) * mp.exp(-abs(mp.mpf(x)))
functions = {
    "airyAi": ([single(around)], mp.airyai),
    "besselJ0": ([single(around)], lambda x: mp.besselj(0, x)),
    "besselJ1": ([single(around)], lambda x: mp.besselj(1, x)),
    "besselY0": ([single(above)], lambda x: mp.bessely(0, x)),
    "besselY1": ([single(above)], lambda x: mp.bessely(1, x)),
    "entr": ([single(above)], lambda x: -x * mp.log(x)),
    "erfcx": ([single([-5, -2.5, -1, -0.1, 0.3, 1, 4, 9, 30, 1e4])], lambda x: mp.exp(mp.mpf(x) ** 2) * mp.erfc(x)),
    "gammainc": (both(shapes, reaches), lower),
    "gammaincc": (both(shapes, reaches), upper),
    "i0": ([single(around)], lambda x: mp.besseli(0, x)),
    "i0e": ([single(around)], scaled(lambda x: mp.besseli(0, x))),
    "i1": ([single(around)], lambda x: mp.besseli(1, x)),
    "i1e": ([single(around)], scaled(lambda x: mp.besseli(1, x))),
    "logNdtr": ([single([-1e4, -40, -9, -3, -1.01, -0.99, 0, 0.5, 2, 5, 8])], log_ndtr),
    "modifiedBesselK0": ([single(above)], lambda x: mp.besselk(0, x)),
    "modifiedBesselK1": ([single(above)], lambda x: mp.besselk(1, x)),
    "ndtr": ([single([-9, -3, -1, -0.2, 0, 0.4, 1.5, 4])], mp.ncdf),
    "ndtri": ([single([1e-35, 1e-9, 0.01, 0.1353, 0.1354, 0.3, 0.5, 0.7, 0.8646, 0.8647, 0.99, 0.999999])], quantile),
    "scaledModifiedBesselK0": ([single(above)], lambda x: mp.besselk(0, x) * mp.exp(x)),
    "scaledModifiedBesselK1": ([single(above)], lambda x: mp.besselk(1, x) * mp.exp(x)),
    "sphericalBesselJ0": ([single(around)], lambda x: mp.sincpi(x / mp.pi)),
    "xlog1py": (pairs([-2, 0.5, 3], [-0.999, -1e-4, 1e-6, 4]), lambda x, y: x * mp.log1p(y)),
    "zeta": (
        [a + b for a, b in zip(pairs([1.0001, 1.5, 2, 3.3, 7, 20], [1e-3, 0.4, 1, 4, 17, 1e4]), pairs([2, 3, 6], [-0.25, -1.5, -7.75]))],
        hurwitz,
    ),
}

with open(os.path.join(here, "recorded.json"), "w") as file:
    lines = [
        f"  {json.dumps(name)}: {json.dumps({'arguments': points, 'values': [float(of(*at)) for at in zip(*points)]})}"
        for name, (points, of) in functions.items()
    ]
    file.write("{\n" + ",\n".join(lines) + "\n}\n")
