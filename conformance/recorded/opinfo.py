"""Records PyTorch's results for the sample inputs of PyTorch's own tests (`torch.testing._internal`, the OpInfo database)
in the format of `conformance`: `python3 conformance/recorded/opinfo.py FOLDER [--dtype float32] [--only PREFIX]
[--reference]` writes one file per family of operations, several thousand cases, which `pnpm conformance FOLDER` runs.
`--reference` takes the larger set of inputs that PyTorch keeps for comparison with NumPy.

Complex numbers are recorded as pairs. Left out, and counted at the end: random, sparse and internal operations, results
that PyTorch does not specify, samples with arguments that JSON cannot hold, and large tensors.
"""

import argparse
import collections
import inspect
import json
import os
import random
import sys
import types
import unittest
import warnings

# PyTorch's test utilities import this package, but the samples do not use it.
sys.modules.setdefault("expecttest", types.SimpleNamespace(TestCase=unittest.TestCase, ACCEPT=False))

import torch
from torch.testing._internal.common_methods_invocations import op_db

warnings.filterwarnings("ignore")
torch.set_num_threads(1)

largest = 20000
"""The largest number of elements that a tensor of a case may have."""

tolerances = {"bfloat16": (1.6e-2, 1e-5), "float16": (1e-3, 1e-5), "float32": (2e-5, 2e-6), "float64": (1e-7, 1e-7)}
"""The relative and absolute tolerance, unless PyTorch's own results are less accurate."""

slack = {"bfloat16": 2, "float16": 2}
"""By how much a result may differ from that in float64, in multiples of the difference of PyTorch's own. Default: 8."""

prefixes = ("jiterator", "masked.", "sparse.", "_refs", "ops.", "to_sparse", "resize", "__r", "empty", "new_empty")
drawn = ("dropout", "bernoulli", "multinomial", "normal", "uniform", "rand", "rrelu", "fractional", "lowrank")
"""Parts of the names of random operations."""

internal = (
    *("as_strided_scatter", "chalf", "fill", "segment_reduce", "native_layer_norm", "native_batch_norm", "narrow_copy"),
    *("slice", "resolve_conj", "resolve_neg", "constant_pad_nd", "split_with_sizes"),
)
of_complex = (
    *("angle", "conj", "conj_physical", "real", "imag", "isreal", "H", "mH", "view_as_complex", "view_as_real"),
    "sgn",
)
"""Operations for complex numbers. (The gradient of `sgn` for real numbers is uninitialized memory.)"""
unspecified = ("svd", "symeig", "qr", "geqrf")
"""Deprecated decompositions that are only defined up to signs or a basis."""


def up_to_signs(result):
    """Returns what the singular vectors are up to their signs, and the product, which checks the signs."""
    U, S, Vh = result
    k = S.shape[-1]
    U, Vh = U[..., :k], Vh[..., :k, :]
    return U.abs(), S, Vh.abs(), (U * S.unsqueeze(-2)) @ Vh


def sorted_parts(values):
    """Returns the sorted real and the sorted imaginary parts of eigenvalues, whose order is not specified."""
    return values.detach().real.sort().values, values.detach().imag.sort().values


settled = {
    "linalg.eig": lambda result: sorted_parts(result[0]),
    "linalg.eigh": lambda result: (result[0], result[1].abs()),
    "linalg.eigvals": sorted_parts,
    "linalg.lstsq": lambda result: result if isinstance(result, torch.Tensor) else result[0],
    "linalg.svd": up_to_signs,
    "nn.functional._scaled_dot_product_attention": lambda result: result[0],
}
"""What is specified of a result: all but signs, order, and what depends on the algorithm."""

unlimited = (
    "special.",
    "nn.functional.celu",
    "nn.functional.elu",
    "nn.functional.hardshrink",
    "nn.functional.hardtanh",
    "nn.functional.hinge_embedding_loss",
    "nn.functional.margin_ranking_loss",
    "nn.functional.relu6",
    "nn.functional.selu",
    "nn.functional.softshrink",
)
"""Functions whose samples with NaN, infinities or large numbers are left out: PyTorch returns NaN where special
functions have a limit, and the gradients of the others at NaN are 0, 1 or NaN, and differ from one dtype to another.
"""

