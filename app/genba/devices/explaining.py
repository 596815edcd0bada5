"""Why a prediction says what it says, and how far to trust it, as Messages."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from genba.devices import energy, memory
from genba.devices.efficiency import Estimate
from genba.devices.engines import Engine
from genba.devices.features import Family
from genba.devices.roofline import Breakdown, Ideal, arithmetic_of
from genba.errors import N_, Message
from genba.figures import Basis, Figure
from genba.study.costs import ModelCosts
from genba.study.device import DeviceProfile, Quantity

FAMILY_NAMES = {
    "decode": N_("one token"),
    "prefill": N_("the prompt"),
    "network": N_("one request"),
}


@dataclass(frozen=True, slots=True)
class Case:
    """One part of the work: its costs, its ideal, and what measurements say about the distance."""

    family: Family
    costs: ModelCosts
    ideal: Ideal
    estimate: Estimate
    unfused: Breakdown | None
    launching: bool = False
    """Whether calls and launches take longer than the work itself."""


def explain(
    prefix: str,
    device: DeviceProfile,
    cases: Sequence[Case],
    need: memory.Need,
    figures: Mapping[str, Figure],
) -> tuple[Message, ...]:
    """The chain from the device's facts to the Figures, in sentences."""
    lines: list[Message] = []
    for case in cases:
        lines += _ideal_lines(prefix, device, case)
        lines.append(_efficiency_line(case))
        if case.launching:
            lines.append(
                Message(
                    code="overhead",
                    text=N_("For {part}, calling the runtime takes longer than the work itself."),
                    params={"part": Message(text=FAMILY_NAMES[case.family])},
                )
            )
        if case.unfused is not None:
            lines.append(_unfused_line(prefix, case))
    lines.append(_memory_line(prefix, device, need))
    power = energy.power_of(device)
    if power is not None and figures["energy_mj"].known:
        lines.append(
            Message(
                code="energy",
                text=N_("Energy is the time at a working power of {power} ({low} to {high} W)."),
                params={
                    "power": _figure(power.value, "W", f"{prefix}/power_w"),
                    "low": power.low,
                    "high": power.high,
                },
            )
        )
    return tuple(lines)


def warn(
    device: DeviceProfile, runtime: str, engine: Engine, cases: Sequence[Case]
) -> tuple[Message, ...]:
    """What a reader must know before trusting the prediction."""
    notes: list[Message] = []
    if runtime not in device.runtimes and engine.name not in _engines(device):
        notes.append(
            Message(
                code="runtime_not_listed",
                text=N_("The profile of {device} does not list the runtime {runtime}."),
                params={"device": device.name, "runtime": runtime},
            )
        )
    recalled = _recalled(device, engine)
    if recalled:
        notes.append(
            Message(
                code="facts_from_memory",
                text=N_("Some facts of {device} are from memory and were not looked up: {facts}."),
                params={"device": device.name, "facts": tuple(recalled)},
            )
        )
    if not device.verified_on_hardware and device.stage != "demo":
        notes.append(
            Message(
                code="not_verified_on_hardware",
                text=N_("The profile of {device} has not been checked on the hardware."),
                params={"device": device.name},
            )
        )
    for case in cases:
        notes += _case_warnings(case, engine, runtime)
    if device.device_class in ("accelerator", "asic"):
        notes.append(
            Message(
                code="host_not_counted",
                text=N_("The power and the price of the host computer are not counted."),
            )
        )
    return tuple({note.code: note for note in notes}.values())


def _ideal_lines(prefix: str, device: DeviceProfile, case: Case) -> list[Message]:
    lines = []
    part = Message(text=FAMILY_NAMES[case.family])
    if case.ideal.compute_s is not None and case.ideal.peak is not None:
        lines.append(
            Message(
                code="compute_ideal",
                text=N_(
                    "For {part}, {macs} multiply-accumulates take {time} at the {precision} peak"
                    " of {peak} trillion operations per second."
                ),
                params={
                    "part": part,
                    "macs": case.costs.macs,
                    "time": _milliseconds(case.ideal.compute_s, f"{prefix}/compute"),
                    "precision": case.ideal.peak.key,
                    "peak": case.ideal.peak.per_s / 1e12,
                },
            )
        )
    bandwidth = device.bandwidth_theoretical_gbs.value
    if case.ideal.traffic_s is not None and bandwidth:
        moved = case.ideal.traffic_s * bandwidth * 1e9
        lines.append(
            Message(
                code="traffic_ideal",
                text=N_("For {part}, reading {bytes} takes {time} at {bandwidth} GB/s."),
                params={
                    "part": part,
                    "bytes": _figure(moved, "byte", f"{prefix}/moved", Basis.EXACT),
                    "time": _milliseconds(case.ideal.traffic_s, f"{prefix}/traffic"),
                    "bandwidth": bandwidth,
                },
            )
        )
    return lines


