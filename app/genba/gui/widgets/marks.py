"""Marks that are drawn, not typed: circles for the basis, squares and the like for the state."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from genba.errors import N_
from genba.figures import Basis
from genba.gui.theme.look import Look
from genba.gui.theme.tokens import Theme, size, tokens
from genba.gui.widgets.layout import show_if
from genba.i18n import BASIS_WORDS

STATE_WORDS = {
    "done": N_("done"),
    "likely": N_("likely"),
    "attention": N_("attention"),
    "failed": N_("failed"),
    "running": N_("running"),
    "queued": N_("queued"),
    "not_yet": N_("not yet"),
    "not_possible": N_("not possible"),
}
"""State codes as words; the codes of `StudyView.pages` and of verdicts map onto these."""

VERDICT_STATES = {
    "met": "done",
    "likely": "likely",
    "missed": "failed",
    "unlikely": "attention",
    "undecided": "attention",
    "no_limit": "not_possible",
}
"""The state mark of a Judgement's verdict; a predicted miss is attention, not failure."""


def paint_basis(painter: QPainter, box: QRectF, basis: Basis, ink: QColor) -> None:
    """Draw a basis mark into `box` (12 x 12 at its natural size); exact draws nothing."""
    if basis is Basis.EXACT:
        return
    scale = min(box.width(), box.height()) / tokens()["provenance"]["viewbox"]
    radius = tokens()["provenance"]["radius"] * scale
    centre = box.center()
    ring = QRectF(centre.x() - radius, centre.y() - radius, 2 * radius, 2 * radius)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(ink, tokens()["provenance"]["stroke"] * scale))
    painter.setBrush(ink if basis is Basis.MEASURED else Qt.BrushStyle.NoBrush)
    painter.drawEllipse(ring)
    if basis is Basis.PREDICTED:
        painter.setBrush(ink)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.drawPie(ring, 90 * 16, 180 * 16)
    painter.restore()


def paint_state(painter: QPainter, box: QRectF, state: str, theme: Theme) -> None:
    """Draw a state mark into `box`; the shape alone tells the states apart."""
    spec = tokens()["state"].get(state)
    if spec is None:
        return
    color = theme.color(spec["colour"])
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    side = min(box.width(), box.height())
    painter.translate(box.center().x() - side / 2, box.center().y() - side / 2)
    painter.scale(side / 16, side / 16)
    _SHAPES[state](painter, color, theme.color("surface"))
    painter.restore()


def _square(painter: QPainter, color: QColor, *, filled: bool, dashed: bool = False) -> None:
    pen = QPen(color, 1.5)
    if dashed:
        pen.setDashPattern([1.7, 1.5])
    painter.setPen(pen)
    painter.setBrush(color if filled else Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(QRectF(1.75, 1.75, 12.5, 12.5), 2.5, 2.5)


def _tick(painter: QPainter, color: QColor) -> None:
    pen = QPen(color, 1.9)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPolyline(QPolygonF([QPointF(4.6, 8.3), QPointF(7, 10.6), QPointF(11.4, 5.6)]))


def _done(painter: QPainter, color: QColor, ground: QColor) -> None:
    _square(painter, color, filled=True)
    _tick(painter, ground)


def _likely(painter: QPainter, color: QColor, ground: QColor) -> None:
    _square(painter, color, filled=False)
    _tick(painter, color)


def _attention(painter: QPainter, color: QColor, ground: QColor) -> None:
    path = QPainterPath()
    path.addPolygon(QPolygonF([QPointF(8, 2), QPointF(14.6, 13.6), QPointF(1.4, 13.6)]))
    path.closeSubpath()
    pen = QPen(color, 1.6)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.setBrush(color)
    painter.drawPath(path)
    painter.setPen(QPen(ground, 1.7))
    painter.drawLine(QPointF(8, 6), QPointF(8, 9.6))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ground)
    painter.drawEllipse(QPointF(8, 11.9), 0.95, 0.95)


def _failed(painter: QPainter, color: QColor, ground: QColor) -> None:
    corners = [math.radians(22.5 + 45 * i) for i in range(8)]
    octagon = QPolygonF([QPointF(8 + 7.2 * math.cos(a), 8 + 7.2 * math.sin(a)) for a in corners])
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    painter.drawPolygon(octagon)
    painter.setPen(QPen(ground, 1.8))
    painter.drawLine(QPointF(5.6, 5.6), QPointF(10.4, 10.4))
    painter.drawLine(QPointF(10.4, 5.6), QPointF(5.6, 10.4))


def _running(painter: QPainter, color: QColor, ground: QColor) -> None:
    _square(painter, color, filled=False)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    painter.drawPolygon(QPolygonF([QPointF(6.2, 4.8), QPointF(11.4, 8), QPointF(6.2, 11.2)]))


def _queued(painter: QPainter, color: QColor, ground: QColor) -> None:
    _square(painter, color, filled=False)
    painter.setPen(QPen(color, 1.2))
    for y in (5.4, 8.0, 10.6):
        painter.drawLine(QPointF(4.8, y), QPointF(11.2, y))


def _not_yet(painter: QPainter, color: QColor, ground: QColor) -> None:
    _square(painter, color, filled=False, dashed=True)


def _not_possible(painter: QPainter, color: QColor, ground: QColor) -> None:
    painter.setPen(QPen(color, 1.8))
    painter.drawLine(QPointF(3.5, 8), QPointF(12.5, 8))


_SHAPES = {
    "done": _done,
    "likely": _likely,
    "attention": _attention,
    "failed": _failed,
    "running": _running,
    "queued": _queued,
    "not_yet": _not_yet,
    "not_possible": _not_possible,
}


class StateMark(QWidget):
    """A state mark of fixed size, with its word for a screen reader and on hover."""

    def __init__(self, look: Look, state: str, *, small: bool = False, hint: str = "") -> None:
        super().__init__()
        self._look = look
        side = size("state_mark_small" if small else "state_mark")
        self.setFixedSize(QSize(side, side))
        self.set_state(state, hint)

    def set_state(self, state: str, hint: str = "") -> None:
        """Show another state; `hint` is the sentence on hover."""
        self.state = state
        word = self._look.t(STATE_WORDS.get(state, ""))
        self.setAccessibleName(word)
        self.setToolTip(hint or word)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the shape."""
        with QPainter(self) as painter:
            paint_state(painter, QRectF(self.rect()), self.state, self._look.theme)


class BasisMark(QWidget):
    """A basis mark of 12 pixels; takes no room for `exact`."""

    def __init__(self, look: Look, basis: Basis) -> None:
        super().__init__()
        self._look = look
        side = size("provenance_mark")
        self.setFixedSize(QSize(side, side))
        self.set_basis(basis)

    def set_basis(self, basis: Basis) -> None:
        """Show another basis."""
        self.basis = basis
        word = self._look.t(BASIS_WORDS[basis])
        self.setAccessibleName(word)
        self.setToolTip(word)
        show_if(self, basis is not Basis.EXACT)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the circle in ink."""
        with QPainter(self) as painter:
            ink = self._look.theme.color("ink")
            paint_basis(painter, QRectF(self.rect()), self.basis, ink)
