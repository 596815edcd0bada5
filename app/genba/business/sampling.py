"""Simulates a study's case once and keeps what Figures need: intervals, risk, who is better."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from genba.business.alternatives import CLOUD, EDGE
from genba.business.case import Case, poc_after_tax
from genba.business.cashflow import Alternative, Array, Values, present_value
from genba.business.measures import payback_years, roi, vectorised_irr
from genba.business.risk import COMMON_FACTOR_RHO, chunks, draw, simulate


@dataclass(frozen=True)
class Samples:
    """Draws of one alternative, each of shape ``(n,)``; NaN where a quantity does not exist."""

    npv: Array
    payback_years: Array
    discounted_payback_years: Array
    irr: Array
    roi: Array
    tco_per_year: Array
    lines_pv: dict[str, Array]


@dataclass(frozen=True)
class Simulation:
    """One run over all draws at one correlation, both alternatives on the same draws."""

    rho: float
    edge: Samples
    cloud: Samples
    at_gate: Array
    """The edge's NPV with the PoC's cost left out."""


@dataclass(frozen=True)
class Simulations:
    """The wider one in full, and the net present values alone with independent inputs."""

    wider: Simulation
    independent_npv: dict[str, Array]
    """By alternative."""


def simulate_both(case: Case, draws: int, seed: int) -> Simulations:
    """Draw the uncertain inputs independently and with a common factor, and keep the wider.

    The two runs share nothing but the points they start from, and numpy computes outside of the
    interpreter's lock: they run side by side on two threads.
    """
    with ThreadPoolExecutor(max_workers=1) as pool:
        apart = pool.submit(_net_present_values, case, draws, seed)
        together = draw(
            case.uncertain,
            draws,
            rho=COMMON_FACTOR_RHO,
            good_direction=_all_directions(case),
            seed=seed,
        )
        common = _full(case, together, COMMON_FACTOR_RHO)
        alone = apart.result()
    if _width(common.edge.npv) >= _width(alone["edge"]):
        return Simulations(common, alone)
    return Simulations(_full(case, draw(case.uncertain, draws, seed=seed), 0.0), alone)


def _net_present_values(case: Case, draws: int, seed: int) -> dict[str, Array]:
    """NPV of both alternatives with independent inputs, by alternative."""
    drawn = draw(case.uncertain, draws, seed=seed)
    return {a.id: simulate(case.npv_of(a), case.plan, drawn) for a in (EDGE, CLOUD)}


def _width(npv: Array) -> float:
    low, high = np.quantile(npv, (0.1, 0.9))
    return float(high - low)


def _full(case: Case, drawn: dict[str, Array], rho: float) -> Simulation:
    parts: dict[str, list[Samples]] = {"edge": [], "cloud": []}
    gate = []
    for values in chunks(case.plan, drawn):
        width = next((np.size(values[key]) for key in drawn), 1)
        for alternative in (EDGE, CLOUD):
            parts[alternative.id].append(_evaluate(case, alternative, values, width))
        gate.append(np.broadcast_to(poc_after_tax(values), (width,)))
    edge, cloud = _joined(parts["edge"]), _joined(parts["cloud"])
    return Simulation(rho, edge, cloud, edge.npv + np.concatenate(gate))


def _all_directions(case: Case) -> dict[str, int]:
    """Good for the edge; inputs that only the cloud feels are turned to be good for the cloud."""
    directions = case.directions()
    for key in case.uncertain:
        if key in EDGE.inputs(case.plan) or key in case.good_direction:
            continue
        spread = case.uncertain[key]
        ends: Values = {**case.plan, key: np.array([spread.low, spread.high])}
        low, high = np.broadcast_to(case.npv_of(CLOUD)(ends), (2,))
        directions[key] = 1 if high >= low else -1
    return directions


def _evaluate(case: Case, alternative: Alternative, values: Values, width: int) -> Samples:
    found = case.flows(alternative, values)
    discount = case.discount(values)

    def full(array: Array) -> Array:
        return np.broadcast_to(array, (width,))

    return Samples(
        npv=full(found.npv(discount)),
        payback_years=full(payback_years(found.net)),
        discounted_payback_years=full(payback_years(found.net * discount)),
        # A rate of return takes many evaluations; a sixteenth of the draws gives the interval.
        irr=vectorised_irr(found.net[:, ::16]),
        roi=full(roi(found, discount)),
        tco_per_year=full(found.costs.sum(axis=0) / case.structure.horizon.years),
        lines_pv={key: full(present_value(part, discount)) for key, part in found.groups.items()},
    )


def _joined(parts: list[Samples]) -> Samples:
    def join(name: str) -> Array:
        return np.concatenate([getattr(part, name) for part in parts])

    return Samples(
        npv=join("npv"),
        payback_years=join("payback_years"),
        discounted_payback_years=join("discounted_payback_years"),
        irr=join("irr"),
        roi=join("roi"),
        tco_per_year=join("tco_per_year"),
        lines_pv={
            key: np.concatenate([part.lines_pv[key] for part in parts]) for key in parts[0].lines_pv
        },
    )


def interval(draws: Array, missing: float = np.nan) -> tuple[float, float] | None:
    """P10 and P90, or None where either end has no value, or nothing varies.

    `missing` is what a draw without a value counts as: ``inf`` for a payback that never comes,
    ``-inf`` for a return that does not exist.
    """
    filled = np.where(np.isnan(draws), missing, draws)
    if len(filled) < 2 or np.isnan(filled).any():
        return None
    low, high = (float(q) for q in np.quantile(filled, (0.1, 0.9), method="nearest"))
    return (low, high) if np.isfinite([low, high]).all() and high > low else None