rough = ("special.bessel_j0", "special.bessel_j1")
"""Functions that PyTorch computes with the accuracy of float32 in float64, too."""

spreading = ("fft.", "nn.functional.embedding_bag", "nn.functional.unfold")
"""Operations in which the rounding of large numbers reaches small results or gradients."""

floating_only = ("avg_pool", "local_response_norm", "cosine_embedding_loss", "pairwise_distance")
"""Operations that accept only floating-point tensors in Akari, with an error that says so."""

least_dims = {
    "nn.functional.batch_norm": 2,
    "nn.functional.multi_margin_loss": 1,
    "nn.functional.multilabel_margin_loss": 1,
}
"""The smallest documented number of dimensions, for operations with samples that have fewer."""

of_real = ("fft.rfft", "fft.ihfft", "fft.fftshift", "fft.ifftshift")
"""Fourier transforms of real tensors. The others get complex ones, because Akari does not guess from a shape."""

conversions = {
    "bfloat16": "bfloat16",
    "bool": "bool",
    "byte": "uint8",
    "char": "int8",
    "double": "float64",
    "float": "float32",
    "half": "float16",
    "int": "int32",
    "long": "int64",
    "short": "int16",
}
"""Methods that convert to a dtype."""

signatures = {
    **dict.fromkeys(conversions, "input"),
    "T": "input",
    "__getitem__": "input index",
    "arange": "start end step",
    "atleast_1d": "*tensors",
    "atleast_2d": "*tensors",
    "atleast_3d": "*tensors",
    "block_diag": "*tensors",
    "broadcast_shapes": "*shapes",
    "broadcast_tensors": "*tensors",
    "broadcast_to": "input shape",
    "cartesian_prod": "*tensors",
    "dsplit": "input indices_or_sections",
    "einsum": "operands equation",
    "expand": "input *sizes",
    "eye": "n m",
    "hsplit": "input indices_or_sections",
    "linalg.lstsq": "A B rcond",
    "lu": "input pivot get_infos",
    "lu_solve": "b LU_data LU_pivots",
    "meshgrid": "*tensors",
    "nn.functional._scaled_dot_product_attention": "query key value attn_mask dropout_p is_causal",
    "nn.functional.adaptive_avg_pool1d": "input output_size",
    "nn.functional.embedding": "weight input",
    "nn.functional.embedding_bag": "weight input",
    "nn.functional.pad": "input pad mode value",
    "nn.functional.pairwise_distance": "x1 x2 p eps keepdim",
    "nn.functional.pixel_shuffle": "input upscale_factor",
    "nn.functional.pixel_unshuffle": "input downscale_factor",
    "nn.functional.prelu": "input weight",
    "nn.functional.softplus": "input beta threshold",
    "nonzero": "input",
    "permute": "input *dims",
    "polygamma": "input n",
    "repeat": "input *repeats",
    "reshape": "input *shape",
    "special.polygamma": "input n",
    "split": "input split_size_or_sections dim",
    "sum_to_size": "input *size",
    "tensor_split": "input indices_or_sections dim",
    "tile": "input *dims",
    "triangular_solve": "b A upper transpose unitriangular",
    "unfold": "input dimension size step",
    "unique": "input sorted return_inverse return_counts dim",
    "unique_consecutive": "input return_inverse return_counts dim",
    "view": "input *shape",
    "vsplit": "input indices_or_sections",
    "where": "input condition other",
}
"""The arguments of functions of which PyTorch does not tell them, or other than its documentation, in the order of the
samples. Those after a star may be given one by one.
"""

dispatched = {
    "nn.functional.adaptive_max_pool1d": torch.nn.functional._adaptive_max_pool1d,
    "nn.functional.adaptive_max_pool2d": torch.nn.functional._adaptive_max_pool2d,
    "nn.functional.adaptive_max_pool3d": torch.nn.functional._adaptive_max_pool3d,
    "nn.functional.max_pool1d": torch.nn.functional._max_pool1d,
    "nn.functional.max_pool2d": torch.nn.functional._max_pool2d,
    "nn.functional.max_pool3d": torch.nn.functional._max_pool3d,
}
"""Functions that choose between two others by an argument, whose own signature is `*args`."""

ignored = ("device", "layout", "pin_memory", "out", "requires_grad", "memory_format", "compute_mode")
"""Arguments that do not affect the values of results."""

