"""From samples and telemetry to Figures: each one measured, or with the reason why not."""

from __future__ import annotations

import math

import numpy as np

from genba.benchmark.journal import Recording
from genba.benchmark.statistics import (
    Estimate,
    Values,
    mean_estimate,
    percentile_estimate,
)
from genba.figures import Figure, measured, not_measured

PERCENTILES = (("latency_p50_ms", 0.50), ("latency_p90_ms", 0.90), ("latency_p99_ms", 0.99))
READINGS_MIN = 5
"""Fewer power readings in the measured phase make no mean worth showing."""


def summarise(recording: Recording, run_id: str, *, demo: bool = False) -> dict[str, Figure]:
    """The Figures of a Run, by the short names of `study.run.Run.figures`.

    Latencies, throughput and tokens are of the measured phase only. ``memory_bytes`` is the
    runner's peak resident memory (VmHWM), model, runtime and interpreter together.
    ``temperature_c`` is the hottest reading of the measured phase. ``power_w`` is the mean over
    that phase of the rails in ``environment["sensors"]["power_source"]``. ``energy_mj`` is gross,
    power times mean latency; ``energy_net_mj`` leaves the idle power before the run out.
    """
    make = _Maker(run_id, demo)
    table = recording.numbers(warmup=False)
    latencies_ms = table[:, 1] / 1e6
    figures = {
        name: make.estimate(name, "ms", percentile_estimate(latencies_ms, share))
        for name, share in PERCENTILES
    }
    mean = mean_estimate(latencies_ms) if len(table) else None
    figures["latency_mean_ms"] = make.estimate("latency_mean_ms", "ms", mean)
    figures["throughput_per_s"] = _throughput(make, recording)
    figures.update(_tokens(make, recording))
    figures["memory_bytes"] = make.value(
        "memory_bytes", "byte", recording.peak_rss_bytes, missing="no_data"
    )
    figures.update(_power(make, recording, mean))
    return figures


class _Maker:
    """Makes the Figures of one Run: refs, demo flag, reasons."""

    def __init__(self, run_id: str, demo: bool) -> None:
        self._run_id, self._demo = run_id, demo

    def ref(self, name: str) -> str:
        return f"run/{self._run_id}/{name}"

    def estimate(
        self, name: str, unit: str, found: Estimate | None, missing: str = "too_few_samples",
        inputs: tuple[str, ...] = (),
    ) -> Figure:  # fmt: skip
        if found is None:
            return not_measured(missing, unit, self.ref(name))
        both = found.low is not None and found.high is not None
        return measured(
            found.value, unit, self.ref(name), demo=self._demo,
            low=found.low if both else None, high=found.high if both else None,
            level=found.level if both else None, inputs=tuple(self.ref(i) for i in inputs),
        )  # fmt: skip

    def value(self, name: str, unit: str, value: float | None, missing: str) -> Figure:
        if value is None:
            return not_measured(missing, unit, self.ref(name))
        return measured(value, unit, self.ref(name), demo=self._demo)


def _throughput(make: _Maker, recording: Recording) -> Figure:
    """Requests a second in the measured phase, from the time between starts."""
    table = recording.numbers(warmup=False)
    if len(table) < 2:
        return make.estimate("throughput_per_s", "1/s", None)
    ends = table[:, 0] + table[:, 1]
    gaps_s = np.diff(np.concatenate((table[:1, 0], ends))) / 1e9
    pace = mean_estimate(gaps_s)
    return make.estimate("throughput_per_s", "1/s", _inverse(pace))


def _inverse(pace: Estimate, scale: float = 1.0) -> Estimate:
    low = scale / pace.high if pace.high else None
    high = scale / pace.low if pace.low else None
    return Estimate(scale / pace.value, low, high, pace.level)


