"""Talks with the agent: starts it for one request and reads its messages."""

from __future__ import annotations

import json
import secrets
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from genba.errors import N_, GenbaError
from genba.jobs import JobContext
from genba.remote import bootstrap
from genba.remote.connection import Channel, Connection
from genba.remote.errors import (
    AgentFailed,
    DeviceBusy,
    DeviceDiskFull,
    LinkLost,
    NoFolder,
    NoPython,
    PythonFailed,
    PythonMissing,
    PythonTooOld,
    TransferCorrupt,
)
from genba.remote.frames import FrameReader

START_TIMEOUT_S = 60.0
Message = dict[str, Any]


class AgentLink:
    """A started agent. Leave it with `close`, or use `started` as a context manager."""

    def __init__(self, connection: Connection, request: Message, job: JobContext) -> None:
        self._connection = connection
        self._job = job
        nonce = secrets.token_hex(8)
        self._reader = FrameReader(nonce)
        self._waiting: deque[tuple[Message, bytes]] = deque()
        python = connection.endpoint.python
        data = bootstrap.start_input(dict(request, nonce=nonce, python=python))
        self._channel: Channel = connection.start(bootstrap.start_command(python), data, job=job)
        try:
            self.hello = self._greeting()
        except BaseException:  # also a cancelled start must not leave a channel open
            self._channel.close()
            raise

    @property
    def host(self) -> str:
        """The device's address, for messages."""
        return self._connection.endpoint.host

    @property
    def noise_bytes(self) -> int:
        """How much the device printed that was none of the agent's."""
        return self._reader.noise_bytes

    def next(
        self, timeout_s: float, *, job: JobContext | None = None
    ) -> tuple[Message, bytes] | None:
        """The next message and its JSON text; None after `timeout_s` without one.

        Raises:
            LinkLost: the link broke, or the agent ended without a goodbye.
            GenbaError: the agent refused the request; see `refusal`.
            Cancelled: the job was cancelled.
        """
        deadline = time.monotonic() + timeout_s
        while not self._waiting:
            left = deadline - time.monotonic()
            if left <= 0:
                return None
            if self._channel.ended:
                raise self._end()
            data = self._channel.receive(left, job=job or self._job)
            self._waiting.extend(self._reader.feed(data or b""))
        message, text = self._waiting.popleft()
        if message.get("t") == "error":
            raise refusal(message, self._connection)
        return message, text

    def answer(self, kind: str, timeout_s: float = START_TIMEOUT_S) -> Message:
        """Wait for a message of one kind and return it; others are skipped."""
        while True:
            received = self.next(timeout_s)
            if received is None:
                raise LinkLost(host=self.host)
            if received[0].get("t") == kind:
                return received[0]

    def say(self, word: str) -> None:
        """Tell the agent ``here``, ``cancel`` or ``release``; not stopped by a cancelled job."""
        self._channel.send(json.dumps({"say": word}).encode() + b"\n")

    def send(self, data: bytes) -> None:
        """Send raw bytes (the content of a file) after the request."""
        self._channel.send(data, job=self._job)

    def close(self) -> None:
        """Let the agent go; its front ends, a supervisor goes on."""
        self._channel.close()

    def _greeting(self) -> Message:
        received = self.next(START_TIMEOUT_S)
        if received is None or received[0].get("t") != "hello":
            raise AgentFailed(host=self.host, reason="no greeting")
        return received[0]

    def _end(self) -> GenbaError:
        """Why the command ended before it said goodbye."""
        endpoint, status = self._connection.endpoint, self._channel.status
        if self._channel.lost or not self._connection.open:
            return LinkLost(host=endpoint.host)
        if status == bootstrap.TOO_OLD:
            return PythonTooOld(host=endpoint.host, python=endpoint.python)
        if status == bootstrap.NOT_FOUND and endpoint.python:
            return PythonMissing(host=endpoint.host, python=endpoint.python)
        if status == bootstrap.NOT_FOUND:
            return NoPython(host=endpoint.host, found=self._pythons() or "–")
        text = self._channel.errors.decode("utf-8", "replace").strip()
        if status == 2 and "Unknown option: -I" in text:  # Python 2 does not know the flag
            return PythonTooOld(host=endpoint.host, python=endpoint.python)
        if status == bootstrap.DAMAGED:
            return TransferCorrupt(host=endpoint.host, name="agent.py")
        reason = text.splitlines()[-1][:300] if text else f"exit status {status}"
        return AgentFailed(host=endpoint.host, reason=reason)

    def _pythons(self) -> str:
        done = self._connection.run(bootstrap.LIST_PYTHONS)
        versions = dict.fromkeys(done.output.decode("utf-8", "replace").splitlines())
        return ", ".join(versions)[:200]


@contextmanager
def started(connection: Connection, request: Message, job: JobContext) -> Iterator[AgentLink]:
    """An agent that serves `request`, closed at the end."""
    agent = AgentLink(connection, request, job)
    try:
        yield agent
    finally:
        agent.close()


def ask(connection: Connection, request: Message, kind: str, job: JobContext) -> Message:
    """One request, one answer."""
    with started(connection, request, job) as agent:
        return agent.answer(kind)


class RunGone(GenbaError):
    """The device no longer has a run that was to be resumed."""

    code = "run_gone"
    what = N_("{host} no longer has this run.")
    fix = N_("The device may have restarted; measure again.")


def refusal(message: Message, connection: Connection) -> GenbaError:
    """The named error for what the agent refused."""
    endpoint = connection.endpoint
    host, code = endpoint.host, message.get("code")
    reason = str(message.get("reason", code))[:300]
    if code == "busy":
        holder = message.get("holder")
        client = holder.get("client") if isinstance(holder, dict) else None
        return DeviceBusy(host=host, client=str(client or "?")[:80])
    if code == "disk_full":
        return DeviceDiskFull(host=host, needed="?", free="0")
    if code == "file_corrupt":
        return TransferCorrupt(host=host, name=str(message.get("name"))[:80])
    if code == "no_folder":
        return NoFolder(host=host, user=endpoint.login)
    if code == "run_gone":
        return RunGone(host=host)
    if code == "python_missing":
        return PythonMissing(host=host, python=endpoint.python)
    if code == "python_failed":
        return PythonFailed(host=host, python=str(message.get("python"))[:200], reason=reason)
    return AgentFailed(host=host, reason=reason)
