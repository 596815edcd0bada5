"""Page: where the value comes from, by year, and the alternatives in full."""

from __future__ import annotations

from genba.errors import N_, Message
from genba.figures import Basis, Figure, derived, weakest
from genba.report import tree
from genba.report.content.basics import counted, number, plain, say, words
from genba.study.business import AlternativeResult, BusinessResult
from genba.study.words import ALTERNATIVES, LINES, label


def money_page(business: BusinessResult) -> tree.Page:
    """Where does the value come from?"""
    edge = business.alternative("edge")
    lines = waterfall_lines(business, edge)
    biggest = max(lines[:-1], key=lambda line: abs(line.figure.value or 0.0), default=None)
    blocks: list[tree.Block] = [
        tree.Waterfall(
            title=say(
                N_("Present values ({years} years at {rate}, plan)"),
                years=business.years,
                rate=counted(business.rate, "ratio", "business/rate"),
            ),
            lines=lines,
            alt=_alt(lines, edge),
        ),
        tree.Side(
            weights=(1.5, 1.0),
            columns=((_yearly(business, edge),), (_cumulative(business, edge),)),
        ),
        _takeaway(edge),
        _alternatives(business),
        tree.Note(
            text=say(
                N_(
                    "NPV is the difference to doing nothing, money nominal, tax excluded. Sums may "
                    "differ by one in the last digit. Confirm the tax treatment with your adviser."
                )
            )
        ),
    ]
    return tree.Page(
        id="money",
        name=say(N_("Return on investment")),
        headline=_headline(edge, biggest, lines),
        lead=say(
            N_(
                "Benefits, less costs and tax, leave the NPV. The fill of a bar shows on what the "
                "inputs behind it rest: measured, predicted, assumed."
            )
        ),
        blocks=tuple(blocks),
    )


def waterfall_lines(
    business: BusinessResult, edge: AlternativeResult
) -> tuple[tree.WaterfallLine, ...]:
    """Benefits by size, running costs by size, one-off, capital, residual, tax, then the NPV."""
    found: list[tree.WaterfallLine] = []
    for key, figure in edge.lines_pv.items():
        value = figure.value or 0.0
        if abs(value) > 0.5:
            role = "benefit" if value > 0 else "cost"
            found.append(_line(business, key, figure, role))
    found.sort(key=lambda line: (line.role != "benefit", -abs(line.figure.value or 0.0)))
    found += _capital(business, edge)
    drivers = tuple(edge.lines_pv.values())
    for key, flows, sign in (
        ("residual", edge.residual_after_tax, 1.0),
        ("tax", edge.tax, -1.0),
    ):
        amount = sign * present_value(flows, business.rate)
        if abs(amount) > 0.5:
            figure = derived(amount, business.currency, f"business/edge/pv_{key}", drivers)
            role = "tax" if key == "tax" else "benefit"
            found.append(_line(business, key, figure, role))
    found.append(_total(business, edge))
    return tuple(found)


def _total(business: BusinessResult, edge: AlternativeResult) -> tree.WaterfallLine:
    share = business.evidence_share
    p10, p50, p90 = (edge.risk.get(k) for k in ("p10", "p50", "p90"))
    note = None
    if p10 is not None and p50 is not None and p90 is not None:
        note = say(
            N_("median {p50}, P10–P90: {range}"), p50=p50, range=tree.Range(low=p10, high=p90)
        )
    shares = (
        share.get("measured", 0.0),
        share.get("predicted", 0.0),
        share.get("assumed", 0.0),
    )
    return tree.WaterfallLine(
        label=plain("NPV"),
        figure=edge.npv,
        shares=shares if share else None,
        role="total",
        note=note,
    )


def _capital(business: BusinessResult, edge: AlternativeResult) -> list[tree.WaterfallLine]:
    """Capital expenditure: integration apart from devices when both are known."""
    if not edge.capex or {"hardware", "integration"} & set(edge.lines_pv):
        return []
    total = present_value(edge.capex, business.rate)
    if total <= 0.5:
        return []
    inputs = business.inputs.values
    integration = inputs.get("integration")
    currency = business.currency
    if integration is None or not 0 < integration.value < total:
        keys = [k for k in ("unit_price", "integration") if k in inputs]
        basis = weakest(inputs[k].basis for k in keys) if keys else Basis.ASSUMED
        figure = _amount(-total, currency, "business/edge/pv_capital", basis, edge)
        return [_line(business, "capital", figure, "cost")]
    price = inputs.get("unit_price")
    parts = (
        ("hardware", total - integration.value, price.basis if price else Basis.ASSUMED),
        ("integration", integration.value, integration.basis),
    )
    return [
        _line(
            business,
            key,
            _amount(-amount, currency, f"business/edge/pv_{key}", basis, edge),
            "cost",
        )
        for key, amount, basis in parts
    ]


