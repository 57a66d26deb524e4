"""Records results of PyTorch's distributions: `python3 packages/distributions/test/record.py` writes `recorded.json` next
to it (PyTorch 1.13.1).

A case of `values` is a distribution with its arguments, all float64, and the results of its methods at `value` and, for
icdf, at `probability`; `gradients` are those of the sum of a result, with respect to the arguments and the value. A case
of `divergences` is two distributions. A case of `draws` is sampled in float32 after a seed. Distributions inside others
are written like cases.
"""

import json
import os

import torch
import torch.distributions as D

here = os.path.dirname(os.path.abspath(__file__))
torch.set_num_threads(1)
tensor = lambda x: torch.tensor(x, dtype=torch.float64)


class Case:
    """A distribution to create: its name and its arguments."""

    def __init__(self, name, **args):
        self.name = name
        self.args = args

    def leaves(self):
        """All tensors in the arguments, by their paths."""
        found = {}
        for key, value in self.args.items():
            if isinstance(value, torch.Tensor):
                found[key] = value
            elif isinstance(value, Case):
                for inner, leaf in value.leaves().items():
                    found[key + "." + inner] = leaf
        return found

    def make(self, dtype=torch.float64):
        def made(x):
            if isinstance(x, Case):
                return x.make(dtype)
            if isinstance(x, torch.Tensor):
                return x if dtype is torch.float64 else x.to(dtype)
            return x

        args = {key: made(value) for key, value in self.args.items()}
        if self.name == "TransformedDistribution":
            transforms = {"exp": D.ExpTransform(), "affine": D.AffineTransform(0.5, -2.0), "sigmoid": D.SigmoidTransform(), "tanh": D.TanhTransform(),
                          "power": D.PowerTransform(2.0), "softplus": D.SoftplusTransform(), "abs": D.AbsTransform(), "logit": D.SigmoidTransform().inv,
                          "stickbreaking": D.StickBreakingTransform(), "softmax": D.SoftmaxTransform(), "half": D.AffineTransform(0.0, 0.5)}
            args["transforms"] = [transforms[name] for name in args["transforms"]]
        return getattr(D, self.name)(**args)

    def written(self):
        return {"name": self.name, "args": {key: written(value) for key, value in self.args.items()}}


def number(x):
    if isinstance(x, float):
        if x != x:
            return "NaN"
        if x in (float("inf"), float("-inf")):
            return "Infinity" if x > 0 else "-Infinity"
        x = float("%.11g" % x)
        return int(x) if x.is_integer() and abs(x) < 1e9 and not (x == 0 and str(x)[0] == "-") else x
    return x


def written(x):
    if isinstance(x, Case):
        return x.written()
    if isinstance(x, torch.Tensor):
        return written(x.detach().tolist())
    if isinstance(x, (list, tuple)):
        return [written(v) for v in x]
    return number(x)


def attempt(f):
    try:
        return f()
    except NotImplementedError:
        return None


def gradients(result, leaves):
    found = torch.autograd.grad(result[torch.isfinite(result)].sum(), list(leaves.values()), allow_unused=True, retain_graph=True)
    return {name: written(g) for (name, _), g in zip(leaves.items(), found) if g is not None}


values = []


