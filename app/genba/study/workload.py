"""What the device must do, and within which limits."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from genba.errors import N_
from genba.study.base import Data

Measure = Literal[
    "latency_p50_ms", "latency_p90_ms", "latency_p99_ms", "ttft_ms", "tpot_ms",
    "memory_bytes", "energy_mj", "quality", "throughput_per_s", "budget",
]  # fmt: skip


class Task(StrEnum):
    """The kind of work; the three survey applications and a free one."""

    FAULT_DIAGNOSIS = "fault-diagnosis"
    SUPER_RESOLUTION = "super-resolution"
    TEXT_GENERATION = "text-generation"
    OTHER = "other"


TASK_NAMES = {
    Task.FAULT_DIAGNOSIS: N_("Fault diagnosis"),
    Task.SUPER_RESOLUTION: N_("Super-resolution"),
    Task.TEXT_GENERATION: N_("Text generation"),
    Task.OTHER: N_("Other task"),
}


class Limit(Data):
    """One target of the Workload: a measure must stay at or below (above) `value`.

    `value` is in the unit that the measure's name carries; `quality` in the metric's own unit,
    `budget` in the Workload's currency. `hard` limits decide; others inform.
    """

    measure: Measure
    operator: Literal["<=", ">="]
    value: float
    hard: bool = True
    reason: str = ""
    source: str = ""


class Workload(Data):
    """What the device must do.

    `evaluation` is a path, or ``sample:<id>`` for a bundled one. `private_data` names the kinds of
    data that may not leave the site.
    """

    task: Task
    requests_per_day: float = 1000.0
    quality_metric: str = ""
    evaluation: str = ""
    prompt_tokens: int = 64
    generate_tokens: int = 64
    currency: str = "JPY"
    limits: tuple[Limit, ...] = ()
    private_data: tuple[str, ...] = ()
    note: str = ""

    def limit(self, measure: Measure) -> Limit | None:
        """The limit on one measure, if there is one."""
        return next((limit for limit in self.limits if limit.measure == measure), None)
