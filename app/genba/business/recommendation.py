"""Go, go with conditions, stop, or choose the cloud: the rules, and the reasons in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from genba.errors import N_, Message
from genba.figures import Basis, Figure
from genba.study.business import BusinessInputs, GateCriterion
from genba.study.words import INPUTS, MEASURES, label

Choice = Literal["edge", "cloud", "nothing", "none"]
Level = Literal["go", "conditional", "stop", "none"]

GO_LOSS_MAX = 0.15
CONDITIONAL_LOSS_MAX = 0.40
COVERAGE_MIN = 0.20


@dataclass(frozen=True)
class Standing:
    """One alternative as the rules see it; money in the case's currency."""

    npv: float
    p50: float
    loss: float


@dataclass(frozen=True)
class Grounds:
    """All that the recommendation rests on."""

    edge: Standing
    cloud: Standing | None
    """None where the cloud may not be used."""
    measured_share: float
    decisive: tuple[str, ...]
    """Inputs within whose range edge and cloud change places."""
    hard_targets: tuple[GateCriterion, ...]
    poc_cost_after_tax: float
    evpi: float
    poc_net_value: float | None
    currency: str
    poc_reason: str = ""
    """Why the PoC is needed all the same, as somebody wrote it down."""


@dataclass(frozen=True)
class Recommendation:
    """What to do, how firmly, and why."""

    choice: Choice
    level: Level
    reasons: tuple[Message, ...]


def recommend(inputs: BusinessInputs, grounds: Grounds) -> Recommendation:
    """Apply the rules; figures of a demonstration never support a decision."""
    demo = [key for key, value in inputs.values.items() if value.demo]
    if demo:
        text = N_("Figures of the demo device cannot support a decision: {names}.")
        names = [label(INPUTS, key) for key in demo]
        return Recommendation("none", "none", (_reason(text, "demo", names=names),))
    stop = _stop_reasons(grounds)
    if stop:
        return Recommendation("nothing", "stop", stop)
    cloud, edge = grounds.cloud, grounds.edge
    if cloud is not None and cloud.npv > edge.npv and cloud.p50 > edge.p50:
        text = N_("The cloud's net present value is {lead} higher.")
        lead = _reason(text, "cloud_ahead", lead=_money("lead", cloud.npv - edge.npv, grounds))
        doubts = _doubts_about(cloud, grounds)
        return Recommendation("cloud", "conditional" if doubts else "go", (lead, *doubts))
    doubts = (*_doubts_about(edge, grounds), *_doubts_about_edge(grounds))
    if doubts:
        return Recommendation("edge", "conditional", doubts)
    text = N_("The chance of a loss is {loss}, and the edge is ahead of all alternatives.")
    return Recommendation("edge", "go", (_reason(text, "sound", loss=_percent(edge.loss)),))


def _stop_reasons(grounds: Grounds) -> tuple[Message, ...]:
    standings = [s for s in (grounds.edge, grounds.cloud) if s is not None]
    best = max(standings, key=lambda s: (s.p50, s.npv))
    out = []
    if all(s.p50 <= 0 for s in standings):
        text = N_("In the middle of the simulation no alternative earns more than doing nothing.")
        out.append(_reason(text, "median_loss"))
    if best.loss > CONDITIONAL_LOSS_MAX:
        text = N_("The chance of a loss is {loss}; more than {limit} is too much.")
        limit = _percent(CONDITIONAL_LOSS_MAX)
        out.append(_reason(text, "loss", loss=_percent(best.loss), limit=limit))
    return tuple(out)


def _doubts_about(chosen: Standing, grounds: Grounds) -> tuple[Message, ...]:
    out = []
    if chosen.loss > GO_LOSS_MAX:
        text = N_("The chance of a loss is {loss}, above the {limit} of an unconditional go.")
        limit = _percent(GO_LOSS_MAX)
        out.append(_reason(text, "loss", loss=_percent(chosen.loss), limit=limit))
    if grounds.measured_share < COVERAGE_MIN:
        text = N_("Only {share} of the money rests on measurements.")
        out.append(_reason(text, "coverage", share=_percent(grounds.measured_share)))
    if grounds.decisive:
        text = N_("Edge and cloud change places within the range of: {names}.")
        names = [label(INPUTS, key) for key in grounds.decisive]
        out.append(_reason(text, "decisive", names=names))
    return (*out, *_poc_doubt(grounds))


def _poc_doubt(grounds: Grounds) -> tuple[Message, ...]:
    """A PoC dearer than what it can teach is no reason to stop, but one to cut or justify it."""
    feasibility = grounds.poc_net_value or 0.0
    if grounds.poc_cost_after_tax <= grounds.evpi or feasibility > 0 or grounds.poc_reason:
        return ()
    text = N_(
        "The PoC costs {cost} after tax, but certainty about the money would be worth only {evpi},"
        " and its test of feasibility does not earn the difference: cut it, or write down why it"
        " is needed."
    )
    cost = _money("poc_cost", grounds.poc_cost_after_tax, grounds)
    evpi = _money("evpi", grounds.evpi, grounds)
    return (_reason(text, "poc_too_dear", cost=cost, evpi=evpi),)


def _doubts_about_edge(grounds: Grounds) -> tuple[Message, ...]:
    out = []
    cloud = grounds.cloud
    if cloud is not None and (cloud.npv > grounds.edge.npv or cloud.p50 > grounds.edge.p50):
        text = N_("Plan and simulation disagree on whether edge or cloud is better.")
        out.append(_reason(text, "split"))
    missed = _names(grounds.hard_targets, met=False)
    if missed:
        out.append(_reason(N_("These targets are missed: {names}."), "missed", names=missed))
    unknown = _names(grounds.hard_targets, met=None)
    if unknown:
        text = N_("These targets are not confirmed by a measurement: {names}.")
        out.append(_reason(text, "unconfirmed", names=unknown))
    return tuple(out)


def _names(criteria: Sequence[GateCriterion], met: bool | None) -> list[Message]:
    return [label(MEASURES, c.measure) for c in criteria if c.met is met]


def _reason(text: str, code: str, **params: object) -> Message:
    return Message(text=text, params=params, code=code)


def _percent(share: float) -> Message:
    percent = round(100 * share, 1)
    shown = int(percent) if percent.is_integer() else percent
    return Message(text=N_("{percent} %"), params={"percent": shown})


def _money(name: str, amount: float, grounds: Grounds) -> Figure:
    ref = f"business/recommendation/{name}"
    return Figure(value=amount, unit=grounds.currency, basis=Basis.ASSUMED, ref=ref)
