"""Assets, growth and tax over the years, for plans and for arrays of draws alike."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genba.business.alternatives import CLOUD, EDGE
from genba.business.case_file import evaluate_case
from genba.business.cashflow import Horizon
from unit.business.example import case, document

ONE_DEVICE = {
    "devices": 1, "spares": 0, "unit_price": 1_000_000, "integration": 0, "residual_share": 0.1,
    "replacement_price_share": 0.8, "hw_method": "straight_line", "hw_life": 4,
}  # fmt: skip


def test_hardware_is_bought_again_and_its_book_loss_deducted() -> None:
    # Three-year cycles, written off over four: a quarter is left when each cycle is scrapped.
    edge = evaluate_case(document(**ONE_DEVICE, years=7, replacement_years=3))["edge"]
    assert edge["capex"] == [1_000_000, 0, 0, 800_000, 0, 0, 800_000, 0]
    assert edge["depreciation"] == pytest.approx(
        [0, 250_000, 250_000, 250_000 + 250_000, 200_000, 200_000, 200_000 + 200_000, 200_000]
    )
    # The third cycle is one year old: 600,000 in the books, sold for 80,000.
    assert edge["residual_after_tax"][:-1] == [0] * 7
    assert edge["residual_after_tax"][-1] == pytest.approx(80_000 - 0.34 * (80_000 - 600_000))


def test_a_cycle_that_ends_at_the_horizon_is_scrapped_not_sold() -> None:
    edge = evaluate_case(document(**ONE_DEVICE, years=4, replacement_years=4))["edge"]
    assert edge["capex"] == [1_000_000, 0, 0, 0, 0]
    assert edge["residual_after_tax"] == [0] * 5
    assert sum(edge["depreciation"]) == pytest.approx(1_000_000)


def test_hardware_outliving_its_write_off_is_sold_from_an_empty_book() -> None:
    edge = evaluate_case(document(**{**ONE_DEVICE, "hw_life": 3}, years=4, replacement_years=6))
    assert edge["edge"]["depreciation"][4] == 0
    assert edge["edge"]["residual_after_tax"][-1] == pytest.approx(100_000 * (1 - 0.34))


def test_software_is_written_off_over_five_years_and_worth_nothing() -> None:
    cloud = evaluate_case(document(years=7, cloud_integration=500_000))["cloud"]
    assert cloud["depreciation"] == pytest.approx([0] + [100_000] * 5 + [0, 0])
    assert cloud["residual_after_tax"] == [0] * 8


def test_without_tax_the_net_flow_is_operating_money_less_purchases() -> None:
    edge = evaluate_case(document(tax=0))["edge"]
    lines = np.array([edge["lines"][name] for name in edge["lines"]])
    sold = np.array([0, 0, 0, 0, 378_000.0])
    assert edge["net"] == pytest.approx(lines.sum(axis=0) - np.array(edge["capex"]) + sold)
    assert edge["tax"] == [0] * 5


def test_a_short_ramp_continues_and_an_empty_one_is_full_use() -> None:
    assert Horizon(4, (0.5, 0.8)).use[:, 0].tolist() == [0, 0.5, 0.8, 0.8, 0.8]
    assert Horizon(2).use[:, 0].tolist() == [0, 1, 1]


def test_growth_applies_from_the_second_year() -> None:
    assert Horizon(3).growth(0.1)[:, 0] == pytest.approx([0, 1, 1.1, 1.21])


def test_idle_power_never_turns_negative_when_the_devices_are_overloaded() -> None:
    capacity = evaluate_case(document())["break_even"]["fleet_capacity_requests_per_year"]
    full = evaluate_case(document(requests_per_year=capacity))["energy_kwh_full_year"]
    double = evaluate_case(document(requests_per_year=2 * capacity))["energy_kwh_full_year"]
    assert full == pytest.approx(capacity * 240_000 / 3.6e9 / 0.88)
    assert double == pytest.approx(2 * full)


def test_draws_go_through_the_same_formulas_as_the_plan() -> None:
    example = case()
    wages = np.array([3000.0, 3600.0, 4200.0])
    rates = np.array([0.04, 0.06, 0.08])
    growth = np.array([0.0, 0.02, 0.05])
    together = {**example.plan, "wage": wages, "rate": rates, "wage_growth": growth}
    for alternative in (EDGE, CLOUD):
        at_once = example.npv_of(alternative)(together)
        one_by_one = [
            example.npv_of(alternative)({**example.plan, "wage": w, "rate": r, "wage_growth": g})
            for w, r, g in zip(wages, rates, growth, strict=True)
        ]
        assert at_once == pytest.approx(np.concatenate(one_by_one), rel=1e-12)


@pytest.mark.parametrize("alternative", [EDGE, CLOUD])
def test_every_formula_reads_only_what_it_declares(alternative: object) -> None:
    plan = case().plan

    class Recorder(dict[str, float]):
        def __init__(self) -> None:
            super().__init__({**plan, **OPTIONAL})
            self.read: set[str] = set()

        def __getitem__(self, key: str) -> float:
            self.read.add(key)
            return super().__getitem__(key)

    for line in alternative.lines:  # type: ignore[attr-defined]
        recorder = Recorder()
        line.formula(recorder, Horizon(3, (0.5,)))
        assert recorder.read == {*line.drivers, *line.terms}, line.id
    for asset in alternative.assets:  # type: ignore[attr-defined]
        recorder = Recorder()
        asset.cost(recorder)
        assert recorder.read <= {*asset.drivers, *asset.terms}, asset.id


OPTIONAL = {
    "sim_fee_month": 300.0, "update_mb": 40.0, "updates_per_year": 6.0, "data_price_mb": 0.2,
    "cloud_instances": 2.0, "cloud_instance_hours": 8760.0, "cloud_instance_price": 15.0,
}  # fmt: skip


def test_optional_lines_take_part_only_with_all_their_inputs() -> None:
    example = case()
    assert "connectivity" not in example.flows(EDGE).lines
    assert "instances" not in example.flows(CLOUD).lines
    more = {**example.plan, **OPTIONAL}
    assert example.flows(EDGE, more).lines["connectivity"][1, 0] == -12 * 300 * 8
    assert example.flows(EDGE, more).lines["updates"][1, 0] == pytest.approx(-40 * 6 * 0.2 * 8)
    instances = example.flows(CLOUD, more).lines["instances"][:, 0]
    assert instances[2] == pytest.approx(-2 * 8760 * 15 * 0.85)


COSTS = (
    "unit_price", "integration", "poc_cost", "training", "security_once", "security_yearly",
    "automation_once", "automation_licence", "maintenance_rate", "review_cost", "energy_price",
    "ops_wage", "ops_hours_after", "energy_mj",
)  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(key=st.sampled_from(COSTS), factor=st.floats(1.0, 3.0))
def test_a_higher_cost_never_raises_the_npv(key: str, factor: float) -> None:
    example = case()
    more = {**example.plan, key: min(example.plan[key] * factor, 1.0 if "rate" in key else 1e9)}
    assert example.edge_npv(more)[0] <= example.edge_npv(example.plan)[0] + 1e-6


@settings(max_examples=40, deadline=None)
@given(
    key=st.sampled_from(("unit_price", "wage", "integration", "cashable_share", "energy_mj")),
    a=st.floats(0.0, 1.0),
    b=st.floats(0.0, 1.0),
)
def test_the_npv_is_affine_in_each_price_and_share(key: str, a: float, b: float) -> None:
    example = case()
    middle = (a + b) / 2 * example.plan[key]
    points = [a * example.plan[key], middle, b * example.plan[key]]
    low, mid, high = example.edge_npv({**example.plan, key: np.array(points)})
    assert mid == pytest.approx((low + high) / 2, rel=1e-9, abs=1e-3)


@settings(max_examples=20, deadline=None)
@given(factor=st.floats(0.1, 10.0))
def test_a_change_of_currency_scales_all_money(factor: float) -> None:
    inputs = document()["inputs"]
    money = (
        "unit_price", "integration", "poc_cost", "training", "security_once", "security_yearly",
        "automation_once", "automation_licence", "wage", "scrap_cost", "review_cost",
        "downtime_cost_per_hour", "energy_price", "ops_wage", "price_in_per_m", "price_out_per_m",
        "egress_price_gb", "line_fee_month", "cloud_integration",
    )  # fmt: skip
    plain = evaluate_case({"inputs": inputs})
    scaled = evaluate_case({"inputs": {**inputs, **{k: inputs[k] * factor for k in money}}})
    for name in ("edge", "cloud"):
        assert scaled[name]["npv"] == pytest.approx(plain[name]["npv"] * factor, rel=1e-9)
        assert scaled[name]["irr"] == pytest.approx(plain[name]["irr"], rel=1e-6)
