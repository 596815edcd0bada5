"""Journals made by the agent's own writer, for tests without a device."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

from genba.benchmark.journal import FILE_NAME, Recording, read_recording
from genba.remote.agent import Journal

MS = 1_000_000


def write_journal(folder: Path, lines: list[dict[str, Any]]) -> Path:
    """A journal file as `genba` keeps it."""
    raw = folder / "journal.jsonl"
    raw.unlink(missing_ok=True)
    journal = Journal(str(raw))
    for line in lines:
        journal.write(line.pop("t"), **line)
    journal.close()
    path = folder / FILE_NAME
    path.write_bytes(gzip.compress(raw.read_bytes()))
    return path


def run_lines(
    latencies_ms: list[float],
    *,
    kind: str = "single-stream",
    watts: float | None = None,
    idle_watts: float | None = None,
    celsius: float | None = None,
    warmup: int = 2,
    **environment: Any,
) -> list[dict[str, Any]]:
    """A run of back-to-back requests, with a sensor reading every 100 ms."""
    sensors = {
        "power_source": "VDD_IN" if watts is not None else "",
        "temperature_zones": ["cpu"] if celsius is not None else [],
    }  # fmt: skip
    environment = {"cpu_usable": 4, "load_1min": 0.1, "sensors": sensors, **environment}

    def reading(at: int, power: float | None) -> dict[str, Any]:
        return {
            "t": "telemetry", "at_ns": at, "rss": 50_000_000, "peak": 60_000_000,
            "temperature_c": celsius, "power_w": power, "cpu_mhz": None, "load": 0.1,
        }  # fmt: skip

    lines: list[dict[str, Any]] = [
        {"t": "start", "environment": environment, "scenario": {"kind": kind}, "agent_sha256": "a"}
    ]
    now = 1000 * MS
    if idle_watts is not None:
        lines.append({"t": "phase", "phase": "idle", "at_ns": now})
        for _ in range(10):
            lines.append(reading(now, idle_watts))
            now += 100 * MS
    lines.append({"t": "phase", "phase": "load", "at_ns": now})
    lines.append({"t": "loaded", "load_ms": 5.0, "runner": {"version": "1"}, "python": "3.11.2"})
    for phase, first, chosen in (
        ("warmup", 0, latencies_ms[:warmup]),
        ("measure", warmup, latencies_ms[warmup:]),
    ):
        lines.append({"t": "phase", "phase": phase, "at_ns": now})
        rows, next_reading = [], now
        for latency in chosen:
            rows.append([now, int(latency * MS)])
            now += int(latency * MS)
            while next_reading < now:
                lines.append(reading(next_reading, watts))
                next_reading += 100 * MS
        lines.append({"t": "samples", "q": first, "warmup": phase == "warmup", "s": rows})
        if phase == "warmup":
            lines.append({"t": "settled", "settled": True, "queries": warmup})
    lines.append({"t": "end", "code": "complete", "peak": 70_000_000, "after": {}})
    return lines


def recorded(folder: Path, lines: list[dict[str, Any]]) -> Recording:
    """The lines as a Recording, through a file."""
    return read_recording(write_journal(folder, lines))
