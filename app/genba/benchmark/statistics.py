"""Statistics of latencies: percentiles with honest intervals, and when there are enough samples.

Percentiles shown are Hyndman–Fan type 7 (numpy's default). What may be claimed about them comes
from order statistics, which assume nothing about the distribution.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np
import numpy.typing as npt

Values = npt.NDArray[np.float64]

LEVEL = 0.95
CLAIM = 0.99
"""Confidence of the early-stopping rule, as MLPerf LoadGen sets it."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value with the interval that holds it at `level`; no interval where n allows none."""

    value: float
    low: float | None
    high: float | None
    level: float = LEVEL


@cache
def samples_needed(percentile: float, over: int = 0, claim: float = CLAIM) -> int:
    """The smallest n that allows a statement on a percentile with `over` samples beyond it.

    MLPerf's early stopping (mlcommons/inference, loadgen/early_stopping.cc; Peter, "Early stopping
    for LoadGen"): the smallest n with P(Binomial(n, 1 − percentile) ≤ over) ≤ 1 − claim. For 99 %:
    p90 44 (over = 1: 64), p95 90 (130), p99 459 (662), p99.9 4,603 (6,636).
    """
    low, high = over, over + 1
    while _tail(high, 1.0 - percentile, over) > 1.0 - claim:
        low, high = high, high * 2
    while high - low > 1:
        middle = (low + high) // 2
        if _tail(middle, 1.0 - percentile, over) > 1.0 - claim:
            low = middle
        else:
            high = middle
    return high


def _tail(n: int, p: float, k: int) -> float:
    """P(Binomial(n, p) ≤ k)."""
    if k >= n:
        return 1.0
    from scipy.special import bdtr

    return float(bdtr(k, n, p))


def early_stopping_bound(
    latencies: Values, percentile: float, claim: float = CLAIM
) -> float | None:
    """A value that the percentile does not exceed with confidence `claim`, or None if n is small.

    The largest number of samples that may be dropped from the top is the largest `over` whose
    `samples_needed` is at most n; the bound is the greatest value left (LoadGen's over-estimate).
    """
    n = len(latencies)
    if n < samples_needed(percentile, 0, claim):
        return None
    over = 0
    low, high = 0, n
    while low < high:
        middle = (low + high + 1) // 2
        if _tail(n, 1.0 - percentile, middle) <= 1.0 - claim:
            low = middle
        else:
            high = middle - 1
    over = low
    return float(np.sort(latencies)[n - 1 - over])


def percentile(latencies: Values, share: float) -> float:
    """Hyndman–Fan type 7."""
    return float(np.quantile(latencies, share))


def percentile_estimate(latencies: Values, share: float, level: float = LEVEL) -> Estimate | None:
    """A percentile with its exact two-sided interval, or None below `samples_needed`.

    The interval is that of two order statistics x(l), x(u) with P(l ≤ Binomial(n, share) < u) at
    least `level` (David and Nagaraja, Order Statistics, section 7.1), each tail at most half of
    the rest.
    """
    n = len(latencies)
    if n < samples_needed(max(share, 0.5)):
        return None
    ordered = np.sort(latencies)
    low, high = order_ranks(n, share, level)
    return Estimate(
        percentile(ordered, share),
        float(ordered[low - 1]) if low >= 1 else None,
        float(ordered[high - 1]) if high <= n else None,
        level,
    )


def order_ranks(n: int, share: float, level: float = LEVEL) -> tuple[int, int]:
    """Ranks (1-based) of the order statistics that bound a quantile.

    The lower rank is 0 and the upper one n + 1 where no order statistic reaches that far.
    """
    from scipy.special import bdtr

    ranks = np.arange(0, n + 1)
    cdf = bdtr(ranks, n, share)
    half = (1.0 - level) / 2.0
    # P(X(l) > quantile) = P(Bin < l) = cdf[l-1] <= half; P(X(u) < quantile) = 1 - cdf[u-1] <= half
    low = int(np.searchsorted(cdf, half, side="right"))
    high = int(np.searchsorted(cdf, 1.0 - half, side="left")) + 1
    return low, high