triangular = {"cholesky_inverse": 0, "cholesky_solve": 1}
"""Functions that read a triangle of an argument. PyTorch's gradient of the other is not zero; its tests ignore it."""


class Skip(Exception):
    """A sample that the format cannot hold."""


def number(x):
    if x != x:
        return "NaN"
    return "Infinity" if x == float("inf") else "-Infinity" if x == -float("inf") else x


def in_pairs(x):
    return torch.view_as_real(x.resolve_conj()) if x.is_complex() else x


def written(x):
    if x.is_quantized or x.layout is not torch.strided:
        raise Skip("a tensor that is not dense")
    x = in_pairs(x.detach())
    if x.numel() > largest:
        raise Skip("a large tensor")
    dtype = str(x.dtype)[len("torch.") :]
    elements = x.contiguous().reshape(-1)
    if dtype == "float32":
        data = [number(float(str(v))) for v in elements.numpy()]
    else:
        data = [int(v) if isinstance(v, bool) else number(v) if isinstance(v, float) else v for v in elements.tolist()]
    return {"dtype": dtype, "shape": list(x.shape), "data": data}


def viewed(x):
    """Returns the contiguous tensor and the operations of which a non-contiguous tensor is a view, or None."""
    if x.is_contiguous() or x.is_complex():
        return None
    dims = range(x.dim())
    repeated = [d for d in dims if x.stride(d) == 0 and x.shape[d] > 1]
    order = sorted(dims, key=lambda d: -x.stride(d) if x.shape[d] > 1 else 0)
    y = x.detach()[tuple(slice(0, 1) if d in repeated else slice(None) for d in dims)].permute(order)
    sizes, slices, block = list(y.shape), [], 1
    for d in reversed(range(y.dim())):
        if y.shape[d] == 1:
            continue
        outer = [y.stride(e) for e in range(d) if y.shape[e] > 1]
        step = y.stride(d) // block
        sizes[d] = outer[-1] // block if outer else step * (y.shape[d] - 1) + 1
        if y.stride(d) % block or (outer and outer[-1] % block) or sizes[d] <= step * (y.shape[d] - 1):
            return None
        if (step, sizes[d]) != (1, y.shape[d]):
            slices.append(["slice", d, 0, step * (y.shape[d] - 1) + 1, step])
        block *= sizes[d]
    part = base = torch.ones(sizes, dtype=x.dtype)
    for _, d, start, stop, step in slices:
        part = part[tuple(slice(start, stop, step) if e == d else slice(None) for e in range(part.dim()))]
    part.copy_(y)
    inverse = [order.index(d) for d in dims]
    permuted = [] if inverse == list(dims) else [["permute", inverse]]
    expanded = [["expand", list(x.shape)]] if repeated else []
    if part.permute(inverse).expand(x.shape).stride() != x.stride() and not repeated:
        return None
    return {"base": written(base), "ops": [*slices, *permuted, *expanded]}


def plain(x):
    """Converts an argument that is not a tensor."""
    if isinstance(x, torch.dtype):
        return str(x)[len("torch.") :]
    if isinstance(x, float):
        return number(x)
    if x is None or isinstance(x, (bool, int, str)):
        return x
    if isinstance(x, (list, tuple)):
        return [plain(v) for v in x]
    raise Skip(f"an argument of type {type(x).__name__}")


def is_tensors(x):
    return isinstance(x, (list, tuple)) and len(x) > 0 and all(isinstance(v, torch.Tensor) for v in x)


def owner(name):
    found = torch
    for part in name.split("."):
        found = getattr(found, part, None)
    return found


def names_of(op, args, kwargs):
    """Returns the names of positional arguments: listed ones, from a Python function's signature, or from the overload
    that accepts them.
    """
    if op.name in signatures:
        return signatures[op.name].split()
    function = dispatched.get(op.name, owner(op.name))
    try:
        return [p.name for p in inspect.signature(function).parameters.values()]
    except (TypeError, ValueError):
        pass
    spellings = dict.fromkeys((op.aten_name, op.name, op.name.replace(".", "_"), op.name.split(".")[-1]))
    packets = [getattr(torch.ops.aten, name) for name in spellings if name and hasattr(torch.ops.aten, name)]
    for accepted in [getattr(packet, overload) for packet in packets for overload in packet.overloads()]:
        names = [a.name for a in accepted._schema.arguments]
        if "out" in names or any(k not in names for k in kwargs if k != "input"):
            continue
        try:
            with torch.no_grad():
                accepted(*fresh(args), **fresh(kwargs))
        except Exception:
            continue
        return [documented(op.name, n) for n in names]
    raise Skip("no overload with these arguments")


