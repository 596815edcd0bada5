"""A case file is answered exactly as the published worked example is."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest

from genba.business.case_file import evaluate_case, read_case
from genba.business.rules import CaseUnreadable
from unit.business.example import document, example

SIMULATED = ("monte_carlo_independent", "monte_carlo_rho_0_3")
QUANTILES = ("mean", "p5", "p10", "p20", "p50", "p80", "p90", "p95", "expected_shortfall_10", "sd")


@pytest.fixture(scope="module")
def outputs() -> dict[str, Any]:
    return evaluate_case(example())


def differences(expected: Any, found: Any, where: str = "") -> list[str]:
    """Where two trees of plain numbers differ by more than the file's relative tolerance."""
    if isinstance(expected, dict):
        return [
            d
            for key, value in expected.items()
            for d in (
                differences(value, found[key], f"{where}/{key}")
                if key in found
                else [f"{where}/{key} is missing"]
            )
        ]
    if isinstance(expected, list):
        if len(expected) != len(found):
            return [f"{where} has {len(found)} entries"]
        pairs = enumerate(zip(expected, found, strict=True))
        return [d for i, (a, b) in pairs for d in differences(a, b, f"{where}[{i}]")]
    if isinstance(expected, str) or expected is None:
        return [] if expected == found else [f"{where}: {found!r}"]
    close = math.isclose(expected, found, rel_tol=1e-9, abs_tol=1e-9)
    return [] if close else [f"{where}: {found}, not {expected}"]


def test_every_deterministic_output_of_the_worked_example_is_reproduced(
    outputs: dict[str, Any],
) -> None:
    expected = {k: v for k, v in example()["outputs"].items() if k not in (*SIMULATED, "evppi")}
    assert differences(expected, outputs) == []


@pytest.mark.parametrize("name", SIMULATED)
def test_the_simulation_agrees_within_the_published_tolerances(
    outputs: dict[str, Any], name: str
) -> None:
    expected, found = example()["outputs"][name], outputs[name]
    for key in QUANTILES:
        assert abs(found[key] - expected[key]) <= 0.02 * expected["sd"], key
    assert abs(found["probability_of_loss"] - expected["probability_of_loss"]) <= 0.005
    evpi = expected["evpi_at_gate_after_poc"]
    assert abs(found["evpi_at_gate_after_poc"] - evpi) <= 0.02 * evpi
    assert found["samples"] >= 100_000
    assert found["se_mean"] == pytest.approx(found["sd"] / found["samples"] ** 0.5)


def test_the_value_of_knowing_one_input_agrees(outputs: dict[str, Any]) -> None:
    expected, found = example()["outputs"]["evppi"], outputs["evppi"]
    assert found["expected_npv_after_poc"] == pytest.approx(expected["expected_npv_after_poc"])
    for key, value in expected["by_input"].items():
        assert abs(found["by_input"][key] - value) <= max(2.0, 0.02 * value), key


def test_the_same_file_gives_the_same_answer_twice(outputs: dict[str, Any]) -> None:
    assert evaluate_case(example()) == outputs


def test_every_part_but_the_inputs_may_be_left_out() -> None:
    inputs = {k: v for k, v in example()["inputs"].items() if k != "line_basis"}
    found = evaluate_case({"inputs": inputs})
    assert set(found) == {
        "edge", "cloud", "edge_minus_cloud", "break_even", "energy_kwh_full_year",
        "operating_burden",
    }  # fmt: skip


def test_outputs_are_plain_json(outputs: dict[str, Any]) -> None:
    assert json.loads(json.dumps(outputs, allow_nan=False)) == outputs


def test_there_is_no_rate_of_return_without_a_change_of_sign() -> None:
    found = evaluate_case(document(hours_saved_per_device_day=0, downtime_hours_avoided=0))
    edge = found["edge"]
    assert edge["sign_changes"] != 1
    assert edge["irr"] is None
    assert edge["irr_reason"] == "no_single_rate"
    assert edge["payback_years"] is None
    assert edge["payback_reason"] == "not_recovered"


def test_there_is_no_break_even_when_the_cloud_costs_less_per_request() -> None:
    found = evaluate_case(document(price_in_per_m=0, price_out_per_m=0, egress_price_gb=0))
    assert found["break_even"]["cloud_per_request"] == 0
    assert found["break_even"]["requests_per_year"] is None


def test_automation_that_saves_less_than_its_licence_never_pays() -> None:
    found = evaluate_case(document(ops_hours_after=24))
    assert found["operating_burden"]["automation_payback_years"] is None


def test_an_uncertain_poc_budget_is_sunk_at_the_gate_in_every_draw() -> None:
    certain = example()
    certain["uncertain"] = {"hours_saved_per_device_day": [0.8, 1.5, 1.9]}
    vague = example()
    vague["uncertain"] = {**certain["uncertain"], "poc_cost": [1, 1_800_000, 9_000_000]}
    a = evaluate_case(certain)["evppi"]
    b = evaluate_case(vague)["evppi"]
    assert b["expected_npv_after_poc"] == pytest.approx(a["expected_npv_after_poc"], rel=1e-9)
    assert b["by_input"]["poc_cost"] == pytest.approx(0.0, abs=1e-3)


@pytest.mark.parametrize("content", ["", "[1, 2]", "{", '{"inputs": NaN}', "\x00"])
def test_a_file_that_is_no_case_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "case.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(CaseUnreadable):
        read_case(path)


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "none.json", tmp_path):
        with pytest.raises(CaseUnreadable):
            read_case(path)


def test_a_file_may_carry_a_byte_order_mark(tmp_path: Path) -> None:
    path = tmp_path / "case.json"
    path.write_text(json.dumps(document()), encoding="utf-8-sig")
    assert read_case(path)["inputs"]["devices"] == 8


def test_numbers_are_python_s_own(outputs: dict[str, Any]) -> None:
    def kinds(node: Any) -> set[type]:
        if isinstance(node, dict):
            return set().union(*(kinds(v) for v in node.values()))
        if isinstance(node, list):
            return set().union(*(kinds(v) for v in node))
        return {type(node)}

    assert kinds(outputs) <= {int, float, str, type(None)}
