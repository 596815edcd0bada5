"""Charts drawn with a painter: cash flow, distribution, tornado, shares. No plotting library."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from genba.figures import Basis
from genba.gui.theme.look import Look
from genba.gui.widgets.marks import paint_basis


class Chart(QWidget):
    """The common base: room, fonts, axes with round numbers."""

    def __init__(self, look: Look, height: int) -> None:
        super().__init__()
        self.look = look
        self.setMinimumHeight(height)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw into the whole widget."""
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setFont(self.look.font("caption"))
            self.draw(painter, QRectF(self.rect()))

    def draw(self, painter: QPainter, box: QRectF) -> None:
        """The chart itself."""

    def text(
        self,
        painter: QPainter,
        x: float,
        y: float,
        text: str,
        *,
        side: str = "centre",
        ink: str = "inkSecondary",
        bold: bool = False,
    ) -> None:
        """Text with its middle at `y`, and its left, right or centre at `x`."""
        font = self.look.font("caption")
        font.setBold(bold)
        painter.setFont(font)
        width = QFontMetrics(font).horizontalAdvance(text) + 2
        left = {"centre": x - width / 2, "left": x, "right": x - width}[side]
        painter.setPen(self.look.theme.color(ink))
        flags = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        painter.drawText(QRectF(left, y - 9, width, 18), flags, text)

    def axis(self, painter: QPainter, box: QRectF, entries: Sequence[tuple[float, str]]) -> None:
        """Texts along the bottom: kept inside the box, those that would touch left out."""
        end = -math.inf
        for x, text in entries:
            half = self.text_width(text) / 2 + 1
            centre = min(max(x, box.left() + half), box.right() - half)
            if centre - half > end + 6:
                self.text(painter, centre, box.bottom() - 10, text)
                end = centre + half

    def text_width(self, text: str) -> float:
        """The width of a caption."""
        return float(QFontMetrics(self.look.font("caption")).horizontalAdvance(text))


def ticks(low: float, high: float, about: int = 5) -> list[float]:
    """Round numbers that cover a range: steps of 1, 2 or 5 times a power of ten."""
    if not math.isfinite(low) or not math.isfinite(high) or high <= low:
        return [low]
    rough = (high - low) / max(about - 1, 1)
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(m * power for m in (1, 2, 5, 10) if m * power >= rough * 0.999)
    first = math.floor(low / step)
    last = math.ceil(high / step)
    return [step * i for i in range(first, last + 1)]


class CashFlowChart(Chart):
    """Yearly net flows as bars, their running sum as a line. Gains and losses differ in colour,
    and stand on different sides of zero."""

    def __init__(self, look: Look) -> None:
        super().__init__(look, 220)
        self._net: tuple[float, ...] = ()
        self._currency = "JPY"
        self._names: tuple[str, ...] = ()

    def show_flow(self, net: Sequence[float], currency: str, names: Sequence[str]) -> None:
        """Flows from t = 0 on, and the name of each year."""
        self._net, self._currency, self._names = tuple(net), currency, tuple(names)
        self.setAccessibleName(
            ", ".join(
                f"{name}: {self.look.language.money(flow, currency)}"
                for name, flow in zip(names, net, strict=False)
            )
        )
        self.update()

    def draw(self, painter: QPainter, box: QRectF) -> None:
        """Grid, bars with their numbers, the running sum."""
        if not self._net:
            return
        theme, language = self.look.theme, self.look.language
        running = [sum(self._net[: i + 1]) for i in range(len(self._net))]
        marks = ticks(min(*self._net, *running, 0.0), max(*self._net, *running, 0.0))
        labels = [_money(language, m, self._currency) for m in marks]
        left = max(self.text_width(t) for t in labels) + 14
        plot = box.adjusted(left, 14, -8, -24)

        def y(value: float) -> float:
            return plot.bottom() - (value - marks[0]) / (marks[-1] - marks[0]) * plot.height()

        for mark, text in zip(marks, labels, strict=True):
            strong = mark == 0
            painter.setPen(QPen(theme.color("inkTertiary" if strong else "plotGrid"), 1))
            painter.drawLine(QPointF(plot.left(), y(mark)), QPointF(plot.right(), y(mark)))
            self.text(painter, plot.left() - 8, y(mark), text, side="right")
        slot = plot.width() / len(self._net)
        for index, flow in enumerate(self._net):
            x = plot.left() + slot * (index + 0.5)
            bar = QRectF(x - slot * 0.29, min(y(0), y(flow)), slot * 0.58, abs(y(flow) - y(0)))
            painter.fillRect(bar, theme.color("plot1" if flow >= 0 else "plot2"))
            name = self._names[index] if index < len(self._names) else str(index)
            self.text(painter, x, box.bottom() - 10, name)
            above = y(max(flow, 0.0)) - 9
            if flow >= 0 and abs(y(running[index]) - above) < 14:
                above = y(0) + 9  # the line of the running sum would cross the number
            number = _money(language, flow, self._currency)
            self.text(painter, x, above, number, ink="ink", bold=True)
        points = [QPointF(plot.left() + slot * (i + 0.5), y(v)) for i, v in enumerate(running)]
        painter.setPen(QPen(theme.color("ink"), 1.6))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolyline(QPolygonF(points))
        painter.setBrush(theme.color("ink"))
        for point in points:
            painter.drawEllipse(point, 2.4, 2.4)


