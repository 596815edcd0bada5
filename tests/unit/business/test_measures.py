"""NPV, IRR, MIRR and payback, against numpy-financial and by hand."""

from __future__ import annotations

import numpy as np
import numpy_financial as npf
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from genba.business.measures import (
    irr,
    mirr,
    npv,
    payback_years,
    profitability_index,
    sign_changes,
    vectorised_irr,
)

FLOWS = st.lists(st.floats(-1e7, 1e7, allow_subnormal=False), min_size=2, max_size=10)
RATES = st.floats(0.0, 0.4)


@settings(deadline=None)
@given(FLOWS, RATES)
def test_npv_agrees_with_numpy_financial(net: list[float], rate: float) -> None:
    assert npv(net, rate) == pytest.approx(npf.npv(rate, net), rel=1e-9, abs=1e-4)


@settings(deadline=None)
@given(st.integers(1000, 10**7), st.lists(st.integers(0, 10**7), min_size=1, max_size=8))
def test_irr_agrees_with_numpy_financial(outlay: int, income: list[int]) -> None:
    net = [-outlay, *income]
    assume(sum(income) > outlay * 0.2)
    found = irr(net)
    assert found is not None
    assert abs(npv(net, found)) <= 1e-6 * (outlay + sum(income))
    assert found == pytest.approx(npf.irr(net), rel=1e-5, abs=1e-6)


def test_irr_of_a_borrowing_has_one_root_too() -> None:
    assert irr([1000.0, -1100.0]) == pytest.approx(0.1)


@pytest.mark.parametrize("net", [[-1.0, -2.0], [1.0, 2.0], [-1.0, 3.0, -2.0], [0.0, 0.0]])
def test_there_is_no_irr_without_exactly_one_change_of_sign(net: list[float]) -> None:
    assert irr(net) is None


def test_zeros_do_not_count_as_changes_of_sign() -> None:
    assert sign_changes([-1.0, 0.0, -1.0, 0.0, 2.0]) == 1


@settings(deadline=None)
@given(FLOWS, RATES, RATES)
def test_mirr_agrees_with_numpy_financial(net: list[float], a: float, b: float) -> None:
    assume(max(net) > 1.0 and min(net) < -1.0)
    assert mirr(net, a, b) == pytest.approx(npf.mirr(net, a, b), rel=1e-7, abs=1e-9)


def test_there_is_no_mirr_without_both_kinds_of_flow() -> None:
    assert mirr([-1.0, -1.0], 0.1, 0.1) is None
    assert mirr([1.0, 1.0], 0.1, 0.1) is None


def test_payback_is_the_last_crossing_linear_within_the_year() -> None:
    paths = np.array(
        [
            # recovered; never; owed nothing; recovered, lost again in year 3, recovered in year 4
            [-100.0, -100.0, 10.0, -100.0],
            [60.0, 10.0, 5.0, 120.0],
            [80.0, 10.0, 5.0, 0.0],
            [0.0, 10.0, 5.0, -50.0],
            [0.0, 10.0, 5.0, 60.0],
        ]
    )
    found = payback_years(paths)
    assert found[0] == pytest.approx(1.5)
    assert np.isnan(found[1])
    assert found[2] == 0
    assert found[3] == pytest.approx(3.5)


def test_profitability_index_needs_an_outlay() -> None:
    assert profitability_index([-100.0, 150.0], 0.0) == pytest.approx(1.5)
    assert profitability_index([0.0, 150.0], 0.0) is None


def test_irr_of_many_draws_agrees_with_one_by_one() -> None:
    random = np.random.default_rng(3)
    net = np.vstack([-random.uniform(50, 200, 40), random.uniform(-10, 90, (5, 40))])
    found = vectorised_irr(net)
    for column in range(net.shape[1]):
        single = irr(net[:, column])
        if single is None:
            assert np.isnan(found[column])
        else:
            assert found[column] == pytest.approx(single, abs=1e-6)
