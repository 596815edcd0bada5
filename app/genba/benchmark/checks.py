"""Pitfalls of a measurement, each found in the recording and said in one sentence."""

from __future__ import annotations

from typing import Any

from genba.benchmark.journal import Recording
from genba.benchmark.statistics import samples_needed, steadiness
from genba.benchmark.summary import measured_span
from genba.errors import N_, Message

LOAD_PER_CPU_MAX = 0.3
HOT_STEP = 0.97


def warnings_of(recording: Recording, host_elapsed_s: float | None = None) -> tuple[Message, ...]:
    """All that a reader of the figures must know about how they were taken.

    `host_elapsed_s` is how long the measurement took by this computer's clock: the device's own
    times cannot add up to more.
    """
    environment = recording.start.get("environment", {})
    found = [
        *_stopped(recording),
        *_machine(environment),
        *_throttling(recording),
        *_samples(recording),
        *_clock(recording, host_elapsed_s),
    ]
    return tuple(found)


def _stopped(recording: Recording) -> list[Message]:
    if recording.end.get("code") != "stopped":
        return []
    return [_say("stopped_early", N_("The run was stopped before its planned end."))]


def _machine(environment: dict[str, Any]) -> list[Message]:
    found = []
    load, cpus = environment.get("load_1min"), environment.get("cpu_usable") or 1
    if isinstance(load, int | float) and load > LOAD_PER_CPU_MAX * cpus:
        found.append(
            _say(
                "high_load", N_("The device was busy at the start: load {load} on {cpus} cores."),
                load=load, cpus=cpus,
            )
        )  # fmt: skip
    governor = environment.get("governor") or ""
    if governor and set(governor.split(",")) != {"performance"}:
        found.append(
            _say(
                "governor",
                N_("The clock governor is “{governor}”, not “performance”: short requests may run "
                   "at a lower clock."),
                governor=governor,
            )
        )  # fmt: skip
    swapped = environment.get("swap_used_bytes") or 0
    if swapped > 64 << 20:
        found.append(
            _say(
                "swap", N_("{megabytes} MB were in swap at the start: memory is short."),
                megabytes=round(swapped / 1e6),
            )
        )  # fmt: skip
    quota = environment.get("cpu_quota")
    if isinstance(quota, int | float) and quota < cpus:
        found.append(
            _say(
                "cpu_quota", N_("A limit holds the processor to {quota} of {cpus} cores."),
                quota=quota, cpus=cpus,
            )
        )  # fmt: skip
    return found


def _throttling(recording: Recording) -> list[Message]:
    environment = recording.start.get("environment", {})
    before = environment.get("throttle_count")
    after = recording.end.get("after", {}).get("throttle_count")
    if before is not None and after is not None and after > before:
        return [_say("throttled", N_("The device throttled for heat or voltage during the run."))]
    begin, end = measured_span(recording)
    clocks = [r.cpu_mhz for r in recording.telemetry if r.cpu_mhz and begin <= r.at_ns <= end]
    if len(clocks) >= 20:
        fifth = len(clocks) // 5
        first, last = sum(clocks[:fifth]) / fifth, sum(clocks[-fifth:]) / fifth
        if last < HOT_STEP * first:
            return [
                _say(
                    "clock_fell", N_("The clock fell from {first} to {last} MHz during the run."),
                    first=round(first), last=round(last),
                )
            ]  # fmt: skip
    return []


def _samples(recording: Recording) -> list[Message]:
    found = []
    latencies = recording.numbers(warmup=False)[:, 1] / 1e6
    count, needed = len(latencies), samples_needed(0.99)
    if count < needed:
        found.append(
            _say(
                "few_samples",
                N_("{count} requests were measured; p99 needs {needed}."),
                count=count, needed=needed,
            )
        )  # fmt: skip
    if recording.settled is False:
        found.append(
            _say("no_warmup_end", N_("Latency had not settled when the warm-up had to end."))
        )
    shape = steadiness(latencies).shape if count >= 16 else "flat"
    if shape == "slowdown":
        found.append(_say("slowdown", N_("Requests became slower during the run.")))
    elif shape in ("unsteady", "warmed"):
        found.append(_say("unsteady", N_("Latency changed its level during the run.")))
    return found


def _clock(recording: Recording, host_elapsed_s: float | None) -> list[Message]:
    begin, end = measured_span(recording)
    claimed = (end - begin) / 1e9
    if host_elapsed_s is not None and claimed > host_elapsed_s * 1.05 + 1.0:
        return [
            _say(
                "clock_implausible",
                N_("The device claims {claimed} s of measuring within {elapsed} s."),
                claimed=round(claimed, 1), elapsed=round(host_elapsed_s, 1),
            )
        ]  # fmt: skip
    return []


def _say(code: str, text: str, **params: Any) -> Message:
    return Message(text=text, params=params, code=code)
