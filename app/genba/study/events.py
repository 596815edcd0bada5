"""What a running benchmark tells its listener, besides `SampleBatch` and `Progress`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

Phase = Literal["connect", "deploy", "idle", "load", "warmup", "measure", "finish", "done"]


@dataclass(frozen=True, slots=True)
class RunStarted:
    """The device has taken the run: its id, where it runs, and the environment there."""

    run_id: str
    device_name: str
    target_name: str
    runtime: str
    environment: dict[str, Any]
    demo: bool


@dataclass(frozen=True, slots=True)
class RunPhase:
    """A phase has begun. `at_ns` is the device's monotonic clock, 0 where it is not involved."""

    run_id: str
    phase: Phase
    at_ns: int = 0


@dataclass(frozen=True, slots=True)
class LinkInterrupted:
    """The link broke and is being made again; the run goes on, on the device."""

    run_id: str
    attempt: int
