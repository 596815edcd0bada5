"""What a variant would do on a device that nobody measured: times, memory, energy, with intervals.

The ideal time comes from the roofline, the distance to it from published measurements
(`efficiency`). Where the profile lacks a fact, the Figure says so and has no value.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from genba.devices import energy, memory
from genba.devices.efficiency import posterior
from genba.devices.engines import Engine, default_runtime, engine_of, unit_kind
from genba.devices.explaining import Case, explain, warn
from genba.devices.features import Family, Features, features_of
from genba.devices.observations import Observation
from genba.devices.roofline import (
    OVERHEAD,
    UNKNOWN,
    Work,
    breakdown,
    ideal_of,
    overhead_of,
    work_of,
)
from genba.figures import Basis, Figure, not_measured
from genba.study.candidate import Prediction
from genba.study.costs import ModelCosts
from genba.study.device import DeviceProfile

LEVEL = 0.8
NO_FACTS = "no_device_facts"
NOT_GENERATING = "not_generating"

_OVERHEAD_RATIO = 4.0
"""Overhead binds when work reaches less than a quarter of what its family typically reaches."""


@dataclass(frozen=True, slots=True)
class Generation:
    """A generating model: the costs of the whole prompt, of one token, and how many of each."""

    prefill: ModelCosts
    decode: ModelCosts
    prompt_tokens: int
    generate_tokens: int

    @property
    def context_tokens(self) -> int:
        """Tokens in the cache at the end."""
        return self.prompt_tokens + self.generate_tokens


@dataclass(frozen=True, slots=True)
class _Time:
    """Seconds with their interval, and how they came about."""

    low: float
    value: float
    high: float
    case: Case


def predict(
    costs: ModelCosts,
    variant_id: str,
    device: DeviceProfile,
    runtime: str | None = None,
    generate: Generation | None = None,
    *,
    own: Sequence[Observation] = (),
) -> Prediction:
    """Predict one variant on one device.

    Args:
        costs: the analysis of one pass at the wanted dimensions; also of the memory.
        variant_id: goes into the Figures' ids.
        device: the profile.
        runtime: ``engine`` or ``engine:provider``; None takes the profile's first that we drive.
        generate: given for a model that generates token by token; its latency is then the prompt
            plus all further tokens, ttft the prompt, tpot one token in the middle of the answer.
        own: the user's Runs as observations (`own_observation`); they sharpen the estimate.

    Returns:
        Figures ``latency_ms ttft_ms tpot_ms memory_bytes energy_mj throughput_per_s``, all of basis
        predicted with an 80 % interval, or not measured with the reason.
    """
    chosen = runtime or default_runtime(device)
    engine = engine_of(chosen)
    times = _times(costs, device, engine, generate, own)
    context = generate.context_tokens if generate else 0
    if device.device_class == "mcu":
        need = memory.microcontroller_need(costs)
    else:
        need = memory.need_of(costs, engine.unit, context)
    prefix = f"prediction/{variant_id}/{device.id}/{chosen}"
    figures = _figures(prefix, times, generate, device, need)
    leading = _leading(times, generate)
    cases = [time.case for time in times.values() if time is not None]
    return Prediction(
        variant_id=variant_id,
        device_id=device.id,
        device_name=device.name,
        runtime=chosen,
        figures=figures,
        fits=memory.fits(need, memory.capacity_of(device)),
        bound_by=_bound(leading),
        explanation=explain(prefix, device, cases, need, figures),
        warnings=warn(device, chosen, engine, cases),
    )


def own_observation(
    costs: ModelCosts,
    device: DeviceProfile,
    runtime: str,
    seconds: float,
    *,
    family: Family = "network",
    tokens: int = 1,
) -> Observation | None:
    """A user's measured time as an observation; None where the profile lacks the facts.

    `tokens` is the prompt's length for ``prefill`` and the context's for ``decode``.
    """
    engine = engine_of(runtime)
    features = _features(family, costs, device, engine, tokens)
    if features is None:
        return None
    return Observation(
        row_id=f"own/{device.id}/{runtime}/{costs.name}",
        features=features,
        seconds=seconds,
        log_ratio=math.log(seconds / features.ideal_s),
        own=True,
    )


def _times(
    costs: ModelCosts,
    device: DeviceProfile,
    engine: Engine,
    generate: Generation | None,
    own: Sequence[Observation],
) -> dict[Family, _Time | None]:
    if generate is None:
        return {"network": _time("network", costs, device, engine, 1, own)}
    middle = generate.prompt_tokens + generate.generate_tokens // 2
    return {
        "prefill": _time("prefill", generate.prefill, device, engine, generate.prompt_tokens, own),
        "decode": _time("decode", generate.decode, device, engine, middle, own),
    }


def _features(
    family: Family, costs: ModelCosts, device: DeviceProfile, engine: Engine, tokens: int
) -> Features | None:
    kind = unit_kind(device, engine.unit)
    work = _work(family, costs, tokens)
    # The name ties a user's Runs of one network together, and to no published model.
    model = f"user/{costs.name}"
    return features_of(family, work, device, engine, kind=kind, model=model, tokens=float(tokens))


def _work(family: Family, costs: ModelCosts, tokens: int) -> Work:
    return work_of(costs, tokens if family == "decode" else 0)


def _time(
    family: Family,
    costs: ModelCosts,
    device: DeviceProfile,
    engine: Engine,
    tokens: int,
    own: Sequence[Observation],
) -> _Time | None:
    features = _features(family, costs, device, engine, tokens)
    if features is None:
        return None
    estimate = posterior(family, own).estimate(features)
    low, value, high = (
        features.ideal_s * math.exp(estimate.middle + side * estimate.half_width)
        for side in (-1, 0, 1)
    )
    floor = overhead_of(costs, engine.unit)
    launching = floor[1] >= value
    low, value, high = max(low, floor[0]), max(value, floor[1]), max(high, floor[2])
    unfused = breakdown(costs, device, engine.unit)
    if unfused is not None:
        # Nothing fused is the worst that the graph allows at full peak: the interval reaches there.
        high = max(high, unfused.seconds)
    ideal = ideal_of(_work(family, costs, tokens), device, engine.unit)
    return _Time(
        low=low,
        value=value,
        high=high,
        case=Case(family, costs, ideal, estimate, unfused, launching),
    )


def _figures(
    prefix: str,
    times: dict[Family, _Time | None],
    generate: Generation | None,
    device: DeviceProfile,
    need: memory.Need,
) -> dict[str, Figure]:
    latency = _latency(times, generate)
    reason = NO_FACTS if generate else NOT_GENERATING
    figures = {
        "latency_ms": _scaled(prefix, "latency_ms", "ms", latency, 1e3),
        "ttft_ms": _scaled(prefix, "ttft_ms", "ms", _ends(times.get("prefill")), 1e3, reason),
        "tpot_ms": _scaled(prefix, "tpot_ms", "ms", _ends(times.get("decode")), 1e3, reason),
        "memory_bytes": _figure(prefix, "memory_bytes", "byte", (need.low, need.value, need.high)),
    }
    power = energy.power_of(device)
    if latency is None or power is None:
        figures["energy_mj"] = not_measured(NO_FACTS, "mJ", f"{prefix}/energy_mj")
    else:
        watts = (power.low, power.value, power.high)
        joules = tuple(t * w for t, w in zip(latency, watts, strict=True))
        figures["energy_mj"] = _scaled(
            prefix, "energy_mj", "mJ", (joules[0], joules[1], joules[2]), 1e3
        )
    rate = None if latency is None else (1 / latency[2], 1 / latency[1], 1 / latency[0])
    figures["throughput_per_s"] = _scaled(prefix, "throughput_per_s", "1/s", rate, 1.0)
    return figures


Ends = tuple[float, float, float]


def _latency(times: dict[Family, _Time | None], generate: Generation | None) -> Ends | None:
    """Seconds of one request. Both parts at the same end at once: the cautious sum."""
    if generate is None:
        return _ends(times["network"])
    first, each = _ends(times["prefill"]), _ends(times["decode"])
    if first is None or each is None:
        return None
    further = max(generate.generate_tokens - 1, 0)
    low, value, high = (a + further * b for a, b in zip(first, each, strict=True))
    return low, value, high


def _ends(time: _Time | None) -> Ends | None:
    return None if time is None else (time.low, time.value, time.high)


def _scaled(
    prefix: str, name: str, unit: str, ends: Ends | None, scale: float, reason: str = NO_FACTS
) -> Figure:
    if ends is None:
        return not_measured(reason, unit, f"{prefix}/{name}")
    return _figure(prefix, name, unit, (ends[0] * scale, ends[1] * scale, ends[2] * scale))


def _figure(prefix: str, name: str, unit: str, ends: Ends) -> Figure:
    low, value, high = ends
    return Figure(
        value=value,
        unit=unit,
        basis=Basis.PREDICTED,
        ref=f"{prefix}/{name}",
        low=min(low, value),
        high=max(high, value),
        level=LEVEL,
    )


def _leading(times: dict[Family, _Time | None], generate: Generation | None) -> _Time | None:
    """The part that takes most of a request."""
    if generate is None:
        return times["network"]
    first, each = times["prefill"], times["decode"]
    if first is None or each is None:
        return each or first
    return each if each.value * max(generate.generate_tokens - 1, 0) >= first.value else first


def _bound(time: _Time | None) -> str:
    if time is None:
        return UNKNOWN
    estimate = time.case.estimate
    if time.case.launching or estimate.middle > estimate.typical + math.log(_OVERHEAD_RATIO):
        return OVERHEAD
    return time.case.ideal.bound
