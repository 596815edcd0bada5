"""What knowing more is worth: EVPI, EVPPI per input, and the value of an imperfect PoC."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from genba.business.cashflow import Array
from genba.business.expectation import Expectation


def evpi(npv: Array) -> float:
    """E[max(NPV, 0)] − max(E[NPV], 0): the most that perfect information can be worth.

    `npv` are draws at the gate after the PoC: what the PoC itself costs is left out.
    """
    return float(np.maximum(npv, 0.0).mean() - max(float(npv.mean()), 0.0))


def evppi(expected: Expectation, key: str) -> float:
    """E over x of max(E[NPV | x], 0) − max(E[NPV], 0) for one input, by quadrature.

    `expected` is of the NPV at the gate after the PoC. The range is split where the conditional
    mean crosses zero, so that the maximum is integrated exactly.
    """
    distribution, conditional = expected.uncertain[key], expected.conditional(key)
    grid = np.linspace(distribution.low, distribution.high, 2 if expected.affine(key) else 33)
    nodes, weights = distribution.nodes(_crossings(conditional, grid))
    means = conditional(nodes)
    return max(0.0, float(np.maximum(means, 0.0) @ weights) - max(float(means @ weights), 0.0))


def _crossings(conditional: Callable[[Array], Array], grid: Array) -> tuple[float, ...]:
    from scipy.optimize import brentq

    level = conditional(grid)
    return tuple(
        float(brentq(lambda x: float(conditional(np.array([x]))[0]), a, b))
        for a, b, ya, yb in zip(grid, grid[1:], level, level[1:], strict=False)
        if ya * yb < 0
    )


def first_order_shares(expected: Expectation, variance: float) -> dict[str, float]:
    """Var(E[NPV | x]) / Var(NPV) per input: the share of the risk that knowing x would remove."""
    out = {}
    for key, distribution in expected.uncertain.items():
        nodes, weights = distribution.nodes()
        means = expected.conditional(key)(nodes)
        centre = float(means @ weights)
        part = float(((means - centre) ** 2) @ weights)
        out[key] = min(1.0, part / variance) if variance > 0 else 0.0
    return out


@dataclass(frozen=True)
class PocValue:
    """The value of a test that is not perfect; money at the decision date."""

    without_poc: float
    p_positive: float
    posterior_success_if_positive: float | None
    posterior_success_if_negative: float | None
    value_if_positive: float | None
    value_if_negative: float | None
    with_poc_gross: float
    evsi: float
    evpi: float
    net_value_of_poc: float


def poc_value(
    *,
    p_success: float,
    npv_success: float,
    npv_failure: float,
    sensitivity: float,
    specificity: float,
    poc_cost_after_tax: float,
) -> PocValue:
    """Bayes' rule on a PoC that says yes or no (Raiffa and Schlaifer, preposterior analysis).

    A posterior is None when that outcome of the test cannot occur.
    """
    p_failure = 1.0 - p_success
    without = max(p_success * npv_success + p_failure * npv_failure, 0.0)
    p_positive = p_success * sensitivity + p_failure * (1.0 - specificity)
    yes = p_success * sensitivity / p_positive if p_positive > 0 else None
    no = p_success * (1.0 - sensitivity) / (1.0 - p_positive) if p_positive < 1 else None

    def value(posterior: float | None) -> float | None:
        if posterior is None:
            return None
        return posterior * npv_success + (1.0 - posterior) * npv_failure

    if_yes, if_no = value(yes), value(no)
    gross = p_positive * max(if_yes or 0.0, 0.0) + (1.0 - p_positive) * max(if_no or 0.0, 0.0)
    perfect = p_success * max(npv_success, 0.0) + p_failure * max(npv_failure, 0.0)
    return PocValue(
        without_poc=without,
        p_positive=p_positive,
        posterior_success_if_positive=yes,
        posterior_success_if_negative=no,
        value_if_positive=if_yes,
        value_if_negative=if_no,
        with_poc_gross=gross,
        evsi=gross - without,
        evpi=perfect - without,
        net_value_of_poc=gross - without - poc_cost_after_tax,
    )
