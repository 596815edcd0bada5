"""What knowing more is worth, against cases with a known answer."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from genba.business.expectation import Expectation
from genba.business.information import evpi, evppi, first_order_shares, poc_value
from genba.business.risk import draw, simulate
from genba.business.triangular import Triangular

X, Y = Triangular(-1.0, 0.0, 1.0), Triangular(0.0, 1.0, 2.0)


def test_the_mean_of_a_product_of_independent_inputs_is_the_product_of_their_means() -> None:
    expected = Expectation(lambda v: np.asarray(3 * v["x"] * v["y"] + v["y"]), {}, {"x": X, "y": Y})
    assert expected.bending == ()
    assert expected.mean() == pytest.approx(3 * X.mean * Y.mean + Y.mean)


def test_an_input_that_bends_the_value_is_integrated() -> None:
    expected = Expectation(lambda v: np.asarray(v["x"] ** 2 * v["y"]), {}, {"x": X, "y": Y})
    assert expected.bending == ("x",)
    # E[x²] of a symmetric triangular over ±1 is 1/6.
    assert expected.mean() == pytest.approx(1 / 6)


def test_many_bending_inputs_fall_back_to_a_sequence() -> None:
    keys = [f"k{i}" for i in range(5)]
    expected = Expectation(
        lambda v: np.asarray(sum(v[k] ** 2 for k in keys)), {}, dict.fromkeys(keys, X)
    )
    assert len(expected.bending) == 5
    assert expected.mean() == pytest.approx(5 / 6, rel=0.01)


def test_knowing_an_input_that_never_changes_the_decision_is_worth_nothing() -> None:
    expected = Expectation(lambda v: np.asarray(10 + v["x"]), {}, {"x": X})
    assert evppi(expected, "x") == 0.0


def test_knowing_an_input_on_the_edge_of_the_decision() -> None:
    # E[max(x, 0)] of a symmetric triangular over ±1 is 1/6, and E[x] is 0.
    expected = Expectation(lambda v: np.asarray(v["x"] + 0 * v["y"]), {}, {"x": X, "y": Y})
    assert evppi(expected, "x") == pytest.approx(1 / 6)
    assert evppi(expected, "y") == pytest.approx(0.0, abs=1e-12)


def test_a_bent_conditional_mean_is_split_at_its_zeros() -> None:
    # x² − 1/6 has mean 0; its positive part by hand: ∫ 2(1 − x)(x² − 1/6) over x > 1/√6.
    expected = Expectation(lambda v: np.asarray(v["x"] ** 2 - 1 / 6), {}, {"x": X})
    a = 6**-0.5

    def antiderivative(x: float) -> float:
        return 2 * (x**3 / 3 - x / 6 - x**4 / 4 + x**2 / 12)

    assert evppi(expected, "x") == pytest.approx(antiderivative(1) - antiderivative(a), rel=1e-9)


def test_evpi_of_a_normal_distribution_is_the_unit_loss_function() -> None:
    # σ·(φ(z) − z·(1 − Φ(z))) with z = |μ|/σ (Raiffa and Schlaifer 1961).
    npv = stats.norm(1.0, 2.0).ppf((np.arange(200_000) + 0.5) / 200_000)
    z = 0.5
    expected = 2.0 * (stats.norm.pdf(z) - z * stats.norm.sf(z))
    assert evpi(npv) == pytest.approx(expected, rel=1e-3)


def test_no_single_input_is_worth_more_than_all_of_them() -> None:
    def value(v: object) -> np.ndarray:
        return np.asarray(4 * v["x"] * v["y"] - v["y"] + 0.9)  # type: ignore[index]

    ranges = {"x": X, "y": Y}
    expected = Expectation(value, {}, ranges)
    whole = evpi(simulate(value, {}, draw(ranges, 65_536)))
    assert 0 < evppi(expected, "x") < whole
    assert evppi(expected, "y") <= whole


def test_shares_of_variance_add_up_for_a_sum() -> None:
    expected = Expectation(lambda v: np.asarray(v["x"] + 2 * v["y"]), {}, {"x": X, "y": Y})
    shares = first_order_shares(expected, X.variance + 4 * Y.variance)
    assert shares == pytest.approx({"x": 0.2, "y": 0.8})


SHARE = st.floats(0.0, 1.0)
MONEY = st.floats(-1e7, 1e7)


@given(SHARE, MONEY, MONEY, SHARE, SHARE)
def test_a_test_is_worth_at_least_nothing_and_at_most_perfect_knowledge(
    p: float, good: float, bad: float, sensitivity: float, specificity: float
) -> None:
    found = poc_value(
        p_success=p,
        npv_success=good,
        npv_failure=bad,
        sensitivity=sensitivity,
        specificity=specificity,
        poc_cost_after_tax=0.0,
    )
    assert -1e-3 <= found.evsi <= found.evpi + 1e-3


def test_a_perfect_test_is_worth_the_perfect_information() -> None:
    found = poc_value(
        p_success=0.5,
        npv_success=9.0,
        npv_failure=-7.0,
        sensitivity=1.0,
        specificity=1.0,
        poc_cost_after_tax=1.0,
    )
    assert found.evsi == found.evpi == pytest.approx(3.5)
    assert found.net_value_of_poc == pytest.approx(2.5)


def test_an_outcome_that_cannot_occur_has_no_posterior() -> None:
    found = poc_value(
        p_success=1.0,
        npv_success=9.0,
        npv_failure=-7.0,
        sensitivity=1.0,
        specificity=1.0,
        poc_cost_after_tax=0.0,
    )
    assert found.posterior_success_if_negative is None
    assert found.value_if_negative is None
