"""The stages of an introduction: their budgets, what they pay, and the criteria of their gates."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from genba.business.alternatives import EDGE
from genba.business.case import Case, Measures, measure
from genba.business.risk import COMMON_FACTOR_RHO, draw, simulate
from genba.business.staging import Stage
from genba.business.study_inputs import input_figure, to_case
from genba.business.tornado import switching_value
from genba.errors import Message
from genba.figures import Basis, Figure
from genba.study.business import BusinessInputs, GateCriterion, StageInput
from genba.study.candidate import Candidate
from genba.study.words import STAGES
from genba.study.workload import Workload

_GATE_DRAWS = 8192  # enough for a limit that is rounded to whole percent
_STEP = 0.05  # a gate asks for at least this much less risk than there is today (report lint L11)
_HOURS_OF_A_DAY = 24.0


def default_stages(
    inputs: BusinessInputs,
    workload: Workload,
    chosen: Candidate | None,
    raw: Sequence[Mapping[str, Any]],
    exchange: float,
) -> tuple[StageInput, ...]:
    """The stages of the data file, priced from the case; amounts of the file times `exchange`."""
    case = to_case(inputs)
    plan = measure(case, EDGE)
    maker = _CriterionMaker(inputs, workload, chosen, case)
    stages = []
    for entry in raw:
        stage = StageInput(
            id=entry["id"],
            name=Message(text=STAGES[entry["id"]]),
            cost=entry.get("cost", 0.0) * exchange,
            months=entry["months"],
            p_go=entry["p_go"],
            exit_cost=entry["exit_cost"] * exchange,
            payoff=0.0,
            chip_stage=entry["chip_stage"],
            criteria=tuple(c for raw_c in entry["criteria"] for c in maker.make(raw_c)),
            cost_parts=entry.get("cost_parts", {}),
            payoff_share=entry["payoff_share"],
            option=entry.get("option", False),
        )
        stages.append(stage.model_copy(update={"cost": stage_cost(stage, plan)}))
    return tuple(stages)


def outlay_parts(plan: Measures) -> dict[str, float]:
    """The case's own outlay at t = 0 by item, positive, before tax."""
    once = {
        line.id: -float(plan.flows.lines[line.id][0, 0])
        for line in EDGE.lines
        if line.once and line.id in plan.flows.lines
    }
    return {**once, **{k: float(a[0, 0]) for k, a in plan.flows.capex_by_asset.items()}}


def stage_cost(stage: StageInput, plan: Measures) -> float:
    """A stage's budget: its shares of the outlay, or what was typed."""
    if not stage.cost_parts:
        return stage.cost
    parts = outlay_parts(plan)
    return sum(share * parts.get(item, 0.0) for item, share in stage.cost_parts.items())


def valued_stages(inputs: BusinessInputs, plan: Measures) -> tuple[Stage, ...]:
    """The stages with money filled in. Later flows = NPV with the outlay added back."""
    later = plan.npv + sum(outlay_parts(plan).values())
    return tuple(
        Stage(
            name=stage.id,
            cost=stage_cost(stage, plan),
            months=stage.months,
            p_go=stage.p_go,
            exit_cost=stage.exit_cost,
            payoff=stage.payoff + stage.payoff_share * max(later, 0.0),
        )
        for stage in inputs.stages
    )


def judge(criterion: GateCriterion, current: Figure | None, *, settled: bool) -> GateCriterion:
    """`criterion` with what is known today.

    `settled` values are results of the case; others decide only when measured, by the worse end
    of their interval.
    """
    if current is None or current.value is None:
        return criterion.model_copy(update={"current": None, "met": None})
    most = criterion.operator == "<="
    if settled:
        worst: float | None = current.value
    elif current.basis in (Basis.MEASURED, Basis.EXACT):
        end = current.high if most else current.low
        worst = current.value if end is None else end
    else:
        worst = None
    met = None
    if worst is not None:
        met = worst <= criterion.value if most else worst >= criterion.value
    return criterion.model_copy(update={"current": current, "met": met})


@dataclass(frozen=True)
class _CriterionMaker:
    inputs: BusinessInputs
    workload: Workload
    chosen: Candidate | None
    case: Case

    def make(self, raw: Mapping[str, Any]) -> Iterable[GateCriterion]:
        """The criteria of one entry: none where the case has no number for it."""
        if raw.get("limits"):
            return self._limits()
        value = self._value(raw)
        if value is None:
            return ()
        criterion = GateCriterion(
            measure=raw["measure"], operator=raw["operator"], value=value, unit=raw["unit"]
        )
        known = self.inputs.values.get(raw["measure"])
        return (judge(criterion, input_figure(known) if known else None, settled=False),)

    def _limits(self) -> tuple[GateCriterion, ...]:
        out = []
        for limit in self.workload.limits:
            if not limit.hard:
                continue
            figure = self.chosen.figures.get(limit.measure) if self.chosen else None
            criterion = GateCriterion(
                measure=limit.measure,
                operator=limit.operator,
                value=limit.value,
                unit=self._unit(limit.measure, figure),
            )
            if limit.measure == "budget":
                price = input_figure(self.inputs.values["unit_price"])
                out.append(judge(criterion, price, settled=False))
            else:
                out.append(judge(criterion, figure, settled=False))
        return tuple(out)

    def _value(self, raw: Mapping[str, Any]) -> float | None:
        key = raw["measure"]
        if key == "probability_of_loss":
            return min(
                float(raw["value"]),
                max(_STEP, math.floor(100 * (self._loss_today - _STEP)) / 100),
            )
        if "input_factor" in raw:
            return self.inputs.values[key].value * float(raw["input_factor"])
        if "switching_factor" in raw:
            found = switching_value(self.case.edge_npv, self.case.plan, key)
            if found is None or not 0 < found * raw["switching_factor"] < _HOURS_OF_A_DAY:
                return None
            return float(found * raw["switching_factor"])
        return float(raw["value"])

    @cached_property
    def _loss_today(self) -> float:
        """The chance of a loss with the inputs as they stand."""
        drawn = draw(
            self.case.uncertain,
            _GATE_DRAWS,
            rho=COMMON_FACTOR_RHO,
            good_direction=self.case.directions(),
        )
        npv = simulate(self.case.edge_npv, self.case.plan, drawn)
        return float((npv < 0).mean())

    def _unit(self, measure_name: str, figure: Figure | None) -> str:
        if figure is not None:
            return figure.unit
        if measure_name == "budget":
            return self.workload.currency
        if measure_name == "quality":
            return "dB" if self.workload.quality_metric.endswith("_db") else "1"
        endings = {"_ms": "ms", "_bytes": "byte", "_mj": "mJ", "_per_s": "1/s"}
        return next((unit for end, unit in endings.items() if measure_name.endswith(end)), "1")
