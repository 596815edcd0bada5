"""The agent's journal on this computer: checked as it comes, kept compressed, read back.

A line is a JSON object with a number ``n``, a kind ``t`` and the chained hash ``h`` of all lines
before it. `genba.remote.agent` writes it; its kinds are start, phase, loaded, settled, samples,
telemetry and end.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from genba.errors import N_, GenbaError, Message
from genba.remote.agent import CHAIN_START, chain
from genba.remote.frames import parse_document
from genba.study.run import Sample, Telemetry

FILE_NAME = "samples.jsonl.gz"
BYTES_MAX = 2 << 30


class JournalDamaged(GenbaError):
    """A journal's lines are not those that the agent wrote, in its order."""

    code = "journal_damaged"
    what = N_("The record of the measurement is damaged at line {line}: {reason}.")
    fix = N_("Run the benchmark again.")


class ChainCheck:
    """Follows the numbers and the chained hashes of journal lines."""

    def __init__(self) -> None:
        self.lines = 0
        self._link = CHAIN_START

    def take(self, document: dict[str, Any], text: bytes) -> None:
        """Accept the next line.

        Raises:
            JournalDamaged: it is not the next line of this journal.
        """
        number, link = document.get("n"), document.get("h")
        if number != self.lines:
            raise JournalDamaged(line=self.lines, reason=Message(text=N_("a line is missing")))
        tail = b',"h":"' + str(link).encode() + b'"}'
        if not text.endswith(tail):
            raise JournalDamaged(line=self.lines, reason=Message(text=N_("a line was changed")))
        expected = chain(self._link, text[: -len(tail)] + b"}")
        if link != expected:
            raise JournalDamaged(line=self.lines, reason=Message(text=N_("a line was changed")))
        self._link, self.lines = expected, self.lines + 1


class JournalFile:
    """Writes the received lines to ``samples.jsonl.gz``; readable up to the last `flush`."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE_NAME
        self._stream = gzip.open(self.path, "wb", compresslevel=5)  # noqa: SIM115

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stream.close()

    def add(self, text: bytes) -> None:
        """Append one line."""
        self._stream.write(text + b"\n")

    def flush(self) -> None:
        """Hand everything so far to the system."""
        self._stream.flush()


@dataclass(slots=True)
class Recording:
    """A run as data. Times in nanoseconds of the device's monotonic clock.

    `numbers` has a row a query: start, latency, time to first token (-1 in single-stream), tokens,
    1 for warm-up. `token_ns` holds the times of all further tokens of measured queries.
    """

    start: dict[str, Any] = field(default_factory=dict)
    loaded: dict[str, Any] = field(default_factory=dict)
    settled: bool | None = None
    phases: dict[str, int] = field(default_factory=dict)
    end: dict[str, Any] = field(default_factory=dict)
    telemetry: list[Telemetry] = field(default_factory=list)
    peak_rss_bytes: int | None = None
    rows: list[tuple[int, int, int, int, int]] = field(default_factory=list)
    token_ns: list[int] = field(default_factory=list)

    @property
    def complete(self) -> bool:
        """Whether the run came to its own end."""
        return self.end.get("code") == "complete"

    def numbers(self, *, warmup: bool | None = None) -> npt.NDArray[np.int64]:
        """The rows as an array [n, 5]; all, or only (not) warm-up."""
        table = np.array(self.rows, np.int64).reshape(-1, 5)
        return table if warmup is None else table[table[:, 4] == int(warmup)]

    def add(self, document: dict[str, Any]) -> tuple[tuple[Sample, ...], tuple[Telemetry, ...]]:
        """Take one journal line; return the samples and readings in it.

        Raises:
            JournalDamaged: the line has not the form that the agent gives it.
        """
        kind = document.get("t")
        try:
            if kind == "samples":
                return self._samples(document), ()
            if kind == "telemetry":
                return (), (self._reading(document),)
            if kind == "start":
                self.start = document
            elif kind == "loaded":
                self.loaded = document
            elif kind == "settled":
                self.settled = bool(document["settled"])
            elif kind == "phase":
                self.phases[str(document["phase"])] = int(document["at_ns"])
            elif kind == "end":
                self.end = document
                if isinstance(document.get("peak"), int):
                    self.peak_rss_bytes = document["peak"]
        except (KeyError, TypeError, ValueError, IndexError) as error:
            raise JournalDamaged(line=document.get("n"), reason=str(error)[:200]) from error
        return (), ()

    def _samples(self, document: dict[str, Any]) -> tuple[Sample, ...]:
        warmup, sequence = bool(document["warmup"]), int(document["q"])
        if sequence != len(self.rows):
            raise ValueError(f"sample {sequence} where {len(self.rows)} was due")
        made = []
        for offset, row in enumerate(document["s"]):
            start, latency = int(row[0]), int(row[1])
            if latency < 0:
                raise ValueError("a negative latency")
            first = int(row[2]) if len(row) > 2 else None
            tokens = len(row) - 2 if first is not None else 0
            self.rows.append((start, latency, -1 if first is None else first, tokens, int(warmup)))
            if not warmup:
                self.token_ns.extend(int(value) for value in row[3:])
            made.append(
                Sample.model_construct(  # checked just above, and there may be a million
                    sequence=sequence + offset, scheduled_ns=start, latency_ns=latency,
                    warmup=warmup, first_token_ns=first, tokens=tokens,
                )
            )  # fmt: skip
        return tuple(made)

    def _reading(self, document: dict[str, Any]) -> Telemetry:
        peak = document.get("peak")
        if isinstance(peak, int):
            self.peak_rss_bytes = max(self.peak_rss_bytes or 0, peak)
        reading = Telemetry(
            at_ns=document["at_ns"], rss_bytes=document["rss"], power_w=document["power_w"],
            temperature_c=document["temperature_c"], cpu_mhz=document["cpu_mhz"],
            load=document["load"],
        )  # fmt: skip
        self.telemetry.append(reading)
        return reading


def read_lines(path: Path) -> Iterator[dict[str, Any]]:
    """The lines of a kept journal, checked; a file cut short ends where it was cut.

    Raises:
        JournalDamaged: a line was changed, or the file is longer than a journal may be.
    """
    check, read = ChainCheck(), 0
    with gzip.open(path, "rb") as stream:
        while True:
            try:
                line = stream.readline(1 << 16)
            except (EOFError, OSError):  # written while the program was killed
                return
            read += len(line)
            if not line.endswith(b"\n"):
                return
            document = parse_document(line[:-1])
            if document is None or read > BYTES_MAX:
                raise JournalDamaged(line=check.lines, reason=Message(text=N_("it cannot be read")))
            check.take(document, line[:-1])
            yield document


def read_recording(path: Path) -> Recording:
    """A kept journal as data.

    Raises:
        JournalDamaged: see `read_lines`.
    """
    recording = Recording()
    for document in read_lines(path):
        recording.add(document)
    return recording


def read_samples(path: Path) -> tuple[Sample, ...]:
    """All samples of a kept journal, warm-up included, in order.

    Raises:
        JournalDamaged: see `read_lines`.
    """
    recording = Recording()
    samples: list[Sample] = []
    for document in read_lines(path):
        samples.extend(recording.add(document)[0])
    return tuple(samples)
