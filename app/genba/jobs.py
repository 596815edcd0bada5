"""Long work: progress, cancellation, and where it runs.

A use case takes a `JobContext` and runs on a job thread of the parent. Heavy steps run in one
*spawned* process through `JobContext.run_process`; cancelling kills that process. A context
without listeners is cheap, so every use case takes one and tests pass `JobContext()`.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any, Generic, ParamSpec, TypeVar

from genba.errors import N_, Cancelled, GenbaError, Message

T = TypeVar("T")
P = ParamSpec("P")


_SPAWNING = threading.Lock()
"""Held while a process is spawned: `_quiet_main` changes what all threads see."""


class WorkerCrashed(GenbaError):
    """A worker process died or raised something that is not ours."""

    code = "worker_crashed"
    what = N_("The work stopped unexpectedly: {reason}.")
    fix = N_("Try again. If it happens again, the log holds the details.")


@dataclass(frozen=True, slots=True)
class Progress:
    """One step forward: what is being done, how far (0..1 or None when unknown), elapsed time."""

    step: Message
    fraction: float | None
    elapsed_s: float


Listener = Callable[[object], None]
"""Called on the job's thread with a `Progress`, or with any event that the use case emits."""


class JobContext:
    """What a use case may ask of whoever started it. Thread-safe."""

    def __init__(self, listener: Listener | None = None) -> None:
        self._listener = listener
        self._cancelled = threading.Event()
        self._ending = threading.Event()
        self._on_cancel: list[Callable[[], None]] = []
        self._lock = threading.Lock()
        self._started = time.monotonic()

    def report(self, text: str, fraction: float | None = None, **params: Any) -> None:
        """Say what is being done now; also a cancellation point.

        Raises:
            Cancelled: the job was cancelled.
        """
        self.check()
        message = Message(text=text, params=params)
        self.emit(Progress(message, fraction, time.monotonic() - self._started))

    def emit(self, event: object) -> None:
        """Hand an event (for example a batch of live samples) to the listener."""
        if self._listener is not None:
            self._listener(event)

    def check(self) -> None:
        """Raise `Cancelled` when the job was cancelled."""
        if self._cancelled.is_set():
            raise Cancelled

    @property
    def cancelled(self) -> bool:
        """Whether somebody asked the job to stop."""
        return self._cancelled.is_set()

    def cancel(self) -> None:
        """Ask the job to stop; returns at once. Callable from any thread, more than once."""
        with self._lock:
            already = self._cancelled.is_set()
            self._cancelled.set()
            callbacks = [] if already else list(self._on_cancel)
        for callback in callbacks:
            callback()

    @property
    def ending(self) -> bool:
        """Whether somebody asked the job to end soon and to keep what it has."""
        return self._ending.is_set()

    def stop_early(self) -> None:
        """Ask the job to end soon and to keep what it has; work without parts ignores it."""
        self._ending.set()

    @contextmanager
    def when_cancelled(self, callback: Callable[[], None]) -> Iterator[None]:
        """Call `callback` (from the cancelling thread) if the job is cancelled inside the block."""
        with self._lock:
            late = self._cancelled.is_set()
            self._on_cancel.append(callback)
        if late:
            callback()
        try:
            yield
        finally:
            with self._lock:
                self._on_cancel.remove(callback)

    def run_process(self, work: Callable[..., T], /, *args: Any, **kwargs: Any) -> T:
        """Run a module-level function in a spawned process and return its plain result.

        The function may accept a keyword `report`, a callable ``report(text, fraction, **params)``
        that forwards progress; it gets it when it declares it.

        Raises:
            Cancelled: the job was cancelled; the process has been killed.
            GenbaError: whatever the function raised, rebuilt here.
            WorkerCrashed: the process died, or raised an error that is not ours.
        """
        self.check()
        spawn = multiprocessing.get_context("spawn")
        ours, theirs = spawn.Pipe(duplex=False)
        process = spawn.Process(target=_work, args=(theirs, work, args, kwargs), daemon=True)
        with _SPAWNING, _quiet_main():
            process.start()
        theirs.close()
        try:
            with self.when_cancelled(process.kill):
                outcome: T = self._outcome(ours, process)
                return outcome
        finally:
            if process.is_alive():
                process.kill()
            process.join()
            ours.close()

    def _outcome(self, pipe: Connection, process: Any) -> Any:
        while True:
            try:
                kind, payload = pipe.recv()
            except (EOFError, OSError):
                self.check()
                process.join()
                raise WorkerCrashed(reason=_exit_reason(process.exitcode)) from None
            if kind == "result":
                return payload
            if kind == "error":
                raise payload
            self.report(payload[0], payload[1], **payload[2])


