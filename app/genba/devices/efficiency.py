"""How far real runs stay behind the ideal time: what published measurements say, pooled.

For each family of work, ln(measured / ideal) is a Gaussian process over categories (kind of unit,
engine, device, format ...) and sizes: a random-effects model that borrows from what is alike and
falls back to the common mean elsewhere (Rasmussen and Williams 2006, ch. 2). Its spread is widened
to what leaving out whole devices, models or both has shown (`fitting`), so an interval is never
narrower than that evidence. The parameters are data: `assets/devices/efficiency.json`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from genba.devices.features import CATEGORIES, Family, Features
from genba.devices.observations import Observation, shipped_table
from genba.resources import asset_json

Array = NDArray[np.float64]

_WIDE_PRIOR = 9.0
"""Variance of the common mean: practically unknown beforehand."""

_SIZES = ("macs", "bytes", "ratio")
_DOUBT = 25.0
"""How many times the noise of a row that known_issues.md doubts."""

OWN_NOISE_SHARE = 0.25
"""The noise of a user's own Run against that of a published row."""


@dataclass(frozen=True, slots=True)
class Parameters:
    """One family's parameters, as in efficiency.json.

    `variances` of the categories' effects, `slopes` (variances) and `scales` (inverse squared
    lengths) over the standardised sizes, `smooth` the variance of the smooth part, `noise` of one
    row. `mean_share` pulls the estimate for an unseen device towards the plain median. `widths` are
    the 80 % quantiles of |error| / sigma per case of what was left out.
    """

    variances: Mapping[str, float]
    slopes: Mapping[str, float]
    scales: Mapping[str, float]
    smooth: float
    noise: float
    mean_share: float
    widths: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Estimate:
    """ln(time / ideal): middle and half width of the 80 % interval, and what it rests on.

    `rows`, `devices`: how many measurements of this kind of unit, on how many devices;
    `engine_rows` with this engine there. `typical` is the family's plain median.
    """

    middle: float
    half_width: float
    typical: float
    rows: int
    devices: int
    engine_rows: int


class Posterior:
    """The process of one family after its observations."""

    def __init__(self, parameters: Parameters, observations: Sequence[Observation]) -> None:
        self.parameters = parameters
        self.observations = tuple(observations)
        self.targets: Array = np.array([o.log_ratio for o in self.observations])
        self._features = [o.features for o in self.observations]
        raw = _sizes(self._features)
        self._centre, self._spread = raw.mean(axis=0), raw.std(axis=0) + 1e-9
        self.kernel = self._kernel(self._features, self._features)
        self.noise = parameters.noise * np.array([_noise_of(o) for o in self.observations])
        self.precision: Array = np.asarray(np.linalg.inv(self.kernel + np.diag(self.noise + 1e-6)))
        self._weights = self.precision @ self.targets
        self.typical = weighted_median(self.targets, device_weights(self.observations))

    def estimate(self, features: Features) -> Estimate:
        """What to expect of one case, with the interval that the left-out cases justify."""
        cross = self._kernel([features], self._features)[0]
        middle = float(cross @ self._weights)
        own = float(self._kernel([features], [features])[0, 0])
        explained = float(cross @ self.precision @ cross)
        sigma = math.sqrt(max(own - explained, 0.0) + self.parameters.noise)
        unit = features.categories[_DEVICE_UNIT]
        same_unit = [f for f in self._features if f.categories[_DEVICE_UNIT] == unit]
        known = bool(same_unit)
        seen_model = bool(features.model) and any(f.model == features.model for f in self._features)
        if not known:
            share = self.parameters.mean_share
            middle = (1 - share) * middle + share * self.typical
        case = "model" if known else "device" if seen_model else "both"
        alike = [f for f in self._features if f.categories[_KIND] == features.categories[_KIND]]
        engine = features.categories[_ENGINE]
        return Estimate(
            middle=middle,
            half_width=self.parameters.widths[case] * sigma,
            typical=self.typical,
            rows=len(alike),
            devices=len({f.device_id for f in alike}),
            engine_rows=sum(f.categories[_ENGINE] == engine for f in alike),
        )

    def _kernel(self, one: Sequence[Features], other: Sequence[Features]) -> Array:
        p = self.parameters
        a, b = self._standard(one), self._standard(other)
        total: Array = np.full((len(one), len(other)), _WIDE_PRIOR)
        for place, name in enumerate(CATEGORIES):
            variance = p.variances.get(name, 0.0)
            if variance:
                total += variance * _same(one, other, place)
        distance = np.zeros_like(total)
        for column, name in enumerate(_SIZES):
            total += p.slopes.get(name, 0.0) * np.outer(a[:, column], b[:, column])
            gap = a[:, column][:, None] - b[:, column][None, :]
            distance += p.scales.get(name, 0.0) * gap**2
        return total + p.smooth * np.exp(-distance / 2)

    def _standard(self, features: Sequence[Features]) -> Array:
        return np.asarray(np.clip((_sizes(features) - self._centre) / self._spread, -3.0, 3.0))


