"""Independent values for the gate's figures, by SciPy: conditional binomials instead of our tilts, brute force over onsets."""

import json
import sys

import numpy as np
from scipy import optimize, special, stats

RATIOS = [1.4, 2, 4, 8, 32]
BELOW = [0.02, 0.1, 0.3, 0.5, 0.7, 0.85, 0.95, 0.985, 0.995, 0.9985, 0.9995]
STAKES = np.log([0.9 / 7] * 7 + [0.1 / 4] * 4)


def prior(k, likeliest=0, hour=60):
    """Half in one minute; of the rest, four fifths even over an hour of the others in their order, one fifth falling after it."""
    if k == likeliest:
        return 0.5
    rank = k if k < likeliest else k - 1
    return 0.5 * (0.8 / hour if rank < hour else 0.2 * hour / (rank * (rank + 1)))


def over_onsets(logs, likeliest=0, own=0.0, shown=0.0):
    """ln of the mixture of products from each onset on; the belief in later onsets is worth 1. What the minutes before the
    likeliest onset have shown moves the stake on that onset to the ratios that did well (`own`), and, four fifths of it, the belief in
    what is yet to come by Bayes' rule (`shown`)."""
    weights = [prior(k, likeliest) for k in range(len(logs))]
    rest = 1 - sum(weights)
    if likeliest > 0 and len(logs) > likeliest:
        still = 1 - sum(weights[:likeliest])
        posterior = 0.5 * np.exp(shown) / (0.5 * np.exp(shown) + still - 0.5)
        believed = still * (0.8 * posterior + 0.1)
        rest *= (still - believed) / (still - 0.5)
        weights = [
            believed if k == likeliest else w * (still - believed) / (still - 0.5) if k > likeliest else w
            for k, w in enumerate(weights)
        ]
    terms = [np.log(w) + (own if k == likeliest else 0.0) + sum(logs[k:]) for k, w in enumerate(weights)]
    terms.append(np.log(rest))
    return special.logsumexp(terms)


def worse(minutes, warm=0, allowance=0.0, tolerated=1.0, left=0.0):
    """ln e-value: for each ratio and onset, the likelihood ratio of the split of failures, given their number, where the
    candidate may fail `tolerated` times as often. While it is warm, the same tilt against a candidate that is worse by the
    allowance: Poisson laws again. How the ratios fare in the warm-up without it places the bets on the onset after it."""
    bets, shown = [], []
    for ratio in RATIOS:
        ratios, split = [], []
        for minute, (n0, x0, n1, x1) in enumerate(minutes):
            q = tolerated * n1 / (n0 + tolerated * n1)
            tilted = ratio * q / (1 - q + ratio * q)
            split.append(stats.binom.logpmf(x1, x0 + x1, tilted) - stats.binom.logpmf(x1, x0 + x1, q))
            if minute >= 2 * warm or (minute >= warm and left == 0):
                ratios.append(split[-1])
                continue
            allowed = allowance if minute < warm else left * (2 - minute / warm)
            a, b = tilted / q, (1 - tilted) / (1 - q)
            m1, m0 = n1 * (0.37 * tolerated + allowed), n0 * 0.37
            ratios.append(
                stats.poisson.logpmf(x1, a * m1)
                - stats.poisson.logpmf(x1, m1)
                + stats.poisson.logpmf(x0, b * m0)
                - stats.poisson.logpmf(x0, m0)
            )
        bets.append(ratios)
        shown.append(sum(split[:warm]))
    mean = special.logsumexp(shown) - np.log(len(RATIOS))
    logs = [over_onsets(ratios, warm, s - mean, mean) for ratios, s in zip(bets, shown)]
    return special.logsumexp(logs) - np.log(len(RATIOS))


def within(minutes, margin):
    """ln e-value against rate1 - rate0 >= margin, by the Poisson likelihood ratio of a tilted law for each side."""
    logs = []
    for a in BELOW:
        total = 0.0
        for n0, x0, n1, x1 in minutes:
            b = 1 + n1 / n0 * (1 - a)
            # At the boundary with base rate 1 the law of both counts; its tilt has means a and b times as large. The
            # base rate cancels, so any one will do.
            base = 0.37
            m1, m0 = n1 * (base + margin), n0 * base
            total += stats.poisson.logpmf(x1, a * m1) - stats.poisson.logpmf(x1, m1)
            total += stats.poisson.logpmf(x0, b * m0) - stats.poisson.logpmf(x0, m0)
        logs.append(total)
    return special.logsumexp(np.array(logs) + STAKES)


def upper(minutes, alpha):
    return optimize.brentq(lambda d: within(minutes, d) - np.log(1 / alpha), 0, 1, xtol=1e-13)


