"""The valued stages of a study, with the gates as they stand today."""

from __future__ import annotations

from dataclasses import dataclass

from genba.business.case import Case, Measures
from genba.business.gates import judge, outlay_parts, valued_stages
from genba.business.staging import Staging, staging
from genba.business.study_figures import Figures
from genba.figures import Figure
from genba.study.business import BusinessInputs, GateCriterion, StageResult

MONTHS = 12


@dataclass
class StageMaker:
    """Values the stages of one evaluation."""

    inputs: BusinessInputs
    case: Case
    edge: Measures
    cloud: Measures
    figures: Figures

    def __post_init__(self) -> None:
        self._stages = valued_stages(self.inputs, self.edge)
        self._all = staging(self._stages, self.case.plan["rate"])

    def summary(self) -> dict[str, Figure]:
        """`staged_value`, `commit_value`, `value_of_staging`, `max_loss`, `outlay`.

        Committing leaves out stages that are only an option; `max_loss` is that of the first stage,
        `outlay` the whole initial outlay of the case.
        """
        if not self._stages:
            return {}
        planned = [
            s for s, given in zip(self._stages, self.inputs.stages, strict=True) if not given.option
        ]
        committed: Staging = staging(planned, self.case.plan["rate"])
        amounts = {
            "staged_value": self._all.staged_value,
            "commit_value": committed.commit_value,
            "value_of_staging": self._all.staged_value - max(committed.commit_value, 0.0),
            "max_loss": self._all.max_loss_pv_if_stopped_after_stage[0],
            "outlay": sum(outlay_parts(self.edge).values()),
        }
        keys = self.figures.drivers()
        return {k: self._money(f"staging_{k}", v, keys) for k, v in amounts.items()}

    def results(self, loss: Figure, measured_share: float) -> tuple[StageResult, ...]:
        """One result a stage; criteria on results of the case are judged with them."""
        out, month = [], 0.0
        settled = self._settled(loss, measured_share)
        for given, stage, value, worst in zip(
            self.inputs.stages,
            self._stages,
            self._all.stages,
            self._all.max_loss_pv_if_stopped_after_stage,
            strict=True,
        ):
            name = f"stage_{given.id}"
            out.append(
                StageResult(
                    id=given.id,
                    name=given.name,
                    cost=self._money(f"{name}_cost", stage.cost, ()),
                    months=given.months,
                    start_month=month,
                    expected_value=self._money(
                        f"{name}_expected_value", value.expected_value_at_start, ()
                    ),
                    max_loss_if_stopped=self._money(f"{name}_max_loss", worst, ()),
                    exit_cost=self._money(f"{name}_exit_cost", given.exit_cost, ()),
                    chip_stage=given.chip_stage,
                    owner=given.owner,
                    criteria=tuple(self._judged(c, settled) for c in given.criteria),
                    next_is=value.next_is,
                    option=given.option,
                )
            )
            month += given.months
        return tuple(out)

    def _settled(self, loss: Figure, measured_share: float) -> dict[str, Figure]:
        make = self.figures.make
        out = {
            "probability_of_loss": loss,
            "evidence_measured": make("evidence_measured", measured_share, "ratio", ()),
        }
        own = self.edge.tco.levelised_per_1000_requests
        other = self.cloud.tco.levelised_per_1000_requests
        if own is not None and other and not self.inputs.cloud_excluded:
            out["edge_cost_per_cloud_cost"] = make(
                "edge_cost_per_cloud_cost", own / other, "ratio", self.figures.drivers()
            )
        return out

    def _judged(self, criterion: GateCriterion, settled: dict[str, Figure]) -> GateCriterion:
        if criterion.measure in settled:
            return judge(criterion, settled[criterion.measure], settled=True)
        return criterion

    def _money(self, name: str, amount: float, keys: tuple[str, ...]) -> Figure:
        # Budgets, chances and exit costs of stages are set by people: assumptions by nature.
        return self.figures.money(name, amount, keys or ("poc_cost",))
