"""Jobs: results, progress, errors and cancellation across threads and spawned processes."""

import os
import time
from pathlib import Path

import pytest

from genba import jobs
from genba.errors import Cancelled, InvalidValue
from genba.jobs import JobContext, Progress, WorkerCrashed


def double(number: int, report=None) -> int:
    report("Working on {n}", 0.5, n=number)
    return 2 * number


def refuse() -> None:
    raise InvalidValue(value=-1, field="size", rule="must be positive")


def divide() -> float:
    return 1 / 0


def vanish() -> None:
    os._exit(7)


def sleep_for_ever(marker: str) -> None:
    Path(marker).write_text(str(os.getpid()))
    time.sleep(600)


def test_a_worker_returns_its_result_and_its_progress():
    seen = []
    context = JobContext(seen.append)
    assert context.run_process(double, 21) == 42
    [progress] = [event for event in seen if isinstance(event, Progress)]
    assert progress.fraction == 0.5
    assert progress.step.params == {"n": 21}


def test_a_workers_own_error_arrives_with_its_parameters():
    with pytest.raises(InvalidValue) as caught:
        JobContext().run_process(refuse)
    assert caught.value.params["field"] == "size"


@pytest.mark.parametrize(
    ("work", "words"), [(divide, "ZeroDivisionError"), (vanish, "exit code 7")]
)
def test_a_crash_becomes_one_sentence(work, words):
    with pytest.raises(WorkerCrashed, match=words):
        JobContext().run_process(work)


def test_cancelling_kills_the_worker_process(tmp_path):
    marker = tmp_path / "pid"

    def work(*, job: JobContext) -> None:
        job.run_process(sleep_for_ever, str(marker))

    job = jobs.start(work)
    while not (marker.exists() and marker.read_text()):
        time.sleep(0.02)
    job.cancel()
    with pytest.raises(Cancelled):
        job.result(timeout=20)
    with pytest.raises(ProcessLookupError):
        os.kill(int(marker.read_text()), 0)


def test_a_cancelled_job_stops_at_its_next_report():
    context = JobContext()
    context.cancel()
    with pytest.raises(Cancelled):
        context.report("Never said")


def test_errors_of_a_job_are_raised_where_its_result_is_wanted():
    def work(*, job: JobContext) -> None:
        raise InvalidValue(value=1, field="x", rule="never")

    with pytest.raises(InvalidValue):
        jobs.start(work).result(timeout=10)