def case(name, value, probability=None, differentiable=True, precise=False, **args):
    made = Case(name, **args)
    for leaf in made.leaves().values():
        leaf.requires_grad_(True)
    d = made.make()
    entry = made.written()
    entry["batchShape"], entry["eventShape"] = list(d.batch_shape), list(d.event_shape)
    entry["value"] = written(value)
    if precise:  # probabilities of 0 and 1 are changed by the machine epsilon
        entry["precise"] = True
    results, slopes = {}, {}
    leaves = made.leaves()
    value = value.clone()
    if differentiable:
        value.requires_grad_(True)
        leaves["value"] = value
    for method in ("log_prob", "cdf"):
        result = attempt(lambda: getattr(d, method)(value))
        if result is not None:
            results[method] = written(result)
            if result.requires_grad:
                slopes[method] = gradients(result, leaves)
    if probability is not None:
        p = tensor(probability)
        entry["probability"] = written(p)
        results["icdf"] = written(d.icdf(p))
    entropy = attempt(d.entropy)
    if entropy is not None:
        results["entropy"] = written(entropy)
        if entropy.requires_grad:
            slopes["entropy"] = gradients(entropy, made.leaves())
    for name in ("mean", "variance", "stddev", "mode"):
        result = attempt(lambda: getattr(d, name))
        if result is not None:
            results[name] = written(result)
    if d.has_enumerate_support:
        support = attempt(d.enumerate_support)
        if support is not None:
            results["enumerate_support"] = written(support)
    entry["results"], entry["gradients"] = results, slopes
    values.append(entry)
    for leaf in made.leaves().values():
        leaf.requires_grad_(False)