def _amount(value: float, currency: str, ref: str, basis: Basis, edge: AlternativeResult) -> Figure:
    return Figure(value=value, unit=currency, basis=basis, ref=ref, demo=edge.npv.demo)


def _line(business: BusinessResult, key: str, figure: Figure, role: str) -> tree.WaterfallLine:
    shares = None if role == "tax" else driver_shares(business, key, figure)
    return tree.WaterfallLine.model_validate(
        {
            "label": label(LINES, key),
            "figure": figure,
            "shares": shares,
            "role": role,
            "note": say(N_("computed")) if role == "tax" else None,
        }
    )


def driver_shares(business: BusinessResult, key: str, figure: Figure) -> tuple[float, float, float]:
    """Shares of a line's drivers by basis, evenly weighted as in the evidence share."""
    inputs = business.inputs
    bases = [inputs.values[k].basis for k in inputs.line_drivers.get(key, ()) if k in inputs.values]
    bases = [b for b in bases if b is not Basis.EXACT] or [figure.basis]
    count = len(bases)
    return (
        (bases.count(Basis.MEASURED) + bases.count(Basis.EXACT)) / count,
        bases.count(Basis.PREDICTED) / count,
        bases.count(Basis.ASSUMED) / count,
    )


def present_value(flows: tuple[float, ...], rate: float) -> float:
    """Sum of flow_t (1 + rate)^-t; the first flow is today's."""
    return sum(flow / (1.0 + rate) ** year for year, flow in enumerate(flows))


def _headline(
    edge: AlternativeResult,
    biggest: tree.WaterfallLine | None,
    lines: tuple[tree.WaterfallLine, ...],
) -> tuple[Message, ...]:
    benefits = sum((line.figure.value or 0.0) for line in lines if line.role == "benefit")
    first = say(N_("The plan's NPV is {npv}."), npv=edge.npv)
    if biggest is not None and biggest.role == "benefit" and benefits > 0:
        share = (biggest.figure.value or 0.0) / benefits
        first = say(
            N_("{share} of the benefit is “{line}”; the NPV is {npv}."),
            share=counted(share, "ratio", "business/share"),
            line=biggest.label,
            npv=edge.npv,
        )
    median = edge.risk.get("p50")
    if median is None or median.value is None or edge.npv.value is None:
        return (first,)
    spread = abs((edge.risk["p90"].value or 0.0) - (edge.risk["p10"].value or 0.0))
    if edge.npv.value > median.value + 0.1 * spread:
        return first, say(N_("But the median is {median}: the plan is optimistic"), median=median)
    return first, say(N_("The median of all simulated cases is {median}"), median=median)


def _alt(lines: tuple[tree.WaterfallLine, ...], edge: AlternativeResult) -> Message:
    benefits = sum((x.figure.value or 0.0) for x in lines if x.role == "benefit")
    costs = sum((x.figure.value or 0.0) for x in lines if x.role in ("cost", "tax"))
    unit = edge.npv.unit
    return say(
        N_("Waterfall: benefits {benefits}, costs and tax {costs}, NPV {npv}."),
        benefits=counted(benefits, unit, "business/edge/benefits"),
        costs=counted(costs, unit, "business/edge/costs"),
        npv=edge.npv,
    )


