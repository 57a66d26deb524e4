"""Records PyTorch's results in the format of `conformance`. `python3 conformance/recorded/record.py` writes the JSON
files next to this program.

A case is one call. Tensors are passed by PyTorch's argument names; floating-point ones are random with three decimals.
For each floating-point input that PyTorch differentiates, the gradient is recorded for a random upstream gradient. An op
is named as in PyTorch: `f` is torch.f, `Tensor.f` is a method (in place if it ends in an underscore), and
`nn.functional.f` a function. `nn.L` is a layer; inputs named like entries of its state are its parameters.

Random numbers depend only on the line that draws them, so a new case leaves the recorded ones as they are.
"""

import collections
import json
import linecache
import os
import sys
import zlib

# The last digits depend on the kernels that OpenBLAS would choose for the machine.
os.environ["OPENBLAS_CORETYPE"] = "Haswell"

import numpy
import torch

here = os.path.dirname(os.path.abspath(__file__))
torch.set_num_threads(1)
draws = collections.Counter()
families = {}


def rand(*shape, low=-2.0, high=2.0, name=None):
    """Draws from a generator of its own, seeded with `name` and the number of draws under it. The default name is the
    text of the line of this program that is being executed."""
    if name is None:
        frame = sys._getframe()
        while frame.f_code.co_name != "<module>":
            frame = frame.f_back
        name = linecache.getline(__file__, frame.f_lineno).strip()
    draws[name] += 1
    generator = numpy.random.RandomState(zlib.crc32(f"{name} {draws[name]}".encode()))
    return torch.tensor(numpy.round(generator.uniform(low, high, shape), 3), dtype=torch.float32)


def ints(values):
    return torch.tensor(values, dtype=torch.int64)


def bools(values):
    return torch.tensor(values, dtype=torch.bool)


def number(x):
    if isinstance(x, float) and (numpy.isnan(x) or numpy.isinf(x)):
        return "NaN" if numpy.isnan(x) else "Infinity" if x > 0 else "-Infinity"
    return x


def written(x):
    x = x.detach()
    dtype = str(x.dtype)[len("torch.") :]
    flat = x.contiguous().reshape(-1)
    data = [int(v) for v in flat] if dtype in ("int64", "int32", "uint8", "bool") else [number(float(str(v))) for v in flat.numpy()]
    return {"dtype": dtype, "shape": list(x.shape), "data": [int(v) if isinstance(v, float) and v.is_integer() and v != 0 else v for v in data]}


def anything(x):
    if isinstance(x, torch.Tensor):
        return written(x)
    if isinstance(x, (list, tuple)):
        return [anything(v) for v in x]
    return x


def tensors(result):
    if isinstance(result, torch.Tensor):
        return [result]
    return [t for part in result for t in tensors(part) if part is not None]


def followed(x):
    return x.clone().requires_grad_() if isinstance(x, torch.Tensor) and x.is_floating_point() else x


def called(op, inputs, args, call, train):
    if op.startswith("nn.") and not op.startswith("nn.functional.") and not op.startswith("nn.utils."):
        layer = getattr(torch.nn, op[3:])(**args).train(train)
        names = dict(layer.named_parameters())
        for name in list(inputs):
            if name in names:
                owner = layer
                *path, last = name.split(".")
                for part in path:
                    owner = getattr(owner, part)
                del owner._parameters[last]
                setattr(owner, last, inputs[name])
        return layer(*(x for name, x in inputs.items() if name not in names), **call)
    if op.startswith("Tensor."):
        x = inputs["input"].clone() if op.endswith("_") else inputs["input"]
        return getattr(x, op[len("Tensor.") :])(**{k: v for k, v in inputs.items() if k != "input"}, **args)
    owner = torch
    for part in op.split("."):
        owner = getattr(owner, part)
    return owner(**inputs, **args)


def case(family, id, op, inputs, args={}, grads=True, call={}, train=True, fn=None, nograd=(), note=None, rtol=1e-5, atol=2e-6):
    before = {k: anything(v) for k, v in inputs.items()}
    live = {k: [followed(t) for t in v] if isinstance(v, list) else followed(v) if grads and k not in nograd else v for k, v in inputs.items()}
    result = fn(**live, **args) if fn else called(op, live, args, call, train)
    outputs = tensors(result)
    one = {"id": id, "op": op, "inputs": before, "args": {k: number(v) if isinstance(v, float) else v for k, v in args.items()}}
    if call:
        one["call"] = call
    if not train:
        one["train"] = False
    if note:
        one["note"] = note
    one["outputs"] = [written(y) for y in outputs]
    if grads:
        upstream = [rand(*y.shape, name=f"{family}/{id}") if y.requires_grad else None for y in outputs]
        loss = sum((y * u).sum() for y, u in zip(outputs, upstream) if u is not None)
        loss.backward()
        one["upstream"] = [None if u is None else written(u) for u in upstream]
        one["grads"] = {}
        for k, v in live.items():
            if isinstance(v, list):
                one["grads"][k] = [written(t.grad) for t in v]
            elif isinstance(v, torch.Tensor) and v.requires_grad and v.grad is not None:
                one["grads"][k] = written(v.grad)
    one["rtol"], one["atol"] = rtol, atol
    families.setdefault(family, []).append(one)


def raises(family, id, op, inputs, args={}, fn=None):
    try:
        fn(**inputs, **args) if fn else called(op, inputs, args, {}, True)
    except Exception as error:
        one = {"id": id, "op": op, "inputs": {k: anything(v) for k, v in inputs.items()}, "args": args, "raises": True, "error_type": type(error).__name__}
        families.setdefault(family, []).append(one)
        return
    raise AssertionError(f"{id}: PyTorch accepts it")


def save():
    for family, cases in families.items():
        with open(os.path.join(here, f"{family}.json"), "w") as file:
            file.write('{"torch": "%s", "family": "%s", "cases": [\n' % (torch.__version__, family))
            file.write(",\n".join(json.dumps(one) for one in cases))
            file.write("\n]}\n")


# ——— Indexing ———

x, table = rand(3, 4), ints([[0, 2, 1, 0], [1, 0, 0, 2]])
for reduce in ("add", "multiply"):
    case("picking", f"scatter/{reduce}", "scatter", {"input": x, "index": table, "src": rand(2, 4)}, {"dim": 0, "reduce": reduce}, grads=False)
    case("picking", f"scatter_/{reduce}", "Tensor.scatter_", {"input": x, "index": table, "src": rand(2, 4)}, {"dim": 0, "reduce": reduce}, grads=False)
    case("picking", f"scatter_/{reduce}-number", "Tensor.scatter_", {"input": x, "index": table}, {"dim": 0, "value": 3, "reduce": reduce}, grads=False)
for reduce in ("sum", "prod", "mean", "amax", "amin"):
    for include in (True, False):
        inputs = {"input": x, "index": table, "src": rand(2, 4)}
        args = {"dim": 0, "reduce": reduce, "include_self": include}
        case("picking", f"scatter_reduce/{reduce}-{include}", "scatter_reduce", inputs, args)
    if reduce != "sum":
        inputs = {"input": x, "index": ints([2, 0, 2]), "source": rand(3, 4)}
        case("picking", f"index_reduce/{reduce}", "index_reduce", inputs, {"dim": 0, "reduce": reduce}, grads=reduce != "prod")
case("picking", "scatter_reduce_/amax", "Tensor.scatter_reduce_", {"input": x, "index": table, "src": rand(2, 4)}, {"dim": 0, "reduce": "amax"})
raises("picking", "scatter/unknown-reduce", "scatter", {"input": x, "index": table, "src": rand(2, 4)}, {"dim": 0, "reduce": "subtract"})
case("picking", "put/set", "put", {"input": x, "index": ints([5, -1, 0]), "source": rand(3)})
case("picking", "put_/add", "Tensor.put_", {"input": x, "index": ints([[5, -1], [5, 0]]), "source": rand(2, 2)}, {"accumulate": True})
case("picking", "masked_scatter_/basic", "Tensor.masked_scatter_", {"input": x, "mask": x > 0, "source": rand(12)})

few = torch.tensor([[1.0, 2.0, 1.0], [3.0, 0.5, 3.0], [1.0, 2.0, 1.0], [1.0, 2.0, 1.0]])
all_three = {"return_inverse": True, "return_counts": True}
case("picking", "unique/rows", "unique", {"input": few}, {"dim": 0, **all_three}, grads=False)
case("picking", "unique/columns", "unique", {"input": few}, {"dim": 1, **all_three}, grads=False)
case("picking", "unique/cube", "unique", {"input": torch.stack([few.t(), few.t(), -few.t()], 1)}, {"dim": -2, **all_three}, grads=False)
for args in ({}, {"dim": 0}, {"dim": 1}):
    case("picking", f"unique_consecutive/{args.get('dim', 'flat')}", "unique_consecutive", {"input": few}, {**args, **all_three}, grads=False)
case("picking", "unique_consecutive/ints", "unique_consecutive", {"input": ints([1, 1, 2, 1, 1, 0])}, all_three, grads=False)

places, rows = ints([[1, 0, 3], [3, 3, 1]]), rand(5, 3)
for args in ({"max_norm": 1.5}, {"max_norm": 2.0, "norm_type": 1.0}, {"scale_grad_by_freq": True}, {"scale_grad_by_freq": True, "padding_idx": 1}):
    id = "-".join(f"{k}={v}" for k, v in args.items())
    fn = lambda input, weight, **args: torch.nn.functional.embedding(input, weight * 1, **args)
    case("picking", f"embedding/{id}", "nn.functional.embedding", {"input": places, "weight": rows}, args, fn=fn if "max_norm" not in args else None, grads="max_norm" not in args)

