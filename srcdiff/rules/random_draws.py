"""The names of random draws: which classes draw, and how the arguments of their methods stand."""

from __future__ import annotations

# the classes of generators, by the name of the type of their instances
GENERATORS = {
    "Generator": "numpy.random.Generator",
    "RandomState": "numpy.random.RandomState",
    "Random": "random.Random",
}
CONSTRUCTORS = {"numpy.random.default_rng": "Generator", **{name: kind for kind, name in GENERATORS.items()}}
METHODS = tuple(f"{name}." for name in GENERATORS.values())

# how many parameters stand before `size`
_SIZE_AFTER = {
    0: "random random_sample sample standard_normal standard_exponential standard_cauchy",
    1: "exponential chisquare poisson geometric rayleigh pareto weibull power standard_gamma standard_t zipf logseries",
    2: "normal uniform laplace logistic lognormal gumbel gamma beta binomial negative_binomial vonmises wald f "
    "integers randint",
    3: "triangular hypergeometric",
}
SIZE_AFTER = {name: count for count, names in _SIZE_AFTER.items() for name in names.split()}
WHOLE = frozenset("poisson geometric binomial negative_binomial integers randint zipf logseries hypergeometric".split())
BY_DIMENSIONS = ("rand", "randn")
# Python's own, one number at a time
PYTHON_INTEGERS = ("randint", "randrange", "getrandbits")
PYTHON_FLOATS = frozenset("""
    random uniform triangular betavariate expovariate gammavariate gauss lognormvariate normalvariate vonmisesvariate
    paretovariate weibullvariate
    """.split())
# what no array, list or dict has: a method of this name is a draw, whatever its object is declared to be
DRAWS = (frozenset(SIZE_AFTER) | PYTHON_FLOATS | {*BY_DIMENSIONS, "permutation", "choice", "multivariate_normal"}) - {
    "f",
    "power",
    "sample",
    "beta",
    "gamma",
}
