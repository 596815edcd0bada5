"""The live buffers of a run: what has arrived so far, ready to be drawn."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from genba.study.run import SAMPLES_NEEDED, Sample, SampleBatch, Telemetry

LANES = ("memory", "temperature", "power", "clock")
MOST_POINTS = 5000
"""Points that a plot draws at most: more cannot be told apart, and they would hold the window."""

Numbers = NDArray[np.float64]


class LiveBuffers:
    """Samples and telemetry of one run, on one time axis: seconds since the first of either."""

    def __init__(self) -> None:
        self._origin_ns: int | None = None
        self._at_s = _Growing(np.float64)
        self._latency_ms = _Growing(np.float64)
        self._warm = _Growing(np.bool_)
        self._steady_ms = _Growing(np.float64)
        self._sorted_ms: Numbers = np.empty(0)
        self.warmup_end_s: float | None = None
        """When the warm-up ended, or None while it lasts."""
        self.lane_at_s: dict[str, list[float]] = {lane: [] for lane in LANES}
        self.lane_values: dict[str, list[float]] = {lane: [] for lane in LANES}
        self.readings = 0

    @classmethod
    def of(cls, samples: Iterable[Sample], telemetry: Iterable[Telemetry] = ()) -> LiveBuffers:
        """The buffers of a kept run."""
        buffers = cls()
        buffers._append(tuple(samples), tuple(telemetry))
        return buffers

    def add(self, batch: SampleBatch) -> None:
        """Append what arrived."""
        self._append(batch.samples, batch.telemetry)

    def seconds(self, at_ns: int) -> float:
        """A moment of the device's clock on the axis of the plots."""
        return (at_ns - (self._origin_ns or 0)) / 1e9

    @property
    def at_s(self) -> Numbers:
        """When each request was due."""
        return self._at_s.values

    @property
    def latency_ms(self) -> Numbers:
        """The latency of each request."""
        return self._latency_ms.values

    @property
    def warm(self) -> NDArray[np.bool_]:
        """Which requests belong to the warm-up."""
        return self._warm.values

    @property
    def total(self) -> int:
        """Samples so far, the warm-up included."""
        return self._at_s.size

    @property
    def count(self) -> int:
        """Samples of the measured phase."""
        return self._steady_ms.size

    @property
    def sorted_ms(self) -> Numbers:
        """The latencies of the measured phase in order; sorted when asked for."""
        known = self._sorted_ms.size
        if known < self.count:
            # Two sorted runs: a stable sort merges them in one pass.
            fresh = np.sort(self._steady_ms.values[known:])
            self._sorted_ms = np.sort(np.concatenate((self._sorted_ms, fresh)), kind="stable")
        return self._sorted_ms

    @property
    def end_s(self) -> float:
        """The latest moment on the axis."""
        lanes = [times[-1] for times in self.lane_at_s.values() if times]
        return max([*lanes, float(self.at_s[-1]) if self.total else 0.0, 1e-9])

    def percentile_ms(self, name: str) -> float | None:
        """``p50 p90 p99`` so far (Hyndman and Fan 1996, type 7), None below the needed count."""
        if self.count < SAMPLES_NEEDED[name]:
            return None
        return quantile(self.sorted_ms, int(name[1:]) / 100)

    def missing(self, name: str) -> int:
        """How many more samples a percentile needs."""
        return max(SAMPLES_NEEDED[name] - self.count, 0)

    def _append(self, samples: Sequence[Sample], telemetry: Sequence[Telemetry]) -> None:
        count = len(samples)
        due = np.fromiter((s.scheduled_ns for s in samples), np.int64, count)
        if self._origin_ns is None and (count or telemetry):
            starts = [int(due.min())] if count else []
            self._origin_ns = min([*starts, *(t.at_ns for t in telemetry)])
        at = (due - (self._origin_ns or 0)) / 1e9
        latency = np.fromiter((s.latency_ns for s in samples), np.int64, count) / 1e6
        warm = np.fromiter((s.warmup for s in samples), np.bool_, count)
        steady = latency[~warm]
        if self.warmup_end_s is None and steady.size:
            self.warmup_end_s = float(at[~warm][0])
        self._at_s.append(at)
        self._latency_ms.append(latency)
        self._warm.append(warm)
        self._steady_ms.append(steady)
        self.readings += len(telemetry)
        for reading in telemetry:
            self._read(reading)

    def _read(self, reading: Telemetry) -> None:
        at = self.seconds(reading.at_ns)
        values = {
            "memory": reading.rss_bytes,
            "temperature": reading.temperature_c,
            "power": reading.power_w,
            "clock": reading.cpu_mhz,
        }
        for lane, value in values.items():
            if value is not None:
                self.lane_at_s[lane].append(at)
                self.lane_values[lane].append(float(value))


def quantile(ordered: Numbers, share: float) -> float:
    """A quantile of sorted values (Hyndman and Fan 1996, type 7)."""
    place = (ordered.size - 1) * share
    low = int(place)
    high = min(low + 1, ordered.size - 1)
    return float(ordered[low] + (place - low) * (ordered[high] - ordered[low]))


def thinned(values: Numbers, most: int = MOST_POINTS) -> NDArray[np.intp]:
    """Which points to draw: evenly spaced ones, and the largest between each two of them."""
    count = values.size
    if count <= most:
        return np.arange(count)
    step = -(-count // (most // 2))
    starts = np.arange(0, count, step)
    padded = np.full(starts.size * step, -np.inf)
    padded[:count] = values
    highest = starts + padded.reshape(-1, step).argmax(axis=1)
    return np.unique(np.concatenate((starts, highest)))


class _Growing:
    """An array that grows at its end; the room doubles, so that appending stays cheap."""

    def __init__(self, kind: type[np.generic]) -> None:
        self._room: NDArray[Any] = np.empty(1024, kind)
        self.size = 0

    @property
    def values(self) -> NDArray[Any]:
        """What has been appended, without a copy."""
        return self._room[: self.size]

    def append(self, values: NDArray[Any]) -> None:
        size = self.size + values.size
        if size > self._room.size:
            room = np.empty(max(size, 2 * self._room.size), self._room.dtype)
            room[: self.size] = self.values
            self._room = room
        self._room[self.size : size] = values
        self.size = size