listed, starts = ints([1, 0, 3, 3, 2, 1]), ints([0, 2, 2, 5])
bag = "nn.functional.embedding_bag"
for mode in ("sum", "mean", "max"):
    case("picking", f"embedding_bag/{mode}", bag, {"input": listed, "weight": rows, "offsets": starts}, {"mode": mode})
    case("picking", f"embedding_bag/{mode}-matrix", bag, {"input": places, "weight": rows}, {"mode": mode})
    case("picking", f"embedding_bag/{mode}-padding", bag, {"input": listed, "weight": rows, "offsets": starts}, {"mode": mode, "padding_idx": 3})
inputs = {"input": listed, "weight": rows, "offsets": starts, "per_sample_weights": rand(6)}
case("picking", "embedding_bag/weighted", bag, inputs, {"mode": "sum"})
case("picking", "embedding_bag/weighted-matrix", bag, {"input": places, "weight": rows, "per_sample_weights": rand(2, 3)}, {"mode": "sum"})
case("picking", "embedding_bag/last-offset", bag, {"input": listed, "weight": rows, "offsets": ints([0, 2, 2, 6])}, {"include_last_offset": True})
case("picking", "embedding_bag/max-norm", bag, {"input": places, "weight": rows}, {"max_norm": 1.5, "mode": "sum"}, grads=False)
# Each index occurs twice, because PyTorch 1.13 mixes up the frequencies of indices that occur unequally often.
twice = {"input": ints([1, 3, 3, 1]), "weight": rows, "offsets": ints([0, 3])}
case("picking", "embedding_bag/by-frequency", bag, twice, {"scale_grad_by_freq": True, "mode": "sum"})
raises("picking", "embedding_bag/weights-of-a-mean", bag, {"input": places, "weight": rows, "per_sample_weights": rand(2, 3)}, {"mode": "mean"})
raises("picking", "embedding_bag/no-offsets", bag, {"input": listed, "weight": rows})
raises("picking", "embedding_bag/offsets-of-a-matrix", bag, {"input": places, "weight": rows, "offsets": starts})
raises("picking", "embedding_bag/first-offset", bag, {"input": listed, "weight": rows, "offsets": ints([1, 2])})
case("picking", "EmbeddingBag/layer", "nn.EmbeddingBag", {"input": listed, "offsets": starts, "weight": rows}, {"num_embeddings": 5, "embedding_dim": 3, "mode": "max"})

# ——— Windows ———

for dims, shape, kernel, extra in ((1, (1, 2, 6), 2, {}), (2, (2, 1, 4, 4), 2, {}), (2, (1, 5, 5), 3, {"stride": 2, "padding": 1}), (3, (1, 1, 4, 2, 2), 2, {})):
    pool, unpool = getattr(torch.nn.functional, f"max_pool{dims}d"), f"nn.functional.max_unpool{dims}d"
    values, indices = pool(rand(*shape), kernel, **extra, return_indices=True)
    inputs = {"input": torch.tensor(values.numpy()), "indices": indices}
    wider = [1 + s for s in shape[-dims:]] if "padding" not in extra else list(shape[-dims:])
    case("windows", f"max_unpool{dims}d/{'padded' if extra else 'basic'}", unpool, inputs, {"kernel_size": kernel, **extra})
    case("windows", f"max_unpool{dims}d/{'padded' if extra else 'basic'}-size", unpool, inputs, {"kernel_size": kernel, **extra, "output_size": wider})
values, indices = torch.nn.functional.max_pool2d(rand(1, 1, 4, 4), 2, return_indices=True)
raises("windows", "max_unpool2d/size-too-far", "nn.functional.max_unpool2d", {"input": values, "indices": indices}, {"kernel_size": 2, "output_size": [7, 4]})
raises("windows", "max_unpool2d/other-shape", "nn.functional.max_unpool2d", {"input": values, "indices": indices[0]}, {"kernel_size": 2})

for dims, shape, sizes in ((2, (2, 2, 7, 6), [3, 4]), (3, (1, 2, 5, 5, 4), [2, 3, 2])):
    inputs = {"input": rand(*shape), "samples": rand(shape[0], shape[1], dims, low=0, high=1)}
    pool = getattr(torch.nn.functional, f"fractional_max_pool{dims}d_with_indices")
    fn = lambda input, samples, kernel_size, output_size, pool=pool: pool(input, kernel_size, output_size, _random_samples=samples.detach(), return_indices=True)
    args = {"kernel_size": 2, "output_size": sizes}
    case("windows", f"fractional_max_pool{dims}d/size", f"nn.functional.fractional_max_pool{dims}d", inputs, args, fn=fn, nograd=("samples",))
image = rand(1, 1, 6, 6)
raises("windows", "fractional_max_pool2d/too-large", "nn.functional.fractional_max_pool2d", {"input": image}, {"kernel_size": 4, "output_size": [4, 4]})
raises("windows", "fractional_max_pool2d/no-size", "nn.functional.fractional_max_pool2d", {"input": image}, {"kernel_size": 2})

grid = rand(2, 3, 2, 2, low=-1.3, high=1.3)
for mode in ("bilinear", "nearest", "bicubic"):
    for padding in ("zeros", "border", "reflection"):
        for corners in (True, False):
            args = {"mode": mode, "padding_mode": padding, "align_corners": corners}
            case("windows", f"grid_sample/{mode}-{padding}-{corners}", "nn.functional.grid_sample", {"input": rand(2, 2, 4, 3), "grid": grid}, args, atol=1e-5)
for mode in ("bilinear", "nearest"):
    case("windows", f"grid_sample/volume-{mode}", "nn.functional.grid_sample", {"input": rand(1, 2, 2, 3, 4), "grid": rand(1, 2, 1, 2, 3, low=-1, high=1)}, {"mode": mode, "align_corners": False}, atol=1e-5)
for corners in (True, False):
    case("windows", f"affine_grid/image-{corners}", "nn.functional.affine_grid", {"theta": rand(2, 2, 3)}, {"size": [2, 1, 3, 4], "align_corners": corners})
    case("windows", f"affine_grid/volume-{corners}", "nn.functional.affine_grid", {"theta": rand(1, 3, 4)}, {"size": [1, 1, 2, 3, 2], "align_corners": corners})
raises("windows", "grid_sample/other-batch", "nn.functional.grid_sample", {"input": rand(1, 2, 4, 3), "grid": grid})
case("windows", "channel_shuffle/basic", "nn.functional.channel_shuffle", {"input": rand(1, 6, 2, 1)}, {"groups": 3}, fn=lambda input, groups: torch.channel_shuffle(input, groups), grads=False)

# ——— Activations and reparametrizations ———

case("layers", "rrelu/evaluation", "nn.functional.rrelu", {"input": rand(3, 4)})
case("layers", "rrelu/limits", "nn.functional.rrelu", {"input": rand(3, 4)}, {"lower": 0.3, "upper": 0.5})
case("layers", "RReLU/layer", "nn.RReLU", {"input": rand(3, 4)}, {"lower": 0.1, "upper": 0.2}, train=False)
case("layers", "Softmax2d/layer", "nn.Softmax2d", {"input": rand(2, 3, 2, 2)})


def placed(layer, names):
    """Replaces a layer's parameters and buffers by tensors, so that their gradients are recorded."""
    for name, value in names.items():
        layer._parameters.pop(name, None)
        layer._buffers.pop(name, None)
        setattr(layer, name, value)
    return layer


def weight_normed(input, weight_g, weight_v, bias, **args):
    layer = torch.nn.utils.weight_norm(torch.nn.Linear(4, 3), **args)
    return placed(layer, {"weight_g": weight_g, "weight_v": weight_v, "bias": bias})(input)


def spectrally_normed(input, weight_orig, weight_u, weight_v, bias, **args):
    layer = torch.nn.utils.spectral_norm(torch.nn.Linear(4, 3), **args)
    placed(layer, {"weight_orig": weight_orig, "weight_u": weight_u.detach().clone(), "weight_v": weight_v.detach().clone(), "bias": bias})
    layer(input)
    return layer(input), layer.weight_u.detach(), layer.weight_v.detach()


for dim, shape in ((0, (3, 1)), (1, (1, 4)), (None, ())):
    inputs = {"input": rand(2, 4), "weight_g": rand(*shape), "weight_v": rand(3, 4), "bias": rand(3)}
    case("layers", f"weight_norm/dim-{dim}", "nn.utils.weight_norm", inputs, {"dim": dim}, fn=weight_normed)
for args in ({}, {"n_power_iterations": 3}, {"dim": 1}):
    rows, columns = (4, 3) if args.get("dim") else (3, 4)
    inputs = {"input": rand(2, 4), "weight_orig": rand(3, 4), "weight_u": rand(rows), "weight_v": rand(columns), "bias": rand(3)}
    note = "the second call in training; then the vectors"
    case("layers", f"spectral_norm/{'-'.join(args) or 'basic'}", "nn.utils.spectral_norm", inputs, args, fn=spectrally_normed, nograd=("weight_u", "weight_v"), note=note, atol=1e-5)

inputs = {
    "input": rand(5, 16),
    "target": ints([0, 7, 3, 9, 4]),
    "head.weight": rand(5, 16, low=-0.5, high=0.5),
    "head.bias": rand(5),
    "tail.0.0.weight": rand(4, 16, low=-0.5, high=0.5),
    "tail.0.1.weight": rand(3, 4),
    "tail.1.0.weight": rand(1, 16, low=-0.5, high=0.5),
    "tail.1.1.weight": rand(4, 1),
}
args = {"in_features": 16, "n_classes": 10, "cutoffs": [3, 6], "head_bias": True}
case("layers", "AdaptiveLogSoftmaxWithLoss/layer", "nn.AdaptiveLogSoftmaxWithLoss", inputs, args, atol=1e-5)

