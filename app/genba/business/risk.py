"""Monte Carlo over the uncertain inputs: seeded, vectorised, with a common factor on request."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from genba.business.cashflow import Array, Values
from genba.business.triangular import Triangular

SEED = 20250401
CHUNK = 8_192  # draws evaluated at once: the yearly arrays then stay in the processor's cache
COMMON_FACTOR_RHO = 0.3
"""Default correlation where none is known (cost-estimating handbooks: 0.2 to 0.3)."""

Uncertain = Mapping[str, Triangular]
_ONE_AT_A_TIME = threading.Lock()

ValueOf = Callable[[Values], Array]
"""NPV (or another result) per draw for given inputs, shape ``(m,)`` or ``(1,)``."""


def power_of_two(draws: int) -> int:
    """The power of two at or above `draws`, which a Sobol sequence needs for its balance."""
    return 1 << max(1, draws - 1).bit_length()


def draw(
    uncertain: Uncertain,
    draws: int,
    *,
    rho: float = 0.0,
    good_direction: Mapping[str, int] | None = None,
    seed: int = SEED,
) -> dict[str, Array]:
    """One value per input and draw, shape ``(n,)`` with n the power of two at or above `draws`.

    With `rho` > 0 the inputs share one normal factor through a Gaussian copula; a `good_direction`
    of −1 turns the factor round, so that a good world is good in every input.
    """
    from scipy.special import ndtr

    keys = list(uncertain)
    if not keys:
        return {}
    # One column an input and one more for the factor: both simulations use the same points.
    with _ONE_AT_A_TIME:
        normal = _normal_points(len(keys) + 1, power_of_two(draws), seed)
    common, own = np.sqrt(rho) * normal[-1], np.sqrt(1.0 - rho)
    out = {}
    for key, z in zip(keys, normal, strict=False):
        side = (good_direction or {}).get(key, 1)
        out[key] = uncertain[key].quantile(ndtr(own * z + side * common) if rho > 0 else ndtr(z))
    return out


@lru_cache(maxsize=1)
def _normal_points(dimensions: int, n: int, seed: int) -> Array:
    """A scrambled Sobol sequence as standard normal values, shape ``(dimensions, n)``, read-only.

    Kept for the next evaluation: moving one slider changes ranges, not points.
    """
    from scipy.special import ndtri
    from scipy.stats import qmc

    sampler = qmc.Sobol(dimensions, rng=np.random.default_rng(seed))
    # The centre of each cell of the sequence: 0 itself has no normal quantile.
    points = np.ascontiguousarray(sampler.random(n).T) + 0.5 / 2**30
    normal: Array = ndtri(points)
    normal.flags.writeable = False
    return normal


def chunks(base: Values, drawn: Mapping[str, Array]) -> Iterator[Values]:
    """`base` with the draws of each chunk in place of the uncertain inputs."""
    count = len(next(iter(drawn.values()))) if drawn else 1
    for start in range(0, count, CHUNK):
        yield {**base, **{key: draws[start : start + CHUNK] for key, draws in drawn.items()}}


def simulate(value: ValueOf, base: Values, drawn: Mapping[str, Array]) -> Array:
    """`value` of every draw, shape ``(n,)``."""
    parts = []
    for values in chunks(base, drawn):
        width = next((np.size(values[key]) for key in drawn), 1)
        parts.append(np.broadcast_to(value(values), (width,)))
    return np.concatenate(parts)


@dataclass(frozen=True)
class Spread:
    """A simulated distribution of a net present value."""

    mean: float
    sd: float
    p5: float
    p10: float
    p20: float
    p50: float
    p80: float
    p90: float
    p95: float
    probability_of_loss: float
    expected_shortfall_10: float
    se_mean: float
    samples: int


def spread(npv: Array) -> Spread:
    """Summarise draws. P10 is the value with a chance of 10 % of lying *below* it.

    The expected shortfall is the mean of the worst tenth; `se_mean` is the standard error of plain
    random draws, an upper bound for the Sobol draws used here.
    """
    ordered = np.sort(npv)
    n = len(ordered)
    shares = (0.05, 0.1, 0.2, 0.5, 0.8, 0.9, 0.95)
    p5, p10, p20, p50, p80, p90, p95 = (float(q) for q in np.quantile(ordered, shares))
    sd = float(ordered.std(ddof=1)) if n > 1 else 0.0
    return Spread(
        mean=float(ordered.mean()),
        sd=sd,
        p5=p5,
        p10=p10,
        p20=p20,
        p50=p50,
        p80=p80,
        p90=p90,
        p95=p95,
        probability_of_loss=float(np.searchsorted(ordered, 0.0, side="left") / n),
        expected_shortfall_10=float(ordered[: max(1, n // 10)].mean()),
        se_mean=sd / n**0.5,
        samples=n,
    )


def histogram(npv: Array, bins: int = 42) -> tuple[tuple[float, float, int], ...]:
    """Bins of equal width as (low, high, count); the ends hold the outermost 0.1 % as well."""
    low, high = (float(q) for q in np.quantile(npv, (0.001, 0.999)))
    if low == high:
        return ((low, high, len(npv)),)
    counts, edges = np.histogram(np.clip(npv, low, high), bins=bins, range=(low, high))
    return tuple(
        (float(a), float(b), int(c)) for a, b, c in zip(edges, edges[1:], counts, strict=False)
    )