loc, scale = tensor([[0.5], [-1.25]]), tensor([0.75, 2.0, 1.5])
probabilities = [0.05, 0.5, 0.9]
grid = tensor([[-1.5, 0.25, 2.0], [0.5, -3.0, 1.0]])
above = tensor([[0.3, 1.5, 4.0], [0.05, 2.5, 9.0]])
case("Normal", grid, probabilities, loc=loc, scale=scale)
case("LogNormal", above, probabilities, loc=loc, scale=scale)
case("Uniform", tensor([[0.5, 1.0, 1.75], [0.6, 1.9, 1.2]]), probabilities, low=tensor([[0.25], [-1.0]]), high=tensor([2.0, 3.0, 2.5]))
case("Bernoulli", tensor([[1.0, 0.0, 1.0], [0.0, 1.0, 0.0]]), probs=tensor([0.2, 0.5, 0.85]), differentiable=False)
case("Bernoulli", tensor([1.0, 0.0, 1.0, 0.0, 1.0]), logits=tensor([0.0, 0.0, -3.0, 4.0, 30.0]), differentiable=False)
case("Bernoulli", tensor([1.0, 0.0, 1.0, 0.0]), probs=tensor([0.0, 0.0, 1.0, 1.0]), differentiable=False, precise=True)
case("Categorical", torch.tensor([[2, 0], [1, 1], [0, 2]]), probs=tensor([[0.2, 0.3, 1.5], [1.0, 1.0, 0.0]]), differentiable=False, precise=True)
case("Categorical", torch.tensor([[2], [0]]), logits=tensor([[0.5, -1.0, 2.0], [3.0, 0.0, 0.0]]), differentiable=False)
case("OneHotCategorical", tensor([[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]]), probs=tensor([[0.2, 0.3, 0.5], [0.6, 0.1, 0.3]]), differentiable=False)
case("Multinomial", tensor([[1.0, 2.0, 3.0], [0.0, 6.0, 0.0], [2.0, 2.0, 2.0]]), total_count=6, probs=tensor([0.2, 0.3, 0.5]), differentiable=False)
case("Multinomial", tensor([1.0, 2.0, 1.0]), total_count=4, logits=tensor([[0.2, 0.3, -0.5], [1.0, 2.0, 3.0]]), differentiable=False)
case("Binomial", tensor([[3.0, 0.0, 5.0], [5.0, 2.0, 4.0]]), total_count=5, probs=tensor([0.2, 0.5, 0.85]), differentiable=False)
case("Binomial", tensor([3.0, 0.0, 7.0]), total_count=tensor([4.0, 2.0, 7.0]), logits=tensor([0.5, 0.0, -2.0]), differentiable=False)
case("Geometric", tensor([[0.0, 3.0, 12.0], [1.0, 0.0, 2.0]]), probs=tensor([0.2, 0.5, 0.85]), differentiable=False)
case("Geometric", tensor([0.0, 3.0]), logits=tensor([0.5, -1.5]), differentiable=False)
case("Poisson", tensor([[0.0, 3.0, 12.0], [1.0, 0.0, 20.0]]), rate=tensor([0.2, 2.5, 15.0]), differentiable=False)
case("Exponential", above, probabilities, rate=tensor([0.4, 1.0, 2.5]))
case("Laplace", grid, probabilities, loc=loc, scale=scale)
case("Cauchy", grid, probabilities, loc=loc, scale=scale)
case("HalfNormal", above, probabilities, scale=scale)
case("HalfCauchy", above, probabilities, scale=scale)
case("Gumbel", grid, probabilities, loc=loc, scale=scale)
case("Gamma", above, concentration=tensor([[0.4], [3.0]]), rate=tensor([0.5, 1.0, 2.5]))
case("Chi2", above, df=tensor([1.0, 2.5, 7.0]))
case("Beta", tensor([[0.1, 0.5, 0.95], [0.3, 0.02, 0.7]]), concentration1=tensor([[1.5], [3.0]]), concentration0=tensor([1.25, 1.0, 2.5]))
case("Dirichlet", tensor([[0.1, 0.2, 0.7], [0.3, 0.3, 0.4]]), concentration=tensor([[1.5, 2.5, 3.0], [1.2, 4.0, 1.0]]))
case("StudentT", grid, df=tensor([1.5, 3.0, 0.8]), loc=loc, scale=scale)
case("Pareto", above.add(1), probabilities, scale=tensor([0.75, 1.0, 0.5]), alpha=tensor([[0.9], [2.5]]))
case("Weibull", above, probabilities, scale=tensor([0.75, 1.0, 2.5]), concentration=tensor([[1.9], [2.5]]))
triangle = tensor([[[1.5, 0.0], [0.4, 0.8]], [[0.6, 0.0], [-1.0, 2.0]]])
covariance = triangle @ triangle.mT
point = tensor([[0.5, -1.0], [2.0, 0.25]])
case("MultivariateNormal", point, loc=tensor([0.5, -0.25]), scale_tril=triangle.clone())
case("MultivariateNormal", point, loc=tensor([0.5, -0.25]), covariance_matrix=covariance.clone())
case("MultivariateNormal", point, loc=tensor([[0.5, -0.25], [1.0, 2.0]]), precision_matrix=covariance[0].clone())
case("Independent", grid, base_distribution=Case("Normal", loc=loc, scale=scale), reinterpreted_batch_ndims=1)
case("TransformedDistribution", above, probabilities, base_distribution=Case("Normal", loc=loc, scale=scale), transforms=["exp", "power"])
case("TransformedDistribution", tensor([0.3, 0.5, 0.8]), probabilities, base_distribution=Case("Normal", loc=loc, scale=scale), transforms=["affine", "sigmoid"])
case("TransformedDistribution", tensor([-0.3, 0.5, 0.8]), probabilities, base_distribution=Case("Normal", loc=loc, scale=scale), transforms=["half", "tanh"])
case("TransformedDistribution", above, probabilities, base_distribution=Case("Laplace", loc=loc, scale=scale), transforms=["softplus"])
case("TransformedDistribution", grid, probabilities, base_distribution=Case("Uniform", low=tensor([0.0]), high=tensor([1.0])), transforms=["logit", "affine"])
case("TransformedDistribution", tensor([[0.2, 0.3, 0.1, 0.4]]), base_distribution=Case("Normal", loc=loc, scale=scale), transforms=["stickbreaking"])
case("MixtureSameFamily", tensor([[0.5], [-2.0]]), mixture_distribution=Case("Categorical", probs=tensor([0.2, 0.5, 0.3])),
     component_distribution=Case("Normal", loc=loc, scale=scale))