def _efficiency_line(case: Case) -> Message:
    estimate = case.estimate
    return Message(
        code="efficiency",
        text=N_(
            "For {part}, such runs reach {share} % of that ideal (interval: {low} to {high} %)."
            " This rests on {rows} published measurements on {devices} devices of this kind,"
            " {engine_rows} of them with this engine; nothing was calibrated for this model."
        ),
        params={
            "part": Message(text=FAMILY_NAMES[case.family]),
            "share": 100 * math.exp(-estimate.middle),
            "low": 100 * math.exp(-estimate.middle - estimate.half_width),
            "high": 100 * math.exp(-estimate.middle + estimate.half_width),
            "rows": estimate.rows,
            "devices": estimate.devices,
            "engine_rows": estimate.engine_rows,
        },
    )


def _unfused_line(prefix: str, case: Case) -> Message:
    unfused = case.unfused
    if unfused is None:
        raise ValueError("no breakdown to explain")
    return Message(
        code="operators",
        text=N_(
            "Operator by operator, with nothing fused, the ideal of {part} is {time}; {share} % of"
            " it waits for memory. Most of it: {operators}."
        ),
        params={
            "part": Message(text=FAMILY_NAMES[case.family]),
            "time": _milliseconds(unfused.seconds, f"{prefix}/unfused"),
            "share": 100 * unfused.bandwidth_share,
            "operators": tuple(name for name, _ in unfused.largest),
        },
    )


def _memory_line(prefix: str, device: DeviceProfile, need: memory.Need) -> Message:
    capacity = memory.capacity_of(device)
    params = {
        "weights": _figure(need.weights, "byte", f"{prefix}/weights", Basis.EXACT),
        "cache": _figure(need.cache, "byte", f"{prefix}/cache", Basis.EXACT),
        "live": _figure(need.activations, "byte", f"{prefix}/activations", Basis.EXACT),
    }
    if capacity is None:
        return Message(
            code="memory",
            text=N_(
                "Memory holds weights of {weights}, a cache of {cache} and {live} of activations;"
                " how much the device can give is not known."
            ),
            params=params,
        )
    return Message(
        code="memory",
        text=N_(
            "Memory holds weights of {weights}, a cache of {cache} and {live} of activations; the"
            " device can give about {capacity}."
        ),
        params={**params, "capacity": _figure(capacity, "byte", f"{prefix}/capacity")},
    )


def _case_warnings(case: Case, engine: Engine, runtime: str) -> list[Message]:
    notes = []
    estimate = case.estimate
    if estimate.rows == 0:
        notes.append(
            Message(
                code="no_measurements_of_kind",
                text=N_(
                    "No published measurement covers this kind of unit; the estimate pools all"
                    " others and is rough."
                ),
            )
        )
    elif estimate.engine_rows == 0:
        notes.append(
            Message(
                code="no_measurements_of_engine",
                text=N_(
                    "No published measurement covers {runtime} on this kind of unit; the estimate"
                    " pools other engines."
                ),
                params={"runtime": runtime},
            )
        )
    peak = case.ideal.peak
    wanted = arithmetic_of(case.costs)[1]
    if peak is not None and peak.key != wanted:
        notes.append(
            Message(
                code="other_peak",
                text=N_(
                    "No {wanted} peak is published for the unit; that of {used} stands for it."
                ),
                params={"wanted": wanted, "used": peak.key},
            )
        )
    if engine.unit == "npu":
        notes.append(
            Message(
                code="operators_not_checked",
                text=N_("Whether {runtime} can run every operator of the model was not checked."),
                params={"runtime": runtime},
            )
        )
    return notes


def _engines(device: DeviceProfile) -> set[str]:
    return {runtime.partition(":")[0] for runtime in device.runtimes}


def _recalled(device: DeviceProfile, engine: Engine) -> list[Message]:
    """The facts behind the Figures that nobody looked up."""
    peaks = device.compute.get(engine.unit)
    facts: list[tuple[str, Quantity]] = [
        (N_("memory bandwidth"), device.bandwidth_theoretical_gbs),
        (N_("memory size"), device.memory_bytes),
    ]
    power = energy.power_of(device)
    facts += [(N_("power"), quantity) for quantity in (power.facts if power else ())]
    if peaks is not None:
        facts += [(N_("compute peak"), getattr(peaks, p)) for p in type(peaks).model_fields]
    names = dict.fromkeys(
        name
        for name, quantity in facts
        if quantity.value is not None and quantity.confidence == "from_memory"
    )
    return [Message(text=name) for name in names]


def _milliseconds(seconds: float, ref: str) -> Figure:
    return _figure(seconds * 1e3, "ms", ref)


def _figure(value: float, unit: str, ref: str, basis: Basis = Basis.ASSUMED) -> Figure:
    """A step of the explanation: it rests on the data sheet, so it is assumed unless counted."""
    return Figure(value=value, unit=unit, basis=basis, ref=ref)
