"""The three items of page 1, headed in fixed words."""

from __future__ import annotations

from genba.errors import N_, Message
from genba.report import tree
from genba.report.content.basics import counted, plain, say
from genba.report.content.facts import Facts
from genba.study.business import AlternativeResult, BusinessResult


def three_items(facts: Facts, business: BusinessResult | None) -> tuple[tree.Item, ...]:
    """Return on investment, staged introduction, lighter operating burden."""
    titles = (
        say(N_("Return on investment")),
        say(N_("Staged introduction plan")),
        say(N_("Lighter operating burden")),
    )
    if business is None:
        missing = say(N_("Not evaluated yet."))
        return tuple(tree.Item(title=t, measure=plain("–"), text=missing) for t in titles)
    return (
        _return(titles[0], facts.subject or business.alternative("edge"), business),
        _staged(titles[1], facts),
        _burden(titles[2], business),
    )


def _return(title: Message, plan: AlternativeResult, business: BusinessResult) -> tree.Item:
    loss = plan.risk.get("probability_of_loss")
    measured = counted(
        business.evidence_share.get("measured", 0.0), "ratio", "business/evidence_measured"
    )
    if plan.payback_months.value is None:
        text = say(
            N_(
                "The outlay is not recovered within {years} years. {measured} of the money rests "
                "on measurements."
            ),
            years=business.years,
            measured=measured,
        )
    elif loss is not None:
        text = say(
            N_(
                "It pays back in {months}; the chance of a loss is {loss}. {measured} of the money "
                "rests on measurements."
            ),
            months=plan.payback_months,
            loss=loss,
            measured=measured,
        )
    else:
        text = say(N_("It pays back in {months}."), months=plan.payback_months)
    return tree.Item(
        title=title,
        measure=say(N_("ROI {roi}, TCO {tco}/year"), roi=plan.roi, tco=plan.tco_per_year),
        text=text,
    )


def _staged(title: Message, facts: Facts) -> tree.Item:
    stage = facts.first_stage
    if stage is None:
        return tree.Item(title=title, measure=plain("–"), text=say(N_("No stage is planned yet.")))
    met = sum(bool(c.met) for c in stage.criteria)
    if facts.level in ("stop", "cloud"):
        text = say(
            N_(
                "Nothing is spent on it today. When the conditions are met, the plan starts "
                "again with “{stage}”."
            ),
            stage=stage.name,
        )
    else:
        text = say(
            N_(
                "Today only “{stage}”, {amount}. On {date} {n} criteria decide; if one is missed "
                "we stop for {exit}."
            ),
            stage=stage.name,
            amount=stage.cost,
            date=facts.gate_date(stage),
            n=len(stage.criteria),
            exit=stage.exit_cost,
        )
    return tree.Item(
        title=title,
        measure=say(
            N_("At most {cap} at risk, criteria met {met}/{total}"),
            cap=stage.max_loss_if_stopped,
            met=met,
            total=len(stage.criteria),
        ),
        text=text,
    )


def _burden(title: Message, business: BusinessResult) -> tree.Item:
    before, after = business.burden_before_hours_month, business.burden_after_hours_month
    if before.value is None or after.value is None:
        return tree.Item(
            title=title,
            measure=say(N_("not measured")),
            text=say(N_("The hours of operation were not recorded.")),
        )
    return tree.Item(
        title=title,
        measure=say(N_("{before} → {after} a month"), before=before, after=after),
        text=say(
            N_(
                "Updates are planned as signed packages that return to the version before when "
                "they fail. The pilot measures the hours."
            )
        ),
    )
