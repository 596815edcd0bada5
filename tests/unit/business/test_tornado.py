"""Swings and switching values."""

from __future__ import annotations

import numpy as np
import pytest

from genba.business.tornado import switching_value, tornado
from genba.business.triangular import Triangular
from unit.business.example import case


def test_the_switching_value_turns_the_npv_to_zero() -> None:
    example = case()
    for bar in tornado(example.edge_npv, example.plan, example.uncertain):
        assert bar.switching_value is not None
        at = example.edge_npv({**example.plan, bar.input: bar.switching_value})[0]
        assert at == pytest.approx(0.0, abs=1e-2), bar.input


def test_bars_stand_in_the_order_of_their_swing() -> None:
    example = case()
    swings = [b.swing for b in tornado(example.edge_npv, example.plan, example.uncertain)]
    assert swings == sorted(swings, reverse=True)


def test_an_input_without_effect_cannot_lose_the_case() -> None:
    example = case()
    assert switching_value(example.edge_npv, example.plan, "tokens_in") is None


def test_a_bent_input_is_searched_outwards() -> None:
    plan = {"g": 0.5}
    found = switching_value(lambda v: np.asarray(1.0 - np.asarray(v["g"]) ** 3), plan, "g", 0.1)
    assert found == pytest.approx(1.0)


def test_the_nearest_of_two_roots_is_taken() -> None:
    def value(v: object) -> np.ndarray:
        g = np.asarray(v["g"])  # type: ignore[index]
        return np.asarray((g - 1.0) * (g + 5.0))

    assert switching_value(value, {"g": 2.0}, "g", 0.1) == pytest.approx(1.0)


def test_a_value_that_is_never_zero_has_no_switching_value() -> None:
    found = switching_value(lambda v: 1.0 + np.asarray(v["g"]) ** 2, {"g": 0.5}, "g", 0.1)
    assert found is None


def test_a_discount_rate_is_switched_at_the_rate_of_return() -> None:
    from genba.business.alternatives import EDGE
    from genba.business.case import measure

    example = case()
    found = switching_value(example.edge_npv, example.plan, "rate", 0.02)
    assert found == pytest.approx(measure(example, EDGE).irr, rel=1e-8)


def test_a_bar_without_width_has_no_swing() -> None:
    example = case()
    (bar,) = tornado(example.edge_npv, example.plan, {"wage": Triangular(3600, 3600, 3600)})
    assert bar.swing == 0