# ——— Statistics, distances, sorting ———

grid, gaps = rand(3, 5), torch.tensor([[1.0, float("nan"), 3.0, -2.0], [float("nan")] * 4, [0.5, 2.0, 2.0, 7.0]])
for interpolation in ("linear", "lower", "higher", "nearest", "midpoint"):
    args = {"q": 0.3, "dim": 1, "interpolation": interpolation}
    case("statistics", f"quantile/{interpolation}", "quantile", {"input": grid}, args)
    case("statistics", f"nanquantile/{interpolation}", "nanquantile", {"input": gaps}, args, grads=False)
case("statistics", "quantile/list", "quantile", {"input": grid, "q": torch.tensor([0.0, 0.25, 1.0])}, {"dim": 0}, nograd=("q",))
case("statistics", "quantile/list-kept", "quantile", {"input": grid, "q": torch.tensor([0.5, 0.9])}, {"dim": 0, "keepdim": True}, nograd=("q",))
case("statistics", "quantile/all", "quantile", {"input": grid}, {"q": 0.75})
case("statistics", "quantile/all-kept", "quantile", {"input": grid}, {"q": 0.75, "keepdim": True})
case("statistics", "quantile/nan", "quantile", {"input": gaps}, {"q": 0.5, "dim": 1}, grads=False)
case("statistics", "nanquantile/all", "nanquantile", {"input": gaps}, {"q": 0.5}, grads=False)
raises("statistics", "quantile/beyond", "quantile", {"input": grid}, {"q": 1.5})
case("statistics", "nanmedian/all", "nanmedian", {"input": gaps}, grads=False)
case("statistics", "nanmedian/rows", "nanmedian", {"input": gaps[::2].contiguous()}, {"dim": 1}, grads=False)
case("statistics", "nanmedian/gradient", "nanmedian", {"input": grid}, {"dim": 1, "keepdim": True})
for correction in (0, 1, 2):
    case("statistics", f"cov/{correction}", "cov", {"input": grid}, {"correction": correction})
case("statistics", "cov/vector", "cov", {"input": rand(4)})
case("statistics", "corrcoef/basic", "corrcoef", {"input": grid}, atol=1e-5)
for p in (2.0, 1.0, 3.0, float("inf"), 0.0):
    case("statistics", f"cdist/p{p}", "cdist", {"x1": rand(2, 3, 4), "x2": rand(2, 2, 4)}, {"p": p}, grads=p != 0)
case("statistics", "cdist/broadcast", "cdist", {"x1": rand(3, 4), "x2": rand(2, 2, 4)})
case("statistics", "pdist/basic", "nn.functional.pdist", {"input": rand(4, 3)})
case("statistics", "pdist/p1", "nn.functional.pdist", {"input": rand(4, 3)}, {"p": 1})
case("statistics", "dist/p3", "dist", {"input": rand(2, 3), "other": rand(3)}, {"p": 3})
for p in (2, 1):
    case("statistics", f"renorm/p{p}", "renorm", {"input": grid}, {"p": p, "dim": 0, "maxnorm": 2.5}, atol=1e-5)
case("statistics", "renorm_/columns", "Tensor.renorm_", {"input": grid}, {"p": 2, "dim": 1, "maxnorm": 1.5}, atol=1e-5)
case("statistics", "trapezoid/basic", "trapezoid", {"y": grid}, {"dx": 0.5, "dim": 0}, fn=lambda y, dx, dim: torch.trapezoid(y, dx=dx, dim=dim))
case("statistics", "trapezoid/places", "trapezoid", {"y": grid, "x": torch.tensor([0.0, 1.0, 1.5, 3.0, 3.5])}, nograd=("x",))
case("statistics", "cumulative_trapezoid/basic", "cumulative_trapezoid", {"y": grid})
case("statistics", "isin/basic", "isin", {"elements": ints([[1, 2], [3, 4]]), "test_elements": ints([2, 3, 7])}, grads=False)
case("statistics", "isin/inverted", "isin", {"elements": rand(3), "test_elements": rand(2)}, {"invert": True}, grads=False)
odd = torch.tensor([1.0, float("inf"), float("-inf"), float("nan")])
case("statistics", "isposinf/basic", "isposinf", {"input": odd}, grads=False)
case("statistics", "isneginf/basic", "isneginf", {"input": odd}, grads=False)
case("statistics", "clamp_min/number", "clamp_min", {"input": grid}, {"min": -0.5})
case("statistics", "clamp_max/number", "clamp_max", {"input": grid}, {"max": 0.5})
case("statistics", "clamp_min/tensor", "clamp_min", {"input": grid, "min": rand(5)})
case("statistics", "cumsum_/basic", "Tensor.cumsum_", {"input": grid}, {"dim": 1})
case("statistics", "cumprod_/basic", "Tensor.cumprod_", {"input": grid}, {"dim": 0}, grads=False)

# ——— Creation and *_scatter ———

case("building", "block_diag/basic", "block_diag", {"tensors": [rand(2, 3), rand(1, 2), rand(2), rand()]}, fn=lambda tensors: torch.block_diag(*tensors))
case("building", "cartesian_prod/basic", "cartesian_prod", {"tensors": [rand(2), rand(3)]}, fn=lambda tensors: torch.cartesian_prod(*tensors))
case("building", "cartesian_prod/one", "cartesian_prod", {"tensors": [rand(2)]}, fn=lambda tensors: torch.cartesian_prod(*tensors))
for args in ({}, {"r": 3}, {"r": 2, "with_replacement": True}, {"r": 1}):
    case("building", f"combinations/{'-'.join(map(str, args.values())) or 'pairs'}", "combinations", {"input": rand(4)}, args)
case("building", "combinations/too-many", "combinations", {"input": rand(2)}, {"r": 3}, grads=False)
for args in ({}, {"N": 2}, {"N": 5, "increasing": True}):
    case("building", f"vander/{'-'.join(map(str, args.values())) or 'square'}", "vander", {"x": rand(3)}, args, grads=False)  # PyTorch 1.13 fails in the backward pass
case("building", "diagflat/matrix", "diagflat", {"input": rand(2, 2)}, {"offset": 1})
for dims in (0, 1, 2, 3):
    for n in (1, 2, 3):
        case("building", f"atleast_{n}d/{dims}", f"atleast_{n}d", {"input": rand(*(2,) * dims)}, fn=lambda input, n=n: getattr(torch, f"atleast_{n}d")(input))
base = rand(3, 4)
case("building", "select_scatter/row", "select_scatter", {"input": base, "src": rand(3)}, {"dim": 1, "index": 2})
case("building", "slice_scatter/step", "slice_scatter", {"input": base, "src": rand(3, 2)}, {"dim": 1, "start": 0, "end": 4, "step": 2})
case("building", "diagonal_scatter/above", "diagonal_scatter", {"input": base, "src": rand(3)}, {"offset": 1})
raises("building", "select_scatter/other-shape", "select_scatter", {"input": base, "src": rand(4)}, {"dim": 1, "index": 2})
case("building", "fill_diagonal_/wide", "Tensor.fill_diagonal_", {"input": base}, {"fill_value": 5.5})
case("building", "fill_diagonal_/tall", "Tensor.fill_diagonal_", {"input": rand(7, 2)}, {"fill_value": 5.5})
case("building", "fill_diagonal_/wrapped", "Tensor.fill_diagonal_", {"input": rand(7, 2)}, {"fill_value": 5.5, "wrap": True})
case("building", "fill_diagonal_/cube", "Tensor.fill_diagonal_", {"input": rand(2, 2, 2)}, {"fill_value": 5.5})
case("building", "tril_/basic", "Tensor.tril_", {"input": base}, {"diagonal": 1})
case("building", "triu_/basic", "Tensor.triu_", {"input": base})
case("building", "pad_sequence/basic", "nn.utils.rnn.pad_sequence", {"sequences": [rand(2, 2), rand(3, 2), rand(1, 2)]}, {"padding_value": -1.5})
case("building", "pad_sequence/batch-first", "nn.utils.rnn.pad_sequence", {"sequences": [rand(2), rand(3)]}, {"batch_first": True})

# ——— Matrix products and linear algebra ———

for op, x, y in (("addr", (3,), (4,)), ("addbmm", (2, 3, 2), (2, 2, 4))):
    names = ("vec1", "vec2") if op == "addr" else ("batch1", "batch2")
    inputs = {"input": rand(3, 4), names[0]: rand(*x), names[1]: rand(*y)}
    case("products", f"{op}/factors", op, inputs, {"beta": 0.5, "alpha": 2.5})
    case("products", f"{op}_/basic", f"Tensor.{op}_", inputs)
case("products", "addmm_/basic", "Tensor.addmm_", {"input": rand(2, 3), "mat1": rand(2, 4), "mat2": rand(4, 3)}, {"beta": 0.5})
case("products", "addmv_/basic", "Tensor.addmv_", {"input": rand(2), "mat": rand(2, 4), "vec": rand(4)})
case("products", "baddbmm_/basic", "Tensor.baddbmm_", {"input": rand(2, 2, 3), "batch1": rand(2, 2, 4), "batch2": rand(2, 4, 3)})
case("products", "vecdot/broadcast", "linalg.vecdot", {"x": rand(2, 3), "y": rand(3)})
solid = rand(2, 3, 3) + 3 * torch.eye(3)
for op in ("slogdet", "logdet"):
    case("products", f"{op}/batch", f"linalg.{op}" if op == "slogdet" else op, {"A" if op == "slogdet" else "input": solid}, atol=1e-5)
