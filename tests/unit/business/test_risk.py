"""The simulation, against distributions whose answers are known."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from genba.business.risk import draw, histogram, power_of_two, simulate, spread
from genba.business.triangular import Triangular

RANGE = Triangular(0.8, 1.5, 1.9)


def test_the_triangular_distribution_agrees_with_scipy() -> None:
    reference = stats.triang(c=0.7 / 1.1, loc=0.8, scale=1.1)
    shares = np.linspace(0.0, 1.0, 21)
    assert RANGE.quantile(shares) == pytest.approx(reference.ppf(shares))
    assert RANGE.density([0.7, 0.9, 1.5, 1.8, 2.0]) == pytest.approx(
        reference.pdf([0.7, 0.9, 1.5, 1.8, 2.0])
    )
    assert RANGE.mean == pytest.approx(reference.mean())
    assert RANGE.variance == pytest.approx(reference.var())


@pytest.mark.parametrize("ends", [(1.0, 1.0, 3.0), (1.0, 3.0, 3.0), (1.0, 2.0, 3.0)])
def test_quadrature_over_a_triangular_is_exact_for_polynomials(
    ends: tuple[float, float, float],
) -> None:
    spread_ = Triangular(*ends)
    x, w = spread_.nodes()
    assert w.sum() == pytest.approx(1.0)
    assert (w * x).sum() == pytest.approx(spread_.mean)
    assert (w * (x - spread_.mean) ** 2).sum() == pytest.approx(spread_.variance)


def test_a_range_without_width_is_a_point() -> None:
    point = Triangular(2.0, 2.0, 2.0)
    assert point.quantile([0.1, 0.9]).tolist() == [2.0, 2.0]
    assert point.nodes()[0].tolist() == [2.0]


def test_draws_follow_their_distribution_and_their_seed() -> None:
    first = draw({"x": RANGE}, 4096)["x"]
    assert stats.kstest(first, stats.triang(c=0.7 / 1.1, loc=0.8, scale=1.1).cdf).pvalue > 0.01
    assert np.array_equal(first, draw({"x": RANGE}, 4096)["x"])
    assert not np.array_equal(first, draw({"x": RANGE}, 4096, seed=1)["x"])


def test_independent_inputs_do_not_move_together_and_a_common_factor_moves_them() -> None:
    ranges = {"a": RANGE, "b": RANGE, "c": RANGE}
    apart = draw(ranges, 16_384)
    assert abs(np.corrcoef(apart["a"], apart["b"])[0, 1]) < 0.02
    together = draw(ranges, 16_384, rho=0.3, good_direction={"c": -1})
    # A Gaussian copula of ρ has the rank correlation 6/π·asin(ρ/2) (Kruskal 1958).
    expected = 6 / np.pi * np.arcsin(0.15)
    assert stats.spearmanr(together["a"], together["b"]).statistic == pytest.approx(
        expected, abs=0.02
    )
    assert stats.spearmanr(together["a"], together["c"]).statistic == pytest.approx(
        -expected, abs=0.02
    )
    assert np.quantile(together["a"], 0.1) == pytest.approx(RANGE.quantile(0.1), abs=0.01)


def test_the_summary_of_a_normal_distribution() -> None:
    npv = stats.norm(1.0, 2.0).ppf((np.arange(100_000) + 0.5) / 100_000)
    found = spread(npv)
    assert found.mean == pytest.approx(1.0, abs=1e-6)
    assert found.p10 == pytest.approx(1.0 - 2.0 * 1.2815516, abs=1e-3)
    assert found.probability_of_loss == pytest.approx(stats.norm.cdf(-0.5), abs=1e-4)
    # Expected shortfall of a normal: μ − σ·φ(z)/α (McNeil, Frey and Embrechts 2015).
    shortfall = 1.0 - 2.0 * stats.norm.pdf(1.2815516) / 0.1
    assert found.expected_shortfall_10 == pytest.approx(shortfall, abs=2e-3)
    assert found.samples == 100_000


def test_the_histogram_holds_every_draw() -> None:
    npv = np.random.default_rng(1).normal(size=5000)
    bins = histogram(npv)
    assert sum(count for _, _, count in bins) == 5000
    assert all(high > low for low, high, _ in bins)
    assert histogram(np.full(10, 3.0)) == ((3.0, 3.0, 10),)


def test_simulation_in_chunks_equals_evaluation_at_once() -> None:
    drawn = draw({"x": RANGE, "y": RANGE}, 20_000)
    found = simulate(lambda v: np.asarray(v["x"] * v["y"] + v["z"]), {"z": 5.0}, drawn)
    assert np.array_equal(found, drawn["x"] * drawn["y"] + 5.0)
    assert len(found) == power_of_two(20_000) == 32_768


def test_a_case_without_ranges_has_one_draw() -> None:
    assert draw({}, 1000) == {}
    assert simulate(lambda v: np.array([v["z"]]), {"z": 5.0}, {}).tolist() == [5.0]
