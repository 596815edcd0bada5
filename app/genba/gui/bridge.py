"""From job threads to the window's thread: queued signals, coalesced, cancellable.

A job's listener runs on the job's thread. It only appends to a locked list and wakes the window's
thread once; there, at most thirty times a second, progress is reduced to its latest state and live
samples to one batch. Nothing here waits.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from genba import jobs
from genba.errors import N_, Cancelled, GenbaError, Message
from genba.study.run import SampleBatch

_REDRAW_MS = 33
_log = logging.getLogger("genba.gui")


class UnexpectedError(GenbaError):
    """A use case failed in a way that nobody foresaw; the log holds the details."""

    code = "unexpected"
    what = N_("Something went wrong that Genba did not foresee: {reason}")
    fix = N_("Try again. If it happens again, the log holds the details.")


class JobHandle(QObject):
    """One running use case, as the window sees it. All signals arrive on the window's thread.

    `progress` carries the latest `Progress`, `emitted` any other event, `finished` the result,
    `failed` a GenbaError (`Cancelled` when stopped). `ended` follows the last two.
    """

    progress = Signal(object)
    emitted = Signal(object)
    finished = Signal(object)
    failed = Signal(object)
    ended = Signal()
    _wake = Signal()

    def __init__(self, title: Message) -> None:
        super().__init__()
        self.title = title
        self.latest: jobs.Progress | None = None
        self.started_at = time.monotonic()
        self.done = False
        self._job: jobs.Job[Any] | None = None
        self._lock = threading.Lock()
        self._pending: list[object] = []
        self._outcome: Future[Any] | None = None
        self._awake = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._drain)
        self._wake.connect(self._soon, Qt.ConnectionType.QueuedConnection)

    def start(self, work: Callable[..., Any], *args: Any, **kwargs: Any) -> None:
        """Start ``work(*args, job=…, **kwargs)`` on a job thread."""
        self._job = jobs.start(work, *args, listener=self._listen, **kwargs)
        self._job.future.add_done_callback(self._on_done)

    def cancel(self) -> None:
        """Ask the job to stop; `failed` then carries `Cancelled`."""
        if self._job is not None:
            # A cancel callback may close a connection; never on the window's thread.
            threading.Thread(target=self._job.cancel, name="cancel", daemon=True).start()

    def stop_early(self) -> None:
        """Ask the job to end soon and to keep what it has."""
        if self._job is not None:
            self._job.context.stop_early()

    def wait(self, timeout_s: float) -> bool:
        """Block until the job's thread has ended; only for the end of the program and tests."""
        if self._job is None:
            return True
        try:
            self._job.future.exception(timeout_s)
        except TimeoutError:
            return False
        return True

    def _listen(self, event: object) -> None:
        with self._lock:
            self._pending.append(event)
        self._rouse()

    def _on_done(self, future: Future[Any]) -> None:
        with self._lock:
            self._outcome = future
        self._rouse()

    def _rouse(self) -> None:
        with self._lock:
            asleep, self._awake = not self._awake, True
        if asleep:
            try:
                self._wake.emit()
            except RuntimeError:  # the window is gone: nobody is left to tell
                _log.debug("a job outlived its window")

    def _soon(self) -> None:
        if self._outcome is not None:
            self._drain()
        elif not self._timer.isActive():
            self._timer.start(_REDRAW_MS)

    def _drain(self) -> None:
        with self._lock:
            events, self._pending = self._pending, []
            outcome, self._awake = self._outcome, False
        for event in coalesce(events):
            if isinstance(event, jobs.Progress):
                self.latest = event
                self.progress.emit(event)
            else:
                self.emitted.emit(event)
        if outcome is not None and not self.done:
            self.done = True
            self._finish(outcome)

    def _finish(self, outcome: Future[Any]) -> None:
        error = outcome.exception()
        if error is None:
            self.finished.emit(outcome.result())
        else:
            self.failed.emit(as_genba_error(error))
        self.ended.emit()


def as_genba_error(error: BaseException) -> GenbaError:
    """The error itself when a user can read it, else one that says so and is logged."""
    if isinstance(error, GenbaError):
        return error
    _log.error("a use case failed", exc_info=error)
    return UnexpectedError(reason=f"{type(error).__name__}: {error}")


def coalesce(events: list[object]) -> list[object]:
    """The same story in fewer events: the last Progress only, neighbouring batches as one."""
    result: list[object] = []
    samples: list[SampleBatch] = []
    last = next((e for e in reversed(events) if isinstance(e, jobs.Progress)), None)

    def flush() -> None:
        if samples:
            result.append(
                SampleBatch(
                    samples=tuple(s for batch in samples for s in batch.samples),
                    telemetry=tuple(t for batch in samples for t in batch.telemetry),
                )
            )
            samples.clear()

    for event in events:
        if isinstance(event, SampleBatch):
            samples.append(event)
        elif not isinstance(event, jobs.Progress):
            flush()
            result.append(event)
    flush()
    if last is not None:
        result.insert(0, last)
    return result


class JobBoard(QObject):
    """All jobs that the window started, for the status bar and for closing."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._running: list[JobHandle] = []

    @property
    def running(self) -> tuple[JobHandle, ...]:
        """The jobs that have not ended."""
        return tuple(self._running)

    def start(
        self, title: Message, work: Callable[..., Any], /, *args: Any, **kwargs: Any
    ) -> JobHandle:
        """Start a use case; connect to the handle before control returns to the event loop."""
        handle = JobHandle(title)
        self._running.append(handle)
        handle.ended.connect(lambda: self._remove(handle))
        handle.progress.connect(lambda _: self.changed.emit())
        handle.start(work, *args, **kwargs)
        self.changed.emit()
        return handle

    def cancel_all(self) -> None:
        """Ask every job to stop."""
        for handle in self._running:
            handle.cancel()

    def wait(self, timeout_s: float) -> bool:
        """Block until all have ended; only for the end of the program and tests."""
        end = time.monotonic() + timeout_s
        return all(h.wait(max(end - time.monotonic(), 0)) for h in self._running)

    def _remove(self, handle: JobHandle) -> None:
        if handle in self._running:
            self._running.remove(handle)
        self.changed.emit()


def was_cancelled(error: GenbaError) -> bool:
    """Whether the error only says that the user stopped the work."""
    return isinstance(error, Cancelled)