case("products", "slogdet/negative", "linalg.slogdet", {"A": torch.tensor([[0.0, 2.0], [3.0, 1.0]])})
case("products", "slogdet/singular", "linalg.slogdet", {"A": torch.tensor([[1.0, 2.0], [2.0, 4.0]])}, grads=False)
case("products", "slogdet/huge", "linalg.slogdet", {"A": 1e5 * torch.eye(10)}, grads=False)
case("products", "logdet/negative", "logdet", {"input": torch.tensor([[0.0, 2.0], [3.0, 1.0]])}, grads=False)
for upper in (True, False):
    for left in (True, False):
        for unit in (True, False):
            inputs = {"A": rand(3, 3) + 2 * torch.eye(3), "B": rand(3, 3)}
            args = {"upper": upper, "left": left, "unitriangular": unit}
            fn = lambda A, B, **args: torch.linalg.solve_triangular(torch.triu(A) if args["upper"] else torch.tril(A), B, **args)
            case("products", f"solve_triangular/{upper}-{left}-{unit}", "linalg.solve_triangular", inputs, args, fn=fn, atol=1e-4, rtol=1e-4)
for upper in (True, False):
    factor = torch.tril(rand(3, 3, low=0.5, high=1) + torch.eye(3))
    fn = lambda input, input2, upper: torch.cholesky_solve(input, torch.triu(input2) if upper else torch.tril(input2), upper=upper)
    case("products", f"cholesky_solve/{upper}", "cholesky_solve", {"input": rand(3, 2), "input2": factor.t().contiguous() if upper else factor}, {"upper": upper}, fn=fn, atol=1e-4, rtol=1e-4)

# ——— Learning rates ———


def scheduler(id, op, args, build, family="rates", initial=None, sets={}):
    """`initial` are initial rates other than the current ones, `sets` the rates that a program sets before some steps."""
    parameters = [torch.nn.Parameter(torch.zeros(1)) for _ in range(2)]
    optimizer = torch.optim.SGD([{"params": [p], "lr": lr} for p, lr in zip(parameters, (0.1, 0.02))], lr=0.1, momentum=0.9)
    for group, lr in zip(optimizer.param_groups, initial or ()):
        group["initial_lr"] = lr
    stepping = build(optimizer)
    lrs = [[g["lr"] for g in optimizer.param_groups]]
    for k in range(12):
        for group, lr in zip(optimizer.param_groups, sets.get(k, ())):
            group["lr"] = lr
        optimizer.step()
        stepping.step()
        lrs.append([g["lr"] for g in optimizer.param_groups])
    one = {"id": id, "op": f"optim.lr_scheduler.{op}", "args": args, "base_lr": [0.1, 0.02], "momentum": 0.9, "steps": 12, "lrs": lrs, "rtol": 1e-6, "atol": 1e-9}
    if initial:
        one["initial_lr"] = initial
    if sets:
        one["sets"] = sets
    families.setdefault(family, []).append(one)


S = torch.optim.lr_scheduler
scheduler("MultiplicativeLR/power", "MultiplicativeLR", {"lr_lambda": {"name": "power", "base": 0.95}}, lambda o: S.MultiplicativeLR(o, lambda e: 0.95**e))
chain = [{"op": "optim.lr_scheduler.ConstantLR", "args": {"factor": 0.1, "total_iters": 3}}, {"op": "optim.lr_scheduler.ExponentialLR", "args": {"gamma": 0.9}}]
T_MAX = {"T_max": 4, "eta_min": 0.05}
chain_of = [{"op": "optim.lr_scheduler.CosineAnnealingLR", "args": T_MAX}, {"op": "optim.lr_scheduler.ExponentialLR", "args": {"gamma": 0.9}}]
scheduler("ChainedScheduler/cosine", "ChainedScheduler", {"schedulers": chain_of}, lambda o: S.ChainedScheduler([S.CosineAnnealingLR(o, **T_MAX), S.ExponentialLR(o, gamma=0.9)]))
power = {"op": "optim.lr_scheduler.LambdaLR", "args": {"lr_lambda": {"name": "power", "base": 0.8}}}
begun = [{"op": "optim.lr_scheduler.StepLR", "args": {"step_size": 2}}, power]
scheduler("ChainedScheduler/lambda-last", "ChainedScheduler", {"schedulers": begun}, lambda o: S.ChainedScheduler([S.StepLR(o, 2), S.LambdaLR(o, lambda e: 0.8**e)]))
limits = {"base_lr": [0.01, 0.02], "max_lr": [0.1, 0.3], "step_size_up": 3}
scheduler("CyclicLR/each-group", "CyclicLR", limits, lambda o: S.CyclicLR(o, **limits))
scheduler("ChainedScheduler/two", "ChainedScheduler", {"schedulers": chain}, lambda o: S.ChainedScheduler([S.ConstantLR(o, factor=0.1, total_iters=3), S.ExponentialLR(o, gamma=0.9)]))

decay = {"op": "optim.lr_scheduler.MultiplicativeLR", "args": {"lr_lambda": {"name": "power", "base": 0.95}}}
both = {"schedulers": [{"op": "optim.lr_scheduler.ExponentialLR", "args": {"gamma": 0.5}}, decay], "milestones": [3]}
scheduler("SequentialLR/multiplicative-last", "SequentialLR", both, lambda o: S.SequentialLR(o, [S.ExponentialLR(o, 0.5), S.MultiplicativeLR(o, lambda e: 0.95**e)], [3]))
args = {"base_lr": 0.01, "max_lr": 0.1, "step_size_up": 3}
both = {"schedulers": [decay, {"op": "optim.lr_scheduler.CyclicLR", "args": args}]}
scheduler("ChainedScheduler/cyclic-last", "ChainedScheduler", both, lambda o: S.ChainedScheduler([S.MultiplicativeLR(o, lambda e: 0.95**e), S.CyclicLR(o, **args)]))
both = {"schedulers": [{"op": "optim.lr_scheduler.CyclicLR", "args": args}, {"op": "optim.lr_scheduler.ExponentialLR", "args": {"gamma": 0.5}}], "milestones": [5]}
scheduler("SequentialLR/cyclic-first", "SequentialLR", both, lambda o: S.SequentialLR(o, [S.CyclicLR(o, **args), S.ExponentialLR(o, 0.5)], [5]), sets={2: [0.7, 0.3], 8: [0.6, 0.4]})
one_cycle = {"max_lr": 0.5, "total_steps": 20}
both = {"schedulers": [{"op": "optim.lr_scheduler.OneCycleLR", "args": one_cycle}, {"op": "optim.lr_scheduler.StepLR", "args": {"step_size": 2}}], "milestones": [5]}
scheduler("SequentialLR/one-cycle-first", "SequentialLR", both, lambda o: S.SequentialLR(o, [S.OneCycleLR(o, **one_cycle), S.StepLR(o, 2)], [5]))
both = {"schedulers": [{"op": "optim.lr_scheduler.StepLR", "args": {"step_size": 2}}, {"op": "optim.lr_scheduler.OneCycleLR", "args": one_cycle}]}
scheduler("ChainedScheduler/one-cycle-last", "ChainedScheduler", both, lambda o: S.ChainedScheduler([S.StepLR(o, 2), S.OneCycleLR(o, **one_cycle)]))
scheduler("ConstantLR/always", "ConstantLR", {"factor": 0.5, "total_iters": 0}, lambda o: S.ConstantLR(o, factor=0.5, total_iters=0))
for op, args in (
    ("StepLR", {"step_size": 2}),
    ("MultiStepLR", {"milestones": [3, 6]}),
    ("ExponentialLR", {"gamma": 0.9}),
    ("LinearLR", {"start_factor": 0.5, "total_iters": 6}),
    ("ConstantLR", {"factor": 0.5, "total_iters": 6}),
    ("PolynomialLR", {"total_iters": 20, "power": 2.0}),
    ("CyclicLR", {"base_lr": 0.3, "max_lr": 0.5, "step_size_up": 4, "cycle_momentum": False}),
    ("LambdaLR", {"lr_lambda": {"name": "power", "base": 0.8}}),
    ("MultiplicativeLR", {"lr_lambda": {"name": "power", "base": 0.8}}),
):
    args = {**args, "last_epoch": 3}
    lambdas = {"lr_lambda": lambda e: 0.8**e} if "lr_lambda" in args else {}
    scheduler(f"{op}/continued", op, args, lambda o: getattr(S, op)(o, **{**args, **lambdas}), initial=[0.3, 0.3], sets={5: [0.2, 0.7]})

# ——— Edge cases: NaN and ties, mixed integers and floats, empty tensors, sizes given as one number ———

nan, inf = float("nan"), float("inf")


def floats(values):
    return torch.tensor(values, dtype=torch.float32)


holes = floats([[[1.0, nan, nan, 0.0], [nan, 5.0, 2.0, nan]]])
for op in ("max_pool2d", "adaptive_max_pool2d"):
    args = {"kernel_size": [2], "stride": [1]} if op == "max_pool2d" else {"output_size": [1, 3]}
    case("edges", f"{op}/several-nan", f"nn.functional.{op}", {"input": holes}, {**args, "return_indices": True})
