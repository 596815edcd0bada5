"""The triangular distribution of one uncertain input: low, most likely, high."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Triangular:
    """An uncertain input; `low` ≤ `mode` ≤ `high`, all in the input's own unit.

    Formulas: Kotz and van Dorp, *Beyond Beta* (2004), chapter 1.
    """

    low: float
    mode: float
    high: float

    @property
    def mean(self) -> float:
        """The expected value."""
        return (self.low + self.mode + self.high) / 3.0

    @property
    def variance(self) -> float:
        """The variance, in the square of the input's unit."""
        a, c, b = self.low, self.mode, self.high
        return (a * a + b * b + c * c - a * b - a * c - b * c) / 18.0

    def quantile(self, share: ArrayLike) -> Array:
        """The value below which `share` (0..1, any shape) of the probability lies."""
        u = np.asarray(share, dtype=np.float64)
        span = self.high - self.low
        if span == 0:
            return np.full_like(u, self.mode)
        rise, fall = self.mode - self.low, self.high - self.mode
        left = u < rise / span
        root = np.sqrt(np.where(left, u * (span * rise), (1.0 - u) * (span * fall)))
        return np.where(left, self.low + root, self.high - root)

    def density(self, x: ArrayLike) -> Array:
        """The probability density at `x` (any shape), per unit of the input."""
        at = np.asarray(x, dtype=np.float64)
        span = self.high - self.low
        rise = 2.0 * (at - self.low) / (span * max(self.mode - self.low, np.finfo(float).tiny))
        fall = 2.0 * (self.high - at) / (span * max(self.high - self.mode, np.finfo(float).tiny))
        inside = (at >= self.low) & (at <= self.high)
        return np.where(inside, np.where(at < self.mode, rise, fall), 0.0)

    def nodes(self, breaks: tuple[float, ...] = (), order: int = 12) -> tuple[Array, Array]:
        """Gauss–Legendre nodes and probability weights, split at the mode and at `breaks`.

        Exact for a piecewise polynomial of degree up to ``2·order − 2`` whose kinks are breaks.
        """
        if self.high == self.low:
            return np.array([self.mode]), np.array([1.0])
        inner = [b for b in breaks if self.low < b < self.high]
        ends = np.unique([self.low, self.mode, self.high, *inner])
        x, w = _legendre(order)
        half = np.diff(ends)[:, None] / 2.0
        nodes = ((ends[:-1] + ends[1:]) / 2.0)[:, None] + half * x
        weights = half * w * self.density(nodes)
        return nodes.ravel(), weights.ravel()


@cache
def _legendre(order: int) -> tuple[Array, Array]:
    x, w = np.polynomial.legendre.leggauss(order)
    return x, w
