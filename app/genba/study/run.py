"""A Run: one live benchmark, with its samples, telemetry, environment and summary."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, Literal

from genba.errors import Message
from genba.figures import Figure
from genba.study.base import Data

SAMPLES_NEEDED: Mapping[str, int] = {"p50": 7, "p90": 44, "p99": 459}
"""Samples below which a percentile is not stated: MLPerf LoadGen's early stopping at 99 % without
any sample over the bound. `benchmark.statistics.samples_needed` computes them."""


class ScenarioSettings(Data):
    """How load is offered. One of `duration_s` and `queries` ends the measured phase.

    ``generate`` runs prefill over `prompt_tokens` and then decodes `generate_tokens` one by one.
    """

    kind: Literal["single-stream", "generate"] = "single-stream"
    duration_s: float | None = None
    queries: int | None = None
    prompt_tokens: int = 64
    generate_tokens: int = 64
    warmup_queries_min: int = 5
    threads: int = 0


class Sample(Data):
    """One request as the device saw it. Times in nanoseconds of the device's monotonic clock.

    `first_token_ns` is the time to first token in the generate scenario; `tokens` the number
    generated. `warmup` samples are kept and shown, and left out of the summary.
    """

    sequence: int
    scheduled_ns: int
    latency_ns: int
    warmup: bool
    first_token_ns: int | None = None
    tokens: int = 0

    @property
    def latency_ms(self) -> float:
        """Latency in milliseconds."""
        return self.latency_ns / 1e6


class Telemetry(Data):
    """One reading of the device's sensors; None where it has no such sensor."""

    at_ns: int
    rss_bytes: int | None = None
    temperature_c: float | None = None
    power_w: float | None = None
    cpu_mhz: float | None = None
    load: float | None = None


class SampleBatch(Data):
    """What the live view receives: samples and telemetry that came since the last batch."""

    samples: tuple[Sample, ...] = ()
    telemetry: tuple[Telemetry, ...] = ()


class Run(Data):
    """One live benchmark.

    `figures` holds the summary by short name: ``latency_p50_ms``, ``latency_p90_ms``,
    ``latency_p99_ms``, ``latency_mean_ms``, ``throughput_per_s``, ``memory_bytes``, ``energy_mj``,
    ``power_w``, ``temperature_c``, ``ttft_ms``, ``tpot_ms``, ``decode_tokens_per_s``; each is
    measured or says why not. `samples_id` is the artifact with ``samples.jsonl.gz`` (the agent's
    journal, `samples_path` its place). `samples_count` counts the measured phase, `warmup_count`
    what came before it. `complete` is false when the Run was cut short.
    """

    run_id: str
    created_at: dt.datetime
    model_id: str
    variant_id: str
    variant_name: str
    target_name: str
    device_name: str
    runtime: str
    runtime_version: str
    scenario: ScenarioSettings
    figures: dict[str, Figure]
    environment: dict[str, Any]
    samples_id: str = ""
    samples_path: str = ""
    samples_count: int = 0
    warmup_count: int = 0
    complete: bool = True
    demo: bool = False
    warnings: tuple[Message, ...] = ()