case("edges", "max_pool1d/several-nan", "nn.functional.max_pool1d", {"input": holes}, {"kernel_size": 3, "stride": 1, "return_indices": True})
case("edges", "conv3d/one-in-a-list", "nn.functional.conv3d", {"input": rand(1, 1, 3, 4, 3), "weight": rand(1, 1, 2, 2, 1)}, {"dilation": [2], "padding": [1]})
for op in ("amax", "amin"):
    case("edges", f"{op}/nan", op, {"input": floats([[1.0, nan], [2.0, 2.0]])}, {"dim": 1})
case("edges", "max/nan", "max", {"input": floats([[1.0, nan], [nan, 2.0]])})
for op in ("median", "nanmedian"):
    case("edges", f"{op}/ties", op, {"input": floats([1.0, 2.0, 2.0, 2.0, 3.0])})
case("edges", "median/nan", "median", {"input": floats([1.0, nan, 2.0, nan])})
case("edges", "logaddexp/infinite", "logaddexp", {"input": floats([inf, 1.0, -inf]), "other": floats([0.5, inf, 2.0])})
case("edges", "div/floor-by-zero", "div", {"input": floats([1.0, -2.0, 0.0]), "other": floats([0.0, 0.0, 0.0])}, {"rounding_mode": "floor"})
case("edges", "softshrink/nan", "nn.functional.softshrink", {"input": floats([nan, 1.0, -2.0])})
case("edges", "threshold/integers", "nn.functional.threshold", {"input": ints([-2, 0, 1, 3])}, {"threshold": 0.5, "value": 7.0}, grads=False)
case("edges", "kl_div/zero-target", "nn.functional.kl_div", {"input": rand(3), "target": floats([0.0, 0.4, 0.6])}, {"reduction": "sum"})
bytes_ = torch.tensor([1, 2, 200], dtype=torch.uint8)
case("edges", "div/bytes-by-minus-one", "div", {"input": bytes_}, {"other": -1}, grads=False)
case("edges", "heaviside/bytes", "heaviside", {"input": bytes_, "other": bytes_}, grads=False, fn=lambda input, other: torch.heaviside(input, other))
case("edges", "masked_fill/fraction", "Tensor.masked_fill", {"input": ints([1, 2]), "mask": bools([True, False])}, {"value": -1.5}, grads=False)
inputs = {"input": ints([-3, 1]), "index": ints([0, 0]), "src": ints([-2, -3])}
case("edges", "scatter_reduce/whole-mean", "scatter_reduce", inputs, {"dim": 0, "reduce": "mean"}, grads=False)
for include in (True, False):
    inputs = {"input": floats([2.0, 0.0, 3.0]), "index": ints([0, 0, 1, 2, 2]), "src": floats([0.0, 1.5, 2.0, 0.0, 0.0])}
    case("edges", f"scatter_reduce/zeros-{include}", "scatter_reduce", inputs, {"dim": 0, "reduce": "prod", "include_self": include})
case("edges", "gather/nothing", "gather", {"input": rand(2, 3), "index": torch.zeros(0, 5, dtype=torch.int64)}, {"dim": 0}, grads=False)
case("edges", "cat/nothing-among", "cat", {"tensors": [torch.zeros(0), rand(2, 2), rand(1, 2)]}, {"dim": 0})
case("edges", "vsplit/nothing", "vsplit", {"input": torch.zeros(1, 1, 0)}, {"indices_or_sections": [1]}, grads=False, fn=lambda input, indices_or_sections: torch.vsplit(input, indices_or_sections))
raises("edges", "vsplit/unequal", "vsplit", {"input": rand(3, 2)}, {"indices_or_sections": 2})
for op in ("movedim", "moveaxis"):
    case("edges", f"{op}/scalar", op, {"input": rand()}, {"source": 0, "destination": -1})
case("edges", "quantile/scalar", "quantile", {"input": rand()}, {"q": 0.3, "dim": 0})
case("edges", "cov/integers", "cov", {"input": ints([[1, 2, 4], [3, 0, 1]])}, grads=False)
case("edges", "multi_dot/vectors", "linalg.multi_dot", {"tensors": [rand(2), rand(2, 3), rand(3)]}, fn=lambda tensors: torch.linalg.multi_dot(tensors))
case("edges", "matrix_power/zero", "matrix_power", {"input": rand(2, 2)}, {"n": 0})
for dtype in ("int64", "uint8"):
    case("edges", f"full/{dtype}", "full", {}, {"size": [2], "fill_value": 3, **({} if dtype == "int64" else {"dtype": dtype})}, grads=False, fn=lambda **args: torch.full(args["size"], args["fill_value"], dtype=getattr(torch, args.get("dtype", "int64"))))
case("edges", "arange/whole", "arange", {}, {"start": 0.5, "end": 3.5, "dtype": "int64"}, grads=False, fn=lambda **args: torch.arange(args["start"], args["end"], dtype=torch.int64))
raises("edges", "local_response_norm/no-places", "nn.functional.local_response_norm", {"input": rand(2, 3)}, {"size": 2})
raises("edges", "group_norm/one-each", "nn.functional.group_norm", {"input": rand(1, 3)}, {"num_groups": 3})
case("edges", "interpolate/recomputed", "nn.functional.interpolate", {"input": rand(1, 1, 3)}, {"scale_factor": 1.5, "mode": "linear", "recompute_scale_factor": True})
case("edges", "feature_alpha_dropout/not-training", "nn.functional.feature_alpha_dropout", {"input": rand(2, 3)}, {"p": 0.5})
case("edges", "heaviside/nan", "heaviside", {"input": floats([nan, -1.0, 0.0, 2.0]), "other": floats([0.5, 0.5, 0.5, 0.5])}, grads=False, fn=lambda input, other: torch.heaviside(input, other))
case("edges", "cov/one-variable", "cov", {"input": rand(1, 4)})
case("edges", "corrcoef/one-variable", "corrcoef", {"input": rand(1, 4)}, grads=False)
case("edges", "cov/no-observations", "cov", {"input": torch.zeros(2, 0)}, grads=False)
case("edges", "cov/nothing", "cov", {"input": torch.zeros(0)}, grads=False)
for op in ("trapezoid", "cumulative_trapezoid"):
    case("edges", f"{op}/nothing", op, {"y": torch.zeros(2, 0)}, grads=False, fn=getattr(torch, op))
case("edges", "inner/scalar", "inner", {"input": rand(2, 3), "other": rand()})
case("edges", "median/nothing", "median", {"input": torch.zeros(0, 2)}, grads=False)
case("edges", "nanmedian/nothing", "nanmedian", {"input": torch.zeros(0)}, grads=False)
case("edges", "local_response_norm/nothing", "nn.functional.local_response_norm", {"input": torch.zeros(2, 0, 3)}, {"size": 2}, grads=False)
case("edges", "masked_fill/scalar-float", "Tensor.masked_fill", {"input": ints([1, 2]), "mask": bools([True, False]), "value": floats(-1.5)}, grads=False)
for op in ("eq", "le", "gt"):
    case("edges", f"{op}/half-and-number", op, {"input": floats([0.1, 0.3, 1.0]).half()}, {"other": 0.1}, grads=False, fn=lambda input, other: getattr(torch, op)(input, other))
raises("edges", "pow/bools", "pow", {"input": bools([True]), "exponent": bools([True])})

gradient = floats([1.0, -inf])
parameter = torch.nn.Parameter(torch.zeros(2))
parameter.grad = gradient.clone()
args = {"max_norm": 1.0, "norm_type": 3.0, "error_if_nonfinite": True}
try:
    torch.nn.utils.clip_grad_norm_([parameter], **args)
except RuntimeError as error:
    one = {"id": "clip_grad_norm_/infinite", "op": "nn.utils.clip_grad_norm_", "inputs": {"grads": [written(gradient)]}, "args": args, "raises": True, "error_type": type(error).__name__}
    families["edges"].append(one)

for shape, features in (((4, 5, 7), 0), ((7,), 0), ((4, 3, 0), 1)):
    inputs = {"input": rand(*shape), "weight": rand(features, shape[-1]), "bias": rand(features)}
    case("edges", f"linear/{features}-of-{'x'.join(map(str, shape))}", "nn.functional.linear", inputs)
case("edges", "masked_fill/half-of-bools", "Tensor.masked_fill", {"input": bools([False, True]), "mask": bools([True, False])}, {"value": 0.5}, grads=False)
case("edges", "hardtanh/crossed", "nn.functional.hardtanh", {"input": floats([-3.0, 0.0, 3.0, nan])}, {"min_val": 2.0, "max_val": -1.0}, grads=False)
case("edges", "hardtanh/crossed-gradient", "nn.functional.hardtanh", {"input": floats([-3.0, 0.0, 3.0])}, {"min_val": 2.0, "max_val": -1.0})
case("edges", "cumprod/one-each", "cumprod", {"input": floats([[inf], [nan], [2.0]])}, {"dim": 1})
case("edges", "median/nothing", "median", {"input": floats([])})
for op in ("pow", "bitwise_left_shift", "bitwise_right_shift"):
    raises("edges", f"{op}/bools", op, {"input": bools([True, False]), "exponent" if op == "pow" else "other": bools([True, True])})

for op, args in (("NAdam", {"weight_decay": 0.1, "momentum_decay": 0.01}), ("ASGD", {"lr": 0.1, "lambd": 0.01, "t0": 3})):
    parameter = torch.nn.Parameter(rand(3).double())
    optimizer = getattr(torch.optim, op)([parameter], **args)
    one = {"id": f"{op}/doubles", "op": f"optim.{op}", "args": args, "params": [written(parameter)], "steps": 8, "grads": [], "params_after": [], "rtol": 1e-13, "atol": 1e-14}
    for _ in range(8):
        parameter.grad = rand(3).double()
        optimizer.step()
        one["grads"].append([written(parameter.grad)])
        one["params_after"].append([written(parameter)])
    families["edges"].append(one)

