"""What block renderers share: wrapping, drawing wrapped text, measuring a block without drawing.

A renderer is one function ``draw(layout, block, x, y, width, least) -> bottom``; with the dry pen
the same function measures, so that height and picture cannot disagree. `least` is the height that
a framed block fills when it stands beside a taller one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from genba.errors import Message
from genba.report.pdf import breaker
from genba.report.pdf.pen import Align, Pen
from genba.report.pdf.style import Style, styles
from genba.report.pdf.text import measure
from genba.report.pdf.wording import Words

Renderer = Callable[["Layout", Any, float, float, float, float], float]


class Layout:
    """The pen, the words and the styles of one document."""

    def __init__(self, pen: Pen, words: Words, renderers: Mapping[str, Renderer]) -> None:
        self.pen = pen
        self.words = words
        self.renderers = renderers
        self.styles = styles(words.language.code)
        self.memory: dict[tuple[object, ...], Any] = {}
        """What renderers worked out for a block, by the block's identity; the tree is immutable."""

    def style(self, role: str, **changes: Any) -> Style:
        """A text role, with changes."""
        return replace(self.styles[role], **changes) if changes else self.styles[role]

    def say(self, message: Message | None) -> str:
        """Render a Message."""
        return self.words.say(message)

    def draw(self, block: Any, x: float, y: float, width: float, least: float = 0.0) -> float:
        """Draw a block with its top at `y` and return its bottom."""
        return self.renderers[block.kind](self, block, x, y, width, least)

    def height(self, block: Any, width: float) -> float:
        """The height that `draw` will use."""
        with self.dry():
            return self.draw(block, 0.0, 0.0, width)

    @contextmanager
    def dry(self) -> Iterator[None]:
        """Measure instead of drawing."""
        pen, self.pen = self.pen, DryPen()
        try:
            yield
        finally:
            self.pen = pen

    def text_width(self, text: str, style: Style) -> float:
        """The width of one line."""
        return measure(text, style)

    def wrap(
        self, text: str, style: Style, width: float, limit: int = 0, *, phrases: bool = False
    ) -> list[str]:
        """Lines no wider than `width`; beyond `limit` lines the last ends in an ellipsis."""
        lines = breaker.break_lines(text, width, lambda line: measure(line, style), phrases=phrases)
        return self._cut(lines, style, width, limit)

    def widest_piece(self, text: str, style: Style, *, phrases: bool = False) -> float:
        """The width of the widest piece that a line break should not divide."""
        pieces = breaker.pieces(text, phrases)
        return max((measure(p.rstrip(" "), style) for p in pieces), default=0.0)

    def headline(self, clauses: Sequence[str], style: Style, width: float) -> list[str]:
        """At most two lines: one clause a line, or wrapped; the second clause goes first."""
        fits = [measure(clause, style) <= width for clause in clauses]
        if len(clauses) <= 2 and all(fits):
            return list(clauses)
        joiner = "" if self.words.japanese else " "
        for count in range(len(clauses), 0, -1):
            text = joiner.join(clauses[:count])
            lines = breaker.balanced(text, width, lambda line: measure(line, style))
            if len(lines) <= 2:
                return lines
        return self._cut(lines, style, width, 2)

    def _cut(self, lines: list[str], style: Style, width: float, limit: int) -> list[str]:
        if not limit or len(lines) <= limit:
            return lines
        last = lines[limit - 1]
        while last and measure(last + "…", style) > width:
            last = last[:-1]
        return [*lines[: limit - 1], last + "…"]

    def lines(
        self,
        x: float,
        y: float,
        lines: Sequence[str],
        style: Style,
        align: Align = "left",
        role: str = "P",
    ) -> float:
        """Draw lines from the top `y` and return the bottom."""
        with self.pen.tag(role):
            for line in lines:
                baseline = y + (style.leading + 0.72 * style.size) / 2
                self.pen.text(x, baseline, line, style, align)
                y += style.leading
        return y

    def paragraph(
        self,
        x: float,
        y: float,
        text: str,
        style: Style,
        width: float,
        role: str = "P",
        limit: int = 0,
    ) -> float:
        """Wrap and draw; return the bottom."""
        return self.lines(x, y, self.wrap(text, style, width, limit), style, role=role)

    def rich(self, x: float, y: float, strong: str, rest: str, style: Style, width: float) -> float:
        """A paragraph whose first part is bold."""
        bold = replace(style, bold=True)
        text, head = strong + rest, len(strong)

        at = 0
        with self.pen.tag("P"):
            for line in breaker.break_lines(text, width, lambda part: measure(part, bold)):
                start = text.index(line, at)
                at = start + len(line)
                baseline = y + (style.leading + 0.72 * style.size) / 2
                cut = max(0, min(len(line), head - start))
                shift = self.pen.text(x, baseline, line[:cut], bold) if cut else 0.0
                if cut < len(line):
                    self.pen.text(x + shift, baseline, line[cut:], style)
                y += style.leading
        return y


class DryPen(Pen):
    """Measures only."""

    def __init__(self) -> None:
        super().__init__(None, {})

    @contextmanager
    def tag(self, role: str, alt: str = "", scope: str = "") -> Iterator[None]:
        yield

    @contextmanager
    def group(self, role: str) -> Iterator[None]:
        yield

    @contextmanager
    def artifact(self) -> Iterator[None]:
        yield

    def text(self, x: float, y: float, text: str, style: Style, align: Align = "left") -> float:
        return measure(text, style)

    def next_page(self) -> None: ...

    def rect(self, *args: Any, **kwargs: Any) -> None: ...

    def line(self, *args: Any, **kwargs: Any) -> None: ...

    def polyline(self, *args: Any, **kwargs: Any) -> None: ...

    def polygon(self, *args: Any, **kwargs: Any) -> None: ...

    def circle(self, *args: Any, **kwargs: Any) -> None: ...

    def bar(self, *args: Any, **kwargs: Any) -> None: ...

    def mark(self, *args: Any, **kwargs: Any) -> None: ...
