"""One case ready to calculate: plan values, structure and ranges, and the values they yield."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from genba.business.alternatives import CLOUD, EDGE, requests
from genba.business.cashflow import Alternative, Array, Flows, Structure, Values, flows
from genba.business.measures import (
    CostOfOwnership,
    cost_of_ownership,
    irr,
    mirr,
    npv,
    payback_years,
    profitability_index,
    roi,
    sign_changes,
)
from genba.business.risk import ValueOf
from genba.business.triangular import Triangular


def poc_after_tax(values: Values) -> float | Array:
    """What the PoC costs once its tax effect is in."""
    return values["poc_cost"] * (1.0 - values["tax"])


@dataclass(frozen=True)
class Case:
    """Plan values (the most likely ones) by key, what shapes the case, and the uncertain inputs."""

    plan: Mapping[str, float]
    structure: Structure
    uncertain: Mapping[str, Triangular] = field(default_factory=dict)
    good_direction: Mapping[str, int] = field(default_factory=dict)

    def flows(self, alternative: Alternative, values: Values | None = None) -> Flows:
        """Yearly money of one alternative, of the plan unless draws are given."""
        return flows(alternative, self.plan if values is None else values, self.structure)

    def discount(self, values: Values | None = None) -> Array:
        """Discount factors, shape ``(years + 1, m)``."""
        return self.structure.horizon.discount((self.plan if values is None else values)["rate"])

    def npv_of(self, alternative: Alternative) -> ValueOf:
        """NPV as a function of the inputs."""

        def value(values: Values) -> Array:
            return self.flows(alternative, values).npv(self.discount(values))

        return value

    @property
    def edge_npv(self) -> ValueOf:
        """The edge's NPV as a function of the inputs."""
        return self.npv_of(EDGE)

    @property
    def edge_npv_at_gate(self) -> ValueOf:
        """The edge's NPV seen from the gate after the PoC, whose cost is sunk by then."""
        edge = self.edge_npv
        return lambda values: edge(values) + poc_after_tax(values)

    @property
    def edge_minus_cloud_npv(self) -> ValueOf:
        """The edge's lead over the cloud as a function of the inputs."""
        edge, cloud = self.npv_of(EDGE), self.npv_of(CLOUD)
        return lambda values: edge(values) - cloud(values)

    def directions(self) -> dict[str, int]:
        """For each uncertain input, whether more of it is good (1) or bad (−1) for the edge.

        What the case does not say follows from the sign of the NPV's slope.
        """
        out = {}
        for key, spread in self.uncertain.items():
            if key in self.good_direction:
                out[key] = 1 if self.good_direction[key] >= 0 else -1
                continue
            ends: Values = {**self.plan, key: np.array([spread.low, spread.high])}
            low, high = np.broadcast_to(self.edge_npv(ends), (2,))
            out[key] = 1 if high >= low else -1
        return out


@dataclass(frozen=True)
class Measures:
    """The plan of one alternative in plain numbers. Money at the decision date."""

    flows: Flows
    net: tuple[float, ...]
    npv: float
    irr: float | None
    sign_changes: int
    mirr: float | None
    payback_years: float | None
    discounted_payback_years: float | None
    profitability_index: float | None
    roi: float | None
    lines_pv: dict[str, float]
    """By single line; `groups_pv` has the one-off money in one sum."""
    groups_pv: dict[str, float]
    capex_pv: dict[str, float]
    tco: CostOfOwnership


def measure(case: Case, alternative: Alternative) -> Measures:
    """Evaluate the plan of one alternative."""
    found = case.flows(alternative)
    discount, rate = case.discount(), case.plan["rate"]
    net = tuple(found.net[:, 0].tolist())

    def pv(parts: Mapping[str, Array]) -> dict[str, float]:
        return {key: float((part[:, 0] * discount[:, 0]).sum()) for key, part in parts.items()}

    served = requests(case.plan, case.structure.horizon)
    return Measures(
        flows=found,
        net=net,
        npv=npv(net, rate),
        irr=irr(net),
        sign_changes=sign_changes(net),
        mirr=mirr(net, rate, rate),
        payback_years=_known(payback_years(found.net)),
        discounted_payback_years=_known(payback_years(found.net * discount)),
        profitability_index=profitability_index(net, rate),
        roi=_known(roi(found, discount)),
        lines_pv=pv(found.lines),
        groups_pv=pv(found.groups),
        capex_pv=pv(found.capex_by_asset),
        tco=cost_of_ownership(found, discount, served, case.plan["devices"]),
    )


def _known(value: Array) -> float | None:
    single = float(value[0])
    return single if np.isfinite(single) else None