def documented(op, name):
    """Returns the name that the documentation of an operation gives to an argument of its schema."""
    if op == "nn.functional.one_hot":
        return {"self": "tensor"}.get(name, name)
    if op in ("linalg.vander", "linalg.vector_norm"):
        return {"self": "x"}.get(name, name)
    if op.startswith("linalg.") and op not in ("linalg.cross", "linalg.vecdot"):
        return {"self": "A", "input": "A", "b": "B", "other": "B"}.get(name, name)
    if op.startswith("special."):
        return {"self": "input", "x": "input"}.get(name, name)
    return "input" if name == "self" else name


def named(names, args, kwargs):
    """Returns arguments by name."""
    given = dict(kwargs)
    for i, name in enumerate(names[: len(args)]):
        if name.startswith("*"):
            rest = args[i:]
            alone = len(rest) == 1 and isinstance(rest[0], (list, tuple))
            given[name[1:]] = list(rest[0]) if alone else [v for r in rest for v in (r if is_tensors(r) else [r])]
        else:
            given[name] = args[i]
    if isinstance(given.get("start"), torch.Tensor):
        given["start"] = given["start"].item()
    # An empty stride and a distance that is a module are the defaults.
    default = lambda k, v: v is None or isinstance(v, torch.nn.Module) or k == "stride" and v in ([], ())
    return {k: v for k, v in given.items() if k not in ignored and not default(k, v)}


def tensors_in(result):
    if isinstance(result, torch.Tensor):
        return [result]
    if isinstance(result, bool):
        return [torch.tensor(result)]
    if isinstance(result, torch.Size):
        return [torch.tensor(result, dtype=torch.int64)]
    if isinstance(result, (list, tuple)):
        return [t for part in result for t in tensors_in(part)]
    raise Skip(f"a result of type {type(result).__name__}")


def doubled(x):
    """The same argument in float64."""
    if isinstance(x, torch.Tensor):
        wide = torch.complex128 if x.is_complex() else torch.float64 if x.is_floating_point() else x.dtype
        return x.detach().to(wide).requires_grad_(x.requires_grad)
    if isinstance(x, dict):
        return {k: doubled(v) for k, v in x.items()}
    if isinstance(x, (list, tuple)) and not hasattr(x, "_fields"):
        return type(x)([doubled(v) for v in x])
    return torch.float64 if x in (torch.float32, torch.float16, torch.bfloat16) else x


def fresh(x):
    """Copies the tensors of an argument in their layout, so that samples do not share memory and gradients."""
    if isinstance(x, torch.Tensor):
        if x.is_contiguous() or x.is_complex():
            return x.detach().clone().requires_grad_(x.requires_grad)
        same = torch.empty(0, dtype=x.dtype).set_(x.detach().storage().clone(), x.storage_offset(), x.shape, x.stride())
        return same.requires_grad_(x.requires_grad)
    if isinstance(x, dict):
        return {k: fresh(v) for k, v in x.items()}
    if isinstance(x, (list, tuple)) and not hasattr(x, "_fields"):
        return type(x)([fresh(v) for v in x])
    return x


def backward(outputs, index, upstream=None):
    """Runs the backward pass from random gradients of the results, or given ones, and returns these."""
    if upstream is None:
        generator = torch.Generator().manual_seed(index)
        upstream = [torch.randn(y.shape, generator=generator).to(y.dtype) if y.requires_grad else None for y in outputs]
    followed = [(y, u.to(y.dtype)) for y, u in zip(outputs, upstream) if u is not None]
    torch.autograd.backward(*zip(*followed))
    return upstream


