"""The live buffers of a run: what has arrived so far, ready to be drawn."""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterable

from genba.study.run import SAMPLES_NEEDED, Sample, SampleBatch, Telemetry

LANES = ("memory", "temperature", "power", "clock")


class LiveBuffers:
    """Samples and telemetry of one run, on one time axis: seconds since the first of either."""

    def __init__(self) -> None:
        self._origin_ns: int | None = None
        self.at_s: list[float] = []
        self.latency_ms: list[float] = []
        self.warm: list[bool] = []
        self.sorted_ms: list[float] = []
        self.first_token_ms: list[float] = []
        self.lane_at_s: dict[str, list[float]] = {lane: [] for lane in LANES}
        self.lane_values: dict[str, list[float]] = {lane: [] for lane in LANES}
        self.readings = 0

    @classmethod
    def of(cls, samples: Iterable[Sample], telemetry: Iterable[Telemetry] = ()) -> LiveBuffers:
        """The buffers of a kept run."""
        buffers = cls()
        buffers.add(SampleBatch(samples=tuple(samples), telemetry=tuple(telemetry)))
        return buffers

    def add(self, batch: SampleBatch) -> None:
        """Append what arrived."""
        starts = [s.scheduled_ns for s in batch.samples] + [t.at_ns for t in batch.telemetry]
        if self._origin_ns is None and starts:
            self._origin_ns = min(starts)
        for sample in batch.samples:
            self.at_s.append(self.seconds(sample.scheduled_ns))
            self.latency_ms.append(sample.latency_ms)
            self.warm.append(sample.warmup)
            if not sample.warmup:
                insort(self.sorted_ms, sample.latency_ms)
                if sample.first_token_ns is not None:
                    self.first_token_ms.append(sample.first_token_ns / 1e6)
        for reading in batch.telemetry:
            self.readings += 1
            self._read(reading)

    def seconds(self, at_ns: int) -> float:
        """A moment of the device's clock on the axis of the plots."""
        return (at_ns - (self._origin_ns or 0)) / 1e9

    @property
    def count(self) -> int:
        """Samples of the measured phase."""
        return len(self.sorted_ms)

    @property
    def warmup_end_s(self) -> float | None:
        """When the warm-up ended, or None while it lasts."""
        first = next((i for i, warm in enumerate(self.warm) if not warm), None)
        return self.at_s[first] if first is not None else None

    @property
    def end_s(self) -> float:
        """The latest moment on the axis."""
        lanes = [times[-1] for times in self.lane_at_s.values() if times]
        return max([*lanes, self.at_s[-1] if self.at_s else 0.0, 1e-9])

    def percentile_ms(self, name: str) -> float | None:
        """``p50 p90 p99`` so far (Hyndman and Fan 1996, type 7), None below the needed count."""
        if self.count < SAMPLES_NEEDED[name]:
            return None
        place = (self.count - 1) * int(name[1:]) / 100
        low = int(place)
        high = min(low + 1, self.count - 1)
        return self.sorted_ms[low] + (place - low) * (self.sorted_ms[high] - self.sorted_ms[low])

    def missing(self, name: str) -> int:
        """How many more samples a percentile needs."""
        return max(SAMPLES_NEEDED[name] - self.count, 0)

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
