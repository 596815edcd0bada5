"""Percentile bootstrap (Efron and Tibshirani, 1993, chapter 13)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np


def bootstrap(
    statistic: Callable[[np.ndarray], float],
    n: int,
    seed: int,
    resamples: int = 2000,
    level: float = 0.95,
) -> tuple[float, float]:
    """The *level* interval of ``statistic(rows)``, rows being n indices drawn with replacement."""
    generator = np.random.default_rng(seed)
    values = [statistic(generator.integers(n, size=n)) for _ in range(resamples)]
    low, high = np.quantile(values, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)