case("RelaxedBernoulli", tensor([0.2, 0.5, 0.85]), temperature=tensor(0.7), probs=tensor([0.2, 0.5, 0.85]))
case("RelaxedBernoulli", tensor([0.2, 0.5]), temperature=tensor(1.5), logits=tensor([0.5, -2.0]))
case("RelaxedOneHotCategorical", tensor([[0.2, 0.5, 0.3], [0.1, 0.1, 0.8]]), temperature=tensor(0.7), probs=tensor([0.2, 0.3, 0.5]))
case("NegativeBinomial", tensor([[0.0, 3.0, 12.0], [1.0, 0.0, 20.0]]), total_count=tensor([[3.0], [0.6]]), probs=tensor([0.2, 0.5, 0.85]), differentiable=False)
case("NegativeBinomial", tensor([0.0, 7.0]), total_count=4, logits=tensor([0.5, -1.5]), differentiable=False)
case("Kumaraswamy", tensor([[0.1, 0.5, 0.95], [0.3, 0.02, 0.7]]), probabilities, concentration1=tensor([[0.5], [2.0]]), concentration0=tensor([0.7, 0.9, 0.5]))
case("LogisticNormal", tensor([[0.2, 0.3, 0.1, 0.4]]), loc=loc, scale=scale)
case("LowRankMultivariateNormal", tensor([[0.5, -1.0, 2.0], [2.0, 0.25, -0.5]]), loc=tensor([0.5, -0.25, 1.0]),
     cov_factor=tensor([[[1.0, 0.5], [-0.5, 2.0], [0.25, 0.75]]]), cov_diag=tensor([[0.5, 1.0, 2.0], [1.5, 0.7, 0.3]]))
case("FisherSnedecor", above, df1=tensor([1.0, 3.0, 7.5]), df2=tensor([[1.5], [6.0]]))
case("ContinuousBernoulli", tensor([0.1, 0.5, 0.95, 0.7]), 0.4, probs=tensor([0.2, 0.4, 0.85, 0.52]))
case("ContinuousBernoulli", tensor([0.1, 0.5, 0.95]), 0.4, logits=tensor([-4.0, 0.25, 12.0]))
case("LKJCholesky", tensor([[1.0, 0.0, 0.0], [0.6, 0.8, 0.0], [0.48, 0.64, 0.6]]), differentiable=False, dim=3, concentration=tensor([0.5, 1.0, 3.5]))
case("Wishart", (covariance * 3).clone(), differentiable=False, df=tensor([3.5, 2.5]), scale_tril=triangle.clone())
for slopes in values[-1]["gradients"].values():
    slopes.pop("scale_tril", None)  # PyTorch has gradients in its upper triangle, on which nothing depends
case("OneHotCategoricalStraightThrough", tensor([[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]]), probs=tensor([[0.2, 0.3, 0.5], [0.6, 0.1, 0.3]]), differentiable=False)
case("VonMises", grid, loc=loc, concentration=tensor([0.25, 3.0, 20.0]))

divergences = []


def divergence(p, q):
    for leaf in (*p.leaves().values(), *q.leaves().values()):
        leaf.requires_grad_(True)
    result = D.kl_divergence(p.make(), q.make())
    leaves = {**{"p." + k: v for k, v in p.leaves().items()}, **{"q." + k: v for k, v in q.leaves().items()}}
    divergences.append({"p": p.written(), "q": q.written(), "result": written(result), "gradients": gradients(result, leaves) if result.requires_grad else {}})