def evaluated(op, names, args, kwargs, index, upstream=None):
    """Returns the results, their gradients, and the gradients by the names of arguments."""
    part = torch.triu if kwargs.get("upper") else torch.tril
    used = [part(v) if op.name in triangular and i == triangular[op.name] else v for i, v in enumerate(args)]
    result = op.op(*used, **kwargs)
    outputs = [in_pairs(y) for y in tensors_in(settled[op.name](result) if op.name in settled else result)]
    grads = {}
    if any(y.requires_grad for y in outputs):
        upstream = backward(outputs, index, upstream)
    for k, v in named(names, args, kwargs).items():
        if isinstance(v, torch.Tensor) and v.grad is not None:
            grads[k] = v.grad
        elif is_tensors(v) and any(t.grad is not None for t in v):
            grads[k] = [t.grad for t in v]
    return outputs, upstream, grads


def rounded(x, precise):
    """Returns a float64 result in the dtype of x, if it is one of floating-point numbers."""
    if isinstance(x, list):
        return [rounded(a, b) for a, b in zip(x, precise)]
    return precise.to(x.dtype) if x is not None and x.is_floating_point() and x.shape == precise.shape else x


def flat(x):
    """Returns the tensors in arguments, at any depth."""
    if isinstance(x, torch.Tensor):
        return [x]
    parts = x.values() if isinstance(x, dict) else x if isinstance(x, (list, tuple)) else ()
    return [t for part in parts for t in flat(part)]


def tolerance(dtype, pairs, spread):
    """Returns the tolerances for results and the same in float64: absolute where results are small, else relative. With
    `spread`, errors of large results reach small ones.
    """
    rtol, atol = tolerances.get(dtype, tolerances["float32"])
    for y, precise in pairs:
        if not y.is_floating_point() and not y.is_complex() or y.shape != precise.shape:
            continue
        y, precise = in_pairs(y.detach()), in_pairs(precise.detach())
        gap, size = slack.get(dtype, 8) * (y.double() - precise).abs(), y.double().abs()
        off = torch.isfinite(gap) & (gap > atol + rtol * size)
        if spread:
            atol = max([atol, *(0.1 * rtol * size[torch.isfinite(size)]).tolist()])
        large, small = off & (size > 1), off & (size <= 1)
        rtol = max([rtol, *(gap[large] / size[large]).tolist()])
        atol = max([atol, *gap[small].tolist()])
    return float(f"{rtol:.2g}"), float(f"{atol:.2g}")


def index_of(key, inputs):
    """Converts an index expression; index tensors become inputs."""
    several = isinstance(key, tuple) or isinstance(key, list) and any(isinstance(k, (list, slice)) for k in key)
    entries = []
    for k in key if several else [key]:
        if isinstance(k, slice):
            entries.append({"slice": [k.start, k.stop, k.step]})
        elif isinstance(k, (list, torch.Tensor)):
            name = f"index{len(entries)}"
            inputs[name] = written(torch.as_tensor(k))
            entries.append({"input": name})
        else:
            entries.append("..." if k is Ellipsis else plain(k))
    return entries


def called(op):
    """Returns the operation's name in PyTorch."""
    method = not callable(owner(op.name)) or op.name.endswith("_")
    return f"Tensor.{op.name}" if method else op.name.replace("._", ".")


def extreme(given, outputs):
    """Whether NaN, infinities, or numbers where little is left of a float's accuracy, occur in arguments or results."""
    large = any(bool((x.double().abs() > 1e6).any()) for x in flat(given))
    return large or not all(bool(torch.isfinite(x).all()) for x in flat([given, outputs]))


def specified(op, given, outputs):
    """Returns the results of which PyTorch specifies the values, with None in place of the others."""
    if op.name in ("topk", "kthvalue") and outputs[0].dtype not in (torch.float32, torch.float64):
        return [outputs[0], None]  # which of equal elements
    if op.name in ("argsort", "mode", "msort", "sort") and given["input"].dtype not in (torch.float32, torch.float64):
        if given["input"].numel() > 2000:
            raise Skip("which of equal elements, for which PyTorch's order depends on the size")
    if any(y.dtype is torch.int64 and bool((y.abs() >= 2**31).any()) for y in outputs):
        raise Skip("numbers beyond the range of int32")
    if op.name == "linalg.det" and bool((outputs[0] == 0).any()):
        raise Skip("a determinant of exactly zero, whose gradient PyTorch computes as zero")
    if op.name.startswith(unlimited) and extreme(given, outputs):
        raise Skip("NaN, infinities or large numbers where PyTorch does not specify the result or its gradient")
    if op.name == "einsum" and outputs[0].dtype is not given["operands"][0].dtype:
        raise Skip("a sum whose dtype depends on the order of evaluation")
    return outputs


