"""What a case document must not say, and how the refusal names it."""

from __future__ import annotations

from typing import Any

import pytest

from genba.business.case_schema import parse
from genba.business.rules import (
    CaseError,
    InvalidInput,
    MissingInput,
    MixedCurrencies,
    RangeOutOfOrder,
    TaxInclusivePrices,
    UnknownInput,
)
from unit.business.example import document, example


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("cashable_share", 1.2),
        ("cloud_usable_share", -0.1),
        ("recall_edge", 1.01),
        ("replacement_years", 0),
        ("replacement_years", 2.5),
        ("rate", 0.41),
        ("rate", -0.01),
        ("years", 0),
        ("psu_efficiency", 0),
        ("latency_mean_ms", 0),
        ("devices", 0),
        ("unit_price", "420000"),
        ("unit_price", True),
        ("unit_price", None),
        ("unit_price", float("inf")),
        ("ramp", [0.5] * 5),
        ("ramp", [1.1]),
        ("ramp", 1.0),
        ("hw_method", "guess"),
        ("currency", "yen"),
        ("good_direction", {"unit_price": 2}),
        ("line_basis", {"labour": ["known"]}),
    ],
)
def test_an_input_outside_of_its_rule_is_named(field: str, value: Any) -> None:
    with pytest.raises(InvalidInput) as error:
        parse(document(**{field: value}))
    assert str(error.value.params["field"]).startswith(field)


def test_a_missing_input_is_named() -> None:
    inputs = example()["inputs"]
    del inputs["wage"], inputs["tokens_in"]
    with pytest.raises(MissingInput, match="wage, tokens_in"):
        parse({"inputs": inputs})


def test_a_document_without_inputs_is_refused() -> None:
    with pytest.raises(MissingInput):
        parse({})


def test_a_misspelt_input_gets_the_nearest_names() -> None:
    with pytest.raises(UnknownInput) as error:
        parse(document(unit_prize=1))
    assert "unit_price" in error.value.params["nearest"]


def test_a_misspelt_part_is_refused_and_a_note_is_not() -> None:
    with pytest.raises(UnknownInput):
        parse({**document(), "uncertian": {}})
    assert parse({**document(), "conventions": ["anything"]}).currency == "JPY"


@pytest.mark.parametrize("ends", [[2.0, 1.5, 1.9], [0.8, 2.0, 1.9]])
def test_a_range_must_be_in_order(ends: list[float]) -> None:
    with pytest.raises(RangeOutOfOrder):
        parse({**document(), "uncertain": {"hours_saved_per_device_day": ends}})


@pytest.mark.parametrize(
    "part",
    [
        {"cashable_share": [0.4, 0.7, 1.4]},
        {"cashable_share": [0.4, 0.7]},
        {"replacement_years": [3, 5, 7]},
        {"unit_price": "low"},
    ],
)
def test_a_range_keeps_the_rule_of_its_input(part: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        parse({**document(), "uncertain": part})


def test_prices_with_consumption_tax_are_refused() -> None:
    with pytest.raises(TaxInclusivePrices):
        parse(document(tax_basis="inclusive"))


def test_a_stage_in_another_currency_is_refused() -> None:
    whole = example()
    whole["stage_plan"][1]["currency"] = "USD"
    with pytest.raises(MixedCurrencies):
        parse(whole)


@pytest.mark.parametrize(
    "change", [{"p_go": 1.5}, {"p_go": -0.1}, {"months": -1}, {"cost": -5}, {"exit_cost": "x"}]
)
def test_a_stage_keeps_its_rules(change: dict[str, Any]) -> None:
    whole = example()
    whole["stage_plan"][0].update(change)
    with pytest.raises(InvalidInput, match="stage_plan"):
        parse(whole)


@pytest.mark.parametrize("part", ["uncertain", "poc_test", "stage_plan", "inputs"])
def test_a_part_of_the_wrong_kind_is_refused(part: str) -> None:
    with pytest.raises(CaseError):
        parse({**document(), part: "text"})


def test_a_poc_test_needs_all_its_numbers() -> None:
    with pytest.raises(MissingInput, match=r"poc_test\.sensitivity"):
        parse({**document(), "poc_test": {"p_success": 0.5, "npv_success": 1, "npv_failure": -1}})


def test_the_plan_uses_the_most_likely_value() -> None:
    whole = document(unit_price=1)
    whole["uncertain"] = {"unit_price": [100, 200, 300]}
    assert parse(whole).case.plan["unit_price"] == 200
