"""The open study, shared by all pages: read again whenever something was added to it."""

from __future__ import annotations

import time

from PySide6.QtCore import Signal

from genba.errors import N_, Message
from genba.gui.bridge import JobBoard
from genba.gui.door import Door
from genba.gui.viewmodels.base import ViewModel
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

    def open(self, study_id: str) -> None:
        """Read a study and make it the open one."""
        self.study_id = study_id
        self.view = None
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