def singular(name, given):
    """Whether arguments include points at which PyTorch's results or gradients are wrong or arbitrary."""
    x, y = (t if isinstance(t, torch.Tensor) else torch.zeros(0) for t in (given.get("input"), given.get("other")))
    odd = not bool(torch.isfinite(x).all())
    name = name.removeprefix("special.")
    if name in ("digamma", "polygamma", "psi"):
        return odd or bool(((x <= 0) & (x == x.double().round())).any())  # the gradient at a pole, 0 at infinity
    if name in ("i0", "copysign"):
        return odd  # NaN at infinity, NaN as a gradient
    if name in ("igamma", "igammac", "gammainc", "gammaincc"):
        return odd or bool(y.isnan().any())  # numbers in place of NaN
    if name == "logit":
        return "eps" not in given and bool(((x < 0) | (x > 1)).any())  # the gradient of NaN
    if name == "xlogy":
        return bool(((x == 0) & (y == 0)).any())  # the gradient 0 / 0
    if name == "ldexp":
        return bool((y.double().abs() > 1000).any())  # a gradient that overflows in another order of multiplication
    if name == "polar":
        return not bool((given["abs"] > 0).all() and torch.isfinite(given["angle"]).all())
    if name == "nn.functional.hardswish":
        return bool((x.abs() == 3).any())  # vectorized gradients differ from the others
    if name == "nn.functional.poisson_nll_loss":
        return x.requires_grad and bool((given["target"] == 0).any())  # the gradient is NaN
    return False


def checked(op, given, dtype):
    """Raises Skip for arguments with which PyTorch's results are unspecified or wrong."""
    if op.name == "unique" and given.get("sorted") is False and "dim" not in given:
        raise Skip("elements in any order")
    if op.name == "unique" and "dim" in given and given["input"].dim() > 2:
        raise Skip("slices in the order of a transpose, which later versions changed")
    if op.name == "mT" and given["input"].dim() < 2:
        raise Skip("a transposed scalar, which is deprecated")
    if op.name == "gather" and given["index"].dtype is torch.uint8:
        raise Skip("an index of another dtype, which is empty")
    if op.name == "istft" and given.get("return_complex"):
        raise Skip("a complex signal")
    if singular(op.name, given):
        raise Skip("a singular point")
    tensors = flat(given)
    if any(t.is_complex() for t in tensors) and not op.name.startswith(("fft.", "istft")):
        raise Skip("complex numbers")
    if not tensors and op.name in ("add", "sub", "mul", "div", "floor_divide", "true_divide"):
        raise Skip("two numbers")
    if op.name == "where" and any(isinstance(v, float) and v == round(v) for v in given.values()):
        raise Skip("a float without a fraction, which JavaScript does not distinguish from an integer")
    if op.name.startswith("bitwise_") and op.name.endswith("_shift"):
        if not bool(((given["other"] >= 0) & (given["other"] < (8 if dtype == "uint8" else 32))).all()):
            raise Skip("shifts by more bits than there are")
    if op.name in ("long", "int", "short", "char", "byte") and not bool((given["input"].double().abs() < 2**31).all()):
        raise Skip("numbers beyond the range of integers")
    if op.name == "cov" and dtype == "float64" and {"aweights", "fweights"} & given.keys():
        raise Skip("weights of lower precision")
    if op.name == "float_power" and dtype == "float16":
        raise Skip("terms of a gradient beyond the range of float16")
    if op.name == "aminmax" and given["input"].dim() == 0 and given.get("keepdim"):
        raise Skip("a result that PyTorch resizes with a warning")
    if op.name == "cross" and "dim" not in given:
        raise Skip("the first dimension of size 3, which is deprecated")
    if op.name.endswith("trapezoid") or op.name == "trapz":
        if dtype == "uint8":
            raise Skip("differences that wrap around")
    if op.name == "where" and given["condition"].dtype is not torch.bool:
        raise Skip("a uint8 condition, which is deprecated")
    if op.name == "to" and "dtype" not in given:
        raise Skip("a conversion to the same dtype")
    if op.name == "linspace" and not given.get("dtype", torch.float32).is_floating_point:
        raise Skip("vector code that truncates the step")
    if op.name.startswith(("add", "baddbmm")) and dtype not in tolerances:
        if any(isinstance(given.get(k), float) for k in ("alpha", "beta", "value")):
            raise Skip("a fraction for integers, which the documentation excludes")
    if given.get("dropout_p", 0) > 0:
        raise Skip("a random result")
    if op.name == "nn.functional.softmin" and dtype == "uint8":
        raise Skip("a negation of uint8, where the documentation says that the input is converted first")
    if op.name in least_dims and given["input"].dim() < least_dims[op.name]:
        raise Skip("fewer dimensions than documented")
    if op.name == "nn.functional.multi_margin_loss" and given["input"].dim() == given["target"].dim():
        raise Skip("a vector of one target for one row of scores, where the documentation has a scalar")


