"""The bridge: from a job's thread to the window's, coalesced, cancellable, never lost."""

from __future__ import annotations

import threading

import pytest
from PySide6.QtCore import QObject, QThread, Signal

from genba.errors import Cancelled, InvalidValue, Message
from genba.gui.bridge import JobBoard, UnexpectedError, coalesce
from genba.jobs import JobContext, Progress
from genba.study.run import Sample, SampleBatch

TITLE = Message(text="Working")


def sample(number: int) -> Sample:
    return Sample(sequence=number, scheduled_ns=number, latency_ns=1, warmup=False)


def test_a_hundred_thousand_signals_from_python_do_not_abort(qapp):
    """PySide6 6.12.0 lost a reference to True with every emit and aborted after some 500."""

    class Sender(QObject):
        told = Signal(object)

    seen = 0

    def count(value: object) -> None:
        nonlocal seen
        seen += value is True

    sender = Sender()
    sender.told.connect(count)
    for _ in range(100_000):
        sender.told.emit(True)
    assert seen == 100_000


def test_events_arrive_in_order_on_the_windows_thread(qtbot, board: JobBoard):
    here = QThread.currentThread()
    seen: list[object] = []

    def work(*, job: JobContext) -> str:
        for number in range(200):
            job.emit(number)
        return "result"

    handle = board.start(TITLE, work)
    handle.emitted.connect(lambda event: seen.append((event, QThread.currentThread() is here)))
    with qtbot.waitSignal(handle.finished) as ended:
        pass
    assert ended.args == ["result"]
    assert seen == [(number, True) for number in range(200)]


def test_progress_is_reduced_to_its_latest_and_batches_are_joined():
    events: list[object] = []
    for number in range(50):
        events.append(Progress(TITLE, number / 50, 0.0))
        events.append(SampleBatch(samples=(sample(number),)))
    events.insert(60, "phase")
    first, *rest = coalesce(events)
    assert isinstance(first, Progress)
    assert first.fraction == 49 / 50
    batches = [event for event in rest if isinstance(event, SampleBatch)]
    assert len(batches) == 2, "an event between batches keeps its place"
    assert [s.sequence for b in batches for s in b.samples] == list(range(50))
    assert rest.index("phase") == 1


def test_cancel_reaches_the_job_and_comes_back_as_cancelled(qtbot, board: JobBoard):
    entered = threading.Event()

    def work(*, job: JobContext) -> None:
        entered.set()
        while True:
            job.check()

    handle = board.start(TITLE, work)
    assert entered.wait(5)
    with qtbot.waitSignal(handle.failed) as failed:
        handle.cancel()
    assert isinstance(failed.args[0], Cancelled)
    qtbot.waitUntil(lambda: not board.running)


def test_an_error_of_ours_arrives_as_it_is(qtbot, board: JobBoard):
    def work(*, job: JobContext) -> None:
        raise InvalidValue(value="-3", field="latency", rule="above 0")

    with qtbot.waitSignal(board.start(TITLE, work).failed) as failed:
        pass
    assert isinstance(failed.args[0], InvalidValue)


def test_a_foreign_error_becomes_a_sentence_and_goes_to_the_log(
    qtbot, board: JobBoard, caplog: pytest.LogCaptureFixture
):
    def work(*, job: JobContext) -> None:
        raise ZeroDivisionError("by zero")

    with qtbot.waitSignal(board.start(TITLE, work).failed) as failed:
        pass
    assert isinstance(failed.args[0], UnexpectedError)
    assert "ZeroDivisionError" in str(failed.args[0])
    assert "by zero" in caplog.text


def test_the_board_knows_what_runs(qtbot, board: JobBoard):
    release = threading.Event()

    def work(*, job: JobContext) -> None:
        release.wait(5)

    handle = board.start(TITLE, work)
    assert board.running == (handle,)
    release.set()
    qtbot.waitUntil(lambda: board.running == ())
