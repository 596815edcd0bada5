"""Figures: the weakest basis wins, and an unknown value says why."""

import pytest
from pydantic import ValidationError

from genba.figures import Basis, Figure, derived, measured, not_measured, weakest


def test_the_weakest_driver_decides_the_basis_of_a_result():
    latency = measured(9.5, "ms", "run/a/latency_p50_ms", demo=True)
    wage = Figure(value=3600, unit="JPY", basis=Basis.ASSUMED, ref="input/wage")
    result = derived(1.0, "JPY", "business/x", [latency, wage])
    assert result.basis is Basis.ASSUMED
    assert result.inputs == ("run/a/latency_p50_ms", "input/wage")
    assert result.demo


def test_exact_counts_do_not_weaken_anything():
    assert weakest([Basis.EXACT, Basis.MEASURED]) is Basis.MEASURED
    assert weakest([]) is Basis.EXACT


def test_a_figure_has_a_value_or_a_reason_never_both_and_never_neither():
    with pytest.raises(ValidationError):
        Figure(value=None, unit="W", basis=Basis.MEASURED, ref="x")
    with pytest.raises(ValidationError):
        Figure(value=1, unit="W", basis=Basis.MEASURED, ref="x", not_measured="no_power_sensor")


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_figure_refuses_what_is_not_a_number(value):
    with pytest.raises(ValidationError):
        measured(value, "ms", "x")


def test_the_json_form_is_the_contract():
    assert not_measured("no_power_sensor", "W", "run/a/power_w").to_json() == {
        "value": None,
        "low": None,
        "high": None,
        "level": None,
        "unit": "W",
        "basis": "measured",
        "ref": "run/a/power_w",
        "not_measured": "no_power_sensor",
    }
