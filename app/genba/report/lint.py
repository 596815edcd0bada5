"""Lint: rules that keep a report honest. Errors forbid a recommendation, warnings are printed.

Rule numbers follow the catalogue of the design notes: L02 baseline, L05 precision and intervals,
L06 source and date, L07 misuse of *measured*, L09 numbers disagree, L14 contradiction.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator

from genba.errors import N_, Message
from genba.figures import Basis, Figure
from genba.report import tree
from genba.study.business import STALE_AFTER_DAYS, BusinessInput, BusinessResult
from genba.study.candidate import Candidate
from genba.study.run import SAMPLES_NEEDED, Run
from genba.study.study import StudySnapshot
from genba.study.words import INPUTS, label

_NAMED = 4
_CURRENCIES = frozenset({"JPY", "USD", "EUR"})


def lint(snapshot: StudySnapshot, report: tree.Report) -> tuple[tree.Finding, ...]:
    """All findings about a study and the report made from it, errors first."""
    found = [*_study(snapshot), *_contradictions(snapshot, report.level), *_disagreements(report)]
    return _sorted(found)


def lint_study(snapshot: StudySnapshot) -> tuple[tree.Finding, ...]:
    """The findings that need no report: these are printed inside it."""
    return _sorted(_study(snapshot))


def _sorted(found: Iterable[tree.Finding]) -> tuple[tree.Finding, ...]:
    return tuple(sorted(found, key=lambda f: (f.severity != "error", f.rule, f.where)))


def _study(snapshot: StudySnapshot) -> Iterator[tree.Finding]:
    if snapshot.business is not None:
        yield from _baseline(snapshot.business)
        yield from _intervals(snapshot, snapshot.business)
        yield from _sources(snapshot, snapshot.business)
    yield from _measured(snapshot)


def _finding(
    rule: str, severity: str, text: str, where: str = "", **params: object
) -> tree.Finding:
    return tree.Finding.model_validate(
        {
            "rule": rule,
            "severity": severity,
            "message": Message(text=text, params=params, code=rule),
            "where": where,
        }
    )


def _baseline(business: BusinessResult) -> Iterator[tree.Finding]:
    """L02: something to compare with, and a date for it."""
    ids = {a.id for a in business.alternatives}
    if "nothing" not in ids:
        yield _finding("L02", "error", N_("Doing nothing is missing from the alternatives."))
    if len([a for a in business.alternatives if a.id != "nothing"]) < 2:
        yield _finding(
            "L02", "error", N_("Fewer than two alternatives are compared with doing nothing.")
        )
    if not business.price_date:
        yield _finding("L02", "error", N_("The baseline carries no price date."))


def _intervals(snapshot: StudySnapshot, business: BusinessResult) -> Iterator[tree.Finding]:
    """L05: a predicted or assumed value without an interval claims too much."""
    bare = [
        f"{c.variant_name}: {name}"
        for c in snapshot.candidates
        for name, f in c.figures.items()
        if f.known and f.basis is Basis.PREDICTED and (f.low is None or f.high is None)
    ]
    if bare:
        yield _finding(
            "L05",
            "warning",
            N_("{n} predicted values have no interval ({names})."),
            n=len(bare),
            names=_names(bare),
        )
    swing = {bar.input for bar in business.tornado}
    open_inputs = [
        i.key
        for i in business.inputs.values.values()
        if i.basis is not Basis.EXACT and i.key not in swing and (i.low is None or i.high is None)
    ]
    if open_inputs:
        yield _finding(
            "L05",
            "warning",
            N_("{n} inputs have no range, so the risk leaves them out ({names})."),
            n=len(open_inputs),
            names=_names(open_inputs),
        )


def _sources(snapshot: StudySnapshot, business: BusinessResult) -> Iterator[tree.Finding]:
    """L06: every assumption has a source and a date; prices are not older than 180 days."""
    inputs = list(business.inputs.values.values())
    stated = [i for i in inputs if i.basis is Basis.ASSUMED]
    no_source = [i.key for i in stated if not i.source]
    no_date = [i.key for i in stated if not i.date]
    no_owner = [i.key for i in stated if not i.owner]
    old = [i.key for i in inputs if _is_price(i) and _older(i, snapshot.taken_at.date())]
    for severity, keys, text in (
        ("error", no_source, N_("{n} assumptions have no source ({names}).")),
        ("error", no_date, N_("{n} assumptions have no date ({names}).")),
        ("warning", no_owner, N_("{n} assumptions have no owner ({names}).")),
        ("warning", old, N_("{n} prices are older than 180 days ({names}).")),
    ):
        if keys:
            yield _finding("L06", severity, text, n=len(keys), names=_names(keys))


def _is_price(entry: BusinessInput) -> bool:
    return entry.unit.split("/")[0] in _CURRENCIES


def _older(entry: BusinessInput, today: dt.date) -> bool:
    try:
        return (today - dt.date.fromisoformat(entry.date[:10])).days > STALE_AFTER_DAYS
    except ValueError:
        return False


def _measured(snapshot: StudySnapshot) -> Iterator[tree.Finding]:
    """L07: *measured* needs a Run of that very variant and runtime, with enough requests."""
    runs = {run.run_id: run for run in snapshot.runs}
    for candidate in snapshot.candidates:
        yield from _candidate_runs(candidate, runs)
    for run in snapshot.runs:
        yield from _enough(run)
    business = snapshot.business
    if business is None:
        return
    bare = [
        i.key
        for i in business.inputs.values.values()
        if i.basis is Basis.MEASURED and not i.ref and not i.source
    ]
    if bare:
        yield _finding(
            "L07",
            "error",
            N_("{n} inputs are called measured without a record ({names})."),
            n=len(bare),
            names=_names(bare),
        )


def _candidate_runs(candidate: Candidate, runs: dict[str, Run]) -> Iterator[tree.Finding]:
    timed = [
        name
        for name, f in candidate.figures.items()
        if name.startswith(("latency", "throughput", "ttft", "tpot"))
        and f.known
        and f.basis is Basis.MEASURED
    ]
    if not timed:
        return
    behind = [runs[i] for i in candidate.run_ids if i in runs]
    where = candidate.candidate_id
    if not behind:
        yield _finding(
            "L07",
            "error",
            N_("“{name}” is called measured, but no run stands behind it."),
            where,
            name=candidate.variant_name,
        )
        return
    for run in behind:
        if run.variant_id != candidate.variant_id or run.runtime != candidate.runtime:
            yield _finding(
                "L07",
                "error",
                N_("Run {run} of another variant or runtime stands behind “{name}”."),
                where,
                run=run.run_id[:8],
                name=candidate.variant_name,
            )
        if run.demo and not candidate.demo:
            yield _finding(
                "L07",
                "error",
                N_("Demo run {run} stands behind “{name}” without its mark."),
                where,
                run=run.run_id[:8],
                name=candidate.variant_name,
            )


def _enough(run: Run) -> Iterator[tree.Finding]:
    for percentile, needed in SAMPLES_NEEDED.items():
        figure = run.figures.get(f"latency_{percentile}_ms")
        if figure is not None and figure.known and run.samples_count < needed:
            yield _finding(
                "L07",
                "error",
                N_("Run {run} gives {percentile} from {n} requests; at least {needed} are needed."),
                run.run_id,
                run=run.run_id[:8],
                percentile=percentile,
                n=run.samples_count,
                needed=needed,
            )


def _contradictions(snapshot: StudySnapshot, level: tree.Level) -> Iterator[tree.Finding]:
    """L14: the recommendation against the numbers beside it."""
    business = snapshot.business
    if business is None or level not in ("go", "conditional"):
        return
    edge = business.alternative("edge")
    value = edge.npv.value
    if edge.npv.demo:
        yield _finding(
            "L14", "error", N_("The recommendation rests on measurements of the demo device.")
        )
    if value is not None and value < 0:
        yield _finding("L14", "error", N_("The edge is recommended although its NPV is negative."))
    for other in business.alternatives:
        better = other.npv.value
        if other.id == "edge" or other.excluded is not None or better is None or value is None:
            continue
        if better > value and not business.reasons:
            yield _finding(
                "L14",
                "error",
                N_("The edge is recommended although another alternative has a higher NPV."),
                other.id,
            )
    if level == "go":
        yield from _hard_targets(snapshot)
    yield from _information(business)


def _hard_targets(snapshot: StudySnapshot) -> Iterator[tree.Finding]:
    hard = {x.measure for x in snapshot.study.workload.limits if x.hard}
    chosen = next((c for c in snapshot.candidates if c.candidate_id == snapshot.study.chosen), None)
    for judgement in chosen.judgements if chosen is not None else ():
        if judgement.measure in hard and judgement.verdict == "missed":
            yield _finding(
                "L14",
                "error",
                N_("The word is “go” although a hard target is missed: {measure}."),
                judgement.measure,
                measure=judgement.measure,
            )


def _information(business: BusinessResult) -> Iterator[tree.Finding]:
    value = business.staging.get("evsi") or business.evpi
    if value is None or value.value is None or not business.stages or business.reasons:
        return
    cost = business.stages[0].cost.value
    if cost is not None and cost > value.value:
        yield _finding(
            "L14",
            "error",
            N_("The first stage costs more than its information is worth, and no reason is given."),
        )


def _disagreements(report: tree.Report) -> Iterator[tree.Finding]:
    """L09: one Figure id, one value."""
    from genba.report.content.basics import figures_in

    values: dict[tuple[str, str], Figure] = {}
    for figure in figures_in(report):
        key = (figure.ref, figure.unit)
        first = values.setdefault(key, figure)
        if first.value != figure.value:
            yield _finding(
                "L09",
                "error",
                N_("The figure {id} appears with two values."),
                figure.ref,
                id=figure.ref,
            )


def _names(keys: list[str]) -> tuple[Message, ...]:
    """The first few keys in words; an ellipsis stands for the rest."""
    shown = [label(INPUTS, key) for key in keys[:_NAMED]]
    return (*shown, *([Message(text="…")] if len(keys) > _NAMED else []))
