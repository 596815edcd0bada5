"""The range slider: a handle for the value, two stops for low and high."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from genba.gui.theme.look import Look

_MARGIN = 8.0


class RangeSlider(QWidget):
    """Drag the handle or a stop; arrows move the handle, Shift ten steps, Alt the nearer stop.

    `moving` is emitted while the user drags, `released` when a movement ends; both carry
    (low, value, high). The value always stays between the stops. The stops stand still unless
    `adjustable`.
    """

    moving = Signal(float, float, float)
    released = Signal(float, float, float)

    def __init__(
        self,
        look: Look,
        low: float,
        value: float,
        high: float,
        *,
        name: str = "",
        adjustable: bool = True,
    ) -> None:
        super().__init__()
        self._look = look
        self._grabbed = ""
        self._adjustable = adjustable
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(name)
        self.setFixedHeight(24)
        self.setMinimumWidth(120)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._span = _span(low, high)
        self.low, self.value, self.high = low, value, high

    def sizeHint(self) -> QSize:
        """Wide rather than high."""
        return QSize(240, 24)

    @property
    def dragging(self) -> bool:
        """Whether the user holds a handle now."""
        return bool(self._grabbed)

    def set_values(self, low: float, value: float, high: float) -> None:
        """Show other values; ignored while the user drags."""
        if self.dragging:
            return
        if not self._span[0] <= low <= high <= self._span[1]:
            self._span = _span(low, high)
        self.low, self.value, self.high = low, value, high
        self.update()

    def move(self, part: str, to: float) -> None:  # type: ignore[override]
        """Move ``low``, ``value`` or ``high`` to a value, pushing none of the others over."""
        start, end = self._span
        to = min(max(to, start), end)
        if part == "low":
            self.low = min(to, self.value)
        elif part == "high":
            self.high = max(to, self.value)
        else:
            self.value = min(max(to, self.low), self.high)
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Grab what is nearest."""
        x = event.position().x()
        parts = {"value": self.value}
        if self._adjustable:
            parts |= {"low": self.low, "high": self.high}
        self._grabbed = min(
            parts, key=lambda part: (abs(self._x(parts[part]) - x), part != "value")
        )
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self._drag(x)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Follow the pointer."""
        if self._grabbed:
            self._drag(event.position().x())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        if self._grabbed:
            self._grabbed = ""
            self.released.emit(self.low, self.value, self.high)
            self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows step by a hundredth of the scale."""
        directions = {
            Qt.Key.Key_Left: -1,
            Qt.Key.Key_Down: -1,
            Qt.Key.Key_Right: 1,
            Qt.Key.Key_Up: 1,
        }
        direction = directions.get(Qt.Key(event.key()))
        if direction is None:
            super().keyPressEvent(event)
            return
        step = (self._span[1] - self._span[0]) / 100 * direction
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            step *= 10
        if self._adjustable and event.modifiers() & Qt.KeyboardModifier.AltModifier:
            part = "low" if direction < 0 else "high"
            self.move(part, getattr(self, part) + step)
        else:
            self.move("value", self.value + step)
        self.released.emit(self.low, self.value, self.high)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Rail, range, stops, handle, focus ring."""
        theme = self._look.theme
        middle = self.height() / 2
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(theme.color("lineStrong"), 2))
            painter.drawLine(QPointF(_MARGIN, middle), QPointF(self.width() - _MARGIN, middle))
            low, value, high = self._x(self.low), self._x(self.value), self._x(self.high)
            painter.fillRect(QRectF(low, middle - 3, high - low, 6), theme.color("accent", 0.45))
            painter.setPen(QPen(theme.color("accent"), 2))
            for stop in (low, high):
                painter.drawLine(QPointF(stop, middle - 7), QPointF(stop, middle + 7))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("accent"))
            painter.drawRoundedRect(QRectF(value - 4.5, middle - 8, 9, 16), 2, 2)
            if self.hasFocus():
                painter.setPen(QPen(theme.color("accent"), 1.5))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRoundedRect(QRectF(value - 7.5, middle - 11, 15, 22), 4, 4)

    def _drag(self, x: float) -> None:
        start, end = self._span
        share = (x - _MARGIN) / max(self.width() - 2 * _MARGIN, 1)
        self.move(self._grabbed, start + share * (end - start))
        self.moving.emit(self.low, self.value, self.high)

    def _x(self, value: float) -> float:
        start, end = self._span
        share = (value - start) / (end - start) if end > start else 0.5
        return _MARGIN + share * (self.width() - 2 * _MARGIN)


def _span(low: float, high: float) -> tuple[float, float]:
    """The scale of the rail: the range with room on both sides, not below zero without need."""
    room = (high - low) * 0.35 or abs(high) * 0.5 or 1.0
    start = low - room
    return (max(start, 0.0) if low >= 0 else start), high + room