class DistributionChart(Chart):
    """The simulated net present value: losses and gains in two colours, quantiles, the plan."""

    def __init__(self, look: Look) -> None:
        super().__init__(look, 200)
        self._bins: tuple[tuple[float, float, int], ...] = ()
        self._lines: tuple[tuple[str, float, bool], ...] = ()
        self._currency = "JPY"

    def show_bins(
        self,
        bins: Sequence[tuple[float, float, int]],
        lines: Sequence[tuple[str, float, bool]],
        currency: str,
    ) -> None:
        """Bins (low, high, count), and lines (name, value, whether it is the plan)."""
        self._bins, self._lines, self._currency = tuple(bins), tuple(lines), currency
        self.update()

    def draw(self, painter: QPainter, box: QRectF) -> None:
        """Bars, axis, quantile lines with names on two rows."""
        if not self._bins:
            return
        theme, language = self.look.theme, self.look.language
        low, high = self._bins[0][0], self._bins[-1][1]
        top = max(count for _, _, count in self._bins) or 1
        plot = box.adjusted(8, 42, -8, -24)

        def x(value: float) -> float:
            return plot.left() + (value - low) / ((high - low) or 1) * plot.width()

        for start, end, count in self._bins:
            height = plot.height() * count / top
            bar = QRectF(x(start) + 0.5, plot.bottom() - height, x(end) - x(start) - 1, height)
            loss = (start + end) / 2 < 0
            painter.fillRect(bar, theme.color("plot2" if loss else "plot1", 0.7))
        painter.setPen(QPen(theme.color("lineStrong"), 1))
        painter.drawLine(plot.bottomLeft(), plot.bottomRight())
        shown = [m for m in ticks(low, high) if low <= m <= high]
        self.axis(painter, box, [(x(m), _money(language, m, self._currency)) for m in shown])
        for name, value, plan in self._lines:
            if not low <= value <= high:
                continue
            pen = QPen(theme.color("fail" if plan else "ink"), 1.5)
            if not plan:
                pen.setDashPattern([2, 2])
            painter.setPen(pen)
            head = plot.top() - (20 if plan else 6)
            painter.drawLine(QPointF(x(value), head), QPointF(x(value), plot.bottom()))
            near_right = x(value) > plot.right() - 90
            side = "right" if near_right else "left"
            shift = -4 if near_right else 4
            ink = "fail" if plan else "ink"
            self.text(painter, x(value) + shift, head, name, side=side, ink=ink, bold=True)


@dataclass(frozen=True, slots=True)
class TornadoRow:
    """One bar: name, basis, result at the low and the high end, switching value as text."""

    name: str
    basis: Basis
    first: float
    second: float
    switching: str


