"""Stages with the right to stop: value by backward induction, and the most one can lose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Stage:
    """One stage. Money at its own date: `cost` at its start, `exit_cost` and `payoff` at its end.

    `payoff` is what stopping after the passed gate and keeping what stands is worth.
    """

    name: str
    cost: float
    months: float
    p_go: float
    exit_cost: float
    payoff: float


@dataclass(frozen=True)
class StageValue:
    """A stage's value at its own start, and what the right move is once its gate is passed."""

    stage: str
    continue_value: float
    next_is: str
    expected_value_at_start: float


@dataclass(frozen=True)
class Staging:
    """The plan as a whole, at the decision date."""

    stages: tuple[StageValue, ...]
    staged_value: float
    commit_value: float
    value_of_staging: float
    max_loss_pv_if_stopped_after_stage: tuple[float, ...]


CONTINUE, KEEP, STOP = "continue", "stop here and keep payoff", "stop"


def staging(stages: Sequence[Stage], rate: float) -> Staging:
    """EV_k = −cost + d·(p·max(EV_{k+1}, payoff_k, 0) − (1 − p)·exit), from the last stage back.

    `d` discounts over the stage's length in months at the yearly `rate`. Committing pays for every
    stage come what may; it earns the last payoff with the chance that all gates would have passed.
    """
    later: float | None = None
    values: list[StageValue] = []
    for stage in reversed(stages):
        best, move = _best_move(later, stage.payoff)
        d = _discount(rate, stage.months)
        later = -stage.cost + d * (stage.p_go * best - (1.0 - stage.p_go) * stage.exit_cost)
        values.append(StageValue(stage.name, best, move, later))
    staged = later or 0.0
    commit, losses = _commit(stages, rate)
    return Staging(
        stages=tuple(reversed(values)),
        staged_value=staged,
        commit_value=commit,
        value_of_staging=staged - max(commit, 0.0),
        max_loss_pv_if_stopped_after_stage=losses,
    )


def _best_move(later: float | None, payoff: float) -> tuple[float, str]:
    if later is not None and later > max(payoff, 0.0):
        return later, CONTINUE
    return (payoff, KEEP) if payoff >= 0 else (0.0, STOP)


def _commit(stages: Sequence[Stage], rate: float) -> tuple[float, tuple[float, ...]]:
    """(value of committing to all stages now, present loss if stopped after each stage)."""
    month, spent, p_all = 0.0, 0.0, 1.0
    losses = []
    for stage in stages:
        spent += stage.cost * _discount(rate, month)
        month += stage.months
        p_all *= stage.p_go
        losses.append(spent + stage.exit_cost * _discount(rate, month))
    if not stages:
        return 0.0, ()
    last = stages[-1]
    end = p_all * last.payoff - (1.0 - p_all) * last.exit_cost
    return end * _discount(rate, month) - spent, tuple(losses)


def _discount(rate: float, months: float) -> float:
    return float((1.0 + rate) ** (-months / 12.0))
