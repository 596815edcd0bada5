"""How much of the money rests on measurements."""

from __future__ import annotations

import pytest

from genba.business.evidence import coverage


def test_a_lines_money_is_split_evenly_over_its_drivers() -> None:
    found = coverage(
        {"labour": 90.0, "energy": -10.0},
        {"labour": ["predicted", "assumed", "assumed"], "energy": ["measured", "measured"]},
    )
    assert found.measured == pytest.approx(0.10)
    assert found.predicted == pytest.approx(0.30)
    assert found.assumed == pytest.approx(0.60)
    assert found.strict_measured_lines == pytest.approx(0.10)


def test_exact_drivers_and_unlisted_lines_do_not_count() -> None:
    found = coverage({"a": 50.0, "b": 50.0, "c": 1e9}, {"a": ["exact", "measured"], "b": ["exact"]})
    assert (found.measured, found.assumed) == (1.0, 0.0)


def test_without_money_there_is_no_share() -> None:
    found = coverage({}, {})
    assert (found.measured, found.predicted, found.assumed) == (0.0, 0.0, 0.0)
