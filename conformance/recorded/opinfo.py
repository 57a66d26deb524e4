"""Records PyTorch's results for the sample inputs of PyTorch's own tests (`torch.testing._internal`, the OpInfo database)
in the format of `conformance`: `python3 conformance/recorded/opinfo.py FOLDER [--dtype float32] [--only PREFIX]
[--reference]` writes one file per family of operations, several thousand cases, which `pnpm conformance FOLDER` runs.
`--reference` takes the larger set of inputs that PyTorch keeps for comparison with NumPy.

Left out, and counted at the end: random and complex operations, samples with arguments that JSON cannot hold, results that
are only defined up to a sign or a basis, and large tensors.
"""

import argparse
import collections
import inspect
import json
import os
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

largest = 2000
"""The largest number of elements that a tensor of a case may have."""

prefixes = ("jiterator", "masked.", "sparse.", "_refs", "ops.", "to_sparse", "resize", "__r", "as_strided", "empty", "new_empty")
random = ("dropout", "bernoulli", "multinomial", "normal", "uniform", "rand", "rrelu", "fractional", "lowrank")


dispatched = {
    "nn.functional.adaptive_max_pool1d": torch.nn.functional._adaptive_max_pool1d,
    "nn.functional.adaptive_max_pool2d": torch.nn.functional._adaptive_max_pool2d,
    "nn.functional.adaptive_max_pool3d": torch.nn.functional._adaptive_max_pool3d,
    "nn.functional.max_pool1d": torch.nn.functional._max_pool1d,
    "nn.functional.max_pool2d": torch.nn.functional._max_pool2d,
    "nn.functional.max_pool3d": torch.nn.functional._max_pool3d,
    "unique": torch.functional._unique_impl,
    "unique_consecutive": torch.functional._unique_consecutive_impl,
}
"""Functions that choose between two others by an argument, whose own signature is `*args`."""

variadic = ("atleast_1d", "atleast_2d", "atleast_3d", "block_diag", "broadcast_tensors", "cartesian_prod", "meshgrid")
"""Functions that accept any number of tensors as arguments."""


class Skip(Exception):
    """A sample that the format cannot hold."""


def number(x):
    if x != x:
        return "NaN"
    return "Infinity" if x == float("inf") else "-Infinity" if x == -float("inf") else x


def written(x):
    if x.is_complex() or x.is_quantized or x.layout is not torch.strided:
        raise Skip("a tensor that is not real and dense")
    if x.numel() > largest:
        raise Skip("a large tensor")
    x = x.detach()
    dtype = str(x.dtype)[len("torch.") :]
    flat = x.contiguous().reshape(-1)
    if dtype == "float32":
        data = [number(float(str(v))) for v in flat.numpy()]
    else:
        data = [int(v) if isinstance(v, bool) else number(v) if isinstance(v, float) else v for v in flat.tolist()]
    return {"dtype": dtype, "shape": list(x.shape), "data": data}


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
    """Returns the names of positional arguments: from a Python function's signature, or from the overload that accepts them."""
    function = dispatched.get(op.name, owner(op.name))
    try:
        return [p.name for p in inspect.signature(function).parameters.values()]
    except (TypeError, ValueError):
        pass
    packet = getattr(torch.ops.aten, op.aten_name or op.name, None)
    if packet is None:
        raise Skip("an operation without a schema")
    for overload in packet.overloads():
        accepted = getattr(packet, overload)
        names = [a.name for a in accepted._schema.arguments]
        if "out" in names or any(k not in names for k in kwargs if k not in ("input",)):
            continue
        try:
            with torch.no_grad():
                accepted(*args, **kwargs)
        except Exception:
            continue
        first = "x" if op.name == "linalg.vector_norm" else "A" if op.name.startswith("linalg.") else "input"
        return [first if n == "self" else n for n in names]
    raise Skip("no overload with these arguments")


def tensors_in(result):
    if isinstance(result, torch.Tensor):
        return [result]
    if isinstance(result, (list, tuple)):
        return [t for part in result for t in tensors_in(part)]
    raise Skip(f"a result of type {type(result).__name__}")


def doubled(x):
    """The same argument in float64."""
    if isinstance(x, torch.Tensor):
        return x.detach().double() if x.is_floating_point() else x.detach()
    if isinstance(x, (list, tuple)):
        return type(x)(doubled(v) for v in x) if not hasattr(x, "_fields") else x
    return torch.float64 if x is torch.float32 else x


def errors(op, args, kwargs, outputs):
    """The largest relative and absolute differences of float32 results from those in float64."""
    try:
        with torch.no_grad():
            precise = tensors_in(op.op(*doubled(args), **{k: doubled(v) for k, v in kwargs.items()}))
        pairs = [(a.detach().double(), b) for a, b in zip(outputs, precise) if a.is_floating_point() and a.shape == b.shape]
        gaps = [(a - b)[torch.isfinite(a - b)].abs() for a, b in pairs]
        return max([float(g.max()) for g in gaps if g.numel() > 0], default=0.0)
    except Exception:
        return 0.0


