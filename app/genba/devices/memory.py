"""What a model needs in memory on a device, and whether it fits."""

from __future__ import annotations

from dataclasses import dataclass

from genba.devices.engines import Unit
from genba.study.costs import ModelCosts
from genba.study.device import DeviceProfile

COPY_FACTOR = (1.0, 1.15, 1.8)
"""Weights in memory / weights in the file: low, likely, high. Seen: RKLLM 1.0, OpenVINO GenAI on
7 to 8 billion parameters 1.1 to 1.3 (assets/measurements), ExecuTorch 1.35 to 1.77 (its README)."""

RUNTIME_BASE = {
    "cpu": (30e6, 80e6, 300e6),
    "npu": (30e6, 150e6, 600e6),
    "gpu": (100e6, 400e6, 1500e6),
}
"""Bytes that a runtime takes before any model: low, likely, high. OpenVINO GenAI's small models on
a built-in GPU show 0.3 to 2 GB above their weights (assets/measurements)."""

ARENA_FACTOR = (1.0, 1.2, 2.0)
"""Arena / peak of live activations: nothing lost at the low end, fragments at the high."""

SMALL_BOARD = 8 * 2**30
USABLE_SHARE_SMALL = 0.65
USABLE_SHARE = 0.8
"""Share of the memory that a program gets where the profile does not say. Small boards: the Jetson
Orin Nano 8 GB leaves 5.58 of 8.59 GB (its profile); larger ones: assumed."""

_CACHE_ONLY = 64 << 20
"""An accelerator with less memory than this (bytes) streams its weights from the host."""


@dataclass(frozen=True, slots=True)
class Need:
    """Bytes: low, likely and high, and what the likely value consists of."""

    low: float
    value: float
    high: float
    weights: float
    cache: float
    activations: float


def need_of(costs: ModelCosts, unit: Unit, context_tokens: int) -> Need:
    """Resident bytes: weights as the runtime holds them + cache + activation arena + its base."""
    cache = float(costs.kv_cache_bytes_per_token * context_tokens)
    low, value, high = (
        costs.weight_bytes * copy + cache + costs.peak_activation_bytes * arena + base
        for copy, arena, base in zip(COPY_FACTOR, ARENA_FACTOR, RUNTIME_BASE[unit], strict=True)
    )
    return Need(low, value, high, costs.weight_bytes, cache, costs.peak_activation_bytes)


def microcontroller_need(costs: ModelCosts) -> Need:
    """Working memory only: on a microcontroller the weights stay in flash."""
    live = float(costs.peak_activation_bytes)
    return Need(live, live * 1.1, live * 1.5, 0.0, 0.0, live)


def capacity_of(device: DeviceProfile) -> float | None:
    """Bytes that a program can get: the profile's, else a documented share of the total.

    None where it is unknown or where the device works out of its host's memory.
    """
    if device.memory_usable_bytes.value:
        return device.memory_usable_bytes.value
    total = device.memory_bytes.value
    if not total:
        return None
    if device.device_class == "mcu":
        return total
    if device.device_class in ("accelerator", "asic") and total < _CACHE_ONLY:
        return None
    return total * (USABLE_SHARE_SMALL if total <= SMALL_BOARD else USABLE_SHARE)


def fits(need: Need, capacity: float | None) -> bool | None:
    """Whether it fits; None where the capacity is unknown or lies inside the interval."""
    if capacity is None:
        return None
    if need.high <= capacity:
        return True
    return False if need.low > capacity else None
