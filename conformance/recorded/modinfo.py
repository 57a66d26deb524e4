"""Records PyTorch's results for the layers of PyTorch's own tests (`torch.testing._internal`, the ModuleInfo database), in
training and evaluation mode, in the format of `conformance`: `python3 conformance/recorded/modinfo.py FOLDER
[--dtype float32]` writes one file, which `pnpm conformance FOLDER` runs. See `opinfo.py` for operations.
"""

import argparse
import collections
import copy
import inspect

import torch
from opinfo import Skip, backward, flat, fresh, plain, tensors_in, write, written
from torch.testing._internal.common_modules import module_db


def named(signature, given):
    """Returns arguments by name, without those that are None."""
    bound = signature.bind(*given.args, **given.kwargs).arguments
    kwargs = bound.pop("kwargs", {})
    return {k: v for k, v in {**bound, **kwargs}.items() if v is not None}


def states(name, given):
    """Renames the state of a recurrent layer: h0, and for an LSTM c0."""
    for key in ("hx", "state"):
        if key in given:
            hx = given.pop(key)
            given.update(zip(("h0", "c0"), hx) if isinstance(hx, tuple) else (("h0", hx),))
    return given


def setting(value):
    return value.__name__ if callable(value) else plain(value)


def run(layer, given, index):
    """Runs both passes. Returns results, upstream gradients and the tensors that have a gradient."""
    args, kwargs = fresh(given.args), {k: fresh(v) for k, v in given.kwargs.items()}
    outputs = tensors_in([y for y in flatten(layer(*args, **kwargs)) if y is not None])
    return args, kwargs, outputs, backward(outputs, index) if any(y.requires_grad for y in outputs) else None


def flatten(result):
    return [y for part in result for y in flatten(part)] if isinstance(result, (list, tuple)) else [result]


def doubled(given):
    def wide(x):
        if isinstance(x, torch.Tensor) and x.is_floating_point():
            return x.detach().double().requires_grad_(x.requires_grad)
        return tuple(wide(v) for v in x) if isinstance(x, tuple) else x

    return type(given)(*[wide(x) for x in given.args], **{k: wide(v) for k, v in given.kwargs.items()})


def case(info, sample, index, dtype, training):
    torch.manual_seed(index)
    cls, constructor, given = info.module_cls, sample.constructor_input, sample.forward_input
    layer = cls(*constructor.args, **constructor.kwargs).to(dtype).train(training)
    if "Lazy" in cls.__name__:
        layer(*given.args, **given.kwargs)
    arguments = named(inspect.signature(cls), constructor)
    one = {"id": f"{cls.__name__}/{'train' if training else 'eval'}-{index}", "op": f"nn.{cls.__name__}"}
    one["inputs"] = {k: written(v) for k, v in layer.state_dict().items()}
    one["args"] = {k: setting(v) for k, v in arguments.items() if not isinstance(v, torch.Tensor)}
    precise = copy.deepcopy(layer).double()
    before = {k: v.clone() for k, v in layer.state_dict().items()}
    args, kwargs, outputs, upstream = run(layer, given, index)
    forward = states(cls.__name__, named(inspect.signature(layer.forward), type(given)(*args, **kwargs)))
    one["inputs"].update({k: written(v) for k, v in forward.items() if isinstance(v, torch.Tensor)})
    call = {k: setting(v) for k, v in forward.items() if not isinstance(v, torch.Tensor)}
    if call:
        one["call"] = call
    one["train"] = training
    one["outputs"] = [written(y) for y in outputs]
    leaves = {**dict(layer.named_parameters()), **{k: v for k, v in forward.items() if isinstance(v, torch.Tensor)}}
    if upstream is not None:
        one["upstream"] = [None if u is None else written(u) for u in upstream]
        one["grads"] = {k: written(v.grad) for k, v in leaves.items() if v.requires_grad and v.grad is not None}
    changed = {k: written(v) for k, v in layer.state_dict().items() if not torch.equal(v, before[k])}
    if changed:
        one["mutated"] = changed
    wide_args, wide_kwargs, wide, _ = run(precise, doubled(given), index)
    pairs = list(zip(outputs, wide)) + [(a.grad, b.grad) for a, b in zip(layer.parameters(), precise.parameters())]
    pairs += [(a.grad, b.grad) for a, b in zip(flat((args, kwargs)), flat((wide_args, wide_kwargs)))]
    gaps = [float((a.detach() - b.detach()).abs().max()) for a, b in pairs if a is not None and b is not None and a.numel() > 0]
    one["rtol"], one["atol"] = 2e-5, max(2e-6, 8 * max(gaps, default=0.0))
    return one


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("--dtype", default="float32")
    options = parser.parse_args()
    dtype = getattr(torch, options.dtype)
    cases, skipped = [], collections.Counter()
    for info in module_db:
        for training in (True, False):
            torch.manual_seed(0)
            samples = info.module_inputs_func(info, "cpu", dtype, requires_grad=True, training=training)
            for index, sample in enumerate(samples):
                try:
                    cases.append(case(info, sample, index, dtype, training))
                except Skip as why:
                    skipped[f"{info.module_cls.__name__}: {why}"] += 1
    write(options.folder, f"modules-{options.dtype}", cases)
    for why, count in skipped.most_common():
        print(f"  left out, {count}: {why}")


main()
