#!/usr/bin/env python3
"""Makes the golden values beside this file from SciPy and statsmodels: quantiles and intervals of shares.

Usage: make_goldens.py, in an environment with scipy, statsmodels and mpmath. The paired interval (Bonett and
Price 2012) is in neither of them: it is worked out here in rational numbers, and its root to 30 digits.
"""
import json
import os
from fractions import Fraction

from mpmath import mp, mpf, sqrt
from scipy.stats import norm
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

mp.dps = 30


def write(name, value):
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), name), "w") as file:
        json.dump(value, file, indent=None, separators=(",", ":"))
        file.write("\n")


def wilson(right, count):
    lower, upper = proportion_confint(right, count, alpha=0.05, method="wilson")
    return {"right": right, "count": count, "lower": float(lower), "upper": float(upper)}


def newcombe(a, m, b, n):
    lower, upper = confint_proportions_2indep(a, m, b, n, method="newcomb", compare="diff", alpha=0.05)
    return {"first": [a, m], "second": [b, n], "lower": float(lower), "upper": float(upper)}


def paired(only_first, only_second, count):
    p = Fraction(only_first + 1, count + 2)
    q = Fraction(only_second + 1, count + 2)
    variance = (p + q - (p - q) ** 2) / (count + 2)
    half = mpf(norm.ppf(0.975)) * sqrt(mpf(variance.numerator) / variance.denominator)
    center = mpf((p - q).numerator) / (p - q).denominator
    return {
        "onlyFirst": only_first, "onlySecond": only_second, "count": count,
        "lower": float(max(-1, center - half)), "upper": float(min(1, center + half)),
    }


write("intervals.json", {
    "wilson": [wilson(*x) for x in [(0, 1), (1, 1), (0, 10), (10, 10), (5, 10), (1, 1000), (863, 1000), (49999, 50000), (7, 9)]],
    "newcombe": [newcombe(*x) for x in [(56, 70, 48, 80), (9, 10, 3, 10), (6, 7, 2, 7), (5, 56, 0, 29), (0, 10, 0, 20), (10, 10, 0, 10), (640, 1000, 710, 1000)]],
    "paired": [paired(*x) for x in [(0, 0, 10), (12, 3, 100), (3, 12, 100), (60, 40, 1000), (1, 0, 1), (50, 0, 50), (120, 85, 10000)]],
    "twoSided": [{"confidence": c, "z": float(norm.ppf((1 + c) / 2))} for c in [0.5, 0.9, 0.95, 0.99, 0.995, 0.9995, 0.99995]],
})