def _tokens(make: _Maker, recording: Recording) -> dict[str, Figure]:
    """TTFT and TPOT as means over requests, decode tokens/s as the inverse of TPOT."""
    table = recording.numbers(warmup=False)
    names = (("ttft_ms", "ms"), ("tpot_ms", "ms"), ("decode_tokens_per_s", "token/s"))
    if recording.start.get("scenario", {}).get("kind") != "generate":
        return {name: not_measured("not_generating", unit, make.ref(name)) for name, unit in names}
    if not len(table):
        return {name: make.estimate(name, unit, None) for name, unit in names}
    first_ms: Values = table[:, 2] / 1e6
    figures = {"ttft_ms": make.estimate("ttft_ms", "ms", mean_estimate(first_ms))}
    longer = table[table[:, 3] > 1]
    if not len(longer):
        for name, unit in names[1:]:
            figures[name] = not_measured("not_applicable", unit, make.ref(name))
        return figures
    tpot_ms = mean_estimate((longer[:, 1] - longer[:, 2]) / (longer[:, 3] - 1) / 1e6)
    figures["tpot_ms"] = make.estimate("tpot_ms", "ms", tpot_ms)
    figures["decode_tokens_per_s"] = make.estimate(
        "decode_tokens_per_s", "token/s", _inverse(tpot_ms, 1000.0), inputs=("tpot_ms",)
    )
    return figures


def _power(make: _Maker, recording: Recording, latency_ms: Estimate | None) -> dict[str, Figure]:
    begin, end = measured_span(recording)
    during = [reading for reading in recording.telemetry if begin <= reading.at_ns <= end]
    temperatures = [r.temperature_c for r in during if r.temperature_c is not None]
    watts = [r.power_w for r in during if r.power_w is not None]
    sensors = recording.start.get("environment", {}).get("sensors", {})
    reason = "too_few_samples" if sensors.get("power_source") else "no_power_sensor"
    hot = "too_few_samples" if sensors.get("temperature_zones") else "no_temperature_sensor"
    power = mean_estimate(np.array(watts)) if len(watts) >= READINGS_MIN else None
    inputs = ("power_w", "latency_mean_ms")
    energy = net = None
    if power is not None and latency_ms is not None:
        energy = _product(power, latency_ms)
        idle = idle_power_w(recording)
        if idle is not None:
            net = _product(_less(power, idle), latency_ms)
    return {
        "temperature_c": make.value("temperature_c", "degC", max(temperatures, default=None), hot),
        "power_w": make.estimate("power_w", "W", power, reason),
        "energy_mj": make.estimate("energy_mj", "mJ", energy, reason, inputs),
        "energy_net_mj": make.estimate("energy_net_mj", "mJ", net, reason, inputs),
    }


def measured_span(recording: Recording) -> tuple[int, int]:
    """Begin and end of the measured phase on the device's clock; (0, 0) when there was none."""
    table = recording.numbers(warmup=False)
    if not len(table):
        return 0, 0
    return int(table[0, 0]), int(table[-1, 0] + table[-1, 1])


def idle_power_w(recording: Recording) -> float | None:
    """The mean power before the runner started, where it was read often enough."""
    until = recording.phases.get("load")
    if until is None or "idle" not in recording.phases:
        return None
    watts = [r.power_w for r in recording.telemetry if r.power_w is not None and r.at_ns < until]
    return sum(watts) / len(watts) if len(watts) >= READINGS_MIN else None


def _less(power: Estimate, idle_w: float) -> Estimate:
    low = None if power.low is None else power.low - idle_w
    high = None if power.high is None else power.high - idle_w
    return Estimate(power.value - idle_w, low, high, power.level)


def _product(power: Estimate, latency: Estimate) -> Estimate:
    """W x ms = mJ; independent errors to first order: relative half widths add in squares."""
    value = power.value * latency.value
    spreads = []
    for factor in (power, latency):
        if factor.low is None or factor.high is None or factor.value == 0.0:
            return Estimate(value, None, None, power.level)
        spreads.append((factor.high - factor.low) / 2.0 / abs(factor.value))
    half = abs(value) * math.hypot(*spreads)
    return Estimate(value, value - half, value + half, power.level)
