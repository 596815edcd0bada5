"""Statistics against published numbers and against simulated truth."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genba.benchmark.statistics import (
    autocorrelation_time,
    early_stopping_bound,
    mean_estimate,
    order_ranks,
    percentile,
    percentile_estimate,
    samples_needed,
    steadiness,
)
from genba.study.run import SAMPLES_NEEDED


@pytest.mark.parametrize(
    ("share", "over", "count"),
    [
        (0.90, 0, 44), (0.90, 1, 64), (0.95, 0, 90), (0.95, 1, 130),
        (0.99, 0, 459), (0.99, 1, 662), (0.999, 0, 4603), (0.999, 1, 6636),
    ],
)  # fmt: skip
def test_early_stopping_counts_are_those_of_mlperf_loadgen(
    share: float, over: int, count: int
) -> None:
    """Reference values of LoadGen (mlcommons/inference)."""
    assert samples_needed(share, over) == count


def test_the_counts_that_window_and_report_use_are_these() -> None:
    for name, count in SAMPLES_NEEDED.items():
        assert count == samples_needed(int(name[1:]) / 100), name


def test_percentiles_are_hyndman_fan_7() -> None:
    """Hyndman and Fan 1996, definition 7: h = (n - 1) p; here 0.9 x 4 = 3.6."""
    assert percentile(np.array([5.0, 1.0, 4.0, 2.0, 3.0]), 0.9) == pytest.approx(4.6)


def test_the_interval_of_a_median_is_the_published_one() -> None:
    """Conover, Practical Nonparametric Statistics (table of ranks for the median, 95 %): for
    n = 20 the ranks 6 and 15, for n = 10 the ranks 2 and 9."""
    assert order_ranks(20, 0.5) == (6, 15)
    assert order_ranks(10, 0.5) == (2, 9)


@settings(deadline=None)
@given(st.integers(1, 400), st.sampled_from([0.5, 0.9, 0.99]))
def test_ranks_cover_and_are_the_tightest(n: int, share: float) -> None:
    from scipy.stats import binom

    low, high = order_ranks(n, share)
    assert 0 <= low <= high <= n + 1
    assert binom.cdf(low - 1, n, share) <= 0.025
    assert 1 - binom.cdf(high - 1, n, share) <= 0.025
    assert binom.cdf(low, n, share) > 0.025
    if high > 1:
        assert 1 - binom.cdf(high - 2, n, share) > 0.025


def test_below_the_needed_number_there_is_no_percentile() -> None:
    values = np.linspace(1, 2, 458)
    assert percentile_estimate(values, 0.99) is None
    allowed = percentile_estimate(np.linspace(1, 2, 459), 0.99)
    assert allowed is not None
    assert allowed.high is not None
    assert percentile_estimate(values[:43], 0.90) is None
    assert percentile_estimate(values[:44], 0.90) is not None


def test_the_interval_holds_the_truth_as_often_as_it_says() -> None:
    rng = np.random.default_rng(1)
    truth, hits = np.log(10.0), 0
    for _ in range(400):
        found = percentile_estimate(rng.exponential(1.0, 200), 0.9)
        assert found is not None
        assert found.low is not None
        assert found.high is not None
        hits += found.low <= truth <= found.high
    assert hits / 400 >= 0.93


def test_the_early_stopping_bound_is_an_over_estimate_in_99_of_100() -> None:
    rng = np.random.default_rng(2)
    truth = np.log(10.0)
    bounds = [early_stopping_bound(rng.exponential(1.0, 300), 0.9) for _ in range(500)]
    assert np.mean([(bound or 0.0) >= truth for bound in bounds]) >= 0.98
    assert early_stopping_bound(np.ones(43), 0.9) is None
    assert early_stopping_bound(np.arange(44.0), 0.9) == 43.0
    assert early_stopping_bound(np.arange(64.0), 0.9) == 62.0


def correlated(rng: np.random.Generator, n: int, phi: float) -> np.ndarray:
    """A first-order autoregressive series with mean 10."""
    values = np.empty(n)
    values[0] = rng.standard_normal() / np.sqrt(1 - phi**2)
    steps = rng.standard_normal(n)
    for i in range(1, n):
        values[i] = phi * values[i - 1] + steps[i]
    return values + 10.0


def test_autocorrelation_time_of_a_known_series() -> None:
    """For an autoregressive series it is (1 + phi) / (1 - phi) = 3 at phi = 0.5."""
    rng = np.random.default_rng(3)
    assert autocorrelation_time(correlated(rng, 20_000, 0.5)) == pytest.approx(3.0, rel=0.15)
    assert autocorrelation_time(rng.standard_normal(20_000)) == pytest.approx(1.0, abs=0.1)


def test_blocks_widen_the_interval_of_correlated_values() -> None:
    """The standard error grows by the root of the autocorrelation time, here sqrt(3)."""
    rng = np.random.default_rng(4)
    independent = mean_estimate(rng.standard_normal(4000) + 10.0)
    dependent = mean_estimate(
        correlated(rng, 4000, 0.5) * np.sqrt(0.75) + 10.0 * (1 - np.sqrt(0.75))
    )
    assert independent.low is not None
    assert independent.high is not None
    assert dependent.low is not None
    assert dependent.high is not None
    normal = 2 * 1.96 / np.sqrt(4000)
    assert independent.high - independent.low == pytest.approx(normal, rel=0.15)
    ratio = (dependent.high - dependent.low) / (independent.high - independent.low)
    assert ratio == pytest.approx(np.sqrt(3.0), rel=0.25)


def test_the_mean_s_interval_holds_the_truth_as_often_as_it_says() -> None:
    rng = np.random.default_rng(5)
    hits = 0
    for _ in range(200):
        found = mean_estimate(correlated(rng, 400, 0.3), resamples=400)
        assert found.low is not None
        assert found.high is not None
        hits += found.low <= 10.0 <= found.high
    assert hits / 200 >= 0.89


def test_few_values_have_a_mean_without_an_interval() -> None:
    found = mean_estimate(np.array([1.0, 2.0]))
    assert (found.value, found.low, found.high) == (1.5, None, None)


def noise(rng: np.random.Generator, level: float, n: int) -> np.ndarray:
    return level * rng.lognormal(0.0, 0.02, n)


@pytest.mark.parametrize(
    ("levels", "shape"),
    [
        ([1.0], "flat"), ([2.0, 1.0], "warmed"), ([1.0, 1.5], "slowdown"),
        ([1.0, 1.5, 1.0], "unsteady"), ([1.0, 1.02], "flat"),
    ],
)  # fmt: skip
def test_the_shape_of_a_series_is_named(levels: list[float], shape: str) -> None:
    rng = np.random.default_rng(6)
    series = np.concatenate([noise(rng, level, 400) for level in levels])
    found = steadiness(series)
    assert found.shape == shape


def test_change_points_are_found_where_they_are() -> None:
    rng = np.random.default_rng(7)
    series = np.concatenate([noise(rng, 1.0, 300), noise(rng, 1.3, 700)])
    found = steadiness(series)
    assert len(found.starts) == 2
    assert found.starts[1] == pytest.approx(300, abs=10)
    assert found.medians == pytest.approx((1.0, 1.3), rel=0.02)


def test_single_outliers_are_no_change() -> None:
    rng = np.random.default_rng(8)
    series = noise(rng, 1.0, 2000)
    series[rng.integers(0, 2000, 20)] *= 20
    assert steadiness(series).shape == "flat"
