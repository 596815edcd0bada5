"""The start page: the studies of this workspace, and ways to begin one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import Signal

from genba.errors import N_, GenbaError, Message
from genba.gui.bridge import JobBoard
from genba.gui.door import Door
from genba.gui.viewmodels.base import ViewModel
from genba.jobs import JobContext
from genba.study.view import StudySummary
from genba.study.workload import Limit, Task, Workload

TASK_NAMES = {
    Task.TEXT_GENERATION: N_("Generate text from a prompt"),
    Task.SUPER_RESOLUTION: N_("Sharpen images"),
    Task.FAULT_DIAGNOSIS: N_("Diagnose faults from signals"),
    Task.OTHER: N_("Something else"),
}
TASK_NOTES = {
    Task.TEXT_GENERATION: N_("answers, summaries"),
    Task.SUPER_RESOLUTION: N_("blurred or low resolution"),
    Task.FAULT_DIAGNOSIS: N_("vibration, current, sound"),
    Task.OTHER: N_("any ONNX model"),
}


class UnknownFile(GenbaError):
    """A file of a kind that the window cannot open was dropped."""

    code = "unknown_file"
    what = N_("{name} is neither a model (.onnx) nor a study (.genba).")
    fix = N_("Drop a .onnx model or a .genba study.")


class StartModel(ViewModel):
    """The list of studies; `opened` carries the id of a study to show."""

    opened = Signal(str)

    def __init__(self, door: Door, board: JobBoard) -> None:
        super().__init__(door, board)
        self.studies: tuple[StudySummary, ...] = ()
        self.samples: tuple[Any, ...] = ()
        self.loaded = False
        self._reading = False

    def refresh(self) -> None:
        """Read the list again."""
        if self._reading:
            return
        self._reading = True
        handle = self.background(
            Message(text=N_("Reading the workspace")), self._read, done=self._listed
        )
        handle.ended.connect(self._read_ended)

    def create(self, name: str, task: Task, latency_ms: float | None, budget: float | None) -> None:
        """A study from the three questions."""
        limits = []
        if latency_ms is not None:
            limits.append(Limit(measure="latency_p90_ms", operator="<=", value=latency_ms))
        if budget is not None:
            limits.append(Limit(measure="budget", operator="<=", value=budget))
        workload = Workload(task=task, limits=tuple(limits))
        self._open(N_("Creating the study"), self.door.create_study, name, workload, None)

    def create_from_sample(self, sample_id: str, name: str) -> None:
        """A study with a bundled model, its data and its limits."""
        self._open(N_("Creating the study"), self.door.create_study, name, None, sample_id)

    def open_demo(self) -> None:
        """Run the whole job on the demo device and open what came out."""
        self.run(
            Message(text=N_("Running the demo study")),
            self.door.run_demo,
            done=self.opened.emit,
            again=self.open_demo,
        )

    def open_file(self, path: Path) -> None:
        """A dropped or picked file: a study is opened, a model starts a new study."""
        if path.suffix.lower() == ".genba":
            self._open(N_("Opening {name}"), self.door.import_study, path, name=path.name)
        elif path.suffix.lower() == ".onnx":
            self.run(
                Message(text=N_("Reading {name}"), params={"name": path.name}),
                self._study_of_model,
                path,
                done=self.opened.emit,
            )
        else:
            self.error = UnknownFile(name=path.name)
            self.changed.emit()

    def delete(self, study_id: str) -> None:
        """Remove a study."""
        self.run(
            Message(text=N_("Removing the study")),
            self.door.delete_study,
            study_id,
            done=lambda _: self.refresh(),
        )

    def _open(self, title: str, work: Any, *args: Any, name: str = "") -> None:
        self.run(
            Message(text=title, params={"name": name}),
            work,
            *args,
            done=lambda study: self.opened.emit(study.study_id),
        )

    def _study_of_model(self, path: Path, *, job: JobContext) -> str:
        study = self.door.create_study(path.stem, Workload(task=Task.OTHER), None, job=job)
        try:
            self.door.import_model(study.study_id, path, job=job)
        except GenbaError:
            # A file that turned out to be no model must not leave an empty study behind.
            self.door.delete_study(study.study_id, job=JobContext())
            raise
        return study.study_id

    def _read(self, *, job: JobContext) -> tuple[tuple[StudySummary, ...], tuple[Any, ...]]:
        return self.door.list_studies(job=job), self.door.list_samples(job=job)

    def _listed(self, lists: tuple[tuple[StudySummary, ...], tuple[Any, ...]]) -> None:
        self.studies, self.samples = lists
        self.loaded = True
        self.changed.emit()

    def _read_ended(self) -> None:
        self._reading = False
