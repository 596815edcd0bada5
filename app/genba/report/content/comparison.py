"""Doing nothing, cloud and edge beside each other: table and ranges."""

from __future__ import annotations

from typing import Any

from genba.errors import N_, Message
from genba.report import tree
from genba.report.content.basics import number, plain, say, words
from genba.report.content.facts import Facts, figure_of
from genba.study.business import AlternativeResult, BusinessResult
from genba.study.words import ALTERNATIVES, label


def strip(alternative: AlternativeResult, name: Message) -> tree.Strip | None:
    """The range of an alternative's NPV, when it was simulated."""
    p10, p50, p90 = (alternative.risk.get(k) for k in ("p10", "p50", "p90"))
    if p10 is None or p50 is None or p90 is None or p10.value is None:
        return None
    return tree.Strip(label=name, p10=p10, p50=p50, p90=p90, plan=alternative.npv)


def comparison(facts: Facts, business: BusinessResult) -> tuple[tree.Block, ...]:
    """The table of alternatives and the ranges of their NPV."""
    strips = [
        found
        for a in business.alternatives
        if a.id != "nothing"
        and a.excluded is None
        and (found := strip(a, label(ALTERNATIVES, a.id))) is not None
    ]
    blocks: list[tree.Block] = [_alternatives(facts, business)]
    if strips:
        edge = strips[-1]
        blocks.append(
            tree.StripChart(
                title=say(N_("Range of the NPV")),
                strips=tuple(strips),
                alt=say(
                    N_("NPV ranges. Edge: plan {plan}, median {p50}, P10–P90 {p10} to {p90}."),
                    plan=edge.plan,
                    p50=edge.p50,
                    p10=edge.p10,
                    p90=edge.p90,
                ),
            )
        )
    return tuple(blocks)


def _alternatives(facts: Facts, business: BusinessResult) -> tree.Table:
    # The estimator knows one typical latency and no percentile; only a measurement is a p99.
    tail = facts.chosen and figure_of(facts.chosen, "latency_p99_ms")
    latency = N_("p99 ({unit})") if tail and tail.known else N_("latency ({unit})")
    columns = (
        tree.Column(head=say(N_("Alternative")), weight=1.75),
        tree.Column(head=say(N_("NPV plan")), align="right", scale="money"),
        tree.Column(head=say(N_("median")), align="right", scale="money"),
        tree.Column(head=say(N_("chance of loss")), align="right", weight=1.05),
        tree.Column(head=say(N_("TCO per year")), align="right", scale="money"),
        tree.Column(head=say(latency), align="right", scale="latency", weight=0.95),
        tree.Column(head=say(N_("Site data")), weight=1.0),
    )
    preferred = business.recommendation if facts.level in ("go", "conditional", "cloud") else ""
    rows = []
    for alternative in business.alternatives:
        tinted = alternative.id == preferred or (
            facts.level == "stop" and alternative.id == "nothing"
        )
        rows.append(_alternative_row(facts, alternative, tinted))
    return tree.Table(
        title=say(N_("Alternatives")),
        subtitle=say(N_("{unit}, {years} years, against doing nothing"), years=business.years),
        unit_in_subtitle="money",
        columns=columns,
        rows=tuple(rows),
        size=8.2,
    )


def _alternative_row(facts: Facts, alternative: AlternativeResult, tinted: bool) -> tree.TableRow:
    name = label(ALTERNATIVES, alternative.id)
    if tinted:
        name = say(N_("{name} (proposed)"), name=name)
    dash = words(plain("–"))
    if alternative.id == "nothing":
        zero = words(plain("0"))
        # The stream of doing nothing is the reference: its values are zero by definition.
        return tree.TableRow(
            cells=(words(name, strong=tinted), zero, zero, dash, zero, dash, dash), tinted=tinted
        )
    if alternative.excluded is not None:
        cells = (words(name, note=alternative.excluded), dash, dash, dash, dash, dash, dash)
        return tree.TableRow(cells=cells)
    latency: Any = None
    if alternative.id == "edge" and facts.chosen is not None:
        latency = figure_of(facts.chosen, "latency_p99_ms", "latency_ms")
    leaves = say(N_("leaves")) if alternative.id == "cloud" else say(N_("stays"))
    shown = number(latency) if latency is not None and latency.known else dash
    cells = (
        words(name, strong=tinted),
        number(alternative.npv, strong=tinted),
        number(alternative.risk.get("p50")),
        number(alternative.risk.get("probability_of_loss")),
        number(alternative.tco_per_year),
        shown,
        words(leaves),
    )
    return tree.TableRow(cells=cells, tinted=tinted)
