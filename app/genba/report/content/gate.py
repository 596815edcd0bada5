"""The next gate: its criteria, and where they stand today."""

from __future__ import annotations

from genba.errors import N_, Message
from genba.report import tree
from genba.report.content.basics import counted, number, plain, say, words
from genba.report.content.facts import Facts
from genba.study.business import GateCriterion, StageResult
from genba.study.words import MEASURES, label


def gate_table(facts: Facts, stage: StageResult) -> tree.Table:
    """The first three criteria with today's values."""
    shown = stage.criteria[:3]
    rows = [tree.TableRow(cells=(words(criterion_text(c)), criterion_now(c))) for c in shown] or [
        tree.TableRow(cells=(words(say(N_("No criterion is set yet"))), words(plain("–"))))
    ]
    if len(stage.criteria) > len(shown):
        more = say(N_("and {n} more"), n=len(stage.criteria) - len(shown))
        rows.append(tree.TableRow(cells=(words(more, grey=True), words(plain("")))))
    return tree.Table(
        title=(
            say(N_("Conditions for a new proposal"))
            if facts.level in ("stop", "cloud")
            else say(N_("Next gate: {date}"), date=facts.gate_date(stage))
        ),
        columns=(
            tree.Column(head=say(N_("Go on only if all are met")), weight=2.5),
            tree.Column(head=say(N_("today")), align="right"),
        ),
        rows=tuple(rows),
        size=8.2,
    )


def criterion_text(criterion: GateCriterion) -> Message:
    """``latency p99 ≤ 15.0 s``."""
    limit = counted(
        criterion.value, criterion.unit, f"limit/{criterion.measure}/{criterion.value:g}"
    )
    operator = "≤" if criterion.operator == "<=" else "≥"
    return say(
        N_("{measure} {operator} {limit}"),
        measure=label(MEASURES, criterion.measure),
        operator=operator,
        limit=limit,
    )


def criterion_now(criterion: GateCriterion) -> tree.Cell:
    """Today's value with its verdict, or that there is none yet."""
    if criterion.current is None or not criterion.current.known:
        return words(say(N_("not measured yet")), grey=True)
    verdict: tree.Check | None = None
    if criterion.met is not None:
        verdict = "met" if criterion.met else "missed"
    return number(criterion.current, show="full", check=verdict)
