"""The first page's headline and lead: full sentences with a number, chosen by conditions."""

from __future__ import annotations

from genba.errors import N_, Message
from genba.figures import Figure
from genba.report.content.basics import counted, say
from genba.report.content.facts import Facts, targets_met
from genba.study.business import BusinessResult


def decision_headline(facts: Facts) -> tuple[Message, ...]:
    """One or two clauses; worded by the level of the recommendation."""
    business, stage = facts.business, facts.first_stage
    if business is None:
        return _technical(facts)
    if facts.level == "none":
        return _no_recommendation(facts)
    if facts.level == "stop":
        return _stop(business)
    if facts.level == "cloud":
        gap = business.edge_minus_cloud_npv
        more = gap.model_copy(
            update={
                "value": abs(gap.value or 0.0),
                "low": None,
                "high": None,
                "ref": f"{gap.ref}/size",
            }
        )
        return (
            say(N_("Choose the cloud."), level="cloud"),
            say(N_("Its NPV is {difference} above that of the edge"), difference=more),
        )
    if stage is None:
        loss = business.alternative("edge").risk.get("probability_of_loss")
        return (
            say(N_("The edge plan has an NPV of {npv}."), npv=business.alternative("edge").npv),
            *((say(N_("The chance of a loss is {loss}"), loss=loss),) if loss is not None else ()),
        )
    ask = {"stage": stage.name, "amount": stage.cost}
    first = (
        say(N_("Approve “{stage}” ({amount})."), **ask)
        if facts.level == "go"
        else say(N_("Approve “{stage}” ({amount}) with conditions."), **ask)
    )
    second = say(
        N_("Next gate {date}; if it fails we lose at most {cap}"),
        date=facts.gate_date(stage),
        cap=stage.max_loss_if_stopped,
    )
    return first, second


def sized(gap: Figure) -> Figure:
    """A difference without its sign, for sentences that say which side is ahead."""
    size = abs(gap.value) if gap.value is not None else None
    changes = {"value": size, "low": None, "high": None, "ref": f"{gap.ref}/size"}
    return gap.model_copy(update=changes)


def _technical(facts: Facts) -> tuple[Message, ...]:
    full = [c for c in facts.ranked if targets_met(c)[0] == targets_met(c)[1] > 0]
    return (
        say(
            N_("{n} of {total} candidates meet all targets."), n=len(full), total=len(facts.ranked)
        ),
        say(N_("The business case has not been evaluated yet")),
    )


def _no_recommendation(facts: Facts) -> tuple[Message, ...]:
    stage = facts.first_stage
    if facts.demo:
        first = say(N_("Demonstration: no decision may rest on these numbers."))
        if stage is None:
            return (first,)
        return first, say(
            N_("Next: “{stage}” on a real device, at most {cap} at risk"),
            stage=stage.name,
            cap=stage.max_loss_if_stopped,
        )
    return (
        say(N_("There is no recommendation yet.")),
        say(N_("The evidence does not support one of the alternatives")),
    )


def _stop(business: BusinessResult) -> tuple[Message, ...]:
    edge = business.alternative("edge")
    loss = edge.risk.get("probability_of_loss")
    plan_positive = (edge.npv.value or 0.0) > 0
    first = (
        say(N_("Do not proceed with the edge: the plan is positive, but"))
        if plan_positive
        else say(N_("Do not proceed with the edge."))
    )
    if loss is None:
        return first, say(N_("{reason}"), reason=stop_reason(business))
    if plan_positive:
        return first, say(
            N_("the chance of a loss is {loss}, and {reason}"),
            loss=loss,
            reason=stop_reason(business),
        )
    return first, say(
        N_("The chance of a loss is {loss}, and {reason}"), loss=loss, reason=stop_reason(business)
    )


def stop_reason(business: BusinessResult) -> Message:
    medians = [a.risk["p50"].value or 0.0 for a in business.alternatives if "p50" in a.risk]
    if medians and max(medians) <= 0:
        return say(N_("no median is above zero"))
    edge = business.alternative("edge")
    if (edge.npv.value or 0.0) <= 0:
        return say(N_("its NPV is {npv}"), npv=edge.npv)
    return say(N_("that is more than we accept"))


def decision_lead(facts: Facts) -> Message | None:
    """Plan, median, chance of a loss and the share of assumptions, in two sentences."""
    business = facts.business
    if business is None:
        return say(
            N_(
                "The technical evidence is below. NPV, payback and risk follow when the business "
                "case is complete."
            )
        )
    edge = business.alternative("edge")
    loss, median = edge.risk.get("probability_of_loss"), edge.risk.get("p50")
    assumed = business.evidence_share.get("assumed")
    if loss is None or median is None or assumed is None:
        return say(N_("The edge plan has an NPV of {npv}."), npv=edge.npv)
    fields: dict[str, Figure] = {
        "npv": edge.npv,
        "median": median,
        "loss": loss,
        "assumed": counted(assumed, "ratio", "business/evidence_assumed"),
    }
    if facts.level == "none" and facts.demo:
        return say(
            N_(
                "With these inputs the edge plan would have an NPV of {npv}, a median of {median} "
                "and a {loss} chance of a loss; {assumed} of the evidence is assumed. The "
                "measurements come from the built-in demo device."
            ),
            **fields,
        )
    if facts.level == "cloud":
        return _cloud_lead(business, fields)
    if facts.level in ("go", "conditional"):
        return say(
            N_(
                "The edge plan has an NPV of {npv}, a median of {median} and a {loss} chance of a "
                "loss. {assumed} of the evidence is assumed, so we ask only for the stage that "
                "replaces it by measurements."
            ),
            **fields,
        )
    return say(
        N_(
            "The edge plan has an NPV of {npv}, a median of {median} and a {loss} chance of a "
            "loss. {assumed} of the evidence is assumed."
        ),
        **fields,
    )


def _cloud_lead(business: BusinessResult, of_edge: dict[str, Figure]) -> Message:
    cloud = business.alternative("cloud")
    return say(
        N_(
            "The cloud has an NPV of {npv}, a median of {median} and a {loss} chance of a "
            "loss; the edge has an NPV of {edge}. {assumed} of the evidence is assumed."
        ),
        npv=cloud.npv,
        median=cloud.risk.get("p50", of_edge["median"]),
        loss=cloud.risk.get("probability_of_loss", of_edge["loss"]),
        edge=of_edge["npv"],
        assumed=of_edge["assumed"],
    )