table, apart = rand(3, 2, 4), [{"input": "i"}, {"slice": [None, None, None]}, {"input": "j"}]
inputs = {"input": table, "i": torch.tensor(1), "j": ints([3, 0, -1])}
case("edges", "getitem/number-apart", "Tensor.__getitem__", inputs, {"index": apart}, fn=lambda input, i, j, index: input[i, :, j])
case("edges", "setitem/number-apart", "Tensor.__setitem__", {**inputs, "value": rand(2, 3)}, {"index": apart}, fn=lambda input, i, j, value, index: torch.index_put(input, (i, torch.arange(2)[:, None], j), value))
case("edges", "index_put/number-first", "Tensor.index_put", {"input": table, "indices": [torch.tensor(1), ints([0, 1])], "values": rand(2, 4)}, {"accumulate": False}, grads=False)
case("edges", "index_fill/false", "index_fill", {"input": bools([True, True]), "index": ints([0])}, {"dim": 0, "value": False}, grads=False)
case("edges", "multi_margin_loss/met", "nn.functional.multi_margin_loss", {"input": floats([[0.0, -1.0, 1.0]]), "target": ints([0])}, {"reduction": "sum"})
case("edges", "multilabel_margin_loss/met", "nn.functional.multilabel_margin_loss", {"input": floats([[0.0, -1.0, 1.0]]), "target": ints([[0, -1, -1]])}, {"reduction": "sum"})
for op in ("cov", "corrcoef"):
    case("edges", f"{op}/one-variable", op, {"input": rand(1, 4)})
for op in ("trapezoid", "cumulative_trapezoid"):
    case("edges", f"{op}/nothing", op, {"y": torch.zeros(2, 0)}, grads=False)

a, b, y = floats([nan, 1.0, 1.0, nan]), floats([1.0, nan, 1.0, 0.0]), floats([1.0, -1.0, 1.0, -1.0])
case("edges", "margin_ranking_loss/nan", "nn.functional.margin_ranking_loss", {"input1": a, "input2": b, "target": y}, {"margin": 0.5, "reduction": "none"}, nograd=("target",))
case("edges", "hinge_embedding_loss/nan", "nn.functional.hinge_embedding_loss", {"input": floats([nan, nan, 1.0, 0.5]), "target": y}, {"reduction": "none"}, nograd=("target",))
inputs = {"input1": floats([[nan, 1.0], [2.0, 1.0]]), "input2": floats([[1.0, 1.0], [0.5, 3.0]]), "target": floats([-1.0, -1.0])}
case("edges", "cosine_embedding_loss/nan", "nn.functional.cosine_embedding_loss", inputs, {"reduction": "none"}, nograd=("target",))
inputs = {"anchor": floats([[nan, 1.0], [2.0, 1.0]]), "positive": floats([[1.0, 1.0], [0.5, 3.0]]), "negative": floats([[1.0, 2.0], [2.0, 2.0]])}
case("edges", "triplet_margin_loss/nan", "nn.functional.triplet_margin_loss", inputs, {"reduction": "none"})
inputs = {"input": floats([[nan, 1.0, 2.0], [1.0, nan, 0.5]])}
case("edges", "multi_margin_loss/nan", "nn.functional.multi_margin_loss", {**inputs, "target": ints([0, 0])}, {"reduction": "none"})
case("edges", "multilabel_margin_loss/nan", "nn.functional.multilabel_margin_loss", {**inputs, "target": ints([[0, -1, -1], [0, -1, -1]])}, {"reduction": "none"})

raises("edges", "conv2d/unknown-padding", "nn.functional.conv2d", {"input": rand(1, 1, 3, 3), "weight": rand(1, 1, 2, 2)}, {"padding": "SAME"})
for dims in (-1, [[1], [0], [0]], [[1]], [[1], [0, 1]]):
    raises("edges", f"tensordot/{json.dumps(dims)}", "tensordot", {"a": rand(2, 3), "b": rand(3, 2)}, {"dims": dims})
raises("edges", "bilinear/one-among-many", "nn.functional.bilinear", {"input1": rand(4, 2), "input2": rand(1, 3), "weight": rand(2, 2, 3)})
raises("edges", "triplet_margin_loss/other-rank", "nn.functional.triplet_margin_loss", {"anchor": rand(2, 2, 3), "positive": rand(2, 3), "negative": rand(2, 3)})
raises("edges", "multi_margin_loss/fractions", "nn.functional.multi_margin_loss", {"input": rand(2, 3), "target": floats([0.0, 1.0])})
raises("edges", "embedding_bag/no-such-padding", "nn.functional.embedding_bag", {"input": ints([[0]]), "weight": rand(2, 3)}, {"padding_idx": -9})

for op, low, high in (("entr", 0.1, 3), ("erfcx", -2, 4), ("expit", -4, 4), ("gammaln", 0.1, 9), ("i0", -4, 9.5), ("i0e", -4, 9.5), ("i1", -4, 9.5), ("i1e", -4, 9.5),
                      ("log_ndtr", -9, 3), ("ndtr", -3, 3), ("ndtri", 0.01, 0.99), ("psi", 0.1, 9)):
    case("special", op, f"special.{op}", {"input": rand(2, 5, low=low, high=high)})
for op in ("j0", "j1", "y0", "y1"):
    case("special", f"bessel_{op}", f"special.bessel_{op}", {"input": rand(2, 5, low=0.2, high=12)}, grads=False)
for op in ("airy_ai", "spherical_bessel_j0", "modified_bessel_i0", "modified_bessel_i1"):
    case("special", op, f"special.{op}", {"input": rand(2, 5, low=-2, high=6)}, grads=False, fn=lambda input, op=op: getattr(torch.special, op)(input))
for op in ("modified_bessel_k0", "modified_bessel_k1", "scaled_modified_bessel_k0", "scaled_modified_bessel_k1"):
    case("special", op, f"special.{op}", {"input": rand(2, 5, low=0.2, high=6)}, grads=False, fn=lambda input, op=op: getattr(torch.special, op)(input))
for op in ("gammainc", "gammaincc"):
    inputs = {"input": rand(6, 1, low=0.2, high=12), "other": rand(4, low=0.2, high=15)}
    case("special", op, f"special.{op}", inputs, nograd=("input",))
    case("special", f"igamma{op[8:]}", f"igamma{op[8:]}", inputs, nograd=("input",))
case("special", "zeta", "special.zeta", {"input": rand(3, 1, low=1.2, high=6), "other": rand(4, low=0.2, high=6)}, nograd=("input",))
case("special", "xlog1py", "special.xlog1py", {"input": rand(3, 1), "other": rand(4, low=-0.9, high=3)})
case("special", "logaddexp2", "logaddexp2", {"input": rand(3, 1), "other": rand(4)})
case("special", "multigammaln", "special.multigammaln", {"input": rand(2, 3, low=1.2, high=5)}, {"p": 3}, fn=lambda input, p: torch.special.multigammaln(input, p))
for op in ("chebyshev_polynomial_t", "chebyshev_polynomial_u", "chebyshev_polynomial_v", "chebyshev_polynomial_w", "hermite_polynomial_h", "hermite_polynomial_he",
           "laguerre_polynomial_l", "legendre_polynomial_p", "shifted_chebyshev_polynomial_t", "shifted_chebyshev_polynomial_u", "shifted_chebyshev_polynomial_v",
           "shifted_chebyshev_polynomial_w"):
    case("special", op, f"special.{op}", {"input": rand(4, low=0.1, high=0.9)}, {"n": 5}, grads=False, fn=lambda input, n, op=op: getattr(torch.special, op)(input, n))

for op in ("gcd", "lcm"):
    case("special", op, op, {"input": ints([12, -18, 0, 0, 91]), "other": ints([18, 24, 5, 0, -14])}, grads=False)
case("special", "float_power", "float_power", {"input": rand(3, low=0.1), "exponent": rand(2, 1)}, grads=False)
case("special", "ldexp", "ldexp", {"input": rand(3), "other": ints([3, -2, 0])}, fn=lambda input, other: torch.ldexp(input, other.int()))
case("special", "frexp", "frexp", {"input": floats([0.0, 3.5, -0.3, 1e-30, inf, nan])}, grads=False)
case("special", "nextafter", "nextafter", {"input": floats([1.0, 0.75, -2.0, inf]), "other": floats([2.0, -1.0, 0.0, 1.0])}, grads=False, rtol=0, atol=0)
case("special", "gradient", "gradient", {"input": rand(4, 5)}, {"spacing": 0.5, "edge_order": 2}, fn=lambda input, spacing, edge_order: torch.gradient(input, spacing=spacing, edge_order=edge_order))
case("special", "gradient/coordinates", "gradient", {"input": rand(3, 4), "coordinates": [floats([0.0, 1.0, 3.0]), floats([-1.0, 0.5, 1.0, 4.0])]}, grads=False, fn=lambda input, coordinates: torch.gradient(input, spacing=coordinates))
case("special", "histogram", "histogram", {"input": rand(12)}, {"bins": 4}, grads=False, fn=lambda input, bins: torch.histogram(input, bins))
case("special", "histogram/density", "histogram", {"input": rand(12), "weight": rand(12, low=0.1)}, {"bins": 3, "range": [-1.0, 1.5], "density": True}, grads=False, fn=lambda input, weight, bins, range, density: torch.histogram(input, bins, range=range, weight=weight, density=density))
case("special", "histogramdd", "histogramdd", {"input": rand(10, 2)}, {"bins": [2, 3]}, grads=False, fn=lambda input, bins: [torch.histogramdd(input, bins)[0], *torch.histogramdd(input, bins)[1]])
# ——— Fourier transforms: complex tensors as pairs ———


