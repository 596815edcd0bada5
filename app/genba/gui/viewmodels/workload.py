"""The workload page: the limits, edited in place, with today's best candidate against each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, cast

from PySide6.QtCore import QTimer

from genba.errors import N_, Message
from genba.figures import Figure
from genba.gui.bridge import JobBoard
from genba.gui.door import Door
from genba.gui.viewmodels.base import ViewModel
from genba.gui.viewmodels.opened import OpenedStudy
from genba.study.judging import verdict
from genba.study.workload import Limit, Measure, Task, Workload

MEASURE_NAMES: dict[str, str] = {
    "latency_p50_ms": N_("Latency p50"),
    "latency_p90_ms": N_("Latency p90"),
    "latency_p99_ms": N_("Latency p99"),
    "ttft_ms": N_("Time to first token"),
    "tpot_ms": N_("Time per output token"),
    "memory_bytes": N_("Peak memory"),
    "energy_mj": N_("Energy per request"),
    "quality": N_("Quality"),
    "throughput_per_s": N_("Throughput"),
    "budget": N_("Price of one device"),
}
MEASURE_NOTES: dict[str, str] = {
    "latency_p50_ms": N_("half of all requests are faster"),
    "latency_p90_ms": N_("nine of ten requests are faster"),
    "latency_p99_ms": N_("99 of 100 requests are faster"),
    "ttft_ms": N_("until the first words appear"),
    "tpot_ms": N_("pace of the answer"),
    "memory_bytes": N_("of the runtime with the model"),
    "energy_mj": N_("of the whole board while busy"),
    "quality": N_("on the evaluation data"),
    "throughput_per_s": N_("sustained"),
    "budget": N_("one device, one piece"),
}
_STANDARD: dict[str, float] = {
    "latency_p50_ms": 100.0, "latency_p90_ms": 200.0, "latency_p99_ms": 500.0, "ttft_ms": 1000.0,
    "tpot_ms": 100.0, "memory_bytes": 1e9, "energy_mj": 1000.0, "quality": 0.9,
    "throughput_per_s": 10.0, "budget": 100_000.0,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class FieldUnit:
    """The unit in which a limit is edited: `scale` turns the field's number into the stored one."""

    scale: float
    unit: str


def field_unit(measure: str, value: float, currency: str) -> FieldUnit:
    """The unit in which `value` of a measure reads best in a field."""
    if measure.endswith("_ms"):
        return FieldUnit(1000.0, "s") if value >= 10_000 else FieldUnit(1.0, "ms")
    if measure == "memory_bytes":
        return FieldUnit(1e9, "GB") if value >= 1e9 else FieldUnit(1e6, "MB")
    if measure == "energy_mj":
        return FieldUnit(1000.0, "J") if value >= 1000 else FieldUnit(1.0, "mJ")
    if measure == "throughput_per_s":
        return FieldUnit(1.0, "/s")
    return FieldUnit(1.0, currency if measure == "budget" else "")


@dataclass(frozen=True, slots=True)
class LimitRow:
    """One limit as the page shows it."""

    limit: Limit
    field: FieldUnit
    figure: Figure | None
    verdict: str