def family(name, which):
    a = which == 0
    pick = lambda one, other: tensor(one if a else other)
    return {
        "Normal": lambda: Case("Normal", loc=pick([[0.5], [-1.0]], [0.0, 1.0]), scale=pick([0.75, 2.0], [1.5, 0.5])),
        "LogNormal": lambda: Case("LogNormal", loc=pick([0.5, -1.0], [0.0, 1.0]), scale=pick([0.75, 2.0], [1.5, 0.5])),
        "Laplace": lambda: Case("Laplace", loc=pick([0.5, -1.0], [0.0, 1.0]), scale=pick([0.75, 2.0], [1.5, 0.5])),
        "Cauchy": lambda: Case("Cauchy", loc=pick([0.5, -1.0], [0.0, 1.0]), scale=pick([0.75, 2.0], [1.5, 0.5])),
        "Gumbel": lambda: Case("Gumbel", loc=pick([0.5, -1.0], [0.0, 1.0]), scale=pick([0.75, 2.0], [1.5, 0.5])),
        "HalfNormal": lambda: Case("HalfNormal", scale=pick([0.75, 2.0], [1.5, 0.5])),
        "Uniform": lambda: Case("Uniform", low=pick([0.5, 0.25, -1.0], [0.0, 0.5, 0.0]), high=pick([0.75, 0.9, 2.0], [1.5, 3.5, 1.0])),
        "Bernoulli": lambda: Case("Bernoulli", probs=pick([0.25, 0.8, 0.0, 0.5], [0.5, 0.1, 0.3, 0.0])),
        "Binomial": lambda: Case("Binomial", total_count=4, probs=pick([0.25, 0.8], [0.5, 0.1])),
        "Categorical": lambda: Case("Categorical", probs=pick([[0.25, 0.35, 0.4], [0.0, 0.5, 0.5]], [[0.5, 0.1, 0.4], [0.2, 0.2, 0.6]])),
        "OneHotCategorical": lambda: Case("OneHotCategorical", logits=pick([0.25, 0.8, 1.0], [0.5, 0.1, -1.0])),
        "Geometric": lambda: Case("Geometric", probs=pick([0.25, 0.8], [0.5, 0.1])),
        "Poisson": lambda: Case("Poisson", rate=pick([0.25, 8.0], [0.5, 4.5])),
        "Exponential": lambda: Case("Exponential", rate=pick([0.25, 8.0], [0.5, 4.5])),
        "Gamma": lambda: Case("Gamma", concentration=pick([0.5, 8.0], [1.5, 4.5]), rate=pick([2.0, 0.6], [0.5, 1.5])),
        "Beta": lambda: Case("Beta", concentration1=pick([0.5, 8.0], [1.5, 4.5]), concentration0=pick([2.0, 0.6], [0.5, 1.5])),
        "Dirichlet": lambda: Case("Dirichlet", concentration=pick([[0.5, 8.0, 1.0]], [[1.5, 4.5, 2.0], [1.0, 1.0, 1.0]])),
        "Pareto": lambda: Case("Pareto", scale=pick([0.5, 2.0], [0.25, 3.0]), alpha=pick([2.5, 0.75], [0.5, 1.5])),
        "ContinuousBernoulli": lambda: Case("ContinuousBernoulli", probs=pick([0.25, 0.8], [0.5, 0.1])),
        "LowRankMultivariateNormal": lambda: Case("LowRankMultivariateNormal", loc=pick([0.5, 2.0], [0.25, 3.0]), cov_factor=pick([[0.5], [1.0]], [[1.5], [-0.25]]), cov_diag=pick([0.5, 1.5], [1.0, 0.75])),
        "MultivariateNormal": lambda: Case("MultivariateNormal", loc=pick([0.5, 2.0], [0.25, 3.0]), scale_tril=(triangle if a else triangle.flip(0)).clone()),
    }[name]()


same = ["Normal", "LogNormal", "Laplace", "Cauchy", "Gumbel", "HalfNormal", "Uniform", "Bernoulli", "Binomial", "Categorical", "OneHotCategorical", "Geometric",
        "Poisson", "Exponential", "Gamma", "Beta", "Dirichlet", "Pareto", "MultivariateNormal", "ContinuousBernoulli", "LowRankMultivariateNormal"]
for name in same:
    divergence(family(name, 0), family(name, 1))
