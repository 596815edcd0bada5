"""The common base: one piece of work at a time, its progress, its error."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Signal

from genba.errors import GenbaError, Message
from genba.gui.bridge import JobBoard, JobHandle, was_cancelled
from genba.gui.door import Door
from genba.jobs import Progress


class ViewModel(QObject):
    """What a page shows and may do.

    `changed` is emitted when anything that the page shows has moved. `job` is the work going on
    (None: none), `error` what the last work failed with.
    """

    changed = Signal()

    def __init__(self, door: Door, board: JobBoard) -> None:
        super().__init__()
        self.door = door
        self.board = board
        self.job: JobHandle | None = None
        self.error: GenbaError | None = None
        self._again: Callable[[], object] | None = None

    @property
    def busy(self) -> bool:
        """Whether work is going on."""
        return self.job is not None

    @property
    def progress(self) -> Progress | None:
        """The latest progress of that work."""
        return self.job.latest if self.job is not None else None

    def cancel(self) -> None:
        """Stop the work."""
        if self.job is not None:
            self.job.cancel()

    def follow_language(self, language: str) -> None:
        """The window's language changed; for models that hold a language of their own."""

    def dismiss(self) -> None:
        """Close the error card."""
        self.error = None
        self.changed.emit()

    def retry(self) -> None:
        """Do again what failed."""
        if self._again is not None:
            self._again()

    def run(
        self,
        title: Message,
        work: Callable[..., Any],
        *args: Any,
        done: Callable[[Any], object],
        event: Callable[[object], object] | None = None,
        failed: Callable[[GenbaError], object] | None = None,
        again: Callable[[], object] | None = None,
    ) -> JobHandle | None:
        """Start work unless some is going on; `done` gets the result on the window's thread."""
        if self.job is not None:
            return None
        self.error = None
        self._again = again
        handle = self.board.start(title, work, *args)
        self.job = handle
        handle.progress.connect(lambda _: self.changed.emit())
        if event is not None:
            handle.emitted.connect(event)
        handle.finished.connect(lambda result: self._succeeded(handle, result, done))
        handle.failed.connect(lambda error: self._failed(handle, error, failed))
        self.changed.emit()
        return handle

    def background(
        self, title: Message, work: Callable[..., Any], *args: Any, done: Callable[[Any], object]
    ) -> JobHandle:
        """Quick reading beside the main work; its failure shows as the page's error."""
        handle = self.board.start(title, work, *args)
        handle.finished.connect(done)
        handle.failed.connect(self._background_failed)
        return handle

    def _succeeded(self, handle: JobHandle, result: Any, done: Callable[[Any], object]) -> None:
        if self.job is handle:
            self.job = None
        done(result)
        self.changed.emit()

    def _failed(
        self,
        handle: JobHandle,
        error: GenbaError,
        failed: Callable[[GenbaError], object] | None,
    ) -> None:
        if self.job is handle:
            self.job = None
        if not was_cancelled(error):
            self.error = error
        if failed is not None:
            failed(error)
        self.changed.emit()

    def _background_failed(self, error: GenbaError) -> None:
        if not was_cancelled(error):
            self.error = error
            self.changed.emit()
