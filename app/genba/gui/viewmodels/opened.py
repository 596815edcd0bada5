"""The open study, shared by all pages: read again whenever something was added to it."""

from __future__ import annotations

import time

from PySide6.QtCore import Signal

from genba.errors import N_, Message
from genba.gui.bridge import JobBoard
from genba.gui.door import Door
from genba.gui.viewmodels.base import ViewModel
from genba.jobs import JobContext
from genba.study.view import StudyView


class OpenedStudy(ViewModel):
    """The study that the window shows; `view` is None until it has been read.

    `opened` carries the id when another study was opened and read.
    """

    opened = Signal(str)

    def __init__(self, door: Door, board: JobBoard) -> None:
        super().__init__(door, board)
        self.view: StudyView | None = None
        self.study_id = ""
        self.saved_at: float | None = None
        self._stale = False
        self._asked: set[tuple[str, str, str]] = set()

    def open(self, study_id: str) -> None:
        """Read a study and make it the open one."""
        self.study_id = study_id
        self.view = None
        self._asked.clear()
        self._read()

    def close(self) -> None:
        """Back to the start page."""
        self.study_id, self.view = "", None
        self.changed.emit()

    def reload(self) -> None:
        """Read again; a request during a reading is remembered."""
        if not self.study_id:
            return
        if self.busy:
            self._stale = True
            return
        self._read()

    def saved(self) -> None:
        """Something was written: say when, and read again."""
        self.saved_at = time.time()
        self.reload()

    def predict_missing(self, owner: ViewModel) -> None:
        """Predict every variant for the short list where the study holds nothing yet.

        Each gap is asked for once while the study is open; a failure shows on the owner's page.
        """
        view = self.view
        if view is None or view.model is None:
            return
        known = {(p.variant_id, p.device_id) for p in view.predictions}
        study = view.study.study_id
        missing: dict[str, tuple[str, ...]] = {}
        for variant in [v.variant_id for v in view.variants] or [view.model.model_id]:
            gaps = tuple(
                d
                for d in view.study.shortlist
                if (variant, d) not in known and (study, variant, d) not in self._asked
            )
            if gaps:
                missing[variant] = gaps
                self._asked.update((study, variant, d) for d in gaps)
        if missing:
            owner.background(
                Message(text=N_("Predicting for the short list")),
                self._predict_missing,
                study,
                missing,
                done=lambda _: self.saved(),
            )

    def _predict_missing(
        self, study: str, missing: dict[str, tuple[str, ...]], *, job: JobContext
    ) -> None:
        for variant, devices in missing.items():
            job.check()
            self.door.predict(
                variant, study, prompt_tokens=None, generate_tokens=None, device_ids=devices,
                job=job,
            )  # fmt: skip

    def accept(self, view: StudyView) -> None:
        """Show a view that was read elsewhere."""
        fresh = self.view is None or self.view.study.study_id != view.study.study_id
        self.view, self.study_id = view, view.study.study_id
        self.changed.emit()
        if fresh:
            self.opened.emit(self.study_id)

    def _read(self) -> None:
        asked = self.study_id  # an id, or a prefix or name of it
        self.run(
            Message(text=N_("Reading the study")),
            self.door.show_study,
            asked,
            done=lambda view: self._shown(asked, view),
            again=self._read,
        )

    def _shown(self, asked: str, view: StudyView) -> None:
        if not self.study_id:
            return  # closed meanwhile
        if asked != self.study_id:
            self._read()  # another study was opened meanwhile
            return
        self.accept(view)
        if self._stale:
            self._stale = False
            self._read()
