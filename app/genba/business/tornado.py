"""One input at a time: the swing between its P10 and P90, and where the case is lost."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from genba.business.cashflow import Values
from genba.business.risk import Uncertain, ValueOf
from genba.study.business import TornadoBar

_DOUBLINGS = 20  # of a quarter of the step: a quarter of a million times the input's own range


def tornado(value: ValueOf, plan: Values, uncertain: Uncertain) -> tuple[TornadoBar, ...]:
    """Bars by falling swing; the other inputs stay at the plan."""
    bars = []
    for key, distribution in uncertain.items():
        p10, p90 = (float(x) for x in distribution.quantile([0.1, 0.9]))
        low, high = (float(y) for y in np.broadcast_to(_along(value, plan, key, p10, p90), (2,)))
        bars.append(
            TornadoBar(
                input=key,
                p10=p10,
                p90=p90,
                npv_at_p10=low,
                npv_at_p90=high,
                swing=abs(high - low),
                switching_value=switching_value(value, plan, key, distribution.high - p10),
            )
        )
    return tuple(sorted(bars, key=lambda bar: -bar.swing))


def switching_value(
    value: ValueOf, plan: Values, key: str, step: float | None = None
) -> float | None:
    """The value of one input at which the result turns zero, or None if there is none.

    Exact where the result is affine in the input; otherwise the root nearest to the plan, searched
    outwards. It may lie outside of what is possible: then the input alone cannot lose the case.
    """
    at = float(np.asarray(plan[key]))
    step = step or abs(at) * 0.1 or 1.0
    y = np.broadcast_to(_along(value, plan, key, at - step, at, at + step), (3,))
    slope = float(y[2] - y[0]) / (2.0 * step)
    scale = float(np.abs(y).max()) or 1.0
    if np.isfinite(y).all() and abs(y[2] - 2 * y[1] + y[0]) <= 1e-10 * scale:
        if abs(slope) * step <= 1e-13 * scale:
            return None
        root = at - float(y[1]) / slope
        check = float(np.asarray(value({**plan, key: root})).item())
        if abs(check) <= 1e-7 * (scale + abs(slope * root)):
            return root
    return _nearest_root(
        lambda x: float(np.asarray(value({**plan, key: x})).item()), at, float(y[1]), step
    )


def _along(value: ValueOf, plan: Values, key: str, *points: float) -> np.ndarray:
    with np.errstate(all="ignore"):
        return value({**plan, key: np.array(points)})


def _nearest_root(f: Callable[[float], float], at: float, y_at: float, step: float) -> float | None:
    """Search outwards in doubling steps on both sides; a side ends where `f` is not finite."""
    from scipy.optimize import brentq

    if y_at == 0:
        return at
    sides = {-1.0: (at, y_at), 1.0: (at, y_at)}
    with np.errstate(all="ignore"):
        for k in range(_DOUBLINGS):
            for side, (inner, y_inner) in list(sides.items()):
                outer = at + side * step * 2.0**k / 4.0
                y = f(outer)
                if not np.isfinite(y):
                    del sides[side]
                elif y * y_inner <= 0:
                    return float(brentq(f, min(inner, outer), max(inner, outer), rtol=1e-14))
                else:
                    sides[side] = (outer, y)
    return None
