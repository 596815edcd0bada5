"""Page 1: what is asked, what is recommended, and on what it rests."""

from __future__ import annotations

from collections.abc import Sequence

from genba.errors import N_, Message
from genba.figures import Figure
from genba.report import tree
from genba.report.content.basics import counted, plain, say
from genba.report.content.comparison import comparison, strip
from genba.report.content.facts import Facts
from genba.report.content.gate import gate_table
from genba.report.content.headline import decision_headline, decision_lead
from genba.report.content.items import three_items
from genba.report.content.recommendation import recommendation
from genba.study.business import AlternativeResult, BusinessResult, StageResult


def decision_page(facts: Facts) -> tree.Page:
    """The page that the manager reads."""
    business = facts.business
    blocks: list[tree.Block] = [_top(facts)]
    if business is not None:
        blocks.append(_tiles(facts, business))
        blocks.append(
            tree.Side(
                weights=(1.45, 1.0), columns=(comparison(facts, business), _right(facts, business))
            )
        )
        blocks.append(tree.Items(items=three_items(facts, business)))
        blocks.append(
            tree.ClosingLine(
                text=say(
                    N_(
                        "An investment decision that prevents delay and leaks, and optimises "
                        "software and hardware in order"
                    )
                )
            )
        )
        blocks.append(_approvals(facts))
    else:
        blocks.append(tree.Items(items=three_items(facts, None)))
    return tree.Page(
        id="decision",
        name=say(N_("Decision")),
        headline=decision_headline(facts),
        lead=decision_lead(facts),
        blocks=tuple(blocks),
    )


def _top(facts: Facts) -> tree.Side:
    return tree.Side(weights=(1.75, 1.04), columns=((_ask(facts),), (recommendation(facts),)))


def _ask(facts: Facts) -> tree.KeyValueBox:
    stage, snapshot = facts.first_stage, facts.snapshot
    chosen, decision = facts.chosen, facts.decision
    rows: list[tree.KeyValue] = []

    def row(key: str, value: Message, strong: bool = False) -> None:
        rows.append(tree.KeyValue(key=say(key), value=value, strong=strong))

    name = snapshot.study.title
    if facts.level == "stop":
        row(N_("Reported matter"), say(N_("“{study}” is not continued for now"), study=name))
        if stage is not None:
            row(
                N_("Amount"),
                say(
                    N_("Nothing is spent now; {amount} for “{stage}” is not asked"),
                    amount=stage.cost,
                    stage=stage.name,
                ),
                True,
            )
    elif facts.level == "cloud" and facts.subject is not None:
        row(N_("Request"), say(N_("Use the cloud for “{study}”"), study=name))
        row(N_("Amount"), say(N_("{amount} at the start"), amount=_outlay(facts.subject)), True)
    elif stage is not None:
        row(N_("Request"), say(N_("{stage} of “{study}”"), stage=stage.name, study=name))
        row(N_("Amount"), say(N_("{amount} (tax excluded, expensed)"), amount=stage.cost), True)
    else:
        row(N_("Request"), say(N_("No money is asked: “{study}” is under study"), study=name))
    if decision.get("budget_line"):
        row(N_("Budget"), plain(decision["budget_line"]))
    if stage is not None and facts.level not in ("stop", "cloud"):
        row(
            N_("Period"),
            say(N_("{start} to {end}"), start=facts.start, end=facts.gate_date(stage)),
        )
    row(N_("Owner"), plain(decision["owner"]) if decision.get("owner") else say(N_("to be named")))
    if chosen is not None and facts.level != "cloud":
        row(
            N_("Solution"),
            say(
                N_("{variant} on {device}"), variant=chosen.variant_name, device=chosen.device_name
            ),
        )
    later = facts.business.stages[1:] if facts.business else ()
    if later and facts.level not in ("stop", "cloud"):
        row(
            N_("Not asked today"),
            say(N_("{stage} ({amount}) and later"), stage=later[0].name, amount=later[0].cost),
        )
    title = say(N_("What we report")) if facts.level == "stop" else say(N_("What we ask"))
    return tree.KeyValueBox(title=title, rows=tuple(rows))


def _outlay(alternative: AlternativeResult) -> Figure:
    """Money needed on the first day, before tax: expenses and capital."""
    expenses = -sum(flow[0] for flow in alternative.lines.values() if flow and flow[0] < 0)
    capital = alternative.capex[0] if alternative.capex else 0.0
    ref = f"business/{alternative.id}/outlay"
    figure = alternative.npv.model_copy(update={"low": None, "high": None, "ref": ref})
    return figure.model_copy(update={"value": expenses + capital})


