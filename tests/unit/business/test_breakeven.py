"""The volume from which the edge is cheaper."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genba.business.breakeven import break_even, capital_recovery
from unit.business.example import case


def test_capital_recovery_repays_the_present_value() -> None:
    payment = capital_recovery(0.06, 5)
    assert payment == pytest.approx(0.2373964, rel=1e-6)  # annuity tables: 6 %, 5 years
    assert sum(payment / 1.06**t for t in range(1, 6)) == pytest.approx(1.0)
    assert capital_recovery(0.0, 4) == 0.25


@settings(max_examples=25, deadline=None)
@given(price=st.floats(50_000, 900_000), token=st.floats(200, 3000), life=st.integers(1, 8))
def test_both_cost_lines_meet_at_the_break_even_volume(
    price: float, token: float, life: int
) -> None:
    example = case(unit_price=price, price_out_per_m=token, replacement_years=life)
    even = break_even(example.plan, example.structure)
    volume = even.requests_per_year
    assert volume is not None
    edge = even.edge_fixed + even.edge_per_request * volume
    cloud = even.cloud_fixed + even.cloud_per_request * volume
    assert edge == pytest.approx(cloud, rel=1e-9)


def test_hardware_is_recovered_over_its_replacement_cycle() -> None:
    short, long = case(replacement_years=2), case(replacement_years=8)
    hardware = 420_000 * 9
    difference = (
        break_even(short.plan, short.structure).edge_fixed
        - break_even(long.plan, long.structure).edge_fixed
    )
    expected = hardware * (capital_recovery(0.06, 2) - capital_recovery(0.06, 8))
    assert difference == pytest.approx(expected)


def test_costs_that_both_sides_share_do_not_move_it() -> None:
    plain, dear = case(), case(poc_cost=9e6, training=5e6, review_cost=900)
    assert break_even(plain.plan, plain.structure) == break_even(dear.plan, dear.structure)


def test_an_edge_that_is_cheaper_at_rest_breaks_even_below_zero() -> None:
    example = case(line_fee_month=900_000)
    found = break_even(example.plan, example.structure).requests_per_year
    assert found is not None
    assert found < 0
