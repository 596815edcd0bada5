"""Page: the staged plan, its gates, and what stopping costs."""

from __future__ import annotations

from genba.errors import N_, Message
from genba.figures import Figure, derived
from genba.report import tree
from genba.report.content.basics import add_months, counted, number, plain, say, words
from genba.report.content.facts import Facts
from genba.report.content.gate import criterion_text
from genba.study.business import BusinessResult, StageResult
from genba.study.words import CHIP_STAGES, label


def stages_page(facts: Facts, business: BusinessResult) -> tree.Page:
    """What happens when, and where can we stop?"""
    blocks: list[tree.Block] = [_gantt(facts, business), _gates(facts, business)]
    takeaway = _takeaway(business)
    if takeaway is not None:
        blocks.append(takeaway)
    blocks.append(
        tree.Note(
            text=say(
                N_(
                    "Losses are present values and include the exit cost. Chips go from those at "
                    "hand to low-power accelerators or FPGAs; an ASIC only when the volume carries "
                    "it."
                )
            )
        )
    )
    return tree.Page(
        id="stages",
        name=say(N_("Staged introduction plan")),
        headline=_headline(facts, business),
        lead=_lead(business),
        blocks=tuple(blocks),
    )


def _headline(facts: Facts, business: BusinessResult) -> tuple[Message, ...]:
    stage = business.stages[0]
    if facts.level in ("stop", "cloud"):
        first = say(
            N_("Nothing is asked today; the plan would start with {amount}."), amount=stage.cost
        )
    else:
        first = say(N_("Today only “{stage}”, {amount}."), stage=stage.name, amount=stage.cost)
    return first, say(
        N_("{n} gates can stop the plan; the next is {date}"),
        n=len(business.stages),
        date=facts.gate_date(stage),
    )


def _lead(business: BusinessResult) -> Message:
    commit, staged = business.staging.get("commit_value"), business.staging.get("staged_value")
    if commit is None or staged is None:
        return say(N_("Each gate is decided by numbers that were fixed before the stage began."))
    return say(
        N_(
            "Committing to all stages at once has an expected value of {commit}; deciding gate by "
            "gate, {staged}. The right to stop has a value of its own."
        ),
        commit=commit,
        staged=staged,
    )


def _gantt(facts: Facts, business: BusinessResult) -> tree.Gantt:
    rows: list[tree.GanttStage] = []
    spent: list[Figure] = []
    for index, stage in enumerate(business.stages):
        spent.append(stage.cost)
        total = sum(f.value or 0.0 for f in spent)
        rows.append(
            tree.GanttStage(
                name=stage.name,
                detail=_detail(stage),
                start=add_months(facts.start, stage.start_month),
                end=facts.gate_date(stage),
                budget=stage.cost,
                spent=derived(total, business.currency, f"business/spent_{stage.id}", spent),
                loss_if_stopped=stage.max_loss_if_stopped,
                asked=index == 0 and facts.level not in ("stop", "cloud"),
                optional=_optional(business, stage),
            )
        )
    last = rows[-1]
    return tree.Gantt(
        title=say(N_("Plan and gates")),
        steps_title=say(N_("Committed spending, cumulative ({unit}, tax excluded)")),
        stages=tuple(rows),
        alt=say(
            N_(
                "Plan of {n} stages. Next gate {date}; committed in the end {spent}, loss if then "
                "stopped {loss}."
            ),
            n=len(rows),
            date=rows[0].end,
            spent=last.spent,
            loss=last.loss_if_stopped,
        ),
    )


def _optional(business: BusinessResult, stage: StageResult) -> bool:
    chance = next((s.p_go for s in business.inputs.stages if s.id == stage.id), 1.0)
    return chance < 0.5


def _detail(stage: StageResult) -> Message:
    length = counted(stage.months, "month", f"stage/{stage.id}/months")
    if not stage.chip_stage:
        return say(N_("{length}"), length=length)
    return say(N_("{chips}, {length}"), chips=label(CHIP_STAGES, stage.chip_stage), length=length)


def _gates(facts: Facts, business: BusinessResult) -> tree.Table:
    rows = []
    by_id = {s.id: s for s in business.inputs.stages}
    for index, stage in enumerate(business.stages):
        criteria = joined([criterion_text(c) for c in stage.criteria])
        chance = by_id[stage.id].p_go if stage.id in by_id else None
        cells = (
            words(say(N_("Gate {n}"), n=index), strong=True),
            words(plain(facts.gate_date(stage).isoformat())),
            words(plain(stage.owner) if stage.owner else say(N_("to be named"))),
            words(criteria if criteria is not None else say(N_("no criterion yet"))),
            number(_chance(stage, chance)),
            number(stage.exit_cost),
            number(stage.max_loss_if_stopped),
        )
        rows.append(tree.TableRow(cells=cells, tinted=index == 0))
    return tree.Table(
        title=say(N_("Gate criteria")),
        subtitle=say(N_("{unit}; go on only if all are met")),
        unit_in_subtitle="money",
        columns=(
            tree.Column(head=say(N_("Gate")), weight=0.75),
            tree.Column(head=say(N_("Date")), weight=1.0),
            tree.Column(head=say(N_("Who decides")), weight=1.2),
            tree.Column(head=say(N_("Criteria")), weight=4.0),
            tree.Column(head=say(N_("chance to go on")), weight=0.85, align="right"),
            tree.Column(head=say(N_("exit cost")), weight=0.75, align="right", scale="money"),
            tree.Column(head=say(N_("loss if stopped")), weight=0.9, align="right", scale="money"),
        ),
        rows=tuple(rows),
        size=8.2,
    )


def _chance(stage: StageResult, chance: float | None) -> Figure | None:
    from genba.figures import Basis

    if chance is None:
        return None
    return Figure(value=chance, unit="ratio", basis=Basis.ASSUMED, ref=f"stage/{stage.id}/p_go")


def joined(messages: list[Message]) -> Message | None:
    """Several phrases as one, separated as the language does."""
    if not messages:
        return None
    text = messages[0]
    for message in messages[1:]:
        text = say(N_("{a}; {b}"), a=text, b=message)
    return text


def _takeaway(business: BusinessResult) -> tree.Takeaway | None:
    first = business.inputs.stages[0] if business.inputs.stages else None
    if first is None:
        return None
    stage = business.stages[0]
    likely = [s for s in business.stages if not _optional(business, s)]
    last = likely[-1] if likely else business.stages[-1]
    stop = counted(1.0 - first.p_go, "ratio", f"stage/{first.id}/p_stop")
    return tree.Takeaway(
        strong=say(N_("We expect to stop at the first gate in {share} of cases."), share=stop),
        text=say(
            N_("The loss is then {first}, against {last} when all stages were started."),
            first=stage.max_loss_if_stopped,
            last=last.max_loss_if_stopped,
        ),
    )