def paired(op, reads, writes):
    def call(input, **args):
        result = op(torch.view_as_complex(input) if reads else input, **args)
        return torch.view_as_real(result.resolve_conj()) if writes else result

    return call


transforms = {"fft": (True, True), "ifft": (True, True), "rfft": (False, True), "irfft": (True, False), "hfft": (True, False), "ihfft": (False, True)}
for op, (reads, writes) in transforms.items():
    pair = (2,) if reads else ()
    for args in ({}, {"n": 8, "norm": "ortho"}, {"n": 3, "norm": "forward"}, {"dim": 0}, {"n": 17, "dim": -2}):
        case("fourier", f"{op}/{json.dumps(args)}", f"fft.{op}", {"input": rand(3, 6, *pair)}, args, fn=paired(getattr(torch.fft, op), reads, writes), atol=2e-5)
    for args in ({}, {"s": [3, 5], "dim": [2, 0]}, {"norm": "ortho", "dim": [-2, -1]}):
        for op2 in (f"{op}2", f"{op}n"):
            case("fourier", f"{op2}/{json.dumps(args)}", f"fft.{op2}", {"input": rand(2, 3, 4, *pair)}, args, fn=paired(getattr(torch.fft, op2), reads, writes), atol=2e-5)
    raises("fourier", f"{op}/nothing", f"fft.{op}", {"input": rand(4)}, {"n": 0})
raises("fourier", "rfftn/twice", "fft.rfftn", {"input": rand(4, 4)}, {"dim": [0, -2]})
raises("fourier", "rfft2/lengths", "fft.rfft2", {"input": rand(4, 4)}, {"s": [4]})
for args in ({"n": 5}, {"n": 8, "d": 0.25}):
    for op in ("fftfreq", "rfftfreq"):
        case("fourier", f"{op}/{args['n']}", f"fft.{op}", {}, args, grads=False)
for op in ("fftshift", "ifftshift"):
    case("fourier", f"{op}/odd", f"fft.{op}", {"input": rand(3, 4)})
    case("fourier", f"{op}/dim", f"fft.{op}", {"input": rand(3, 4)}, {"dim": 1})
for op in ("hann", "hamming", "blackman", "bartlett", "kaiser"):
    for args in ({"window_length": 7}, {"window_length": 8, "periodic": False}, {"window_length": 1}):
        case("fourier", f"{op}_window/{args['window_length']}", f"{op}_window", {}, args, grads=False)
