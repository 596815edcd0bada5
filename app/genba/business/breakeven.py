"""The yearly volume from which the edge is cheaper than the cloud."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from genba.business import depreciation
from genba.business.alternatives import CLOUD, EDGE, fleet_capacity
from genba.business.cashflow import Alternative, Horizon, Structure, Values


@dataclass(frozen=True)
class BreakEven:
    """Cost per year = fixed + per_request · volume, at the prices of the first year.

    `requests_per_year` is None when a request costs no less on the edge than in the cloud.
    """

    edge_fixed: float
    cloud_fixed: float
    edge_per_request: float
    cloud_per_request: float
    requests_per_year: float | None
    fleet_capacity_requests_per_year: float


def capital_recovery(rate: float, life: int) -> float:
    """The yearly payment that repays 1 over `life` years: r / (1 − (1 + r)^−life)."""
    if rate == 0:
        return 1.0 / life
    return rate / -math.expm1(-life * math.log1p(rate))  # exact for the smallest rates too


def break_even(values: Values, structure: Structure) -> BreakEven:
    """V* = (F_edge − F_cloud) / (v_cloud − v_edge) for a plan (plain numbers).

    Hardware is recovered over its replacement cycle, one-off money over the life of software. PoC
    and training are the same on both sides, false alarms are no cost of serving; all are left out.
    """
    edge_fixed, edge_per = _cost_lines(EDGE, values, structure)
    cloud_fixed, cloud_per = _cost_lines(CLOUD, values, structure)
    volume = (edge_fixed - cloud_fixed) / (cloud_per - edge_per) if cloud_per > edge_per else None
    capacity = float(fleet_capacity(values))
    return BreakEven(edge_fixed, cloud_fixed, edge_per, cloud_per, volume, capacity)


def _cost_lines(
    alternative: Alternative, values: Values, structure: Structure
) -> tuple[float, float]:
    """(fixed cost per year, cost per request) of one alternative in a year at full use."""
    rate, year = float(values["rate"]), Horizon(1)
    software = depreciation.software_life_years()
    step = max(1.0, float(fleet_capacity(values)) / 2.0)  # within what idle power may fill
    idle = {**values, "requests_per_year": 0.0}
    busy = {**values, "requests_per_year": step}
    fixed = per_request = 0.0
    for line in alternative.lines_for(values):
        if line.kind == "benefit" or line.shared or not line.break_even:
            continue
        when = 0 if line.once else 1
        at_rest = float(np.asarray(line.formula(idle, year))[when].item())
        fixed += at_rest * (capital_recovery(rate, software) if line.once else 1.0)
        if "requests_per_year" in (*line.drivers, *line.terms):
            per_request += (float(line.formula(busy, year)[when].item()) - at_rest) / step
    for asset in alternative.assets:
        life = structure.replacement_years if asset.kind == "hardware" else software
        fixed += float(asset.cost(values)) * capital_recovery(rate, life)
    return fixed, per_request
