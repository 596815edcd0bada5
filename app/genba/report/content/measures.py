"""Page: four measures of the best candidates against the targets, on common scales."""

from __future__ import annotations

from genba.errors import N_, Message
from genba.figures import Figure, not_measured
from genba.report import tree
from genba.report.content.basics import plain, say
from genba.report.content.facts import Facts, check, figure_of, targets_met
from genba.study.candidate import Candidate
from genba.study.workload import Limit, Workload

SHOWN = 4
_LATENCIES = ("latency_p50_ms", "latency_p90_ms", "latency_p99_ms")


def measures_page(facts: Facts) -> tree.Page:
    """Does it meet the targets?"""
    shown = best(facts)
    workload = facts.snapshot.study.workload
    blocks: list[tree.Block] = []
    if shown:
        blocks.append(_chart(facts, shown, workload))
        blocks.append(_takeaway(facts, facts.ranked[0]))
    rest = len(facts.ranked) - len(shown)
    blocks.append(tree.Note(text=_note(rest)))
    return tree.Page(
        id="measures",
        name=say(N_("Four measures")),
        headline=_headline(facts),
        lead=say(
            N_(
                "Latency, memory, energy and quality on the same scales. The thick line is the "
                "target, the whisker the interval (95 % measured, 80 % predicted)."
            )
        ),
        blocks=tuple(blocks),
    )


def best(facts: Facts) -> tuple[Candidate, ...]:
    """The four to show: the best of each device first, so that devices to buy are not hidden."""
    devices: dict[str, Candidate] = {}
    for candidate in facts.ranked:
        devices.setdefault(candidate.device_ref, candidate)
    picked = list(devices.values())[:SHOWN]
    picked += [c for c in facts.ranked if c not in picked][: SHOWN - len(picked)]
    return tuple(sorted(picked, key=facts.ranked.index))


def _headline(facts: Facts) -> tuple[Message, ...]:
    if not facts.ranked:
        return (say(N_("There is no candidate yet: choose a device or run a benchmark")),)
    judged = [c for c in facts.ranked if targets_met(c)[1]]
    full = [c for c in judged if targets_met(c)[0] == targets_met(c)[1]]
    best = facts.ranked[0]
    if not judged:
        return (
            say(N_("No target is set, so no candidate is judged.")),
            say(N_("{n} candidates are compared"), n=len(facts.ranked)),
        )
    if not full:
        met, total = targets_met(best)
        return (
            say(N_("No candidate meets all targets.")),
            say(
                N_("Closest is {name} with {met} of {total}"),
                name=_name(best),
                met=met,
                total=total,
            ),
        )
    first = (
        say(N_("Only one candidate meets all targets."))
        if len(full) == 1
        else say(N_("{n} of {total} candidates meet all targets."), n=len(full), total=len(judged))
    )
    leader = best if best in full else full[0]
    latency = figure_of(leader, "latency_p99_ms", "latency_ms")
    if latency is None or not latency.known:
        return first, say(N_("First is {name}"), name=_name(leader))
    tail = latency is leader.figures.get("latency_p99_ms")
    text = N_("{name} has a p99 of {latency}") if tail else N_("{name} has a latency of {latency}")
    return first, say(text, name=_name(leader), latency=latency)


def _name(candidate: Candidate) -> Message:
    """Variant and device; the runtime in place of a device name too long for a headline."""
    if len(candidate.variant_name) + len(candidate.device_name) > 28:
        return say(
            N_("{variant} × {device}"), variant=candidate.variant_name, device=candidate.runtime
        )
    return say(
        N_("{variant} × {device}"), variant=candidate.variant_name, device=candidate.device_name
    )


def _chart(facts: Facts, shown: tuple[Candidate, ...], workload: Workload) -> tree.BulletChart:
    latency_limit = _limit(workload, *reversed(_LATENCIES))
    quality = _quality_unit(shown)
    columns = (
        _column(say(N_("Latency")), say(N_("per request")), "ms", latency_limit),
        _column(say(N_("Peak memory")), plain(""), "byte", _limit(workload, "memory_bytes")),
        _column(say(N_("Energy")), say(N_("per request")), "mJ", _limit(workload, "energy_mj")),
        _column(
            say(N_("Quality")),
            plain(workload.quality_metric),
            quality,
            _limit(workload, "quality"),
            dots=True,
        ),
    )
    full = sum(targets_met(c)[0] == targets_met(c)[1] > 0 for c in shown)
    return tree.BulletChart(
        columns=columns,
        rows=tuple(_row(facts, candidate) for candidate in shown),
        alt=say(
            N_("Bars of {n} candidates by four measures. {full} meet all targets."),
            n=len(shown),
            full=full,
        ),
    )