for args in ({"n_fft": 6}, {"n_fft": 6, "hop_length": 2, "center": False}, {"n_fft": 5, "normalized": True, "onesided": False}, {"n_fft": 8, "win_length": 6, "pad_mode": "constant"}):
    inputs = {"input": rand(2, 20), "window": rand(args.get("win_length", args["n_fft"]), low=0.5)}
    case("fourier", f"stft/{json.dumps(args)}", "stft", inputs, args, fn=lambda input, **rest: torch.view_as_real(torch.stft(input, return_complex=True, **rest)), atol=2e-5)
    rest = {name: value for name, value in args.items() if name != "pad_mode"}
    pieces = rand(2, args["n_fft"] // 2 + 1 if args.get("onesided", True) else args["n_fft"], 5, 2)
    for more in ({}, {"length": 10}):
        inputs = {"input": pieces, "window": inputs["window"]}
        case("fourier", f"istft/{json.dumps({**rest, **more})}", "istft", inputs, {**rest, **more}, fn=lambda input, **rest: torch.istft(torch.view_as_complex(input), **rest), atol=2e-5)
case("fourier", "complex", "complex", {"real": rand(3, 4), "imag": rand(3, 4)}, fn=lambda real, imag: torch.view_as_real(torch.complex(real, imag)))
case("fourier", "polar", "polar", {"abs": rand(3, 4, low=0.1), "angle": rand(3, 4)}, fn=lambda abs, angle: torch.view_as_real(torch.polar(abs, angle)))

# ——— Arguments of operations that the other files call without them ———

observations, often, weights = rand(3, 5), ints([2, 0, 1, 3, 1]), rand(5, low=0.1, high=1)
for id, args, inputs in (
    ("frequencies", {}, {"fweights": often}),
    ("weights", {}, {"aweights": weights}),
    ("both", {"correction": 2}, {"fweights": often, "aweights": weights}),
    ("uncorrected", {"correction": 0}, {"aweights": weights}),
    ("overcorrected", {"correction": 9}, {"fweights": often}),
):
    inputs = {"input": observations, **inputs}
    case("arguments", f"cov/{id}", "cov", inputs, args, grads=id != "overcorrected", atol=1e-5)
case("arguments", "cov/weighted-vector", "cov", {"input": ints([3, 1, 4, 1, 5]), "aweights": weights}, grads=False)
raises("arguments", "cov/negative", "cov", {"input": observations, "fweights": ints([2, 0, 1, -3, 1])})
raises("arguments", "cov/no-weight", "cov", {"input": observations, "aweights": torch.zeros(5)})
raises("arguments", "cov/floats-as-frequencies", "cov", {"input": observations, "fweights": weights})
raises("arguments", "cov/too-few", "cov", {"input": observations, "aweights": rand(4, low=0.1)})

case("arguments", "diff/prepend", "diff", {"input": rand(2, 4), "prepend": rand(2, 1)})
inputs = {"input": rand(3, 4), "prepend": rand(2, 4), "append": rand(1, 4)}
case("arguments", "diff/both", "diff", inputs, {"n": 2, "dim": 0})
case("arguments", "diff/integers-and-floats", "diff", {"input": ints([1, 4, 2]), "append": rand(2)})
case("arguments", "diff/none", "diff", {"input": rand(3), "append": rand(2)}, {"n": 0}, nograd=("append",))
raises("arguments", "diff/other-size", "diff", {"input": rand(2, 4), "prepend": rand(1, 4)})

edges = floats([1.0, 2.0, 2.0, 5.0])
inputs = {"sorted_sequence": edges, "input": floats([[0.0, 2.0], [5.0, nan]])}
for args in ({"side": "left"}, {"side": "right"}, {"side": "right", "right": True}):
    case("arguments", f"searchsorted/{'-'.join(map(str, args.values()))}", "searchsorted", inputs, args, grads=False)
raises("arguments", "searchsorted/opposites", "searchsorted", inputs, {"side": "left", "right": True})
rows = rand(2, 6)
inputs = {"sorted_sequence": rows, "input": rand(2, 3), "sorter": rows.argsort(-1)}
case("arguments", "searchsorted/sorter", "searchsorted", inputs, grads=False)
raises("arguments", "searchsorted/sorter-of-another-shape", "searchsorted", {**inputs, "sorter": ints([0, 1])})

few, one, other = ints([3, -1, 3, 3, 7, -1]), {"return_inverse": True}, {"return_counts": True}
for args in ({}, one, other, {**one, **other}):
    case("arguments", f"unique/{'-'.join(args) or 'alone'}", "unique", {"input": few}, args, grads=False)
for id, input in (
    ("bytes", torch.tensor([250, 3, 250, 0], dtype=torch.uint8)),
    ("bools", bools([True, False, True])),
    ("floats", few.float()),
    ("wide", ints([2**31 - 1, -(2**31), 0, 0])),
):
    case("arguments", f"unique/{id}", "unique", {"input": input}, {**one, **other}, grads=False)
case("arguments", "unique/rows", "unique", {"input": ints([[1, 0], [2, 2], [1, 0]])}, {"dim": 0, **other}, grads=False)
case("arguments", "unique_consecutive/counts", "unique_consecutive", {"input": few}, other, grads=False)
case("arguments", "nonzero/tuple", "nonzero", {"input": ints([[0, 2, 0], [1, 0, 3]])}, {"as_tuple": True}, grads=False)
case("arguments", "nonzero/tuple-of-scalar", "nonzero", {"input": floats(2.0)}, {"as_tuple": True}, grads=False)

definite = floats([[4.0, 0.5, -1.0], [0.5, 3.0, 0.25], [-1.0, 0.25, 2.0]])
upper_only = torch.triu(definite) + torch.tril(torch.full((3, 3), 9.0), -1)
for id, input, upper in (
    ("symmetric", definite, True),
    ("upper-triangle", upper_only, True),
    ("lower", torch.stack([definite, 2 * definite]), False),
):
    fn = lambda A, upper: torch.linalg.cholesky(A, upper=upper)
    case("arguments", f"cholesky/{id}", "linalg.cholesky", {"A": input}, {"upper": upper}, fn=fn, atol=1e-5)
for id, a, b in (("matrix", (3, 3), (2, 3)), ("broadcast", (2, 1, 3, 3), (4, 2, 3))):
    inputs = {"A": rand(*a) + 3 * torch.eye(3), "B": rand(*b)}
    case("arguments", f"solve/right-{id}", "linalg.solve", inputs, {"left": False}, atol=1e-5)
for id, a, b in (("vector", (3, 3), (3,)), ("rows", (3, 3), (3, 2)), ("batch-of-vectors", (2, 3, 3), (2, 3))):
    raises("arguments", f"solve/right-{id}", "linalg.solve", {"A": rand(*a), "B": rand(*b)}, {"left": False})
whole = floats([[2.0, -1.0, 1.0], [-1.0, -3.0, 2.0], [1.0, 2.0, 0.5]])
lower_only = torch.tril(whole) + torch.triu(torch.full((3, 3), 9.0), 1)
for op in ("pinv", "matrix_rank"):
    fn = lambda A, op=op, **args: getattr(torch.linalg, op)(A, **args)
    for id, input, args in (
        ("symmetric", whole, {}),
        ("rank-one", torch.outer(whole[0], whole[0]), {"atol": 1e-3}),
        ("lower-triangle", lower_only, {}),
    ):
        grads = op == "pinv" and id == "symmetric"
        args = {"hermitian": True, **args}
        case("arguments", f"{op}/{id}", f"linalg.{op}", {"A": input}, args, fn=fn, grads=grads, atol=1e-5)
    raises("arguments", f"{op}/not-square", f"linalg.{op}", {"A": rand(2, 3)}, {"hermitian": True}, fn=fn)

for dims, shape, size in ((1, (2, 3, 7), 3), (2, (1, 2, 5, 4), [3, 2]), (3, (1, 3, 4, 2), [2, 2, 1])):
    args = {"output_size": size, "return_indices": True}
    case("arguments", f"AdaptiveMaxPool{dims}d/indices", f"nn.AdaptiveMaxPool{dims}d", {"input": rand(*shape)}, args)

limits = {"base_lr": 0.01, "max_lr": 0.1, "step_size_up": 3, "step_size_down": 2}
for mode in ("cycle", "iterations"):
    args = {**limits, "scale_fn": {"name": "power", "base": 0.9}, "scale_mode": mode}
    build = lambda o: S.CyclicLR(o, **limits, scale_fn=lambda e: 0.9**e, scale_mode=mode)
    scheduler(f"CyclicLR/{mode}", "CyclicLR", args, build, "arguments")

# A scalar counts as a vector of one element.
one = rand()
case("arguments", "gather/scalar", "gather", {"input": one, "index": ints([0, 0])}, {"dim": 0})
case("arguments", "gather/scalar-index", "gather", {"input": rand(3), "index": ints(2)}, {"dim": 0})
case("arguments", "index_add/scalar", "index_add", {"input": one, "index": ints([0]), "source": rand()}, {"dim": 0})
case("arguments", "index_copy/scalar", "index_copy", {"input": one, "index": ints(0), "source": rand()}, {"dim": -1})
case("arguments", "index_fill/scalar", "index_fill", {"input": one, "index": ints([0])}, {"dim": 0, "value": 2.5})
inputs = {"input": one, "index": ints([0]), "source": rand()}
case("arguments", "index_reduce/scalar", "index_reduce", inputs, {"dim": 0, "reduce": "amax"})
raises("arguments", "index_copy/scalar-out-of-range", "index_copy", {**inputs, "index": ints([1])}, {"dim": 0})

for reduce in ("amax", "amin"):
    inputs = {"input": bools([True, True, False]), "index": ints([0, 0, 2]), "src": bools([False, False, True])}
    args = {"dim": 0, "reduce": reduce, "include_self": False}
    case("arguments", f"scatter_reduce/bools-{reduce}", "scatter_reduce", inputs, args, grads=False)
flags = {"input": bools([[True, False], [False, False]]), "vec1": bools([False, True]), "vec2": bools([True, True])}
case("arguments", "addr/bools", "addr", flags, grads=False)
batch = torch.tensor([[[100, 7], [2, 3]], [[90, 1], [200, 5]]], dtype=torch.uint8)
inputs = {"input": batch[0], "batch1": batch, "batch2": batch.transpose(1, 2)}
case("arguments", "addbmm/bytes", "addbmm", inputs, grads=False)

args = {"start": 2.7, "end": 9.8, "steps": 4, "dtype": "int64"}
case("arguments", "linspace/integers", "linspace", {}, args, fn=lambda dtype, **a: torch.linspace(dtype=torch.int64, **a), grads=False)
args = {"start": 0.0, "end": 3.9, "steps": 4, "base": 3.0, "dtype": "int64"}
case("arguments", "logspace/integers", "logspace", {}, args, fn=lambda dtype, **a: torch.logspace(dtype=torch.int64, **a), grads=False)

for id, where in (("number", ints(4)), ("indices", ints([1, 2, 5]))):
    case("arguments", f"tensor_split/{id}", "tensor_split", {"input": rand(7, 2), "tensor_indices_or_sections": where})
raises("arguments", "tensor_split/no-number", "tensor_split", {"input": rand(7, 2), "tensor_indices_or_sections": ints(0)})

inputs, args = {"input": rand(8, 4, 2)}, {"n_fft": 8}
fn = lambda input, n_fft: torch.istft(torch.view_as_complex(input), n_fft)
case("arguments", "istft/two-sided", "istft", inputs, args, fn=fn, grads=False, atol=2e-5)
inputs = {"input": torch.tensor([[5.0, -4.0, 3.0], [2.0, 7.0, -6.0], [-3.0, 1.0, 4.0]])}
case("arguments", "matrix_exp/large", "matrix_exp", inputs, grads=False, rtol=4e-6)

# ——— Decompositions, compared without signs and order; tolerances for each matrix; failures in `info` ———


def unsigned(U, S, Vh):
    k = S.shape[-1]
    U, Vh = U[..., :k], Vh[..., :k, :]
    return U.abs(), S, Vh.abs(), (U * S.unsqueeze(-2)) @ Vh


for id, shape in (("tall", (2, 4, 2)), ("wide", (2, 4)), ("square", (3, 3))):
    for full in (True, False):
        fn = lambda A, full_matrices: unsigned(*torch.linalg.svd(A, full_matrices=full_matrices))
        case("decompositions", f"svd/{id}-{full}", "linalg.svd", {"A": rand(*shape)}, {"full_matrices": full}, fn=fn, atol=2e-5)
fn = lambda A, UPLO: [y.abs() if y.ndim > 1 else y for y in torch.linalg.eigh(A, UPLO=UPLO)]
for UPLO in ("L", "U"):
    case("decompositions", f"eigh/{UPLO}", "linalg.eigh", {"A": rand(3, 3)}, {"UPLO": UPLO}, fn=fn, grads=False, atol=2e-5)
for op in ("eig", "eigvals"):
    values = lambda A, op=op: torch.linalg.eigvals(A) if op == "eigvals" else torch.linalg.eig(A)[0]
    fn = lambda A, values=values: (values(A).real.sort().values, values(A).imag.sort().values)
    case("decompositions", op, f"linalg.{op}", {"A": rand(2, 4, 4)}, fn=fn, grads=False, atol=2e-5)
several = rand(2, 3, 1) @ rand(2, 1, 3) + 0.2 * rand(2, 3, 3)
for op in ("pinv", "matrix_rank"):
    for id, args in (
        ("rtol", {"rtol": floats([0.0, 0.5])}),
        ("scalar-rtol", {"rtol": floats(0.5)}),
        ("atol", {"atol": floats([0.0, 0.2])}),
        ("both", {"atol": floats([0.1, 100.0]), "rtol": floats(1e-6)}),
    ):
        fn = lambda A, op=op, **args: getattr(torch.linalg, op)(A, **args)
        case("decompositions", f"{op}/{id}", f"linalg.{op}", {"A": several, **args}, fn=fn, nograd=tuple(args), grads=op == "pinv", rtol=1e-3, atol=1e-3)
failing = torch.stack([torch.ones(3, 3), definite, -definite])
case("decompositions", "lu_factor_ex", "linalg.lu_factor_ex", {"A": failing}, fn=lambda A: torch.linalg.lu_factor_ex(A), grads=False, atol=1e-5)
case("decompositions", "lu_factor_ex/wide", "linalg.lu_factor_ex", {"A": rand(2, 3)}, fn=lambda A: torch.linalg.lu_factor_ex(A))
for upper in (True, False):
    for id, triangle in (("upper", upper_only), ("lower", upper_only.mT)):
        fn = lambda A, upper: torch.linalg.cholesky_ex(A, upper=upper)
        if upper == (id == "upper"):
            case("decompositions", f"cholesky_ex/{id}", "linalg.cholesky_ex", {"A": triangle}, {"upper": upper}, fn=fn, atol=1e-5)
for id, input, args in (("vector", rand(3), {}), ("batch", rand(2, 3), {"N": 4}), ("scalar", rand(), {"N": 3}), ("integers", ints([[1, -2]]), {"N": 5})):
    case("decompositions", f"vander/{id}", "linalg.vander", {"x": input}, args, grads=id != "integers", atol=1e-5)
raises("decompositions", "vander/none", "linalg.vander", {"x": rand(2)}, {"N": 0})
for n in (-2, 0, 3):
    case("decompositions", f"matrix_power/{n}", "linalg.matrix_power", {"A": definite}, {"n": n}, fn=lambda A, n: torch.linalg.matrix_power(A, n), grads=n != 0, atol=2e-4, rtol=1e-4)
for driver in ("gelsy", "gelsd"):
    # In float32, the last digits depend on where the memory of the matrices starts.
    fn = lambda A, B, driver: torch.linalg.lstsq(A.double(), B.double(), driver=driver)[0].float()
    case("decompositions", f"lstsq/{driver}", "linalg.lstsq", {"A": rand(4, 3), "B": rand(4, 2)}, {"driver": driver}, fn=fn, atol=1e-4)

for id, args in (("margin", {"margin": 1}), ("none", {"reduction": "none"}), ("mean", {})):
    inputs = {"input1": ints([3, -1, 4]), "input2": ints([1, 5, -9]), "target": ints([1, -1, -1])}
    case("arguments", f"margin_ranking_loss/integers-{id}", "nn.functional.margin_ranking_loss", inputs, args, grads=False)

save()