class WorkloadModel(ViewModel):
    """Edits are shown at once, saved shortly after the last one, and can be undone."""

    SAVE_AFTER_MS = 400

    def __init__(self, door: Door, board: JobBoard, opened: OpenedStudy) -> None:
        super().__init__(door, board)
        self.opened = opened
        self.draft: Workload | None = None
        self._undo: list[Workload] = []
        self._dirty = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.save)
        opened.changed.connect(self._on_study)
        self._on_study()

    def _on_study(self) -> None:
        view = self.opened.view
        if view is None:
            self.draft, self._undo, self._dirty = None, [], False
        elif not self._dirty:
            self.draft = view.study.workload
        self.changed.emit()

    @property
    def rows(self) -> tuple[LimitRow, ...]:
        """The limits, each with the chosen candidate's Figure and verdict."""
        view = self.opened.view
        if self.draft is None or view is None:
            return ()
        judged = {j.measure: j for j in view.chosen.judgements} if view.chosen else {}
        rows = []
        for limit in self.draft.limits:
            judgement = judged.get(limit.measure)
            same = judgement is not None and judgement.limit == limit.value
            unit = field_unit(limit.measure, limit.value, self.draft.currency)
            figure = judgement.figure if judgement else None
            judged_now = verdict(figure, limit.value, limit.operator)
            known = judgement.verdict if judgement and same else judged_now
            rows.append(LimitRow(limit, unit, figure, known))
        return tuple(rows)

    @property
    def free_measures(self) -> tuple[str, ...]:
        """Measures that have no limit yet."""
        if self.draft is None:
            return ()
        used = {limit.measure for limit in self.draft.limits}
        return tuple(name for name in MEASURE_NAMES if name not in used)

    @property
    def can_undo(self) -> bool:
        """Whether there is an edit to take back."""
        return bool(self._undo)

    @property
    def answer(self) -> tuple[str, Message]:
        """State and sentence for the answer line."""
        rows = self.rows
        if not rows:
            return "attention", Message(text=N_("No target yet. Set at least one limit."))
        good = sum(r.verdict == "met" for r in rows)
        likely = sum(r.verdict == "likely" for r in rows)
        bad = sum(r.verdict in ("missed", "unlikely") for r in rows)
        params = {"n": len(rows), "good": good, "likely": likely, "bad": bad}
        if good + likely + bad == 0:
            return "not_yet", Message(
                text=N_("{n} targets. No candidate has been predicted or measured yet."),
                params=params,
            )
        if bad:
            text = N_("{n} targets: {good} met, {likely} predicted to be met, {bad} missed.")
            return "attention", Message(text=text, params=params)
        text = N_("{n} targets: {good} met, {likely} predicted to be met.")
        return ("done" if good == len(rows) else "attention"), Message(text=text, params=params)

    def set_task(self, task: Task) -> None:
        """Another kind of work."""
        self._edit(task=task)

    def set_number(self, name: str, value: float) -> None:
        """A plain number of the workload: ``requests_per_day``, ``prompt_tokens`` …"""
        whole = name in ("prompt_tokens", "generate_tokens")
        self._edit(**{name: round(value) if whole else value})

    def set_text(self, name: str, value: str) -> None:
        """A text of the workload: ``evaluation``, ``note``."""
        self._edit(**{name: value})

    def set_limit(self, measure: str, value: float) -> None:
        """Another value for a limit, in the measure's own unit."""
        if self.draft is not None:
            self._edit(
                limits=tuple(
                    limit.model_copy(update={"value": value}) if limit.measure == measure else limit
                    for limit in self.draft.limits
                )
            )

    def add_limit(self, measure: str) -> None:
        """A limit with a standard value to start from."""
        if self.draft is None or measure not in self.free_measures:
            return
        operator: Literal["<=", ">="] = ">=" if measure in ("quality", "throughput_per_s") else "<="
        new = Limit(measure=cast(Measure, measure), operator=operator, value=_STANDARD[measure])
        self._edit(limits=(*self.draft.limits, new))

    def remove_limit(self, measure: str) -> None:
        """Drop a limit."""
        if self.draft is not None:
            kept = tuple(limit for limit in self.draft.limits if limit.measure != measure)
            self._edit(limits=kept)

    def undo(self) -> None:
        """Take the last edit back."""
        if self._undo:
            self.draft = self._undo.pop()
            self._touch()

    def save(self) -> None:
        """Write the draft now."""
        if self.draft is None or not self._dirty or not self.opened.study_id:
            return
        if self.busy:
            self._timer.start(self.SAVE_AFTER_MS)
            return
        self._dirty = False
        self.run(
            Message(text=N_("Saving")),
            self.door.save_workload,
            self.opened.study_id,
            self.draft,
            done=lambda _: self.opened.saved(),
        )

    def _edit(self, **changes: object) -> None:
        if self.draft is None:
            return
        edited = self.draft.model_copy(update=changes)
        if edited == self.draft:
            return
        self._undo.append(self.draft)
        self.draft = edited
        self._touch()

    def _touch(self) -> None:
        self._dirty = True
        self._timer.start(self.SAVE_AFTER_MS)
        self.changed.emit()
