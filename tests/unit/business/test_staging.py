"""The right to stop."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genba.business.staging import Stage, staging

STAGE = st.builds(
    Stage,
    name=st.just("s"),
    cost=st.floats(0, 1e7),
    months=st.floats(0, 24),
    p_go=st.floats(0, 1),
    exit_cost=st.floats(0, 1e6),
    payoff=st.floats(0, 3e7),
)


def test_one_certain_stage_is_its_discounted_payoff_less_its_cost() -> None:
    found = staging([Stage("only", 100.0, 12, 1.0, 5.0, 220.0)], 0.1)
    assert found.staged_value == pytest.approx(100.0)
    assert found.commit_value == pytest.approx(100.0)
    assert found.max_loss_pv_if_stopped_after_stage == pytest.approx((100 + 5 / 1.1,))


def test_a_later_stage_that_loses_money_is_not_entered() -> None:
    first = Stage("pilot", 10.0, 0, 1.0, 0.0, 50.0)
    found = staging([first, Stage("asic", 1000.0, 0, 0.1, 0.0, 60.0)], 0.0)
    assert found.stages[0].next_is == "stop here and keep payoff"
    assert found.staged_value == pytest.approx(40.0)
    assert found.commit_value < 0
    assert found.value_of_staging == pytest.approx(40.0)


def test_what_stands_may_be_worth_less_than_nothing() -> None:
    found = staging([Stage("pilot", 10.0, 0, 1.0, 0.0, -50.0)], 0.0)
    assert found.stages[0].next_is == "stop"
    assert found.staged_value == pytest.approx(-10.0)


def test_no_stages_are_worth_nothing() -> None:
    found = staging([], 0.06)
    assert (found.staged_value, found.commit_value, found.stages) == (0.0, 0.0, ())


@given(st.lists(STAGE, min_size=1, max_size=4), st.floats(0, 0.4))
def test_the_loss_never_exceeds_what_was_spent_and_exit(stages: list[Stage], rate: float) -> None:
    found = staging(stages, rate)
    spent = 0.0
    for stage, loss in zip(stages, found.max_loss_pv_if_stopped_after_stage, strict=True):
        spent += stage.cost
        assert loss <= spent + stage.exit_cost + 1e-6


@given(st.lists(STAGE, min_size=2, max_size=4), st.floats(0, 0.4))
def test_a_dearer_last_stage_never_helps(stages: list[Stage], rate: float) -> None:
    from dataclasses import replace

    dearer = [*stages[:-1], replace(stages[-1], cost=stages[-1].cost + 1e6)]
    assert staging(dearer, rate).staged_value <= staging(stages, rate).staged_value + 1e-6