for name in ("Uniform", "Beta", "Exponential", "Gamma", "Gumbel", "Laplace", "Normal", "Pareto", "Poisson", "Bernoulli", "ContinuousBernoulli", "MultivariateNormal",
             "LowRankMultivariateNormal"):
    for other in same:
        if name != other and (getattr(D, name), getattr(D, other)) in D.kl._KL_REGISTRY:
            p, q = family(name, 0), family(other, 1)
            if name == "Bernoulli":
                p.args["probs"], q.args["rate"] = tensor([0.25, 0.8]), tensor([0.5, 2.0])
            if name == "ContinuousBernoulli" and other == "Uniform":
                q.args["low"] = tensor([-0.5, 0.25])  # PyTorch treats a limit at 0 like a limit above 0
            if (name in ("Uniform", "Normal") or other == "Uniform") and "MultivariateNormal" not in name:
                count = 1 if name in ("Uniform", "Normal") else 2
                q.args = {key: value[:count] if isinstance(value, torch.Tensor) else value for key, value in q.args.items()}
            divergence(p, q)
divergence(
    Case("Independent", base_distribution=family("Normal", 0), reinterpreted_batch_ndims=1),
    Case("Independent", base_distribution=family("Normal", 1), reinterpreted_batch_ndims=1),
)

draws = []


def draw(shape, name, exact=True, **args):
    made = Case(name, **args)
    entry = {**made.written(), "shape": list(shape)}
    for method in ("sample", "rsample"):
        d = made.make(torch.float32)
        if method == "rsample" and not d.has_rsample:
            continue
        torch.manual_seed(7)
        result = getattr(d, method)(shape)
        if name == "Categorical" and not shape:
            # Newer versions draw one class with the fewest steps: the class with the smallest ratio of an exponential
            # random number to its weight.
            torch.manual_seed(7)
            result = (d.probs / torch.empty_like(d.probs).exponential_()).argmax(-1)
        entry[method] = [number(float("%.8g" % v)) for v in result.to(torch.float64).reshape(-1).tolist()]
    draws.append(entry)