def autocorrelation_time(values: Values) -> float:
    """The integrated autocorrelation time, 1 for independent values.

    Sums the autocorrelations up to the first that is not positive (initial positive sequence,
    Geyer 1992, simplified), at most n / 4 lags, over the first 100,000 values.
    """
    values = values[:100_000]
    n = len(values)
    centred = values - values.mean()
    variance = float(np.dot(centred, centred))
    if n < 8 or variance == 0.0:
        return 1.0
    total = 1.0
    for lag in range(1, min(n // 4, 1000)):
        rho = float(np.dot(centred[:-lag], centred[lag:])) / variance
        if rho <= 0.0:
            break
        total += 2.0 * rho
    return total


def mean_estimate(
    values: Values, level: float = LEVEL, *, resamples: int = 2000, seed: int = 20251
) -> Estimate:
    """The mean with a moving-block bootstrap interval (Künsch 1989).

    Blocks are twice the autocorrelation time long, so that neighbouring requests may depend on
    each other. Without at least 8 values there is no interval.
    """
    n = len(values)
    value = float(values.mean())
    if n < 8:
        return Estimate(value, None, None, level)
    # More than a thousand blocks a resample add nothing but time: longer blocks are as valid.
    wanted = max(math.ceil(2.0 * autocorrelation_time(values)), math.ceil(n / 1000))
    block = max(1, min(wanted, n // 4))
    sums = np.concatenate(([0.0], np.cumsum(values)))
    starts = n - block + 1
    block_means = (sums[block:] - sums[:starts]) / block
    a_resample = math.ceil(n / block)
    rng = np.random.default_rng(seed)
    means = block_means[rng.integers(0, starts, (resamples, a_resample))].mean(axis=1)
    half = (1.0 - level) / 2.0
    low, high = np.quantile(means, (half, 1.0 - half))
    return Estimate(value, min(float(low), value), max(float(high), value), level)


Shape = Literal["flat", "warmed", "slowdown", "unsteady"]


@dataclass(frozen=True, slots=True)
class Steadiness:
    """How latency ran over time: its shape, and the segment starts (indices into the values)."""

    shape: Shape
    starts: tuple[int, ...]
    medians: tuple[float, ...]


def steadiness(latencies: Values, tolerance: float = 0.05) -> Steadiness:
    """Find change points of the latency's level, and name the shape.

    PELT (Killick, Fearnhead, Eckley 2012) on the log medians of at most 200 blocks, cost = squared
    error over a robust noise variance, penalty 3 log n. Neighbouring segments that differ by less
    than `tolerance` are one. `flat`: one level; `warmed`: the first segment is the slowest and the
    rest agrees; `slowdown`: the last is slower than the fastest; else `unsteady`.
    """
    n = len(latencies)
    size = max(1, math.ceil(n / 200))
    usable = n - n % size
    blocks = np.median(np.log(np.maximum(latencies[:usable], 1e-12)).reshape(-1, size), axis=1)
    if len(blocks) < 8:
        return Steadiness("flat", (0,), (float(np.median(latencies)),))
    starts = _merged(blocks, _pelt(blocks), tolerance)
    bounds = [*starts, len(blocks)]
    levels = [float(np.exp(np.median(blocks[a:b]))) for a, b in itertools.pairwise(bounds)]
    return Steadiness(_shape(levels, tolerance), tuple(s * size for s in starts), tuple(levels))


def _shape(levels: list[float], tolerance: float) -> Shape:
    if len(levels) == 1:
        return "flat"
    rest = levels[1:]
    if levels[0] > max(rest) and max(rest) <= min(rest) * (1.0 + tolerance):
        return "warmed"
    return "slowdown" if levels[-1] > min(levels) * (1.0 + tolerance) else "unsteady"


def _pelt(values: Values) -> list[int]:
    """Segment starts, the first one 0."""
    n = len(values)
    steps = np.diff(values)
    # MAD of differences: 1.4826 for the normal, sqrt(2) for a difference of two values.
    noise = max(1e-4, 1.4826 * float(np.median(np.abs(steps - np.median(steps)))) / math.sqrt(2.0))
    scaled = (values - values.mean()) / noise
    first = np.concatenate(([0.0], np.cumsum(scaled)))
    second = np.concatenate(([0.0], np.cumsum(scaled**2)))
    penalty, shortest = 3.0 * math.log(n), 2
    best = np.full(n + 1, np.inf)
    best[0] = -penalty
    previous = np.zeros(n + 1, int)
    candidates = [0]
    for end in range(shortest, n + 1):
        options = []
        for start in candidates:
            total = first[end] - first[start]
            cost = second[end] - second[start] - total * total / (end - start)
            options.append(best[start] + cost)
        chosen = int(np.argmin(options))
        best[end], previous[end] = options[chosen] + penalty, candidates[chosen]
        candidates = [s for s, value in zip(candidates, options, strict=True) if value <= best[end]]
        candidates.append(end - shortest + 1)
    starts, end = [], n
    while end > 0:
        end = int(previous[end])
        starts.append(end)
    return starts[::-1]


def _merged(values: Values, starts: list[int], tolerance: float) -> list[int]:
    kept = [starts[0]]
    for index, start in enumerate(starts[1:], 1):
        end = starts[index + 1] if index + 1 < len(starts) else len(values)
        before, after = np.median(values[kept[-1] : start]), np.median(values[start:end])
        if abs(float(after - before)) > math.log1p(tolerance):
            kept.append(start)
    return kept
