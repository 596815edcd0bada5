"""What the predictor knows of one case: categories, sizes, and the ideal time."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from genba.devices.engines import Engine
from genba.devices.roofline import Ideal, Work, ideal_of
from genba.study.device import DeviceProfile

Family = Literal["decode", "prefill", "network"]
"""One token of a decoder; its prompt; a network that runs once per request."""


@dataclass(frozen=True, slots=True)
class Features:
    """One case. `categories` are compared by equality, `sizes` by distance; both by place.

    Categories, in the order of `CATEGORIES`. Sizes: ln of multiply-accumulates, of bytes moved,
    and of the ratio of compute time to traffic time (0 where one is unknown).
    """

    family: Family
    device_id: str
    model: str
    categories: tuple[str, ...]
    sizes: tuple[float, float, float]
    ideal_s: float


CATEGORIES = (
    "kind", "engine", "engine on kind", "device unit", "device engine", "format",
    "format on engine", "model", "model on kind", "mode", "threads", "peak", "variant",
    "bits on kind",
)  # fmt: skip


def features_of(
    family: Family,
    work: Work,
    device: DeviceProfile,
    engine: Engine,
    *,
    kind: str,
    model: str = "",
    threads: int = 0,
    throughput: bool = False,
    variant: str = "",
    tokens: float = 1.0,
) -> Features | None:
    """The features of one case; None when the profile lacks the facts for an ideal time.

    A decoder's token needs the bandwidth; a prompt or a network needs the unit's peak.
    `threads` is the number of cores used (0: all), `throughput` whether the time is the inverse of
    a rate, `tokens` the prompt's length.
    """
    cores = device.cpu_cores.value or 0
    share = min(1.0, threads / cores) if threads and cores and engine.unit == "cpu" else 1.0
    ideal = ideal_of(work, device, engine.unit, share)
    needed = ideal.traffic_s if family == "decode" else ideal.compute_s
    seconds = ideal.seconds
    if needed is None or not seconds:
        return None
    text = f"w{work.weight_bits}/{work.compute}"
    peak = ideal.peak.key if ideal.peak else "none"
    used = "one" if threads == 1 else "all" if share == 1.0 else "some"
    categories = (
        kind,
        engine.name,
        f"{engine.name}@{kind}",
        f"{device.id}/{engine.unit}",
        f"{device.id}/{engine.name}/{engine.unit}",
        text,
        f"{text}@{engine.name}",
        model,
        f"{model}@{kind}" if model else "",
        "rate" if throughput else "latency",
        f"{used}@{engine.unit}",
        f"{work.compute} by {peak}@{kind}",
        f"{variant}@{engine.unit}" if variant else "",
        f"{work.weight_bits}@{kind}",
    )
    ratio = _ratio(ideal)
    size = math.log(max(work.macs if family != "prefill" else tokens, 1.0))
    moved = math.log(max(work.weight_bytes + work.cache_bytes, 1.0))
    return Features(family, device.id, model, categories, (size, moved, ratio), seconds)


def _ratio(ideal: Ideal) -> float:
    """ln(compute time / traffic time), 0 where one of them is unknown."""
    if not ideal.compute_s or not ideal.traffic_s:
        return 0.0
    return math.log(ideal.compute_s / ideal.traffic_s)