def adapted(op, sample, index):
    """Returns the arguments of a sample in the form that Akari accepts."""
    args, kwargs = (sample.input, *sample.args), dict(sample.kwargs)
    if op.name == "to":
        wanted = [v for v in args[1:] if isinstance(v, torch.dtype)]
        args, kwargs = (args[0],), {"dtype": wanted[0]} if wanted else {}
    if kwargs.get("memory_format") not in (None, torch.preserve_format, torch.contiguous_format):
        raise Skip("a memory format")
    if kwargs.pop("need_attn_weights", False):
        raise Skip("weights that only PyTorch returns")
    if op.name == "linalg.pinv" and op.variant_test_name == "singular":
        # The samples are factors of the matrix.
        args, op.op = ((args[0] @ args[1].mT).detach().requires_grad_(args[0].requires_grad),), torch.linalg.pinv
    if op.name == "nn.functional.ctc_loss":
        # PyTorch's gradient has an additional term, which vanishes in the backward pass of `log_softmax`.
        args = (args[0].detach(), *args[1:])
    if "_polynomial_" in op.name:
        # The samples have a degree for each element, which Akari lacks.
        args = (args[0], index % 7)
    if op.name.startswith("fft.") and not op.name.startswith(of_real):
        wide = torch.complex128 if args[0].dtype is torch.float64 else torch.complex64
        args = (args[0].detach().to(wide).requires_grad_(args[0].requires_grad), *args[1:])
    if op.name.startswith("histogram"):
        in_order = lambda x: x.sort().values if isinstance(x, torch.Tensor) else x
        args = (args[0], [in_order(v) for v in args[1]] if isinstance(args[1], list) else in_order(args[1]))
    if op.name in ("add", "sub") and "alpha" in kwargs:
        kwargs["alpha"] *= 1  # a number instead of a bool
    return fresh(args), fresh(kwargs)


def case(op, sample, index, dtype):
    args, kwargs = adapted(op, sample, index)
    names = names_of(op, args, kwargs)
    if op.name == "arange":
        args = tuple(int(v) if isinstance(v, bool) else v for v in args)
        if dtype == "uint8" and any(isinstance(v, float) for v in (*args, kwargs.get("end"))):
            raise Skip("a number of elements that depends on the integer type")
        names = ["end"] if len(args) == 1 and "end" not in kwargs else names
    if len(args) > len(names):
        # A method with a variable number of sizes.
        args = (*args[: len(names) - 1], list(args[len(names) - 1 :])) if not names[-1].startswith("*") else args
    given = named(names, args, kwargs)
    checked(op, given, dtype)
    inputs, rest, views = {}, {}, {}
    if op.name == "__getitem__":
        rest["index"] = index_of(given.pop("index"), inputs)
    if op.name in conversions:
        rest["dtype"] = conversions[op.name]
    for name, value in given.items():
        if isinstance(value, torch.Tensor):
            inputs[name], view = written(value), viewed(value)
            if view is not None:
                views[name] = view
        elif is_tensors(value):
            inputs[name], list_of = [written(v) for v in value], [viewed(v) for v in value]
            if any(v is not None for v in list_of):
                views[name] = list_of
        else:
            rest[name] = plain(value)
    outputs, upstream, grads = evaluated(op, names, fresh(args), fresh(kwargs), index)
    rtol, atol = tolerances.get(dtype, tolerances["float32"])
    try:
        wide, _, wide_grads = evaluated(op, names, doubled(args), doubled(kwargs), index, upstream)
        found, precise = flat([outputs, grads]), flat([wide, wide_grads])
        if dtype in ("bfloat16", "float16") and op.name != "nan_to_num":
            # Some functions compute in half precision, and are inaccurate or overflow where float32 does not.
            outputs, grads = rounded(outputs, wide), {k: rounded(v, wide_grads[k]) for k, v in grads.items()}
        both, accuracy = zip(found, precise, strict=True), "float32" if op.name in rough else dtype
        rtol, atol = tolerance(accuracy, both, op.name.startswith(spreading))
    except Exception:
        pass
    for v in given.values():
        if isinstance(v, torch.Tensor) and v.is_floating_point():
            rtol, atol = (max(pair) for pair in zip((rtol, atol), tolerances[str(v.dtype)[len("torch.") :]]))
    variant = f"-{op.variant_test_name}" if op.variant_test_name else ""
    one = {"id": f"{op.name}{variant}/{dtype}-{index}", "op": "Tensor.to" if op.name in conversions else called(op)}
    one["inputs"] = inputs
    if views:
        one["view"] = views
    one["args"] = rest
    one["outputs"] = [None if y is None else written(y) for y in specified(op, given, outputs)]
    if grads:
        one["upstream"] = [None if u is None else written(u) for u in upstream]
        one["grads"] = {
            k: [None if t is None else written(t) for t in v] if isinstance(v, list) else written(v)
            for k, v in grads.items()
        }
        leaves = {k: v for k, v in given.items() if isinstance(v, torch.Tensor) and v.is_floating_point()}
        without = [k for k in leaves if k not in grads]
        if without:
            one["nograd"] = without
    one["rtol"], one["atol"] = rtol, atol
    return one


