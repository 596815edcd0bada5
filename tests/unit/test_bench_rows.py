"""The arithmetic behind the table of measured figures."""

from __future__ import annotations

import math

import pytest

from bench import rows


def test_neither_side_always_comes_first() -> None:
    assert rows.abba(4) == [True, False, False, True, True, False, False, True]


def test_a_constant_ratio_has_no_width() -> None:
    row = rows.paired("figure", "ms", "peer", [(1.1, 1.0), (2.2, 2.0), (11.0, 10.0)])
    assert (row.ratio, row.low, row.high) == pytest.approx((1.1, 1.1, 1.1))
    assert row.peer == 2.0


def test_the_interval_is_students() -> None:
    # t(0.975; 3 degrees of freedom) = 3.182, from any table of Student's distribution.
    pairs = [(math.exp(x), 1.0) for x in (0.0, 0.1, 0.0, 0.1)]
    row = rows.paired("figure", "ms", "peer", pairs)
    assert row.low is not None
    assert row.high is not None
    half = 3.182 * math.sqrt(4 * 0.05**2 / 3) / 2
    assert math.log(row.high) == pytest.approx(0.05 + half, rel=1e-3)
    assert math.log(row.low) == pytest.approx(0.05 - half, rel=1e-3)


def test_a_figure_without_a_peer_has_no_ratio() -> None:
    assert rows.Row("figure", 3.0, "ms").ratio is None
