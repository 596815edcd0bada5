"""Follows a run on a device: checks and keeps each journal line, emits what came, reconnects."""

from __future__ import annotations

import contextlib
import time
from typing import Any, cast

from genba.benchmark.journal import ChainCheck, JournalFile, Recording
from genba.errors import N_, Cancelled, GenbaError
from genba.jobs import JobContext
from genba.remote.agent_link import AgentLink
from genba.remote.connection import Connection, connect
from genba.remote.errors import LinkLost
from genba.remote.trust import HostKeys
from genba.study.events import LinkInterrupted, Phase, RunPhase, RunStarted
from genba.study.run import Sample, SampleBatch, ScenarioSettings, Telemetry

BEAT_S = 1.0
SILENCE_S = 10.0
"""The agent speaks at least every second; after this long without a word the link is taken for
broken."""
EMIT_S = 0.1
ATTEMPTS = 6
FIRST_PAUSE_S = 0.5

_PHASE_TEXT = {
    "idle": N_("Reading the power of the idle device"),
    "load": N_("Loading the model on the device"),
    "warmup": N_("Warming up"),
    "measure": N_("Measuring"),
}


class LiveRun:
    """One run being watched. `recording` and `journal` grow with it."""

    def __init__(
        self, connection: Connection, host_keys: HostKeys, run_id: str, runtime: str,
        recording: Recording, journal: JournalFile, job: JobContext,
    ) -> None:  # fmt: skip
        self._connection, self._host_keys = connection, host_keys
        self._run_id, self._runtime = run_id, runtime
        self._recording, self._journal, self._job = recording, journal, job
        self._check = ChainCheck()
        self._agent: AgentLink | None = None
        self._own_connection: Connection | None = None
        self._scenario = ScenarioSettings()
        self._samples: list[Sample] = []
        self._telemetry: list[Telemetry] = []
        self._emitted = self._beat = time.monotonic()
        self._measuring_since: float | None = None
        self._gone = self._requested = self._stopped = False
        self.measured_elapsed_s: float | None = None
        self.reconnections = 0

    @property
    def noise_bytes(self) -> int:
        """What the device printed besides the agent's frames."""
        return self._agent.noise_bytes if self._agent else 0

    def start(self, request: dict[str, Any], scenario: ScenarioSettings) -> None:
        """Start the run on the device.

        Raises:
            DeviceBusy and other errors of the start; Cancelled.
        """
        self._scenario = scenario
        self._job.report(N_("Starting the measurement on {name}"), 0.2, name=self._name)
        self._requested = True
        self._agent = AgentLink(self._connection, request, self._job)
        self._agent.answer("following")

    def follow(self) -> None:
        """Take journal lines until the run has ended; reconnect when the link breaks.

        Raises:
            LinkLost: it broke, and the device cannot be reached again.
            JournalDamaged: what came is not what the agent wrote.
            Cancelled: the job was cancelled; see `cancel`.
        """
        while not self._recording.end and not self._gone:
            try:
                self._take_until_end()
            except LinkLost:
                self._reconnect()
        self._emit(now=True)
        self._journal.flush()
        if self._agent is not None and not self._gone:
            # All that was taken is here; an agent that was told to end has gone by itself.
            with contextlib.suppress(LinkLost):
                self._say("release")
                self._await_goodbye(10.0)

    def cancel(self) -> None:
        """Stop the run on the device and wait until the agent has cleared it away.

        Works with a cancelled job, and in the middle of a start or a reconnection.

        Raises:
            LinkLost: the device cannot be told; its own time limit will end the run.
        """
        if self._agent is None:
            if not self._requested:
                return
            self._attach(JobContext())
        self._say("cancel")
        self._say("release")
        self._await_goodbye(10.0)

    def close(self) -> None:
        """Let go of the channel, and of a connection that was made here."""
        if self._agent is not None:
            with contextlib.suppress(GenbaError):
                self._agent.close()
        if self._own_connection is not None:
            self._own_connection.close()

    @property
    def _name(self) -> str:
        return self._connection.endpoint.name

    def _take_until_end(self) -> None:
        heard = time.monotonic()
        while not self._recording.end:
            agent = self._agent
            if agent is None:
                raise LinkLost(host=self._connection.endpoint.host)
            received = agent.next(EMIT_S)
            now = time.monotonic()
            if received is not None:
                heard = now
                if self._message(*received):
                    return
            elif now - heard > SILENCE_S:
                raise LinkLost(host=agent.host)
            if self._job.ending and not self._stopped:
                self._stopped = True
                self._say("stop")
            if now - self._beat > BEAT_S:
                self._beat = now
                self._say("here")
                self._journal.flush()
            self._emit()

    def _message(self, message: dict[str, Any], text: bytes) -> bool:
        """Take one message; True when nothing more will come."""
        kind = message.get("t")
        if "n" not in message:
            if kind in ("bye", "agent_lost"):
                self._gone = True
            return self._gone
        if int(message["n"]) < self._check.lines:
            return False  # sent again after a reconnection
        self._check.take(message, text)
        self._journal.add(text)
        samples, telemetry = self._recording.add(message)
        self._samples.extend(samples)
        self._telemetry.extend(telemetry)
        if kind == "start":
            self._started(message)
        elif kind == "phase":
            self._phase(message)
        elif kind == "end" and self._measuring_since is not None:
            self.measured_elapsed_s = time.monotonic() - self._measuring_since
        return False

    def _started(self, message: dict[str, Any]) -> None:
        environment = message.get("environment", {})
        endpoint = self._connection.endpoint
        name = environment.get("device_model") or environment.get("cpu_model") or endpoint.host
        self._job.emit(
            RunStarted(self._run_id, str(name), endpoint.name, self._runtime, environment,
                       endpoint.demo)
        )  # fmt: skip

    def _phase(self, message: dict[str, Any]) -> None:
        phase = str(message.get("phase"))
        if phase not in _PHASE_TEXT:
            return
        if phase == "measure":
            self._measuring_since = time.monotonic()
        self._emit(now=True)
        self._job.emit(RunPhase(self._run_id, cast(Phase, phase), int(message.get("at_ns", 0))))
        self._job.report(_PHASE_TEXT[phase], self._fraction())

    def _emit(self, *, now: bool = False) -> None:
        """Hand on what came, at most ten times a second."""
        if not now and time.monotonic() - self._emitted < EMIT_S:
            return
        self._emitted = time.monotonic()
        if self._samples or self._telemetry:
            # Both were validated where they were made.
            batch = SampleBatch.model_construct(
                samples=tuple(self._samples), telemetry=tuple(self._telemetry)
            )
            self._samples, self._telemetry = [], []
            self._job.emit(batch)
            if self._measuring_since is not None:
                self._job.report(_PHASE_TEXT["measure"], self._fraction())

    def _fraction(self) -> float:
        """How far: 0.2 at the start, 0.3 where measuring begins, by queries or by time."""
        if self._measuring_since is None:
            return 0.25
        shares = [0.0]
        if self._scenario.duration_s:
            shares.append((time.monotonic() - self._measuring_since) / self._scenario.duration_s)
        if self._scenario.queries:
            measured = sum(
                1 for row in self._recording.rows[-self._scenario.queries :] if not row[4]
            )
            shares.append(measured / self._scenario.queries)
        return 0.3 + 0.68 * min(1.0, max(shares))

    def _say(self, word: str) -> None:
        if self._agent is not None:
            self._agent.say(word)

    def _await_goodbye(self, timeout_s: float) -> None:
        """Wait until the agent has removed the run; a cancelled job does not end this wait."""
        deadline, patient = time.monotonic() + timeout_s, JobContext()
        while self._agent is not None and time.monotonic() < deadline:
            try:
                received = self._agent.next(0.5, job=patient)
            except GenbaError:
                return
            if received is not None and received[0].get("t") in ("bye", "agent_lost"):
                return

    def _reconnect(self) -> None:
        """Log in again and follow the run from the first line that is missing here."""
        pause = FIRST_PAUSE_S
        for attempt in range(1, ATTEMPTS + 1):
            self._job.emit(LinkInterrupted(self._run_id, attempt))
            self._job.report(
                N_("The link broke; connecting to {name} again"), None, name=self._name
            )
            try:
                self._attach(self._job)
            except Cancelled:
                raise
            except GenbaError as error:
                if attempt == ATTEMPTS or (not isinstance(error, LinkLost) and attempt > 3):
                    raise
                self._pause(pause)
                pause *= 2
            else:
                self.reconnections += 1
                return

    def _pause(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self._job.check()
            time.sleep(0.05)

    def _attach(self, job: JobContext) -> None:
        self.close()
        self._agent = None
        connection = connect(self._connection.endpoint, self._host_keys, job=job)
        self._own_connection = connection
        request = {"role": "attach", "run_id": self._run_id, "from_line": self._check.lines}
        self._agent = AgentLink(connection, request, job)
        self._agent.answer("following")
