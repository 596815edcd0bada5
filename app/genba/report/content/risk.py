"""Page: what could go wrong, and which inputs matter."""

from __future__ import annotations

from genba.errors import N_, Message
from genba.figures import Figure, not_measured
from genba.report import tree
from genba.report.content.basics import counted, say
from genba.report.content.facts import Facts
from genba.study.business import BusinessResult, TornadoBar
from genba.study.words import INPUTS, label

SHOWN = 8


def risk_page(facts: Facts) -> tree.Page | None:
    """None when nothing was simulated."""
    business = facts.business
    if business is None:
        return None
    edge = business.alternative("edge")
    needed = ("p10", "p50", "p90", "probability_of_loss")
    if not business.tornado or not edge.histogram or any(k not in edge.risk for k in needed):
        return None
    blocks: tuple[tree.Block, ...] = (
        tree.Side(weights=(1.5, 1.0), columns=((_tornado(business),), (_histogram(business),))),
        _takeaway(business),
        tree.Note(
            text=say(
                N_(
                    "Left: one input at a time moved to its P10 and P90, the others at plan. "
                    "Right: all inputs at once, triangular distributions with a common factor. "
                    "The wider of the two simulations is shown."
                )
            )
        ),
    )
    return tree.Page(
        id="risk",
        name=say(N_("Risk")),
        headline=_headline(business),
        lead=_lead(business),
        blocks=blocks,
    )


def _headline(business: BusinessResult) -> tuple[Message, ...]:
    loss = business.alternative("edge").risk["probability_of_loss"]
    first = say(N_("The chance of a loss is {loss}."), loss=loss)
    names = [label(INPUTS, bar.input) for bar in business.tornado[:2]]
    # In a sum of independent inputs the variance share goes with the squared swing.
    squares = [bar.swing**2 for bar in business.tornado]
    total = sum(squares)
    if len(names) < 2 or not total:
        return first, say(N_("“{input}” matters most"), input=names[0])
    share = counted(sum(squares[:2]) / total, "ratio", "business/variance_share")
    return first, say(N_("Two inputs make {share} of the swing of the NPV"), share=share)


def _lead(business: BusinessResult) -> Message:
    names = [label(INPUTS, bar.input) for bar in business.tornado[:2]]
    if len(names) < 2:
        return say(N_("“{a}” matters most."), a=names[0])
    return say(
        N_(
            "“{a}” and “{b}” matter most. The bars move one input at a time, the histogram all of "
            "them together."
        ),
        a=names[0],
        b=names[1],
    )


def _tornado(business: BusinessResult) -> tree.Tornado:
    edge = business.alternative("edge")
    bars = business.tornado[:SHOWN]
    top = bars[0]
    return tree.Tornado(
        title=say(N_("NPV by input ({unit}, P10 to P90)")),
        plan=edge.npv,
        rows=tuple(_row(business, bar) for bar in bars),
        alt=say(
            N_("Sensitivity: “{input}” moves the NPV from {low} to {high}."),
            input=label(INPUTS, top.input),
            low=counted(min(top.npv_at_p10, top.npv_at_p90), business.currency, "tornado/low"),
            high=counted(max(top.npv_at_p10, top.npv_at_p90), business.currency, "tornado/high"),
        ),
    )


def _row(business: BusinessResult, bar: TornadoBar) -> tree.TornadoRow:
    source = business.inputs.values.get(bar.input)
    unit = source.unit if source is not None else "1"

    def value(amount: float, name: str) -> Figure:
        ref = f"business/tornado/{bar.input}/{name}"
        if source is None:
            return counted(amount, unit, ref)
        return Figure(value=amount, unit=unit, basis=source.basis, ref=ref, demo=source.demo)

    switching = (
        value(bar.switching_value, "switching")
        if bar.switching_value is not None and _plausible(bar)
        else not_measured("not_applicable", unit, f"business/tornado/{bar.input}/switching")
    )
    return tree.TornadoRow(
        label=label(INPUTS, bar.input),
        p10=value(bar.p10, "p10"),
        p90=value(bar.p90, "p90"),
        npv_at_p10=bar.npv_at_p10,
        npv_at_p90=bar.npv_at_p90,
        switching=switching,
    )


def _plausible(bar: TornadoBar) -> bool:
    """A switching value a hundred times beyond the range says *none* in a longer way."""
    reach = max(abs(bar.p10), abs(bar.p90))
    if bar.switching_value is None or abs(bar.switching_value) > 100 * reach:
        return False
    # A price or a time below zero does not exist, so no such value turns the plan into a loss.
    return not (min(bar.p10, bar.p90) >= 0 > bar.switching_value)


def _histogram(business: BusinessResult) -> tree.Histogram:
    edge = business.alternative("edge")
    risk = edge.risk
    return tree.Histogram(
        title=say(N_("Distribution of the NPV ({unit})")),
        bins=edge.histogram,
        p10=risk["p10"],
        p50=risk["p50"],
        p90=risk["p90"],
        plan=edge.npv,
        loss=risk["probability_of_loss"],
        note=say(N_("P10: one chance in ten of being below")),
        alt=say(
            N_("Distribution: P10 {p10}, median {p50}, P90 {p90}, chance of a loss {loss}."),
            p10=risk["p10"],
            p50=risk["p50"],
            p90=risk["p90"],
            loss=risk["probability_of_loss"],
        ),
    )


def _takeaway(business: BusinessResult) -> tree.Takeaway:
    first = label(INPUTS, business.tornado[0].input)
    strong = say(N_("Measure “{input}” next: it moves the result most."), input=first)
    if business.evpi is None or business.evpi.value is None:
        return tree.Takeaway(strong=strong)
    return tree.Takeaway(
        strong=strong,
        text=say(N_("Knowing all inputs exactly would be worth {value}."), value=business.evpi),
    )
