from __future__ import annotations

import pytest

from genba.figures import Basis, Figure, measured, not_measured
from genba.study.judging import judge, verdict
from genba.study.workload import Limit, Task, Workload


def predicted(value: float, low: float, high: float) -> Figure:
    return Figure(
        value=value, unit="ms", basis=Basis.PREDICTED, ref="p", low=low, high=high, level=0.8
    )


@pytest.mark.parametrize(
    ("low", "high", "operator", "expected"),
    [
        (8.0, 9.9, "<=", "met"),
        (8.0, 10.0, "<=", "met"),
        (8.0, 10.1, "<=", "undecided"),
        (10.1, 12.0, "<=", "missed"),
        (10.0, 12.0, ">=", "met"),
        (9.0, 12.0, ">=", "undecided"),
        (8.0, 9.9, ">=", "missed"),
    ],
)
def test_a_measured_figure_is_judged_by_the_worst_end_of_its_interval(
    low: float, high: float, operator: str, expected: str
) -> None:
    figure = measured((low + high) / 2, "ms", "r", low=low, high=high, level=0.95)
    assert verdict(figure, 10.0, operator) == expected


def test_a_predicted_figure_is_only_ever_likely_or_unlikely() -> None:
    assert verdict(predicted(7, 5, 9), 10.0, "<=") == "likely"
    assert verdict(predicted(20, 11, 30), 10.0, "<=") == "unlikely"
    assert verdict(predicted(9, 5, 30), 10.0, "<=") == "undecided"


def test_a_value_without_an_interval_speaks_for_itself() -> None:
    exact = Figure(value=10, unit="byte", basis=Basis.EXACT, ref="e")
    assert verdict(exact, 10, "<=") == "met"
    assert verdict(exact.model_copy(update={"basis": Basis.ASSUMED}), 9, "<=") == "unlikely"


def test_what_was_not_measured_leaves_the_limit_undecided() -> None:
    assert verdict(not_measured("no_power_sensor", "mJ", "r"), 5, "<=") == "undecided"
    assert verdict(None, 5, "<=") == "undecided"


def test_every_limit_is_judged_and_the_estimate_stands_in_for_a_percentile() -> None:
    workload = Workload(
        task=Task.OTHER,
        limits=(
            Limit(measure="latency_p99_ms", operator="<=", value=50),
            Limit(measure="quality", operator=">=", value=0.9),
            Limit(measure="energy_mj", operator="<=", value=5),
        ),
    )
    figures = {
        "latency_p99_ms": not_measured("too_few_samples", "ms", "r/p99"),
        "latency_ms": predicted(10, 5, 20),
        "energy_mj": not_measured("no_power_sensor", "mJ", "r/e"),
    }

    latency, quality, energy = judge(figures, workload)

    assert (latency.verdict, latency.figure) == ("likely", figures["latency_ms"])
    assert (quality.verdict, quality.figure) == ("undecided", None)
    assert (energy.verdict, energy.figure) == ("undecided", figures["energy_mj"])
    assert latency.limit == 50
