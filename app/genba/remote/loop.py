"""The one asyncio loop on which all SSH runs, on a thread of its own."""

from __future__ import annotations

import asyncio
import concurrent.futures
import threading
from collections.abc import Coroutine
from functools import cache
from typing import Any, TypeVar

from genba.errors import Cancelled
from genba.jobs import JobContext

T = TypeVar("T")


@cache
def _loop() -> asyncio.AbstractEventLoop:
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name="ssh", daemon=True).start()
    return loop


_starting = threading.Lock()


def submit(work: Coroutine[Any, Any, T]) -> concurrent.futures.Future[T]:
    """Start a coroutine on the SSH loop."""
    with _starting:
        loop = _loop()
    return asyncio.run_coroutine_threadsafe(work, loop)


def call(work: Coroutine[Any, Any, T], job: JobContext | None = None) -> T:
    """Run a coroutine on the SSH loop and wait for it; a cancelled job ends the wait at once.

    Raises:
        Cancelled: the job was cancelled; the coroutine has been asked to stop.
    """
    future = submit(work)
    if job is None:
        return future.result()
    try:
        with job.when_cancelled(lambda: _cancel(future)):
            return future.result()
    except concurrent.futures.CancelledError:
        raise Cancelled from None


def _cancel(future: concurrent.futures.Future[Any]) -> None:
    future.cancel()