draw([3], "Normal", loc=loc, scale=scale)
draw([2], "LogNormal", loc=loc, scale=scale)
draw([3], "Uniform", low=tensor([0.25]), high=tensor([2.0, 3.0]))
draw([8], "Bernoulli", probs=tensor([0.2, 0.5, 0.85]))
draw([8], "Categorical", probs=tensor([[0.2, 0.3, 1.5], [1.0, 1.0, 0.0]]))
draw([], "Categorical", logits=tensor([[0.5, -1.0, 2.0], [3.0, 0.0, 0.0]]))
draw([4], "OneHotCategorical", probs=tensor([0.2, 0.3, 0.5]))
draw([3], "Multinomial", total_count=9, probs=tensor([0.2, 0.3, 0.5]))
draw([6], "Binomial", total_count=7, probs=tensor([0.2, 0.5, 0.85]))
draw([8], "Binomial", total_count=90, probs=tensor([0.25, 0.5, 0.8]))
draw([8], "Geometric", probs=tensor([0.2, 0.5, 0.85]))
draw([8], "Poisson", rate=tensor([0.2, 2.5, 15.0]))
draw([4], "Exponential", rate=tensor([0.4, 1.0, 2.5]))
draw([3], "Laplace", loc=loc, scale=scale)
draw([3], "Cauchy", loc=loc, scale=scale)
draw([4], "HalfNormal", scale=scale)
draw([4], "HalfCauchy", scale=scale)
draw([3], "Gumbel", loc=loc, scale=scale)
draw([4], "Gamma", concentration=tensor([0.4, 1.0, 12.0]), rate=tensor([0.5, 1.0, 2.5]))
draw([4], "Chi2", df=tensor([1.0, 2.5, 7.0]))
draw([4], "Beta", concentration1=tensor([0.5, 3.0]), concentration0=tensor([1.25, 2.5]))
draw([4], "Dirichlet", concentration=tensor([0.5, 2.5, 3.0]))
draw([3], "StudentT", df=tensor([1.5, 3.0, 0.8]), loc=loc, scale=scale)
draw([4], "Pareto", scale=tensor([0.75, 1.0]), alpha=tensor([0.9, 2.5]))
draw([4], "Weibull", scale=tensor([0.75, 1.0]), concentration=tensor([0.9, 2.5]))
draw([3], "MultivariateNormal", loc=tensor([0.5, -0.25]), scale_tril=triangle)
draw([2], "Independent", base_distribution=Case("Normal", loc=loc, scale=scale), reinterpreted_batch_ndims=1)
draw([3], "MixtureSameFamily", mixture_distribution=Case("Categorical", probs=tensor([[0.2, 0.5, 0.3], [0.6, 0.2, 0.2]])), component_distribution=Case("Normal", loc=loc, scale=scale))
draw([4], "RelaxedBernoulli", temperature=tensor(0.7), probs=tensor([0.2, 0.5, 0.85]))
draw([4], "RelaxedOneHotCategorical", temperature=tensor(0.7), probs=tensor([0.2, 0.3, 0.5]))
draw([8], "NegativeBinomial", total_count=tensor([3.0, 0.6, 9.0]), probs=tensor([0.2, 0.5, 0.85]))
draw([4], "Kumaraswamy", concentration1=tensor([0.5, 3.0]), concentration0=tensor([1.25, 2.5]))
draw([4], "LogisticNormal", loc=loc[:, 0], scale=scale[:2])
draw([3], "LowRankMultivariateNormal", loc=tensor([0.5, -0.25, 1.0]), cov_factor=tensor([[1.0, 0.5], [-0.5, 2.0], [0.25, 0.75]]), cov_diag=tensor([0.5, 1.0, 2.0]))
draw([4], "FisherSnedecor", df1=tensor([1.0, 3.0, 7.5]), df2=tensor([1.5, 6.0, 2.0]))
draw([4], "ContinuousBernoulli", probs=tensor([0.2, 0.5, 0.85]))
draw([3], "LKJCholesky", dim=3, concentration=tensor([0.5, 3.5]))
draw([4], "OneHotCategoricalStraightThrough", probs=tensor([0.2, 0.3, 0.5]))
draw([6], "VonMises", loc=tensor([0.5, -2.0, 1.0]), concentration=tensor([0.25, 3.0, 20.0]))

slopes = []
for alpha in (0.05, 0.3, 0.9, 2.0, 3.5, 7.0, 11.0, 13.0, 30.0, 400.0):
    spread = [alpha * f for f in (0.01, 0.2, 0.6, 0.95, 1.0, 1.1, 1.5, 2.5, 5.0)] if alpha < 20 else [alpha + f * alpha ** 0.5 for f in (-4, -1, -0.1, 0, 0.1, 1, 4)]
    a, x = tensor([alpha] * len(spread)), tensor(spread)
    # Central differences of the distribution function, in the smaller tail: PyTorch's formula has only three correct
    # digits for some arguments.
    step = 1e-4 * a
    density = D.Gamma(a, tensor(1.0)).log_prob(x).exp()
    lower = (torch.special.gammainc(a - step, x) - torch.special.gammainc(a + step, x)) / (2 * step) / density
    upper = (torch.special.gammaincc(a + step, x) - torch.special.gammaincc(a - step, x)) / (2 * step) / density
    slope = torch.where(x > a, upper, lower)
    slopes.append({"concentration": alpha, "draws": written(x), "slopes": [float("%.6g" % v) for v in slope.tolist()]})

lines = []
for key, entries in (("values", values), ("divergences", divergences), ("draws", draws), ("slopes", slopes)):
    lines.append(json.dumps(key) + ": [\n" + ",\n".join(json.dumps(entry, separators=(",", ":")) for entry in entries) + "\n]")
with open(os.path.join(here, "recorded.json"), "w") as file:
    file.write("{\n" + ",\n".join(lines) + "\n}\n")
