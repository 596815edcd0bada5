"""Exact expected values over independent inputs, without sampling where that is possible.

A net present value is affine in most inputs (the others held), so its mean over those is its value
at their means. The few inputs that bend it (growth rates, the power supply's efficiency) are
integrated by Gauss–Legendre quadrature.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from genba.business.cashflow import Array, Values
from genba.business.risk import CHUNK, Uncertain, ValueOf, draw, simulate
from genba.business.triangular import Triangular

_PROBES = 2  # at the modes and at one random point: generic for products of inputs
_ORDER = 6  # exact for growth rates over horizons of up to ten years
_TENSOR_MAX = 3  # bending inputs integrated on a grid; more are integrated by a Sobol sequence


class Expectation:
    """E[value] over the uncertain inputs of a case, taken as independent."""

    def __init__(self, value: ValueOf, base: Values, uncertain: Uncertain) -> None:
        self._value = value
        self._base = dict(base)
        self.uncertain = dict(uncertain)
        self._lines: dict[str, Callable[[Array], Array]] = {}
        self.bending = tuple(k for k in self.uncertain if not self._affine(k))

    def affine(self, key: str) -> bool:
        """Whether the value is affine in this input, whatever the others are."""
        return key not in self.bending

    def mean(self) -> float:
        """The expected value."""
        return float(self.given({})[0])

    def given(self, fixed: Mapping[str, Array]) -> Array:
        """E[value | these inputs], for arrays of shape ``(m,)``; shape ``(m,)``."""
        free = {k: t for k, t in self.uncertain.items() if k not in fixed}
        values: dict[str, float | Array] = {**self._base, **{k: t.mean for k, t in free.items()}}
        bent = {k: free[k] for k in self.bending if k in free}
        nodes, weights = _grid(bent)
        m = len(next(iter(fixed.values()))) if fixed else 1
        k = len(weights)
        values.update({key: np.tile(at, m) for key, at in nodes.items()})
        values.update({key: np.repeat(np.asarray(at), k) for key, at in fixed.items()})
        arrays = {key: v for key, v in values.items() if isinstance(v, np.ndarray)}
        result = simulate(self._value, values, arrays)
        return np.broadcast_to(result, (m * k,)).reshape(m, k) @ weights

    def conditional(self, key: str) -> Callable[[Array], Array]:
        """x ↦ E[value | key = x], for x of shape ``(m,)``; two evaluations where it is affine."""
        if not self.affine(key):
            return lambda x: self.given({key: x})
        if key not in self._lines:
            self._lines[key] = self._line(key)
        return self._lines[key]

    def _line(self, key: str) -> Callable[[Array], Array]:
        spread = self.uncertain[key]
        low, high = (float(y) for y in self.given({key: np.array([spread.low, spread.high])}))
        slope = (high - low) / (spread.high - spread.low) if spread.high > spread.low else 0.0
        return lambda x: low + slope * (x - spread.low)

    def _affine(self, key: str) -> bool:
        """Probe the second difference at the ends, the middle and quarters, at random others."""
        spread = self.uncertain[key]
        at = np.linspace(spread.low, spread.high, 5)
        random = np.random.default_rng(7)
        for probe in range(_PROBES):
            others = {
                k: t.mode if probe == 0 else float(random.uniform(t.low, t.high))
                for k, t in self.uncertain.items()
            }
            y = np.broadcast_to(self._value({**self._base, **others, key: at}), (5,))
            scale = float(np.abs(y).max()) or 1.0
            if np.abs(np.diff(y, 2)).max() > 1e-10 * scale:
                return False
        return True


def _grid(bent: Mapping[str, Triangular]) -> tuple[dict[str, Array], Array]:
    """Points over the bending inputs (each an array of shape ``(k,)``) and their weights."""
    if not bent:
        return {}, np.ones(1)
    if len(bent) > _TENSOR_MAX:
        points = draw(bent, CHUNK // 4)
        count = len(next(iter(points.values())))
        return points, np.full(count, 1.0 / count)
    per_key = [t.nodes(order=_ORDER) for t in bent.values()]
    mesh = np.meshgrid(*(x for x, _ in per_key), indexing="ij")
    weights = np.ones(1)
    for _, w in per_key:
        weights = np.multiply.outer(weights, w).ravel()
    return dict(zip(bent, (axis.ravel() for axis in mesh), strict=True)), weights
