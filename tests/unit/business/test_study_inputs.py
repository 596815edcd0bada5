"""Changing single inputs, and what a study's inputs must not say."""

from __future__ import annotations

import pytest

from genba.business.rules import InvalidInput, MissingInput, RangeOutOfOrder, UnknownInput
from genba.business.study_inputs import apply_overrides, to_case
from genba.figures import Basis
from unit.business.studies import changed, inputs


def test_a_changed_value_is_an_assumption_of_the_user() -> None:
    new = apply_overrides(inputs(), {"wage": 4000.0}).values["wage"]
    old = inputs().values["wage"]
    assert (new.value, new.basis, new.ref) == (4000.0, Basis.ASSUMED, "")
    assert (new.low, new.high) == (old.low, old.high)


def test_a_range_moves_along_when_it_does_not_hold_the_new_value() -> None:
    new = apply_overrides(inputs(), {"wage": 7200.0}).values["wage"]
    assert (new.low, new.high) == pytest.approx((6000.0, 8600.0))
    share = apply_overrides(inputs(), {"cashable_share": 0.9}).values["cashable_share"]
    assert share.low == pytest.approx(0.54)
    assert share.high == 1.0


def test_a_changed_input_leaves_the_others_alone() -> None:
    new = apply_overrides(inputs(), {"wage": 4000.0})
    assert {k: v for k, v in new.values.items() if k != "wage"} == {
        k: v for k, v in inputs().values.items() if k != "wage"
    }


def test_the_horizon_and_stages_can_be_changed() -> None:
    new = apply_overrides(inputs(), {"years": 2, "stages.pilot.cost": 5e6, "stages.asic.p_go": 0.5})
    assert new.years == 2
    assert len(new.ramp) == 2
    pilot, asic = new.stages[1], new.stages[3]
    assert (pilot.cost, pilot.cost_parts) == (5e6, {})
    assert asic.p_go == 0.5


@pytest.mark.parametrize("key", ["wagee", "stages.pilto.cost", "stages.pilot.colour", ""])
def test_an_unknown_key_gets_the_nearest(key: str) -> None:
    with pytest.raises(UnknownInput) as error:
        apply_overrides(inputs(), {key: 1.0})
    assert error.value.params["nearest"]


def test_the_nearest_key_is_named() -> None:
    with pytest.raises(UnknownInput) as error:
        apply_overrides(inputs(), {"wagee": 1.0})
    assert "wage" in error.value.params["nearest"].split(", ")


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("cashable_share", 1.1),
        ("wage", -1.0),
        ("rate", 0.5),
        ("years", 0),
        ("years", 2.5),
        ("wage", float("nan")),
        ("stages.pilot.p_go", 1.5),
        ("stages.pilot.cost", -1.0),
    ],
)
def test_a_value_outside_of_its_rule_is_refused(key: str, value: float) -> None:
    with pytest.raises(InvalidInput):
        apply_overrides(inputs(), {key: value})


def with_value(key: str, **update: object) -> object:
    base = inputs()
    value = base.values[key].model_copy(update=update)
    return base.model_copy(update={"values": {**base.values, key: value}})


@pytest.mark.parametrize(
    ("key", "update"),
    [
        ("wage", {"high": None}),
        ("replacement_years", {"low": 3.0, "high": 8.0}),
        ("wage", {"basis": Basis.MEASURED, "ref": "", "source": ""}),
        ("cashable_share", {"low": -0.5}),
    ],
)
def test_an_input_that_contradicts_itself_is_refused(key: str, update: dict[str, object]) -> None:
    with pytest.raises(InvalidInput):
        to_case(with_value(key, **update))  # type: ignore[arg-type]


def test_a_range_that_misses_its_value_is_refused() -> None:
    with pytest.raises(RangeOutOfOrder):
        to_case(with_value("wage", low=4000.0))  # type: ignore[arg-type]


def test_a_case_without_an_input_names_it() -> None:
    base = inputs()
    values = {k: v for k, v in base.values.items() if k != "wage"}
    with pytest.raises(MissingInput, match="wage"):
        to_case(base.model_copy(update={"values": values}))


def test_plan_and_ranges_come_from_the_inputs() -> None:
    case = to_case(changed(inputs(), unit_price=12_345.0))
    assert case.plan["unit_price"] == 12_345.0
    assert "unit_price" not in case.uncertain
    assert case.uncertain["wage"].mode == case.plan["wage"]