class Shares:
    """Fits the progress of many use cases into one: each gets its share of the whole."""

    def __init__(self, job: JobContext) -> None:
        self._job = job
        self._done = 0.0

    def span(self, share: float) -> _Share:
        """A context whose job reports within the next `share` of the whole."""
        begin, self._done = self._done, min(0.99, self._done + share)
        return _Share(self._job, begin, self._done - begin)


class _Share:
    """One step's part of the progress; cancelling or ending the whole does so with the part."""

    def __init__(self, job: JobContext, begin: float, share: float) -> None:
        self._job, self._begin, self._share = job, begin, share
        self._reached = 0.0
        self._part = JobContext(self._forward)
        self._part._ending = job._ending
        self._hook = job.when_cancelled(self._part.cancel)

    def __enter__(self) -> JobContext:
        self._hook.__enter__()
        return self._part

    def __exit__(self, *error: object) -> None:
        self._hook.__exit__(None, None, None)

    def _forward(self, event: object) -> None:
        if not isinstance(event, Progress):
            self._job.emit(event)
            return
        # A step of several parts counts each from zero; what is shown never goes back.
        self._reached = max(self._reached, event.fraction or 0.0)
        fraction = self._begin + self._share * self._reached
        self._job.report(event.step.text, fraction, **dict(event.step.params))


class Job(Generic[T]):
    """A running use case on a thread of its own."""

    def __init__(self, context: JobContext, name: str) -> None:
        self.context = context
        self.name = name
        self.future: Future[T] = Future()

    def cancel(self) -> None:
        """Ask the job to stop; `result` then raises `Cancelled`."""
        self.context.cancel()

    def result(self, timeout: float | None = None) -> T:
        """Wait for the use case and return its value, or raise its error."""
        return self.future.result(timeout)

    @property
    def done(self) -> bool:
        """Whether the use case has ended, in whatever way."""
        return self.future.done()


def start(
    work: Callable[..., T],
    /,
    *args: Any,
    listener: Listener | None = None,
    **kwargs: Any,
) -> Job[T]:
    """Start ``work(*args, job=context, **kwargs)`` on a thread and return its Job.

    Errors do not escape the thread: they are raised by `Job.result`.
    """
    job: Job[T] = Job(JobContext(listener), getattr(work, "__name__", "job"))

    def run() -> None:
        try:
            value = work(*args, job=job.context, **kwargs)
        except BaseException as error:  # noqa: BLE001 - handed to whoever waits for the result
            job.future.set_exception(error)
        else:
            job.future.set_result(value)

    threading.Thread(target=run, name=f"job-{job.name}", daemon=True).start()
    return job


def _work(pipe: Connection, work: Callable[..., Any], args: Any, kwargs: Any) -> None:
    """The spawned process: run, and send exactly one result or error."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides, and kills
    _die_with_parent()
    if "report" in getattr(work, "__code__", _work.__code__).co_varnames[: _arguments(work)]:
        kwargs["report"] = lambda text, fraction=None, **params: pipe.send(
            ("progress", (text, fraction, params))
        )
    try:
        answer: tuple[str, Any] = ("result", work(*args, **kwargs))
    except GenbaError as error:
        answer = ("error", error)
    except MemoryError:
        answer = ("error", WorkerCrashed(reason="out of memory"))
    except Exception as error:  # noqa: BLE001 - a crash there is an error message here
        traceback.print_exc()
        answer = ("error", WorkerCrashed(reason=f"{type(error).__name__}: {error}"))
    pipe.send(answer)
    pipe.close()


def _arguments(work: Callable[..., Any]) -> int:
    code = getattr(work, "__code__", None)
    return 0 if code is None else code.co_argcount + code.co_kwonlyargcount


def _die_with_parent() -> None:
    if sys.platform != "linux":
        return
    import ctypes

    pr_set_pdeathsig = 1
    ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGKILL)
    if os.getppid() == 1:  # the parent was gone before we asked
        os._exit(1)


@contextmanager
def _quiet_main() -> Iterator[None]:
    """Keep a spawned child from importing the parent's `__main__` (script, pytest, window)."""
    main = sys.modules["__main__"]
    spec, file = getattr(main, "__spec__", None), getattr(main, "__file__", None)
    main.__spec__ = None
    if file is not None:
        del main.__file__
    try:
        yield
    finally:
        main.__spec__ = spec
        if file is not None:
            main.__file__ = file


def _exit_reason(code: int | None) -> str:
    if code is None:
        return "no exit code"
    if code == -signal.SIGKILL:
        return "the system ended it, most likely for lack of memory"
    return f"signal {-code}" if code < 0 else f"exit code {code}"
