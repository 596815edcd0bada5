"""The recommendation box: its level, the reasons, and the conditions."""

from __future__ import annotations

from genba.errors import N_, Message
from genba.report import tree
from genba.report.content.basics import counted, say
from genba.report.content.facts import COVERAGE_FLOOR, Facts, is_measured, targets_met
from genba.report.content.headline import sized, stop_reason
from genba.study.business import BusinessResult
from genba.study.words import INPUTS, label

_TITLES = {
    "go": N_("Go"),
    "conditional": N_("Go, with conditions"),
    "stop": N_("Stop (keep things as they are)"),
    "cloud": N_("Choose the cloud"),
}


def recommendation(facts: Facts) -> tree.Recommendation:
    """What we propose, and why."""
    title = say(_TITLES[facts.level]) if facts.level in _TITLES else _undecided(facts)
    return tree.Recommendation(
        level=facts.level,
        label=say(N_("Recommendation")),
        title=title,
        paragraphs=tuple(_paragraphs(facts)[:4]),
    )


def _undecided(facts: Facts) -> Message:
    return say(N_("Demonstration only")) if facts.demo else say(N_("None yet"))


def _paragraphs(facts: Facts) -> list[Message]:
    business = facts.business
    if business is None:
        return [say(N_("The business case has not been evaluated yet."))]
    if facts.demo:
        found = _demo()
    else:
        reasons = list(business.reasons) or [_why(facts, business)]
        conditions = _conditions(facts, business) if facts.level == "conditional" else []
        found = reasons[:1] + conditions + reasons[1:]
        if facts.level == "stop":
            found.insert(
                1,
                say(
                    N_(
                        "Only doing nothing loses nothing; the conditions for a new proposal "
                        "are below."
                    )
                ),
            )
    value = business.staging.get("evsi") or business.evpi
    if value is not None and value.value is not None and facts.first_stage is not None:
        found.append(
            say(
                N_("What the first stage can teach is worth {value}; it costs {cost}."),
                value=value,
                cost=facts.first_stage.cost,
            )
        )
    return found


def _demo() -> list[Message]:
    return [
        say(
            N_(
                "Why: the measurements come from the built-in demo device (this computer). "
                "They show the method and may not support a decision."
            )
        ),
        say(N_("Next: measure the same candidate on a real device.")),
    ]


def _why(facts: Facts, business: BusinessResult) -> Message:
    """A reason of our own when the engine gave none."""
    gap, edge = business.edge_minus_cloud_npv, business.alternative("edge")
    cloud = next((a for a in business.alternatives if a.id == "cloud"), None)
    if facts.level == "stop":
        return say(N_("Why: {reason}."), reason=stop_reason(business))
    if cloud is None or cloud.excluded is not None or gap.value is None:
        return say(N_("Why: the edge plan has an NPV of {npv}."), npv=edge.npv)
    if gap.value >= 0:
        return say(N_("Why: the edge is {gap} NPV above the cloud."), gap=sized(gap))
    return say(N_("Why: the cloud is {gap} NPV above the edge."), gap=sized(gap))


def _conditions(facts: Facts, business: BusinessResult) -> list[Message]:
    found: list[Message] = []
    chosen = facts.chosen
    stage = facts.first_stage
    if chosen is None or not is_measured(chosen):
        found.append(say(N_("Condition: the candidate is measured on a real device.")))
    elif targets_met(chosen)[0] < targets_met(chosen)[1]:
        met, total = targets_met(chosen)
        found.append(
            say(
                N_("Condition: {met} of {total} targets are met; the rest is measured."),
                met=met,
                total=total,
            )
        )
    if business.evidence_share.get("measured", 0.0) < COVERAGE_FLOOR:
        top = business.tornado[0].input if business.tornado else ""
        if top:
            found.append(
                say(N_("Condition: “{input}” is measured at one site."), input=label(INPUTS, top))
            )
        else:
            found.append(
                say(
                    N_("Condition: the measured share rises to {share}."),
                    share=counted(COVERAGE_FLOOR, "ratio", "limit/coverage"),
                )
            )
    if stage is not None and stage.criteria:
        found.append(
            say(
                N_(
                    "Condition: if one gate criterion is missed we stop, at an exit cost of {exit}."
                ),
                exit=stage.exit_cost,
            )
        )
    return found