def family_of(op):
    head = op.name.split(".")
    return "_".join(head[:-1]) if len(head) > 1 else "tensor"


def write(folder, family, cases):
    os.makedirs(folder, exist_ok=True)
    lines = ",\n".join(json.dumps(one) for one in cases)
    with open(os.path.join(folder, f"{family}.json"), "w") as file:
        file.write(f'{{"torch": "{torch.__version__}", "family": "{family}", "cases": [\n{lines}\n]}}\n')
    print(f"{family}: {len(cases)} cases")


def left_out(op, dtype):
    """Returns why an operation is left out, or None."""
    if op.name.startswith(prefixes):
        return "sparse, masked or internal"
    if any(word in op.name.replace("normalize", "") for word in drawn):
        return "random"
    if not dtype.is_floating_point and any(word in op.name for word in floating_only):
        return "for floating-point numbers"
    reasons = {"internal": internal, "defined up to a sign or basis": unspecified, "for complex numbers": of_complex}
    return next((why for why, names in reasons.items() if op.name in names), None)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("--dtype", default="float32")
    parser.add_argument("--only", default="")
    parser.add_argument("--reference", action="store_true")
    options = parser.parse_args()
    dtype = getattr(torch, options.dtype)
    families, skipped = collections.defaultdict(list), collections.defaultdict(collections.Counter)
    for op in op_db:
        if not op.name.startswith(options.only) or dtype not in op.dtypes:
            continue
        why = left_out(op, dtype)
        if why is not None:
            skipped[f"operations: {why}"][op.name] += 1
            continue
        wants = dtype.is_floating_point and op.supports_autograd and dtype in op.supported_backward_dtypes("cpu")
        random.seed(0)
        torch.manual_seed(0)
        try:
            inputs = op.reference_inputs if options.reference else op.sample_inputs
            samples = list(inputs("cpu", dtype, requires_grad=wants))
        except Exception as error:
            skipped[f"no samples: {str(error)[:80]}"][op.name] += 1
            continue
        for index, sample in enumerate(samples):
            try:
                families[family_of(op)].append(case(op, sample, index, options.dtype))
            except Skip as why:
                skipped[f"{why}"][op.name] += 1
            except Exception as error:
                skipped[f"{type(error).__name__}: {str(error)[:80]}"][op.name] += 1
    for family, cases in families.items():
        write(options.folder, f"{family}-{options.dtype}", cases)
    for why, names in sorted(skipped.items(), key=lambda item: -item[1].total()):
        print(f"left out, {names.total()}: {why}: {', '.join(f'{name} {n}' for name, n in names.most_common())}")


if __name__ == "__main__":
    main()