def _column(
    name: Message, subtitle: Message, unit: str, limit: Limit | None, *, dots: bool = False
) -> tree.MeasureColumn:
    return tree.MeasureColumn(
        name=name,
        subtitle=subtitle,
        unit=unit,
        limit=limit.value if limit is not None else None,
        operator=limit.operator if limit is not None else "<=",
        dots=dots,
        decimals=1 if unit == "ratio" else None,
    )


def _limit(workload: Workload, *measures: str) -> Limit | None:
    by_name = {limit.measure: limit for limit in workload.limits}
    return next((by_name[m] for m in measures if m in by_name), None)


def _quality_unit(shown: tuple[Candidate, ...]) -> str:
    found = [c.figures["quality"] for c in shown if "quality" in c.figures]
    known = [f.unit for f in found if f.known]
    return next(iter(known or [f.unit for f in found]), "1")


def _row(facts: Facts, candidate: Candidate) -> tree.MeasureRow:
    met, total = targets_met(candidate)
    p50, p90, p99 = (candidate.figures.get(name) for name in _LATENCIES)
    single = candidate.figures.get("latency_ms")
    named = (("p50", p50 or single), ("p90", p90), ("p99", p99))
    found = [(name, figure) for name, figure in named if figure is not None]
    found = found or [("p99", _missing(candidate, "latency_p99_ms", "ms"))]
    return tree.MeasureRow(
        name=plain(candidate.variant_name),
        lines=(plain(candidate.device_name), plain(candidate.runtime)),
        summary=say(N_("{met} of {total} met"), met=met, total=total),
        check=check(candidate, *(j.measure for j in candidate.judgements)),
        chosen=candidate is facts.chosen,
        cells=(
            tree.MeasureCell(
                labels=tuple(plain(name) for name, _ in found),
                figures=tuple(figure for _, figure in found),
                check=check(candidate, *_LATENCIES),
            ),
            _cell(candidate, "memory_bytes", "byte"),
            _cell(candidate, "energy_mj", "mJ"),
            _cell(candidate, "quality", "1"),
        ),
    )


def _cell(candidate: Candidate, measure: str, unit: str) -> tree.MeasureCell:
    figure = candidate.figures.get(measure) or _missing(candidate, measure, unit)
    return tree.MeasureCell(figures=(figure,), check=check(candidate, measure))


def _missing(candidate: Candidate, measure: str, unit: str) -> Figure:
    return not_measured("not_run", unit, f"candidate/{candidate.candidate_id}/{measure}")


def _takeaway(facts: Facts, chosen: Candidate) -> tree.Takeaway:
    variant = next((v for v in facts.snapshot.variants if v.variant_id == chosen.variant_id), None)
    quality = variant.quality(chosen.runtime) or variant.quality() if variant else None
    if quality is not None and quality.value.known and quality.reference.known:
        return tree.Takeaway(
            strong=say(
                N_("Quality ({metric}) is {value}; of the unchanged model it is {reference}."),
                metric=quality.metric,
                value=_precise(quality.value),
                reference=_precise(quality.reference),
            ),
            text=say(
                N_("Both were evaluated on the same {n} samples with {runtime}."),
                n=quality.n,
                runtime=quality.runtime,
            ),
        )
    return tree.Takeaway(
        strong=say(N_("The quality of the chosen candidate was not evaluated.")),
        text=say(N_("Give evaluation data and compress again to see what compression costs.")),
    )


def _precise(figure: Figure) -> Figure | tree.Precise:
    return tree.Precise(figure=figure, decimals=1) if figure.unit == "ratio" else figure


def _note(rest: int) -> Message:
    text = say(
        N_(
            "Verdicts: measured values count with the worse end of their interval; predicted ones "
            "are likely, unlikely or undecided. The quality axis need not start at zero."
        )
    )
    if rest <= 0:
        return text
    return say(N_("{text} {n} more candidates are on the next page."), text=text, n=rest)