_KIND = CATEGORIES.index("kind")
_ENGINE = CATEGORIES.index("engine")
_DEVICE_UNIT = CATEGORIES.index("device unit")


def posterior(family: Family, own: Sequence[Observation] = ()) -> Posterior:
    """The shipped posterior of a family, sharpened by a user's own observations."""
    shipped = _shipped()[family]
    extra = [o for o in own if o.features.family == family]
    if not extra:
        return shipped
    return Posterior(shipped.parameters, [*shipped.observations, *extra])


def parameters_file() -> dict[str, Any]:
    """The content of efficiency.json."""
    return asset_json("devices", "efficiency.json")


def parameters_of(raw: Mapping[str, Any]) -> Parameters:
    """One family's entry of efficiency.json."""
    return Parameters(**{name: raw[name] for name in Parameters.__dataclass_fields__})


def device_weights(observations: Sequence[Observation]) -> Array:
    """Weights that keep a device with many rows, or a doubtful row, from deciding alone."""
    counts: dict[str, int] = {}
    for observation in observations:
        device = observation.features.device_id
        counts[device] = counts.get(device, 0) + 1
    return np.array(
        [1 / math.sqrt(counts[o.features.device_id]) / _noise_of(o) for o in observations]
    )


def weighted_median(values: Array, weights: Array) -> float:
    """The value at which half of the weight is reached."""
    order = np.argsort(values)
    reached = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(reached, reached[-1] / 2)])


def _noise_of(observation: Observation) -> float:
    if observation.own:
        return OWN_NOISE_SHARE
    return _DOUBT if observation.doubtful else 1.0


@cache
def _shipped() -> dict[str, Posterior]:
    from genba.devices import catalogue

    table = shipped_table({p.id: p for p in catalogue.profiles(None)})
    families = parameters_file()["families"]
    return {
        family: Posterior(
            parameters_of(entry),
            [o for o in table.observations if o.features.family == family],
        )
        for family, entry in families.items()
    }


def _sizes(features: Sequence[Features]) -> Array:
    return np.array([f.sizes for f in features], dtype=np.float64)


def _same(one: Sequence[Features], other: Sequence[Features], place: int) -> Array:
    """1 where both have the same, named category; an unnamed one equals only its own row."""
    codes: dict[str, int] = {}
    a = [codes.setdefault(f.categories[place], len(codes)) for f in one]
    b = [codes.setdefault(f.categories[place], len(codes)) for f in other]
    equal = np.array(a)[:, None] == np.array(b)[None, :]
    if "" in codes:
        unnamed = np.array(a)[:, None] == codes[""]
        own_row = np.eye(len(a), len(b), dtype=bool) if one is other else np.zeros_like(equal)
        if len(one) == len(other) == 1:
            own_row = np.ones_like(equal)
        equal = np.where(unnamed & equal, own_row, equal)
    return np.asarray(equal, dtype=np.float64)
