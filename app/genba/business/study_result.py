"""Assembles the BusinessResult of a study from measures, simulations and Figures."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np

from genba.business.alternatives import CLOUD, EDGE, MONTHS, energy_kwh
from genba.business.breakeven import BreakEven, break_even
from genba.business.burden import operating_burden
from genba.business.case import Case, Measures, poc_after_tax
from genba.business.cashflow import Alternative, Array, Horizon
from genba.business.evidence import coverage
from genba.business.information import evpi
from genba.business.recommendation import Grounds, Standing
from genba.business.risk import histogram, spread
from genba.business.sampling import Samples, Simulations
from genba.business.study_figures import Figures
from genba.business.study_information import InformationMaker
from genba.business.study_stages import StageMaker
from genba.business.tornado import tornado
from genba.errors import N_, Message, known_text
from genba.figures import Figure
from genba.study.business import AlternativeResult, BusinessInputs, BusinessResult


@dataclass
class ResultMaker:
    """One evaluation. The order of the parts follows `BusinessResult`."""

    inputs: BusinessInputs
    case: Case
    edge: Measures
    cloud: Measures
    simulations: Simulations
    figures: Figures

    def __post_init__(self) -> None:
        self.wider = self.simulations.wider
        self._edge_keys = self.figures.drivers(EDGE)
        self._cloud_keys = self.figures.drivers(CLOUD)
        self._both = self.figures.drivers(EDGE, CLOUD)
        self._information = InformationMaker(
            self.inputs, self.case, self.edge, self.simulations, self.figures
        )

    def result(self) -> BusinessResult:
        """Everything but the recommendation and the warnings."""
        make, money, plan = self.figures.make, self.figures.money, self.case.plan
        even = break_even(plan, self.case.structure)
        lead = self.wider.edge.npv - self.wider.cloud.npv
        known = self._information
        shares = known.variance_shares()
        stages = StageMaker(self.inputs, self.case, self.edge, self.cloud, self.figures)
        evidence = self._evidence()
        loss = self._risk("edge", self.wider.edge.npv, self.edge, self._edge_keys)
        kwh = float(energy_kwh(plan, Horizon(1))[1].item())
        return BusinessResult(
            currency=self.inputs.currency,
            years=self.inputs.years,
            rate=plan["rate"],
            price_date=self.inputs.price_date,
            inputs=self.inputs.model_copy(update={"line_drivers": self._line_drivers()}),
            alternatives=(
                self._nothing(),
                self._alternative(CLOUD, self.cloud, self.wider.cloud),
                self._alternative(EDGE, self.edge, self.wider.edge),
            ),
            edge_minus_cloud=tuple(
                a - b for a, b in zip(self.edge.net, self.cloud.net, strict=True)
            ),
            edge_minus_cloud_npv=money(
                "npv_edge_minus_cloud", self.edge.npv - self.cloud.npv, self._both, lead
            ),
            break_even_requests_per_year=self._break_even(even),
            requests_per_year=make(
                "requests_per_year", plan["requests_per_year"], "1/year", ["requests_per_year"]
            ),
            tornado=tornado(
                self.case.edge_npv, plan, {k: self.case.uncertain[k] for k in known.uncertain}
            ),
            stages=stages.results(loss["probability_of_loss"], evidence["measured"]),
            staging=stages.summary() | known.evsi(),
            burden_before_hours_month=self._hours("before"),
            burden_after_hours_month=self._hours("after"),
            evidence_share=evidence,
            evpi=known.evpi(),
            evppi=known.evppi(),
            poc_value=known.poc(),
            variance_share=shares,
            variance_share_by_basis=known.by_basis(shares),
            break_even=self._break_even_lines(even),
            edge_better_probability=make(
                "edge_better_probability", float((lead > 0).mean()), "ratio", self._both
            ),
            decisive_inputs=self._decisive(),
            energy_kwh_full_year=make(
                "energy_full_year", kwh, "kWh", ["energy_mj", "idle_w", "latency_mean_ms"]
            ),
            automation_payback_months=self._automation_payback(),
            correlation=self.wider.rho,
            recommendation="none",
            recommendation_level="none",
        )

    def grounds(self, result: BusinessResult) -> Grounds:
        """What the recommendation rests on."""
        test = self._information.poc_value()
        first = result.stages[0].criteria if result.stages else ()
        case_results = ("probability_of_loss", "forecast_error")
        return Grounds(
            edge=self._standing(self.edge, self.wider.edge),
            cloud=None
            if self.inputs.cloud_excluded
            else self._standing(self.cloud, self.wider.cloud),
            measured_share=result.evidence_share["measured"],
            decisive=() if self.inputs.cloud_excluded else result.decisive_inputs,
            hard_targets=tuple(c for c in first if c.measure not in case_results),
            poc_cost_after_tax=float(poc_after_tax(self.case.plan)),
            evpi=evpi(self.wider.at_gate),
            poc_net_value=test.net_value_of_poc if test else None,
            currency=self.inputs.currency,
            poc_reason=self.inputs.poc_reason,
        )

    def _standing(self, measures: Measures, samples: Samples) -> Standing:
        return Standing(
            npv=measures.npv,
            p50=float(np.median(samples.npv)),
            loss=float((samples.npv < 0).mean()),
        )

    def _nothing(self) -> AlternativeResult:
        zero = (0.0,) * (self.inputs.years + 1)
        make, money = self.figures.make, self.figures.money
        return AlternativeResult(
            id="nothing",
            net=zero,
            npv=money("npv_nothing", 0.0, ()),
            irr=make("irr_nothing", None, "ratio", ()),
            mirr=make("mirr_nothing", None, "ratio", ()),
            payback_months=make("payback_nothing", None, "month", ()),
            discounted_payback_months=make("discounted_payback_nothing", None, "month", ()),
            roi=make("roi_nothing", None, "ratio", ()),
            tco_per_year=money("tco_per_year_nothing", 0.0, ()),
        )

    def _alternative(
        self, alternative: Alternative, m: Measures, wide: Samples
    ) -> AlternativeResult:
        name, make, money = alternative.id, self.figures.make, self.figures.money
        keys = self.figures.drivers(alternative)
        per_year = m.tco.total / self.inputs.years
        return AlternativeResult(
            id="cloud" if name == "cloud" else "edge",
            excluded=self._cloud_excluded() if name == "cloud" else None,
            net=m.net,
            npv=money(f"npv_{name}", m.npv, keys, wide.npv),
            irr=make(
                f"irr_{name}",
                m.irr,
                "ratio",
                keys,
                wide.irr,
                missing=-np.inf,
                reason="no_single_rate",
            ),
            mirr=make(f"mirr_{name}", m.mirr, "ratio", keys),
            payback_months=make(
                f"payback_{name}",
                _months(m.payback_years),
                "month",
                keys,
                MONTHS * wide.payback_years,
                missing=np.inf,
                reason="not_recovered",
            ),
            discounted_payback_months=make(
                f"discounted_payback_{name}",
                _months(m.discounted_payback_years),
                "month",
                keys,
                MONTHS * wide.discounted_payback_years,
                missing=np.inf,
                reason="not_recovered",
            ),
            roi=make(f"roi_{name}", m.roi, "ratio", keys, wide.roi),
            tco_per_year=money(f"tco_per_year_{name}", per_year, keys, wide.tco_per_year),
            lines={k: tuple(v[:, 0].tolist()) for k, v in m.flows.groups.items()},
            lines_pv=self._lines_pv(alternative, m, wide),
            capex=tuple(m.flows.capex[:, 0].tolist()),
            depreciation=tuple(m.flows.depreciation[:, 0].tolist()),
            tax=tuple(m.flows.tax[:, 0].tolist()),
            residual_after_tax=tuple(m.flows.residual_after_tax[:, 0].tolist()),
            tco={**asdict(m.tco), "per_year": list(m.tco.per_year)},
            risk=self._risk(name, wide.npv, m, keys) | self._not_recovered(name, wide, keys),
            risk_independent=self._risk(
                f"{name}_independent", self.simulations.independent_npv[name], m, keys
            ),
            histogram=histogram(wide.npv),
            profitability_index=m.profitability_index,
        )

    def _cloud_excluded(self) -> Message | None:
        if not self.inputs.cloud_excluded:
            return None
        text = N_("The cloud is ruled out: this data may not leave the site: {kinds}.")
        kinds = [known_text(kind) for kind in self.inputs.cloud_excluded]
        return Message(text=text, params={"kinds": kinds})

    def _lines_pv(self, alternative: Alternative, m: Measures, wide: Samples) -> dict[str, Figure]:
        keys: dict[str, list[str]] = {}
        for line in alternative.lines_for(self.case.plan):
            keys.setdefault(line.shown_as, []).extend(line.drivers)
        return {
            name: self.figures.money(
                f"pv_{alternative.id}_{name}", pv, keys[name], wide.lines_pv[name]
            )
            for name, pv in m.groups_pv.items()
        }

    def _risk(
        self, name: str, npv: Array, plan: Measures, keys: tuple[str, ...]
    ) -> dict[str, Figure]:
        s = spread(npv)
        amounts = {
            "p10": s.p10,
            "p20": s.p20,
            "p50": s.p50,
            "p80": s.p80,
            "p90": s.p90,
            "mean": s.mean,
            "sd": s.sd,
            "expected_shortfall_10": s.expected_shortfall_10,
        }
        chances = {
            "probability_of_loss": s.probability_of_loss,
            "probability_plan_reached": float((npv >= plan.npv).mean()),
        }
        make, money = self.figures.make, self.figures.money
        out = {k: money(f"{k}_{name}", v, keys) for k, v in amounts.items()}
        return out | {k: make(f"{k}_{name}", v, "ratio", keys) for k, v in chances.items()}

    def _not_recovered(
        self, name: str, samples: Samples, keys: tuple[str, ...]
    ) -> dict[str, Figure]:
        key = "probability_not_recovered"
        share = float(np.isnan(samples.payback_years).mean())
        return {key: self.figures.make(f"{key}_{name}", share, "ratio", keys)}

    def _break_even(self, even: BreakEven) -> Figure:
        return self.figures.make(
            "break_even_requests",
            # A negative volume means that the edge is cheaper at any volume.
            None if even.requests_per_year is None else max(0.0, even.requests_per_year),
            "1/year",
            self._both,
            reason="no_break_even",
        )

    def _break_even_lines(self, even: BreakEven) -> dict[str, float]:
        lines = {k: v for k, v in asdict(even).items() if v is not None}
        lines.pop("requests_per_year", None)
        capacity, devices = even.fleet_capacity_requests_per_year, self.case.plan["devices"]
        volume = even.requests_per_year or 0.0
        if capacity > 0:
            lines["devices_needed"] = float(np.ceil(max(volume, 1.0) / (capacity / devices)))
        return lines

    def _evidence(self) -> dict[str, float]:
        parts = EDGE.parts(self.case.plan)
        bases = {part.id: [self.figures.basis_of(k) for k in part.drivers] for part in parts}
        return asdict(coverage({**self.edge.lines_pv, **self.edge.capex_pv}, bases))

    def _line_drivers(self) -> dict[str, tuple[str, ...]]:
        return {p.id: p.drivers for p in EDGE.parts(self.case.plan)}

    def _decisive(self) -> tuple[str, ...]:
        """Uncertain inputs that turn the sign of edge − cloud somewhere in their range."""
        value, plan = self.case.edge_minus_cloud_npv, self.case.plan
        out = []
        for key, t in self.case.uncertain.items():
            ends = np.broadcast_to(value({**plan, key: np.array([t.low, t.high])}), (2,))
            if ends[0] * ends[1] < 0:
                out.append((float(abs(ends[1] - ends[0])), key))
        return tuple(key for _, key in sorted(out, reverse=True))

    def _hours(self, when: str) -> Figure:
        key = f"ops_hours_{when}"
        return self.figures.make(f"burden_{when}", self.case.plan[key], "hour", [key])

    def _automation_payback(self) -> Figure:
        return self.figures.make(
            "automation_payback",
            _months(operating_burden(self.case.plan).automation_payback_years),
            "month",
            ["ops_hours_before", "ops_hours_after", "ops_wage", "automation_once"],
            reason="not_recovered",
        )


def _months(years: float | None) -> float | None:
    return None if years is None else MONTHS * years