def _tiles(facts: Facts, business: BusinessResult) -> tree.Tiles:
    edge = facts.subject or business.alternative("edge")
    risk = edge.risk
    loss = risk.get("probability_of_loss")
    stage = facts.first_stage
    tiles = [
        tree.Tile(
            label=say(N_("Payback (plan)")),
            figure=edge.payback_months,
            notes=(_payback_note(edge, business),),
        ),
        tree.Tile(
            label=say(
                N_("NPV ({years} years, {rate}, after tax)"),
                years=business.years,
                rate=counted(business.rate, "ratio", "business/rate"),
            ),
            figure=edge.npv,
            notes=_npv_notes(edge),
            strip=strip(edge, say(N_("Range of the NPV"))),
        ),
    ]
    if loss is not None:
        tiles.append(tree.Tile(label=say(N_("Chance of a loss")), figure=loss, notes=_odds(loss)))
    if facts.level == "stop":
        tiles.append(
            tree.Tile(
                label=say(N_("Most at risk today")),
                figure=counted(0.0, business.currency, "business/at_risk_today"),
                notes=(say(N_("Nothing is spent.")),),
            )
        )
    elif stage is not None and facts.level != "cloud":
        tiles.append(
            tree.Tile(
                label=say(N_("Most at risk by the next gate")),
                figure=stage.max_loss_if_stopped,
                notes=_risk_notes(business, stage),
            )
        )
    return tree.Tiles(tiles=tuple(tiles))


def _payback_note(edge: AlternativeResult, business: BusinessResult) -> Message:
    if edge.payback_months.value is None:
        return say(N_("not recovered within {years} years"), years=business.years)
    if edge.discounted_payback_months.value is None:
        return say(
            N_("{mark} discounted: not within {years} years"),
            mark=mark(edge.payback_months),
            years=business.years,
        )
    return say(
        N_("{mark} plan; discounted {months}"),
        mark=mark(edge.payback_months),
        months=edge.discounted_payback_months,
    )


def _npv_notes(edge: AlternativeResult) -> tuple[Message, ...]:
    p10, p50, p90 = (edge.risk.get(k) for k in ("p10", "p50", "p90"))
    if p10 is None or p50 is None or p90 is None:
        return (say(N_("{mark} plan; no range was computed"), mark=mark(edge.npv)),)
    return (
        say(N_("{mark} plan; median {p50}"), mark=mark(edge.npv), p50=p50),
        say(N_("P10–P90: {range}"), range=tree.Range(low=p10, high=p90)),
    )


def _odds(loss: Figure) -> tuple[Message, ...]:
    if loss.value is None:
        return ()
    if loss.value < 0.02:
        return (say(N_("{mark} below one in fifty"), mark=mark(loss)),)
    if loss.value > 0.5:
        return (say(N_("{mark} a loss is likelier than a gain"), mark=mark(loss)),)
    return (say(N_("{mark} about one in {n}"), mark=mark(loss), n=round(1 / loss.value)),)


def _risk_notes(business: BusinessResult, stage: StageResult) -> tuple[Message, ...]:
    notes = [
        say(
            N_("{mark} cost {cost} and exit {exit}"),
            mark=mark(stage.max_loss_if_stopped),
            cost=stage.cost,
            exit=stage.exit_cost,
        )
    ]
    commit = business.staging.get("commit_value")
    if commit is not None and commit.value is not None:
        notes.append(say(N_("Expected value of all stages at once: {value}"), value=commit))
    return tuple(notes)


def mark(figure: Figure) -> str:
    """The basis mark as a sign, which a writer draws."""
    from genba.i18n import MARKS

    return MARKS[figure.basis]


def _right(facts: Facts, business: BusinessResult) -> tuple[tree.Block, ...]:
    share = business.evidence_share
    measured, predicted = share.get("measured", 0.0), share.get("predicted", 0.0)
    assumed = share.get("assumed", max(0.0, 1.0 - measured - predicted))
    blocks: list[tree.Block] = [
        tree.EvidenceBar(
            title=say(N_("Evidence share")),
            subtitle=say(N_("share of the money (PV)")),
            measured=measured,
            predicted=predicted,
            assumed=assumed,
            alt=say(
                N_("Bar of the evidence: measured {m}, predicted {p}, assumed {a}."),
                m=counted(measured, "ratio", "business/evidence_measured"),
                p=counted(predicted, "ratio", "business/evidence_predicted"),
                a=counted(assumed, "ratio", "business/evidence_assumed"),
            ),
        )
    ]
    stage = facts.first_stage
    if stage is not None:
        blocks.append(gate_table(facts, stage))
    return tuple(blocks)


def _approvals(facts: Facts) -> tree.Approvals:
    typed = facts.decision.get("departments")
    names: Sequence[str] = ()
    if isinstance(typed, str):
        names = [part.strip() for part in typed.replace("、", ",").split(",") if part.strip()]
    elif isinstance(typed, list | tuple):
        names = [str(part) for part in typed]
    boxes: tuple[Message, ...] = tuple(plain(name) for name in names[:7]) or (
        say(N_("Prepared")),
        say(N_("Production")),
        say(N_("Maintenance")),
        say(N_("IT")),
        say(N_("Finance")),
        say(N_("Legal")),
        say(N_("Decision")),
    )
    return tree.Approvals(
        title=say(N_("Approvals")),
        choices=say(N_("Circle one: approve · with conditions · hold · reject    Date:")),
        boxes=boxes,
    )
