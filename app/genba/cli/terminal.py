"""Writes answers, progress and errors to the terminal."""

from __future__ import annotations

import json as json_module
import signal
import sys
import time
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from genba import jobs
from genba.errors import GenbaError, Message
from genba.figures import Figure
from genba.i18n import Language, format_figure
from genba.jobs import Progress

T = TypeVar("T")

LOG_PERIOD_S = 10.0


class Terminal:
    """One command's way to speak: stdout for the answer, stderr for everything else."""

    def __init__(self, language: Language, *, json: bool = False, quiet: bool = False) -> None:
        self.language = language
        self.json = json
        self.quiet = quiet
        self._line = ""
        self._step = ""
        self._said = 0.0

    # -- answers ---------------------------------------------------------------------------------

    def answer(self, document: Any, human: Callable[[], None]) -> None:
        """Print the JSON document when asked for, else let `human` print for a person."""
        self._clear()
        if self.json:
            print(json_module.dumps(document, ensure_ascii=False, allow_nan=False))
        else:
            human()

    def say(self, template: str, /, **params: Any) -> None:
        """Print one translated line of the answer."""
        self._clear()
        print(_safe(self.language.text(template, **params)))

    def tell(self, message: Message) -> None:
        """Print one Message of the answer."""
        self._clear()
        print(_safe(self.language.message(message)))

    def note(self, message: Message) -> None:
        """Print a warning or notice to stderr."""
        if not self.quiet:
            self._clear()
            print(_safe(self.language.message(message)), file=sys.stderr)

    def table(self, headers: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        """Print aligned columns; cells are texts, numbers or Figures."""
        lines = [[self.language.text(h) for h in headers]]
        lines += [[_safe(self._cell(cell)) for cell in row] for row in rows]
        widths = [max(_width(line[i]) for line in lines) for i in range(len(headers))]
        for line in lines:
            padded = (cell + " " * (w - _width(cell)) for cell, w in zip(line, widths, strict=True))
            print("  ".join(padded).rstrip())

    def _cell(self, cell: Any) -> str:
        if isinstance(cell, Figure):
            text = format_figure(cell, self.language)
            with_interval = cell.known and text.interval
            return f"{text.plain} ({text.interval})" if with_interval else text.plain
        if isinstance(cell, Message):
            return self.language.message(cell)
        if isinstance(cell, int | float) and not isinstance(cell, bool):
            return self.language.number(cell)
        return "" if cell is None else str(cell)

    def error(self, error: GenbaError) -> None:
        """One sentence on stderr, and with --json the error document on stdout."""
        self._clear()
        message = _safe(self.language.message(error.message))
        hint = _safe(self.language.message(error.hint))
        print(f"{message} {hint}".strip(), file=sys.stderr)
        if self.json:
            document = {"error": {"code": error.code, "message": message, "hint": hint}}
            print(json_module.dumps(document, ensure_ascii=False))

    # -- work ------------------------------------------------------------------------------------

    def work(self, use_case: Callable[..., T], *args: Any, **kwargs: Any) -> T:
        """Run a use case as a job; progress goes to stderr, Ctrl-C cancels it."""
        job = jobs.start(use_case, *args, listener=self._listen, **kwargs)
        try:
            while not job.done:
                time.sleep(0.02)
        except KeyboardInterrupt:
            signal.signal(signal.SIGINT, signal.SIG_DFL)  # a second Ctrl-C ends us at once
            job.cancel()
        try:
            return job.result(timeout=30)
        finally:
            self._clear()

    def _listen(self, event: object) -> None:
        if self.quiet or not isinstance(event, Progress):
            return
        text = _safe(self.language.message(event.step))
        if event.fraction is not None:
            text = f"{event.fraction:4.0%} {text}"
        if sys.stderr.isatty():
            self._overwrite(text)
        elif event.step.text != self._step or time.monotonic() - self._said > LOG_PERIOD_S:
            # A log file gets a line for each new step, and one now and then in a long one.
            self._step, self._said = event.step.text, time.monotonic()
            print(text, file=sys.stderr)

    def _overwrite(self, text: str) -> None:
        shown = text[:110]
        padding = " " * max(0, _width(self._line) - _width(shown))
        print(f"\r{shown}{padding}", end="", file=sys.stderr, flush=True)
        self._line = shown

    def _clear(self) -> None:
        if self._line and sys.stderr.isatty():
            print("\r" + " " * _width(self._line) + "\r", end="", file=sys.stderr, flush=True)
        self._line = ""


def _safe(text: str) -> str:
    """Text from elsewhere may hold escape sequences: control characters are shown, not sent."""
    return "".join(
        c if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cf") else "\ufffd" for c in text
    )


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
