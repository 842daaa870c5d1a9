"""Independent values for the sign-off's figures, by SciPy: binomial quantiles and the ranks of order-statistic limits."""

import json
import sys

import numpy as np
from scipy import stats

QUANTILES = [0.5, 0.95, 0.99]
SIZES = [5, 6, 71, 72, 73, 367, 368, 1000, 3000, 100_000, 2_000_000]
ALPHAS = [0.025, 0.0005]


def upper(n, q, alpha):
    rank = int(stats.binom.ppf(1 - alpha, n, q)) + 1
    return rank if rank <= n else None


def lower(n, q, alpha):
    rank = int(stats.binom.ppf(alpha, n, q))
    return rank if rank >= 1 else None


fixture = [
    {"n": n, "q": q, "alpha": alpha, "lower": lower(n, q, alpha), "upper": upper(n, q, alpha)}
    for n in SIZES
    for q in QUANTILES
    for alpha in ALPHAS
]

# The ranks are what they are for: the probability that a limit fails is alpha or less, and no closer rank would do.
for row in fixture:
    n, q, alpha = row["n"], row["q"], row["alpha"]
    if row["upper"] is not None:
        assert stats.binom.sf(row["upper"] - 1, n, q) <= alpha * (1 + 1e-9) < stats.binom.sf(row["upper"] - 2, n, q) + 1e-12
    if row["lower"] is not None:
        assert stats.binom.cdf(row["lower"] - 1, n, q) <= alpha * (1 + 1e-9)

if len(sys.argv) == 1:
    json.dump(fixture, sys.stdout, indent=1)
    print()
else:
    with open(sys.argv[1], encoding="utf-8") as file:
        assert json.load(file) == fixture, "the stored ranks are not those that SciPy computes"
    print(f"{2 * len(fixture)} ranks are as SciPy computes them")