class TornadoChart(Chart):
    """What moves the result most: each input at its P10 and P90, around the plan value."""

    ROW = 30

    def __init__(self, look: Look) -> None:
        super().__init__(look, 120)
        self._rows: tuple[TornadoRow, ...] = ()
        self._plan = 0.0
        self._currency = "JPY"

    def show_rows(self, rows: Sequence[TornadoRow], plan: float, currency: str) -> None:
        """The rows, largest first, and the plan value."""
        self._rows, self._plan, self._currency = tuple(rows), plan, currency
        self.setMinimumHeight(self.ROW * max(len(rows), 1) + 30)
        self.update()

    def draw(self, painter: QPainter, box: QRectF) -> None:
        """Names left, bars in the middle, switching values right."""
        if not self._rows:
            return
        theme, language = self.look.theme, self.look.language
        values = [v for r in self._rows for v in (r.first, r.second)] + [self._plan]
        marks = ticks(min(values), max(values), 4)
        names = min(max(self.text_width(r.name) for r in self._rows) + 34, box.width() * 0.42)
        right = max([self.text_width(r.switching) for r in self._rows] + [60]) + 16
        plot = box.adjusted(names, 2, -right, -24)

        def x(value: float) -> float:
            return plot.left() + (value - marks[0]) / ((marks[-1] - marks[0]) or 1) * plot.width()

        for mark in marks:
            painter.setPen(QPen(theme.color("plotGrid"), 1))
            painter.drawLine(QPointF(x(mark), plot.top()), QPointF(x(mark), plot.bottom()))
        self.axis(painter, box, [(x(m), _money(language, m, self._currency)) for m in marks])
        metrics = QFontMetrics(self.look.font("caption"))
        for index, entry in enumerate(self._rows):
            y = plot.top() + self.ROW * (index + 0.5)
            short = metrics.elidedText(entry.name, Qt.TextElideMode.ElideRight, int(names) - 32)
            self.text(painter, plot.left() - 26, y, short, side="right", ink="ink")
            circle = QRectF(plot.left() - 20, y - 6, 12, 12)
            paint_basis(painter, circle, entry.basis, theme.color("ink"))
            for value in (entry.first, entry.second):
                start, end = sorted((x(self._plan), x(value)))
                color = "plot1" if value >= self._plan else "plot2"
                painter.fillRect(QRectF(start, y - 8, end - start, 16), theme.color(color, 0.85))
            self.text(painter, box.right() - 4, y, entry.switching, side="right")
        painter.setPen(QPen(theme.color("ink"), 1.5))
        painter.drawLine(QPointF(x(self._plan), plot.top()), QPointF(x(self._plan), plot.bottom()))


class ShareBar(Chart):
    """Shares of one whole, side by side, each with its own fill."""

    def __init__(self, look: Look, height: int = 14) -> None:
        super().__init__(look, height)
        self.setFixedHeight(height)
        self._parts: tuple[tuple[float, str], ...] = ()

    def show_parts(self, parts: Sequence[tuple[float, str]]) -> None:
        """Shares (0..1) and their colour tokens; ``outline`` draws an empty box."""
        self._parts = tuple(parts)
        self.update()

    def draw(self, painter: QPainter, box: QRectF) -> None:
        """The parts from left to right."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
        left = box.left()
        for share, fill in self._parts:
            width = box.width() * share
            part = QRectF(left, box.top(), width, box.height() - 1)
            if fill == "outline":
                painter.setPen(QPen(self.look.theme.color("ink"), 1))
                painter.drawRect(part.adjusted(0, 0, -1, 0))
            else:
                painter.fillRect(part, self.look.theme.color(fill))
            left += width


def _money(language: object, amount: float, currency: str) -> str:
    """An amount on an axis: short, with its unit, zero as zero."""
    if amount == 0:
        return "0"
    number, unit = language.money_parts(amount, currency)  # type: ignore[attr-defined]
    if "." in number:
        body, _, suffix = number.partition(" ")
        body = body.rstrip("0").rstrip(".")
        number = f"{body} {suffix}".strip()
    return f"{number} {unit}" if unit in ("万円", "億円", "円") else str(number)