def _yearly(business: BusinessResult, edge: AlternativeResult) -> tree.Table:
    years = range(len(edge.net))

    def flows(kind: str, values: list[float], strong: bool = False) -> tree.TableRow:
        cells = [words(say(kind), strong=strong)]
        for year, value in enumerate(values):
            figure = Figure(
                value=value,
                unit=business.currency,
                basis=Basis.EXACT,
                ref=f"business/edge/{kind.lower()}/{year}",
                demo=edge.npv.demo,
            )
            cells.append(number(figure) if abs(value) > 0.5 else words(plain("–")))
        return tree.TableRow(cells=tuple(cells), strong=strong)

    benefit = [sum(max(v[t], 0.0) for v in edge.lines.values()) for t in years]
    costs = [sum(min(v[t], 0.0) for v in edge.lines.values()) for t in years]
    capex = [-(edge.capex[t] if t < len(edge.capex) else 0.0) for t in years]
    tax = [-(edge.tax[t] if t < len(edge.tax) else 0.0) for t in years]
    residual = [
        edge.residual_after_tax[t] if t < len(edge.residual_after_tax) else 0.0 for t in years
    ]
    rows = [
        flows(N_("Benefit"), benefit),
        flows(N_("Capital"), capex),
        flows(N_("Expenses"), costs),
        flows(N_("Tax"), tax),
    ]
    if any(residual):
        rows.append(flows(N_("Residual value"), residual))
    rows.append(flows(N_("Net"), list(edge.net), strong=True))
    rows.append(flows(N_("Cumulative"), running_sum(edge.net)))
    columns = [tree.Column(head=plain(""), weight=1.5)]
    columns += [
        tree.Column(head=say(N_("year {n}"), n=t), align="right", scale="money") for t in years
    ]
    return tree.Table(
        title=say(N_("By year")),
        subtitle=say(N_("{unit}, tax excluded; plan, {mark}"), mark=_mark(edge.npv)),
        unit_in_subtitle="money",
        columns=tuple(columns),
        rows=tuple(rows),
        size=8.2,
    )


def _mark(figure: Figure) -> str:
    from genba.i18n import MARKS

    return MARKS[figure.basis]


def running_sum(flows: tuple[float, ...]) -> list[float]:
    """Cumulative flows."""
    total, sums = 0.0, []
    for flow in flows:
        total += flow
        sums.append(total)
    return sums


def _cumulative(business: BusinessResult, edge: AlternativeResult) -> tree.CumulativeLine:
    sums = running_sum(edge.net)
    return tree.CumulativeLine(
        title=say(N_("Cumulative net flow and payback")),
        values=tuple(sums),
        currency=business.currency,
        payback_months=edge.payback_months,
        alt=say(N_("Line: cumulative net flow; payback {payback}."), payback=edge.payback_months),
    )


def _takeaway(edge: AlternativeResult) -> tree.Takeaway:
    median = edge.risk.get("p50")
    loss = edge.risk.get("probability_of_loss")
    if median is None or loss is None:
        return tree.Takeaway(strong=say(N_("The plan's NPV is {npv}."), npv=edge.npv))
    if (edge.npv.value or 0.0) > (median.value or 0.0):
        return tree.Takeaway(
            strong=say(N_("Explain the budget with the median of {median}."), median=median),
            text=say(
                N_(
                    "The plan lies above it, because the inputs' ranges reach further to the "
                    "bad side than to the good one."
                )
            ),
        )
    return tree.Takeaway(
        strong=say(N_("The plan does not lie above the median of {median}."), median=median),
        text=say(N_("The chance of a loss is {loss}."), loss=loss),
    )


def _alternatives(business: BusinessResult) -> tree.Table:
    rows = []
    for alternative in business.alternatives:
        if alternative.id == "nothing":
            continue
        name = label(ALTERNATIVES, alternative.id)
        if alternative.excluded is not None:
            dash = words(plain("–"))
            rows.append(
                tree.TableRow(
                    cells=(
                        words(name, note=alternative.excluded),
                        dash,
                        dash,
                        dash,
                        dash,
                        dash,
                        dash,
                    )
                )
            )
            continue
        cells = (
            words(name),
            number(alternative.npv),
            number(alternative.risk.get("p50")),
            number(alternative.irr),
            number(alternative.roi),
            number(alternative.payback_months),
            number(alternative.tco_per_year),
        )
        rows.append(tree.TableRow(cells=cells))
    return tree.Table(
        title=say(N_("Edge and cloud against doing nothing")),
        subtitle=say(N_("{unit}; edge minus cloud {gap}"), gap=business.edge_minus_cloud_npv),
        unit_in_subtitle="money",
        columns=(
            tree.Column(head=say(N_("Alternative")), weight=1.6),
            tree.Column(head=say(N_("NPV plan")), align="right", scale="money"),
            tree.Column(head=say(N_("median")), align="right", scale="money"),
            tree.Column(head=say(N_("IRR")), align="right"),
            tree.Column(head=say(N_("ROI before tax")), align="right"),
            tree.Column(head=say(N_("payback ({unit})")), align="right", scale="months"),
            tree.Column(head=say(N_("TCO per year")), align="right", scale="money"),
        ),
        rows=tuple(rows),
        size=8.2,
    )