def alone(minutes, rate):
    """ln e-values against "at most" and "at least" a fixed rate, by Poisson likelihood ratios."""

    def tilt(a):
        return [stats.poisson.logpmf(x, a * n * rate) - stats.poisson.logpmf(x, n * rate) for n, x in minutes]

    above = special.logsumexp([over_onsets(tilt(a)) for a in RATIOS]) - np.log(len(RATIOS))
    below = special.logsumexp(np.array([sum(tilt(a)) for a in BELOW]) + STAKES)
    return {"above": float(above), "below": float(below)}


def mann_whitney(a, b):
    """The normal deviate behind SciPy's asymptotic p-value."""
    p = stats.mannwhitneyu(a, b, alternative="greater", use_continuity=False, method="asymptotic").pvalue
    return float(stats.norm.isf(p))


CASES = {
    "healthy": [[9900, 10, 100, 0], [9800, 8, 110, 0], [9950, 12, 95, 1]],
    "worse from the start": [[900, 1, 100, 4], [910, 2, 90, 3], [880, 0, 120, 5]],
    "worse from the fourth minute": [[500, 1, 500, 1]] * 3 + [[500, 1, 500, 7], [480, 2, 510, 8]],
    "no failure": [[20000, 0, 2000, 0]],
    "neighbour": [[900, 90, 100, 10]] * 5,
}
WARM = {
    "cold for two minutes": [[9900, 40, 100, 9], [9900, 38, 100, 6], [9900, 41, 100, 0], [9950, 40, 95, 1]],
    "slow from the start": [[900, 4, 100, 40], [900, 3, 100, 38], [900, 4, 100, 41]],
}
ALONE = {
    "as before": ([[3000, 12], [3100, 15], [2900, 11]], 0.006),
    "above it from the third minute": ([[3000, 12], [3100, 15], [2900, 60], [3000, 71]], 0.006),
    "no failure": ([[3000, 0], [0, 0], [3000, 0]], 0.006),
}
RATES = {"a": [0.01, 0.02, 0.02, 0.05, 0.0, 0.03], "b": [0.0, 0.01, 0.02, 0.0, 0.0, 0.01, 0.03]}
COUNTS = [(0, 1000), (3, 1000), (18, 1000), (37, 200)]

fixture = {
    "compared": [
        {
            "name": name,
            "minutes": minutes,
            "worse": float(worse(minutes)),
            "tolerated": float(worse(minutes, tolerated=1.2)),
            "within": float(within(minutes, 0.005)),
            "upper": float(upper(minutes, 0.01)),
        }
        for name, minutes in CASES.items()
    ],
    "warm": [
        {
            "name": name,
            "minutes": minutes,
            "worse": float(worse(minutes, 2, 0.05)),
            "cooling": float(worse(minutes, 2, 0.05, left=0.01)),
        }
        for name, minutes in WARM.items()
    ],
    "alone": [
        {"name": name, "minutes": minutes, "rate": rate, **alone(minutes, rate)}
        for name, (minutes, rate) in ALONE.items()
    ],
    "ranks": {**RATES, "z": mann_whitney(RATES["a"], RATES["b"])},
    "shares": [
        {
            "count": k,
            "runs": n,
            "wilson": [float(v) for v in stats.binomtest(k, n).proportion_ci(0.95, method="wilson")],
            "atLeast": float(stats.binom.sf(k - 1, n, 0.01)),
        }
        for k, n in COUNTS
    ],
    "binomial": [
        {"n": n, "p": p, "mean": n * p, "sd": float(stats.binom.std(n, p)), "q05": float(stats.binom.ppf(0.05, n, p)), "q95": float(stats.binom.ppf(0.95, n, p))}
        for n, p in [(300, 0.01), (30000, 0.02), (300000, 0.05)]
    ],
}

if len(sys.argv) == 1:
    json.dump(fixture, sys.stdout, indent=1)
    print()
else:
    with open(sys.argv[1], encoding="utf-8") as file:
        stored = json.load(file)

    def flat(value):
        if isinstance(value, dict):
            return [leaf for key in sorted(value) for leaf in flat(value[key])]
        return [leaf for item in value for leaf in flat(item)] if isinstance(value, list) else [value]

    old, new = flat(stored), flat(fixture)
    assert len(old) == len(new), "the fixture has another shape: write it anew"
    for a, b in zip(old, new):
        assert a == b or (not isinstance(a, str) and np.isclose(a, b, rtol=1e-9, atol=1e-9)), (a, b)
    print(f"{len(new)} values are as SciPy computes them")
