"""Judges Figures against the Workload's limits; pure, and the only place that gives a verdict."""

from __future__ import annotations

from collections.abc import Mapping

from genba.figures import Basis, Figure
from genba.study.candidate import Judgement, Verdict
from genba.study.workload import Limit, Workload

_STAND_INS: Mapping[str, tuple[str, ...]] = {
    "latency_p50_ms": ("latency_p50_ms", "latency_ms"),
    "latency_p90_ms": ("latency_p90_ms", "latency_ms"),
    "latency_p99_ms": ("latency_p99_ms", "latency_ms"),
    "budget": ("budget", "price"),
}
"""Names under which a measure is looked for: the estimator knows one latency, no percentiles."""


def judge(figures: Mapping[str, Figure], workload: Workload) -> tuple[Judgement, ...]:
    """One Judgement per limit of the Workload, in its order.

    `figures` are a Candidate's by short name; the first known one that stands for the measure is
    judged.
    """
    return tuple(_judged(limit, figures) for limit in workload.limits)


def verdict(figure: Figure | None, limit: float, operator: str) -> Verdict:
    """What a Figure says about a limit.

    The whole interval must lie on one side: a measured (or counted) Figure is then ``met`` or
    ``missed``, any other ``likely`` or ``unlikely``. An interval that straddles the limit, and a
    Figure without a value, leave it ``undecided``.
    """
    if figure is None or figure.value is None:
        return "undecided"
    low = figure.value if figure.low is None else figure.low
    high = figure.value if figure.high is None else figure.high
    best, worst = (low, high) if operator == "<=" else (high, low)
    certain = figure.basis in (Basis.MEASURED, Basis.EXACT)
    if _holds(worst, limit, operator):
        return "met" if certain else "likely"
    if not _holds(best, limit, operator):
        return "missed" if certain else "unlikely"
    return "undecided"


def _judged(limit: Limit, figures: Mapping[str, Figure]) -> Judgement:
    names = _STAND_INS.get(limit.measure, (limit.measure,))
    present = [figures[name] for name in names if name in figures]
    figure = next((f for f in present if f.known), present[0] if present else None)
    return Judgement(
        measure=limit.measure,
        limit=limit.value,
        operator=limit.operator,
        verdict=verdict(figure, limit.value, limit.operator),
        figure=figure,
    )


def _holds(value: float, limit: float, operator: str) -> bool:
    return value <= limit if operator == "<=" else value >= limit
