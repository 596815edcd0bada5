"""Drawing primitives over one ReportLab canvas. The origin is the page's top left corner.

The pen also keeps the reading structure: `tag` wraps content in a marked-content sequence and
remembers its role, so that `finish` can build the structure tree.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

from reportlab.lib.colors import HexColor
from reportlab.pdfbase import pdfmetrics

from genba.figures import Basis
from genba.report.pdf import fonts
from genba.report.pdf import text as typesetting
from genba.report.pdf.style import INK, NAVY, PAGE_HEIGHT, WHITE, Style

Align = Literal["left", "right", "centre"]


@dataclass
class Element:
    """One node of the structure tree: a group with children, or content with its MCID."""

    role: str
    page: int = -1
    mcid: int = -1
    alt: str = ""
    scope: str = ""
    children: list[Element] = field(default_factory=list)


class Pen:
    """Draws on the current page of a canvas."""

    def __init__(self, canvas: Any, basis_words: dict[str, str]) -> None:
        self.canvas = canvas
        self.page = 0
        self.root = Element("Document")
        self.smallest = 99.0
        self._stack = [self.root]
        self._basis_words = basis_words
        self._mcid = 0
        self._open = False

    def next_page(self) -> None:
        """Finish the sheet."""
        self.canvas.showPage()
        self.page += 1
        self._mcid = 0

    # -- structure ---------------------------------------------------------------------------

    @contextmanager
    def group(self, role: str) -> Iterator[None]:
        """A structure element that holds others (Table, TR, L)."""
        element = Element(role)
        self._stack[-1].children.append(element)
        self._stack.append(element)
        try:
            yield
        finally:
            self._stack.pop()

    @contextmanager
    def tag(self, role: str, alt: str = "", scope: str = "") -> Iterator[None]:
        """Marked content with a role; inside another tag it joins that one."""
        if self._open:
            yield
            return
        element = Element(role, self.page, self._mcid, alt, scope)
        self._stack[-1].children.append(element)
        self.canvas._code.append(f"/{role} <</MCID {self._mcid}>> BDC")
        self._mcid += 1
        self._open = True
        try:
            yield
        finally:
            self._open = False
            self.canvas._code.append("EMC")

    @contextmanager
    def artifact(self) -> Iterator[None]:
        """Content that a reader skips: rules, running heads, watermark."""
        if self._open:
            yield
            return
        self.canvas._code.append("/Artifact BMC")
        self._open = True
        try:
            yield
        finally:
            self._open = False
            self.canvas._code.append("EMC")

    # -- text --------------------------------------------------------------------------------

    def text(self, x: float, y: float, text: str, style: Style, align: Align = "left") -> float:
        """Set one line with its baseline at `y` and return its width."""
        width = typesetting.measure(text, style)
        if align == "right":
            x -= width
        elif align == "centre":
            x -= width / 2
        self.smallest = min(self.smallest, style.size) if text.strip() else self.smallest
        at = x
        for run in typesetting.runs(text, style):
            at += run.gap * style.size
            if run.font:
                at += self._run(at, y, run.text, run.font, style)
            else:
                at += self._shape(at, y, run.text, style)
        return width

    def _run(self, x: float, y: float, text: str, font_name: str, style: Style) -> float:
        canvas, font = self.canvas, pdfmetrics.getFont(font_name)
        code = [f"BT {_rgb(style.colour)} rg 1 0 0 1 {x:.3f} {PAGE_HEIGHT - y:.3f} Tm"]
        for subset, part in font.splitString(text, canvas._doc):
            name = font.getSubsetInternalName(subset, canvas._doc)
            code.append(f"{name} {style.size:g} Tf ({canvas._escape(part)}) Tj")
        canvas._code.append(" ".join(code) + " ET")
        canvas._fillColorObj = HexColor(style.colour)
        return fonts.width(text, font_name, style.size)

    def _shape(self, x: float, y: float, sign: str, style: Style) -> float:
        diameter = typesetting.SHAPE_WIDTH_EM * style.size * 0.92
        word = self._basis_words.get(sign, sign)
        encoded = ("\ufeff" + word).encode("utf-16-be").hex().upper()
        self.canvas._code.append(f"/Span <</ActualText <{encoded}>>> BDC")
        middle = y - 0.36 * style.size
        if sign in "●◐○":
            self.mark(x + diameter / 2, middle, diameter, sign, style.colour)
        else:
            self._verdict(x, middle, diameter, sign, style.colour)
        self.canvas._code.append("EMC")
        return (typesetting.SHAPE_WIDTH_EM + typesetting.SHAPE_GAP_EM) * style.size

    def mark(self, x: float, y: float, diameter: float, sign: str, colour: str = INK) -> None:
        """A basis mark centred at (x, y): full, left half full, ring."""
        line = max(0.7, diameter * 0.12)
        radius = (diameter - line) / 2
        if sign == "●":
            self.circle(x, y, diameter / 2, fill=colour)
            return
        self.circle(x, y, radius, fill=WHITE, stroke=colour, line=line)
        if sign == "◐":
            path = self.canvas.beginPath()
            top = PAGE_HEIGHT - y
            path.moveTo(x, top + radius)
            path.arcTo(x - radius, top - radius, x + radius, top + radius, 90, 180)
            path.close()
            self.canvas.setFillColor(HexColor(colour))
            self.canvas.drawPath(path, stroke=0, fill=1)

    def _verdict(self, x: float, y: float, size: float, sign: str, colour: str) -> None:
        s = size * 0.42
        if sign == "✓":
            points = [(x + 0.1 * s, y), (x + 0.75 * s, y + 0.75 * s), (x + 2.0 * s, y - 0.95 * s)]
            self.polyline(points, colour, size * 0.17)
            return
        for sign_y in (-1, 1):
            ends = [(x + 0.2 * s, y - sign_y * 0.8 * s), (x + 1.8 * s, y + sign_y * 0.8 * s)]
            self.polyline(ends, colour, size * 0.17)

    # -- shapes ------------------------------------------------------------------------------

    def rect(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        *,
        fill: str | None = None,
        stroke: str | None = None,
        line: float = 0.6,
    ) -> None:
        """A rectangle whose top left corner is (x, y)."""
        self._colours(fill, stroke, line)
        self.canvas.rect(
            x, PAGE_HEIGHT - y - height, width, height, stroke=bool(stroke), fill=bool(fill)
        )

    def line(
        self,
        x1: float,
        y1: float,
        x2: float,
        y2: float,
        colour: str = INK,
        width: float = 0.5,
        dash: Sequence[float] = (),
    ) -> None:
        """A straight line."""
        self.canvas.setStrokeColor(HexColor(colour))
        self.canvas.setLineWidth(width)
        self.canvas.setDash(list(dash))
        self.canvas.line(x1, PAGE_HEIGHT - y1, x2, PAGE_HEIGHT - y2)
        self.canvas.setDash([])

    def polyline(
        self,
        points: Sequence[tuple[float, float]],
        colour: str,
        width: float,
        dash: Sequence[float] = (),
    ) -> None:
        """Connected lines."""
        path = self._path(points)
        self.canvas.setStrokeColor(HexColor(colour))
        self.canvas.setLineWidth(width)
        self.canvas.setDash(list(dash))
        self.canvas.drawPath(path, stroke=1, fill=0)
        self.canvas.setDash([])

    def polygon(
        self,
        points: Sequence[tuple[float, float]],
        fill: str,
        stroke: str | None = None,
        line: float = 0.6,
    ) -> None:
        """A closed shape."""
        path = self._path(points)
        path.close()
        self._colours(fill, stroke, line)
        self.canvas.drawPath(path, stroke=bool(stroke), fill=1)

    def circle(
        self,
        x: float,
        y: float,
        radius: float,
        *,
        fill: str | None = None,
        stroke: str | None = None,
        line: float = 0.6,
    ) -> None:
        """A circle around (x, y)."""
        self._colours(fill, stroke, line)
        self.canvas.circle(x, PAGE_HEIGHT - y, radius, stroke=bool(stroke), fill=bool(fill))

    def diamond(self, x: float, y: float, radius: float, fill: str, stroke: str = NAVY) -> None:
        """A gate or plan sign."""
        points = [(x, y - radius), (x + radius, y), (x, y + radius), (x - radius, y)]
        self.polygon(points, fill, stroke, 0.9)

    def bar(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        basis: Basis,
        colour: str = NAVY,
        edge: str | None = None,
    ) -> None:
        """A bar filled by basis: solid measured, hatched predicted, outlined assumed."""
        edge = edge or colour
        if width < 0:
            x, width = x + width, -width
        if basis in (Basis.MEASURED, Basis.EXACT):
            self.rect(x, y, width, height, fill=colour, stroke=edge, line=0.6)
            return
        self.rect(x, y, width, height, fill=WHITE)
        if basis is Basis.PREDICTED:
            self._hatch(x, y, width, height, edge)
        self.rect(x, y, width, height, stroke=edge, line=0.85)

    def _hatch(self, x: float, y: float, width: float, height: float, colour: str) -> None:
        """45° lines every 1.15 mm, cut at the rectangle: no PDF pattern, so it prints alike."""
        step, at = 1.15 * 72 / 25.4 * 1.2, x - height
        while at < x + width:
            left, right = max(at, x), min(at + height, x + width)
            if right > left:
                y_left, y_right = y + height - (left - at), y + height - (right - at)
                self.line(left, y_left, right, y_right, colour, 0.75)
            at += step

    def whisker(self, low: float, high: float, y: float, height: float = 8.5) -> None:
        """An interval with end caps."""
        self.line(low, y, high, y, INK, 1.1)
        for x in (low, high):
            self.line(x, y - height / 2, x, y + height / 2, INK, 1.1)

    def _colours(self, fill: str | None, stroke: str | None, line: float) -> None:
        if fill:
            self.canvas.setFillColor(HexColor(fill))
        if stroke:
            self.canvas.setStrokeColor(HexColor(stroke))
            self.canvas.setLineWidth(line)

    def _path(self, points: Sequence[tuple[float, float]]) -> Any:
        path = self.canvas.beginPath()
        path.moveTo(points[0][0], PAGE_HEIGHT - points[0][1])
        for x, y in points[1:]:
            path.lineTo(x, PAGE_HEIGHT - y)
        return path


def _rgb(colour: str) -> str:
    return " ".join(f"{int(colour[i : i + 2], 16) / 255:.4g}" for i in (1, 3, 5))
