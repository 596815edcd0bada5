"""The measure page: what to measure where, the live run, and the trust in a machine's key."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Signal

from genba.errors import N_, GenbaError, Message
from genba.figures import Basis, Figure
from genba.gui.bridge import JobBoard
from genba.gui.door import Door
from genba.gui.viewmodels.base import ViewModel
from genba.gui.viewmodels.live import LiveBuffers
from genba.gui.viewmodels.opened import OpenedStudy
from genba.jobs import JobContext
from genba.study.device import Target
from genba.study.events import RunPhase, RunStarted
from genba.study.run import Run, SampleBatch, ScenarioSettings
from genba.study.variant import Variant
from genba.study.workload import Limit, Task

RUNTIMES = ("onnxruntime", "openvino")
PHASE_NAMES = {
    "connect": N_("Connecting"),
    "idle": N_("Waiting until the device is quiet"),
    "deploy": N_("Sending the model"),
    "load": N_("Loading the model"),
    "warmup": N_("Warming up"),
    "measure": N_("Measuring"),
    "finish": N_("Collecting the results"),
    "done": N_("Collecting the results"),
}
DEMO_TARGET = "demo"


class MeasureModel(ViewModel):
    """Choices, the live buffers, and the finished run.

    `arrived` is emitted when live samples came (the plots redraw, nothing else);
    `key_question` carries the machine's `HostKey` and asks the user to compare fingerprints.
    """

    arrived = Signal()
    key_question = Signal(object)

    def __init__(self, door: Door, board: JobBoard, opened: OpenedStudy) -> None:
        super().__init__(door, board)
        self.opened = opened
        self.targets: tuple[Target, ...] = ()
        self.target = DEMO_TARGET
        self.variant_id = ""
        self.runtime = RUNTIMES[0]
        self.duration_s = 10.0
        self.phase = ""
        self.started: RunStarted | None = None
        self.live = LiveBuffers()
        self.run_shown: Run | None = None
        self.stopping = False
        self._study = opened.study_id
        opened.changed.connect(self._on_study)
        self._on_study()

    def _on_study(self) -> None:
        view = self.opened.view
        ids = [v.variant_id for v in view.variants] if view is not None else []
        if self.variant_id not in ids:
            chosen = view.chosen.variant_id if view is not None and view.chosen else ""
            self.variant_id = chosen if chosen in ids else (ids[0] if ids else "")
        if self.opened.study_id != self._study:
            self._study = self.opened.study_id
            self.run_shown, self.live, self.started = None, LiveBuffers(), None
        self.changed.emit()

    def enter(self) -> None:
        """Read the targets, and show the newest run."""
        self.background(
            Message(text=N_("Reading the targets")), self.door.list_targets, done=self._listed
        )
        view = self.opened.view
        if view is not None and view.runs and self.run_shown is None and not self.busy:
            self.show_run(max(view.runs, key=lambda r: r.created_at).run_id)

    # choices

    @property
    def variants(self) -> tuple[Variant, ...]:
        """The variants that can be measured."""
        view = self.opened.view
        return view.variants if view is not None else ()

    @property
    def generating(self) -> bool:
        """Whether the scenario generates token by token."""
        view = self.opened.view
        return view is not None and view.study.workload.task is Task.TEXT_GENERATION

    @property
    def scenario(self) -> ScenarioSettings:
        """The load that will be offered."""
        view = self.opened.view
        if view is None or not self.generating:
            return ScenarioSettings(kind="single-stream", duration_s=self.duration_s)
        return ScenarioSettings(
            kind="generate",
            duration_s=self.duration_s,
            prompt_tokens=view.study.workload.prompt_tokens,
            generate_tokens=view.study.workload.generate_tokens,
        )

    def pick(self, **choices: Any) -> None:
        """Change ``target``, ``variant_id``, ``runtime`` or ``duration_s``."""
        for name, value in choices.items():
            setattr(self, name, value)
        self.changed.emit()

    @property
    def current_target(self) -> Target | None:
        """The chosen target's record."""
        return next((t for t in self.targets if t.name == self.target), None)

    @property
    def demo(self) -> bool:
        """Whether what is shown comes, or would come, from the demo device."""
        if self.busy or self.run_shown is None:
            return self.target == DEMO_TARGET
        return self.run_shown.demo

    @property
    def limit(self) -> Limit | None:
        """The latency limit that the plots show."""
        view = self.opened.view
        if view is None:
            return None
        names = ("latency_p90_ms", "latency_p99_ms", "latency_p50_ms")
        found = (view.study.workload.limit(name) for name in names)  # type: ignore[arg-type]
        return next((limit for limit in found if limit is not None), None)

    @property
    def predicted(self) -> Figure | None:
        """What the estimator said for this variant on the demo device or target, if anything."""
        view = self.opened.view
        for c in view.candidates if view is not None else ():
            same = c.variant_id == self.variant_id and c.device_ref == f"target:{self.target}"
            figure = c.figures.get("latency_ms")
            if same and figure is not None and figure.low is not None:
                return figure
        return None

    @property
    def blocked(self) -> Message | None:
        """Why a run cannot start, or None."""
        if not self.variants:
            return Message(text=N_("Import a model first."))
        target = self.current_target
        if target is not None and not target.demo and not target.fingerprint:
            return Message(text=N_("Trust this target first."))
        return None

    # a run

    def start(self) -> None:
        """Measure the chosen variant on the chosen target."""
        if self.blocked is not None or self.busy:
            return
        self.live, self.run_shown, self.started = LiveBuffers(), None, None
        self.phase, self.stopping = "connect", False
        self.run(
            Message(text=N_("Measuring on {target}"), params={"target": self.target}),
            self.door.benchmark,
            self.variant_id,
            self.target,
            self.runtime,
            self.scenario,
            self.opened.study_id,
            done=self._measured,
            event=self._event,
            failed=self._stopped,
            again=self.start,
        )

    def show_run(self, run_id: str) -> None:
        """Show a kept run with its samples."""
        view = self.opened.view
        run = next((r for r in view.runs if r.run_id == run_id), None) if view else None
        if run is None or self.busy:
            return
        self.run_shown, self.live = run, LiveBuffers()
        self.background(
            Message(text=N_("Reading the samples")),
            self._buffers,
            run_id,
            done=lambda live: self._samples_read(run_id, live),
        )
        self.changed.emit()

    # targets

    def add_target(self, address: str) -> None:
        """Remember a machine and ask for its host key."""
        self.run(
            Message(text=N_("Adding {target}"), params={"target": address}),
            self.door.add_target,
            address,
            done=self._added,
        )

    def ask_key(self) -> None:
        """Fetch the chosen target's host key and put the question."""
        self.run(
            Message(text=N_("Asking {target} for its host key"), params={"target": self.target}),
            self.door.host_key,
            self.target,
            done=self.key_question.emit,
            again=self.ask_key,
        )

    def trust(self, fingerprint: str) -> None:
        """Record the key that the user compared."""
        self.run(
            Message(text=N_("Recording the host key")),
            self.door.trust,
            self.target,
            fingerprint,
            done=lambda _: self.enter(),
        )

    @property
    def answer(self) -> tuple[str, Message]:
        """State and sentence for the answer line: what happens now, or what came out."""
        limit = self.limit
        if self.busy and self.phase:
            return self._live_answer()
        if self.run_shown is None:
            reason = self.blocked
            if reason is not None:
                return "not_yet", reason
            return "not_yet", Message(text=N_("Nothing has been measured yet."))
        p90 = self.run_shown.figures.get("latency_p90_ms")
        params = {
            "variant": self.run_shown.variant_name,
            "device": self.run_shown.device_name,
            "n": self.run_shown.samples_count,
            "p90": p90,
        }
        if p90 is None or p90.value is None:
            text = N_("{variant} on {device}: {n} requests. p90 is not known yet.")
            return "attention", Message(text=text, params=params)
        if limit is None:
            text = N_("{variant} on {device}: p90 {p90} over {n} requests.")
            return "done", Message(text=text, params=params)
        params["limit"] = plain_ms(limit.value)
        if p90.value <= limit.value:
            text = N_("{variant} on {device}: p90 {p90} stays within {limit}.")
            return ("attention" if self.run_shown.demo else "done"), Message(
                text=text, params=params
            )
        text = N_("{variant} on {device}: p90 {p90} is over the target of {limit}.")
        return "failed", Message(text=text, params=params)

    def _live_answer(self) -> tuple[str, Message]:
        live, limit = self.live, self.limit
        if self.stopping:
            return "running", Message(text=N_("Stopping. The device is being cleaned up."))
        if self.phase not in ("warmup", "measure") or not live.total:
            text = PHASE_NAMES.get(self.phase, "")
            return "running", Message(text=text)
        p90 = live.percentile_ms("p90")
        if live.count == 0:
            return "running", Message(
                text=N_("Warming up: {n} requests so far."), params={"n": live.total}
            )
        if p90 is None:
            return "running", Message(
                text=N_("Request {n} is done. p90 is not known yet, {more} more."),
                params={"n": live.count, "more": live.missing("p90")},
            )
        params: dict[str, object] = {"n": live.count, "p90": plain_ms(p90)}
        if limit is None:
            return "running", Message(
                text=N_("Request {n} is done. p90 is {p90} so far."), params=params
            )
        params["limit"] = plain_ms(limit.value)
        text = (
            N_("Request {n} is done. p90 is {p90} so far, within {limit}.")
            if p90 <= limit.value
            else N_("Request {n} is done. p90 is {p90} so far, over {limit}.")
        )
        return "running", Message(text=text, params=params)

    def stop_and_keep(self) -> None:
        """End the run soon, with the samples that there are."""
        if self.job is not None:
            self.stopping = True
            self.job.stop_early()
            self.changed.emit()

    def cancel(self) -> None:
        """Stop the run and drop it; the use case cleans the device up."""
        self.stopping = True
        super().cancel()
        self.changed.emit()

    def _event(self, event: object) -> None:
        if isinstance(event, SampleBatch):
            self.live.add(event)
            self.arrived.emit()
        elif isinstance(event, RunStarted):
            self.started = event
            self.changed.emit()
        elif isinstance(event, RunPhase):
            self.phase = event.phase
            self.changed.emit()

    def _measured(self, run: Run) -> None:
        self.phase, self.stopping, self.run_shown = "", False, run
        self.opened.saved()

    def _stopped(self, error: GenbaError) -> None:
        self.phase, self.stopping = "", False
        self.opened.reload()

    def _listed(self, targets: tuple[Target, ...]) -> None:
        self.targets = targets
        if targets and all(t.name != self.target for t in targets):
            self.target = targets[0].name
        self.changed.emit()

    def _added(self, target: Target) -> None:
        self.targets = (*self.targets, target)
        self.target = target.name
        self.job = None
        self.ask_key()

    def _buffers(self, run_id: str, *, job: JobContext) -> LiveBuffers:
        return LiveBuffers.of(*self.door.samples(run_id, job=job))

    def _samples_read(self, run_id: str, live: LiveBuffers) -> None:
        if self.run_shown is not None and self.run_shown.run_id == run_id:
            self.live = live
            self.changed.emit()
            self.arrived.emit()


def plain_ms(value: float) -> Figure:
    """Milliseconds as text within a sentence, without a mark."""
    return Figure(value=value, unit="ms", basis=Basis.EXACT, ref="measure/shown")
