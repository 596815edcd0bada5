"""Page: the register of assumptions, sorted by how far each moves the result."""

from __future__ import annotations

from genba.errors import N_, Message, known_text
from genba.figures import Basis, Figure
from genba.report import tree
from genba.report.content.basics import counted, number, plain, say, words
from genba.study.business import BusinessInput, BusinessResult
from genba.study.words import INPUTS, label


def register_page(business: BusinessResult, findings: tuple[tree.Finding, ...] = ()) -> tree.Page:
    """On what does it rest?"""
    entries = sorted_inputs(business)
    blocks: list[tree.Block] = [
        _register(business, entries),
        tree.Side(
            weights=(1.0, 1.0), columns=((_conventions(business),), (_check_result(findings),))
        ),
        tree.Note(
            text=say(
                N_(
                    "Low and high are the ends of the range that was considered, not P10 and P90. "
                    "The swing is the change of the NPV between the P10 and P90 of one input."
                )
            )
        ),
    ]
    return tree.Page(
        id="register",
        name=say(N_("Assumptions")),
        headline=_headline(entries),
        lead=say(N_("Sorted by how far each moves the NPV; those without a range come last.")),
        blocks=tuple(blocks),
    )


def sorted_inputs(business: BusinessResult) -> list[tuple[BusinessInput, float]]:
    """Inputs with their swing of the NPV (0 when the tornado does not move them)."""
    swing = {bar.input: bar.swing for bar in business.tornado}
    inputs = [(i, swing.get(i.key, 0.0)) for i in business.inputs.values.values()]
    weight = {Basis.ASSUMED: 0, Basis.PREDICTED: 1, Basis.MEASURED: 2, Basis.EXACT: 3}
    return sorted(inputs, key=lambda e: (-e[1], weight[e[0].basis], e[0].key))


def _headline(entries: list[tuple[BusinessInput, float]]) -> tuple[Message, ...]:
    assumed = sum(i.basis is Basis.ASSUMED for i, _ in entries)
    first = say(N_("The conclusion rests on {n} assumptions."), n=assumed)
    moving = [s for _, s in entries if s > 0]
    if len(moving) < 2:
        return (first,)
    share = sum(s * s for s in moving[:2]) / sum(s * s for s in moving)
    return first, say(
        N_("Measuring the top two explains {share} of the swing"),
        share=counted(share, "ratio", "business/variance_share"),
    )


def _register(business: BusinessResult, entries: list[tuple[BusinessInput, float]]) -> tree.Table:
    widest = max((s for _, s in entries), default=0.0) or 1.0
    rows = []
    for index, (entry, swing) in enumerate(entries, 1):
        figure = Figure(
            value=entry.value,
            unit=entry.unit,
            basis=entry.basis,
            low=entry.low,
            high=entry.high,
            ref=entry.ref or f"business/input/{entry.key}",
            demo=entry.demo,
        )
        shown = figure.model_copy(update={"low": None, "high": None})
        moved = Figure(
            value=swing,
            unit=business.currency,
            basis=entry.basis,
            ref=f"business/swing/{entry.key}",
            demo=entry.demo,
        )
        rows.append(
            tree.TableRow(
                cells=(
                    words(plain(f"A{index:02d}"), grey=True),
                    words(label(INPUTS, entry.key)),
                    number(shown, show="number"),
                    number(figure, show="range"),
                    number(shown, show="unit"),
                    words(known_text(entry.source or "–"), note=_owner(entry)),
                    words(plain(entry.date or "–")),
                    _swing_cell(moved, swing),
                    number(moved, bar=swing / widest),
                ),
                tinted=index <= 2 and swing > 0,
            )
        )
    return tree.Table(
        columns=(
            tree.Column(head=say(N_("No.")), weight=0.55),
            tree.Column(head=say(N_("Assumption")), weight=2.2),
            tree.Column(head=say(N_("value")), weight=1.0, align="right"),
            tree.Column(head=say(N_("low to high")), weight=1.35, align="right"),
            tree.Column(head=say(N_("unit")), weight=0.85),
            tree.Column(head=say(N_("Source, owner")), weight=3.6),
            tree.Column(head=say(N_("Date")), weight=1.1),
            tree.Column(
                head=say(N_("swing of the NPV ({unit})")), weight=1.05, align="right", scale="swing"
            ),
            tree.Column(head=plain(""), weight=0.8),
        ),
        rows=tuple(rows),
        size=8,
    )


def _owner(entry: BusinessInput) -> Message | None:
    return plain(entry.owner) if entry.owner else None


def _swing_cell(moved: Figure, swing: float) -> tree.Cell:
    if swing <= 0:
        return words(plain("–"), grey=True)
    # The basis mark already stands beside the value; the swing is a difference of two results.
    return tree.Cell(figure=moved.model_copy(update={"basis": Basis.EXACT}))


def _conventions(business: BusinessResult) -> tree.KeyValueBox:
    rate = counted(business.rate, "ratio", "business/rate")
    rows = [
        tree.KeyValue(
            key=say(N_("Horizon")),
            value=say(N_("{years} years, discounted at {rate}"), years=business.years, rate=rate),
        ),
        tree.KeyValue(
            key=say(N_("Money")),
            value=say(
                N_("{currency}, nominal, tax excluded; yearly flows at the end of the year"),
                currency=business.currency,
            ),
        ),
        tree.KeyValue(
            key=say(N_("Compared with")),
            value=say(N_("doing nothing; avoided cloud fees are never a benefit")),
        ),
        tree.KeyValue(key=say(N_("Prices of")), value=plain(business.price_date or "–")),
    ]
    return tree.KeyValueBox(title=say(N_("Conventions")), rows=tuple(rows), framed=False)


def _check_result(findings: tuple[tree.Finding, ...]) -> tree.Table:
    errors = sum(f.severity == "error" for f in findings)
    rows = [
        tree.TableRow(
            cells=(
                words(
                    say(N_("error")) if f.severity == "error" else say(N_("warning")),
                    note=plain(f.rule),
                ),
                words(f.message),
            )
        )
        for f in findings[:8]
    ] or [tree.TableRow(cells=(words(plain("–")), words(say(N_("Nothing was found.")))))]
    return tree.Table(
        title=say(N_("Result of the check")),
        subtitle=say(
            N_("{errors} errors, {warnings} warnings"),
            errors=errors,
            warnings=len(findings) - errors,
        ),
        columns=(
            tree.Column(head=say(N_("Kind")), weight=0.8),
            tree.Column(head=say(N_("Finding")), weight=3.4),
        ),
        rows=tuple(rows),
        size=8,
    )
