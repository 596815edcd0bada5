"""What a cash flow says: NPV, IRR, MIRR, payback, ROI, total cost of ownership."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from genba.business.cashflow import Flows, present_value

Array = NDArray[np.float64]


def npv(net: Sequence[float] | Array, rate: float) -> float:
    """Net present value; the first flow is not discounted."""
    import pyxirr

    value = pyxirr.npv(rate, [float(flow) for flow in net], start_from_zero=True)
    return float("nan") if value is None else float(value)


def sign_changes(net: Sequence[float] | Array) -> int:
    """How often the flow changes its sign; zeros are passed over."""
    signs = [flow > 0 for flow in net if flow != 0]
    return sum(a != b for a, b in pairwise(signs))


def irr(net: Sequence[float] | Array) -> float | None:
    """The internal rate of return, or None unless the flow changes its sign exactly once.

    One change guarantees a single root above −100 % (Descartes' rule of signs).
    """
    import pyxirr

    if sign_changes(net) != 1:
        return None
    flows = [float(flow) for flow in net]
    rate = pyxirr.irr(flows)
    scale = sum(abs(flow) for flow in flows)
    if rate is not None and rate > -1 and abs(npv(flows, rate)) <= 1e-9 * scale:
        return float(rate)
    return _root(flows)


def _root(flows: list[float]) -> float | None:
    """The root over the growth factor q = 1/(1 + rate), where the polynomial is well behaved."""
    from scipy.optimize import brentq

    def value(q: float) -> float:
        return float(sum(flow * q**t for t, flow in enumerate(flows)))

    high = 1.0
    while value(high) * value(1e-12) > 0:
        high *= 2.0
        if high > 1e12:
            return None
    return float(1.0 / brentq(value, 1e-12, high, xtol=1e-15, rtol=1e-14) - 1.0)


def mirr(net: Sequence[float] | Array, finance_rate: float, reinvest_rate: float) -> float | None:
    """(FV of inflows / −PV of outflows)^(1/N) − 1, or None without both kinds of flow."""
    import pyxirr

    flows = [float(flow) for flow in net]
    if not (any(flow > 0 for flow in flows) and any(flow < 0 for flow in flows)):
        return None
    rate = pyxirr.mirr(flows, finance_rate, reinvest_rate)
    return None if rate is None else float(rate)


def payback_years(yearly: Array) -> Array:
    """Years until the sum of the flows turns positive for good, linear within the year.

    `yearly` has the shape ``(years + 1, m)``; the answer ``(m,)`` is NaN where the money is not
    recovered within the horizon and 0 where nothing was ever owed. Discounted flows give the
    discounted payback.
    """
    total = np.cumsum(yearly, axis=0)
    before, after = total[:-1], total[1:]
    crossing = (before < 0) & (after >= 0)
    step = np.where(crossing, yearly[1:], 1.0)
    when = np.where(crossing, np.arange(len(before))[:, None] - before / step, 0.0)
    return np.where(total[-1] < 0, np.nan, when.max(axis=0, initial=0.0))


@dataclass(frozen=True)
class CostOfOwnership:
    """Costs only, before tax and without residual value. Amounts in the case's currency."""

    per_year: tuple[float, ...]
    total: float
    pv: float
    per_device: float | None
    per_1000_requests: float | None
    levelised_per_1000_requests: float | None


def cost_of_ownership(
    flows: Flows, discount: Array, requests: Array, devices: float
) -> CostOfOwnership:
    """Total cost of ownership of a plan (one column).

    Levelised = present value of costs over present value of requests, as in the levelised cost
    of energy. A ratio over nothing is None.
    """
    per_year = flows.costs[:, 0]
    served = requests[:, 0] + np.zeros(len(per_year))
    pv = float(present_value(flows.costs, discount)[0])
    served_pv = float(present_value(served[:, None], discount)[0])
    total, served_total = float(per_year.sum()), float(served.sum())
    return CostOfOwnership(
        per_year=tuple(per_year.tolist()),
        total=total,
        pv=pv,
        per_device=_ratio(total, devices),
        per_1000_requests=_ratio(1000.0 * total, served_total),
        levelised_per_1000_requests=_ratio(1000.0 * pv, served_pv),
    )


def _ratio(amount: float, over: float) -> float | None:
    """amount / over, or None where that is no finite number."""
    ratio = amount / over if over else math.inf
    return ratio if math.isfinite(ratio) else None


def roi(flows: Flows, discount: Array) -> Array:
    """(PV benefits − PV costs) / PV costs, before tax (Forrester TEI), shape ``(m,)``."""
    costs = present_value(flows.costs, discount)
    benefits = present_value(flows.benefits, discount)
    return np.where(costs > 0, (benefits - costs) / np.where(costs > 0, costs, 1.0), np.nan)


def profitability_index(net: Sequence[float], rate: float) -> float | None:
    """PV of the later flows per unit of first outlay, or None without an outlay."""
    return (npv(net, rate) - net[0]) / -net[0] if net[0] < 0 else None


def vectorised_irr(net: Array) -> Array:
    """IRR per draw for ``(years + 1, m)``, NaN where the sign does not change exactly once.

    Bisection over the discount factor; a flow of one sign change is monotone around its root.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        signs = np.sign(net)
        for t in range(1, len(signs)):
            signs[t] = np.where(signs[t] == 0, signs[t - 1], signs[t])
        changes = ((signs[1:] * signs[:-1]) < 0).sum(axis=0)
        low, high = np.full(net.shape[1], 1e-9), np.full(net.shape[1], 100.0)
        start = np.polynomial.polynomial.polyval(low, net, tensor=False)
        for _ in range(48):
            middle = np.sqrt(low * high)
            same = np.polynomial.polynomial.polyval(middle, net, tensor=False) * start > 0
            low, high = np.where(same, middle, low), np.where(same, high, middle)
        found = (changes == 1) & (high < 99.0)
    return np.where(found, 1.0 / high - 1.0, np.nan)
