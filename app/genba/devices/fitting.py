"""How good the predictor is, and how wide its intervals must be: whole devices and models left out.

Used by `genba predict --check`, by `tests/bench/prediction_lodo.py`, and to write the widths into
`assets/devices/efficiency.json`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from genba.devices.efficiency import (
    Array,
    Parameters,
    Posterior,
    device_weights,
    parameters_file,
    posterior,
    weighted_median,
)
from genba.devices.features import Family
from genba.devices.observations import Observation, read_table
from genba.study.device import DeviceProfile

Rows = NDArray[np.intp]

LEVEL = 0.8
_FEW_GROUPS = 4
_FEW_FACTOR = 1.5


@dataclass(frozen=True, slots=True)
class LeftOut:
    """The estimate of each row made without its device, its model, or both; in logarithms."""

    middle: Array
    sigma: Array

    def errors(self, targets: Array) -> Array:
        """Relative errors of time, |predicted / measured - 1|."""
        return np.asarray(np.abs(np.expm1(self.middle - targets)))


@dataclass(frozen=True, slots=True)
class Score:
    """How good a set of predictions is: errors as shares, coverage and width of the intervals.

    `width` is the median of high / low.
    """

    family: str
    rows: int
    devices: int
    median_error: float
    p90_error: float
    constant_median_error: float
    coverage: float
    width: float


def leave_out(process: Posterior, case: str) -> LeftOut:
    """Predict every row without its own ``device``, ``model``, or ``both``.

    In closed form from the inverse of the covariance (Rasmussen and Williams 2006, eq. 5.12, for
    blocks). The pull towards the median of the other devices is applied as in `Posterior.estimate`.
    """
    inverse = process.precision
    weighted = inverse @ process.targets
    middle, sigma = np.empty(len(process.targets)), np.empty(len(process.targets))
    for rows, block in _blocks(process.observations, case):
        local = np.linalg.inv(inverse[np.ix_(block, block)])
        where = np.searchsorted(block, rows)
        middle[rows] = process.targets[rows] - (local @ weighted[block])[where]
        excess = np.diag(local)[where] - process.noise[rows] + process.parameters.noise
        sigma[rows] = np.sqrt(np.maximum(excess, process.parameters.noise))
        share = process.parameters.mean_share
        if case != "model" and share:
            middle[rows] = (1 - share) * middle[rows] + share * _median_without(process, block)
    return LeftOut(middle, sigma)


def widths(process: Posterior) -> dict[str, float]:
    """The 80 % quantile of |error| / sigma for each case, every group counting the same.

    Conformal with what is left out as the exchangeable unit: pooled over the k devices (or models)
    with equal weight and raised to ``level * (k + 1) / k`` (Dunn, Wasserman, Ramdas, JASA 2023,
    "pooling CDFs"). With fewer than four groups it is widened by half.
    """
    found = {}
    for case in ("device", "model", "both"):
        groups = _groups(process.observations, case)
        count = len(set(groups))
        left = leave_out(process, case)
        scores = np.abs(process.targets - left.middle) / left.sigma
        level = min(1.0, LEVEL * (count + 1) / count)
        width = _quantile(scores, _equal_weights(groups), level)
        found[case] = round(width * (_FEW_FACTOR if count < _FEW_GROUPS else 1.0), 3)
    return found


def score(process: Posterior, case: str) -> Score:
    """How good the process is on rows whose device or model it has not seen."""
    left = leave_out(process, case)
    half = process.parameters.widths[case] * left.sigma
    inside = np.abs(process.targets - left.middle) <= half
    constant = np.empty(len(process.targets))
    for rows, block in _blocks(process.observations, "device"):
        constant[rows] = _median_without(process, block)
    errors = left.errors(process.targets)
    weights = _equal_weights(_groups(process.observations, case))
    return Score(
        family=process.observations[0].features.family,
        rows=len(errors),
        devices=len({o.features.device_id for o in process.observations}),
        median_error=float(np.median(errors)),
        p90_error=float(np.quantile(errors, 0.9)),
        constant_median_error=float(np.median(np.abs(np.expm1(constant - process.targets)))),
        coverage=float(np.average(inside, weights=weights)),
        width=float(np.median(np.exp(2 * half))),
    )


@dataclass(frozen=True, slots=True)
class CheckRow:
    """One row of a user's file: measured and predicted seconds, with the interval's ends."""

    row_id: str
    device_id: str
    model: str
    family: Family
    measured_s: float
    predicted_s: float
    low_s: float
    high_s: float

    @property
    def error(self) -> float:
        """Relative error, |predicted / measured - 1|."""
        return abs(self.predicted_s / self.measured_s - 1)


@dataclass(frozen=True, slots=True)
class Check:
    """`rows` that could be predicted, `scores` per family, and why others could not."""

    rows: tuple[CheckRow, ...]
    scores: tuple[Score, ...]
    left_out: Mapping[str, int]


def check(path: Path, devices: Mapping[str, DeviceProfile]) -> Check:
    """Predict every usable row of a file of measurements, without that very row where it ships.

    Raises:
        MeasurementFileInvalid: the file cannot be used.
    """
    table = read_table(path, devices)
    rows: list[CheckRow] = []
    for family in ("decode", "prefill", "network"):
        mine = [o for o in table.observations if o.features.family == family]
        rows += _predicted(posterior(family), mine)
    scores = [
        _check_score(f, [r for r in rows if r.family == f])
        for f in sorted({r.family for r in rows})
    ]
    return Check(tuple(rows), tuple(scores), table.left_out)


def refitted() -> dict[str, Any]:
    """efficiency.json with its widths computed anew from the shipped measurements."""
    raw = parameters_file()
    for family, entry in raw["families"].items():
        process = posterior(family)
        entry["widths"] = widths(process)
        fresh = Posterior(_with_widths(process.parameters, entry["widths"]), process.observations)
        entry["rows"] = len(fresh.observations)
        entry["devices"] = len({o.features.device_id for o in fresh.observations})
        entry["typical_share_of_ideal"] = round(math.exp(-fresh.typical), 4)
        entry["median_error_unseen_device"] = round(score(fresh, "device").median_error, 3)
        entry["median_error_unseen_model"] = round(score(fresh, "model").median_error, 3)
    return raw


def _with_widths(parameters: Parameters, found: Mapping[str, float]) -> Parameters:
    return replace(parameters, widths=found)


def _predicted(process: Posterior, observations: Sequence[Observation]) -> list[CheckRow]:
    shipped = {o.row_id: o for o in process.observations}
    out = []
    for observation in observations:
        twin = shipped.get(observation.row_id)
        known = process
        if twin is not None and twin.features == observation.features:
            others = [o for o in process.observations if o.row_id != observation.row_id]
            known = Posterior(process.parameters, others)
        estimate = known.estimate(observation.features)
        ideal = observation.features.ideal_s
        out.append(
            CheckRow(
                row_id=observation.row_id,
                device_id=observation.features.device_id,
                model=observation.features.model,
                family=observation.features.family,
                measured_s=observation.seconds,
                predicted_s=ideal * math.exp(estimate.middle),
                low_s=ideal * math.exp(estimate.middle - estimate.half_width),
                high_s=ideal * math.exp(estimate.middle + estimate.half_width),
            )
        )
    return out


def _check_score(family: str, rows: Sequence[CheckRow]) -> Score:
    errors = np.array([row.error for row in rows])
    return Score(
        family=family,
        rows=len(rows),
        devices=len({row.device_id for row in rows}),
        median_error=float(np.median(errors)),
        p90_error=float(np.quantile(errors, 0.9)),
        constant_median_error=math.nan,
        coverage=float(np.mean([row.low_s <= row.measured_s <= row.high_s for row in rows])),
        width=float(np.median([row.high_s / row.low_s for row in rows])),
    )


def _blocks(observations: Sequence[Observation], case: str) -> list[tuple[Rows, Rows]]:
    """(rows to predict, rows to leave out), both sorted, for every value of what is left out."""
    devices = np.array([o.features.device_id for o in observations])
    models = np.array([o.features.model for o in observations])
    if case == "device":
        return [(np.flatnonzero(devices == d),) * 2 for d in np.unique(devices)]
    if case == "model":
        return [(np.flatnonzero(models == m),) * 2 for m in np.unique(models)]
    pairs = sorted(set(zip(devices.tolist(), models.tolist(), strict=True)))
    return [
        (
            np.flatnonzero((devices == d) & (models == m)),
            np.flatnonzero((devices == d) | (models == m)),
        )
        for d, m in pairs
    ]


def _median_without(process: Posterior, block: Rows) -> float:
    keep = np.setdiff1d(np.arange(len(process.targets)), block)
    kept = [process.observations[i] for i in keep]
    return weighted_median(process.targets[keep], device_weights(kept))


def _groups(observations: Sequence[Observation], case: str) -> list[str]:
    """What counts as one draw: the model where models are left out, else the device."""
    if case == "model":
        return [o.features.model for o in observations]
    return [o.features.device_id for o in observations]


def _equal_weights(groups: Sequence[str]) -> Array:
    return np.array([1 / groups.count(group) for group in groups])


def _quantile(values: Array, weights: Array, level: float) -> float:
    order = np.argsort(values)
    reached = np.cumsum(weights[order]) / weights.sum()
    place = min(int(np.searchsorted(reached, level - 1e-12)), len(order) - 1)
    return float(values[order][place])