def fresh(x):
    """Copies the tensors of an argument, so that samples and lists that share tensors do not share gradients."""
    if isinstance(x, torch.Tensor):
        return x.detach().clone().requires_grad_(x.requires_grad)
    if isinstance(x, (list, tuple)) and not hasattr(x, "_fields"):
        return type(x)(fresh(v) for v in x)
    return x


def case(op, sample, index, dtype):
    sample.input, sample.args = fresh(sample.input), fresh(tuple(sample.args))
    sample.kwargs = {k: fresh(v) for k, v in sample.kwargs.items()}
    args, kwargs = (sample.input, *sample.args), dict(sample.kwargs)
    if is_tensors(sample.input) and op.name in variadic:
        names, args = ["tensors"], ([*sample.input, *sample.args],)
    elif op.name in variadic:
        names, args = ["tensors"], ([*args],)
    else:
        names = names_of(op, args, kwargs)
    if len(args) > len(names):
        # A method with a variable number of sizes, such as permute(0, 1).
        args = (*args[: len(names) - 1], list(args[len(names) - 1 :]))
    given = {**dict(zip(names, args)), **kwargs}
    inputs, rest = {}, {}
    for name, value in given.items():
        if isinstance(value, torch.Tensor):
            inputs[name] = written(value)
        elif is_tensors(value):
            inputs[name] = [written(v) for v in value]
        elif value is not None and name not in ("device", "layout", "pin_memory", "out"):
            rest[name] = plain(value)
    outputs = tensors_in(op.op(sample.input, *sample.args, **kwargs))
    kind = op.name if callable(owner(op.name)) else f"Tensor.{op.name}"
    variant = f"-{op.variant_test_name}" if op.variant_test_name else ""
    one = {"id": f"{op.name}{variant}/{dtype}-{index}", "op": kind, "inputs": inputs, "args": rest}
    one["outputs"] = [written(y) for y in outputs]
    leaves = {k: v for k, v in given.items() if isinstance(v, torch.Tensor) or is_tensors(v)}
    if any(y.requires_grad for y in outputs):
        generator = torch.Generator().manual_seed(index)
        upstream = [torch.randn(y.shape, generator=generator).to(y.dtype) if y.requires_grad else None for y in outputs]
        loss = sum((y * u).sum() for y, u in zip(outputs, upstream) if u is not None)
        loss.backward()
        one["upstream"] = [None if u is None else written(u) for u in upstream]
        one["grads"] = {}
        for k, v in leaves.items():
            if isinstance(v, torch.Tensor):
                if v.requires_grad and v.grad is not None:
                    one["grads"][k] = written(v.grad)
            elif any(t.grad is not None for t in v):
                one["grads"][k] = [None if t.grad is None else written(t.grad) for t in v]
        floating = [k for k, v in leaves.items() if isinstance(v, torch.Tensor) and v.is_floating_point() and k not in one["grads"]]
        if floating:
            one["nograd"] = floating
    error = errors(op, args, kwargs, outputs) if dtype == "float32" else 0.0
    one["rtol"], one["atol"] = 2e-5, max(2e-6, 8 * error)
    return one


def family_of(op):
    head = op.name.split(".")
    return "_".join(head[:-1]) if len(head) > 1 else "tensor"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("--dtype", default="float32")
    parser.add_argument("--only", default="")
    parser.add_argument("--reference", action="store_true")
    options = parser.parse_args()
    dtype = getattr(torch, options.dtype)
    families, skipped = collections.defaultdict(list), collections.Counter()
    for op in op_db:
        if not op.name.startswith(options.only):
            continue
        if op.name.startswith(prefixes) or any(word in op.name for word in random) or dtype not in op.dtypes:
            skipped["an operation that is left out"] += 1
            continue
        wants = dtype.is_floating_point and op.supports_autograd and dtype in op.supported_backward_dtypes("cpu")
        torch.manual_seed(0)
        try:
            samples = list((op.reference_inputs if options.reference else op.sample_inputs)("cpu", dtype, requires_grad=wants))
        except Exception as error:
            skipped[f"no samples: {op.name}: {error}"] += 1
            continue
        for index, sample in enumerate(samples):
            try:
                families[family_of(op)].append(case(op, sample, index, options.dtype))
            except Skip as why:
                skipped[f"{why}"] += 1
            except Exception as error:
                skipped[f"{op.name}: {type(error).__name__}: {str(error)[:80]}"] += 1
    os.makedirs(options.folder, exist_ok=True)
    for family, cases in families.items():
        lines = ",\n".join(json.dumps(one) for one in cases)
        name = f"{family}-{options.dtype}"
        with open(os.path.join(options.folder, f"{name}.json"), "w") as file:
            file.write(f'{{"torch": "{torch.__version__}", "family": "{name}", "cases": [\n{lines}\n]}}\n')
        print(f"{name}: {len(cases)} cases")
    for why, count in skipped.most_common():
        print(f"  left out, {count}: {why}")


main()
