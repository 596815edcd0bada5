"""Draws the cells of a table: text, marks, chips, tick boxes, bars with whiskers and limits."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from genba.figures import Basis
from genba.gui.theme.look import Look
from genba.gui.widgets.marks import paint_basis, paint_state
from genba.gui.widgets.table import Bar, Cell, RowsModel

_PAD = 8


class CellDelegate(QStyledItemDelegate):
    """Paints a `Cell` in the order: tick box, state, text with chip, mark; or a bar."""

    def __init__(self, look: Look, parent: QObject) -> None:
        super().__init__(parent)
        self._look = look

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Ground, contents, hairline below, focus."""
        model = index.model()
        assert isinstance(model, RowsModel)  # noqa: S101 - the table sets its own model
        cell, entry = model.cell(index), model.rows[index.row()]
        box = QRectF(option.rect)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()
        ground = "accentSoft" if selected else cell.ground or entry.ground
        if entry.pinned and not ground:
            ground = "surfaceSunken"
        if ground:
            painter.fillRect(box, self._look.theme.color(ground))
        painter.setPen(QPen(self._look.theme.color("lineDecorative"), 1))
        painter.drawLine(
            QPointF(box.left(), box.bottom() - 0.5), box.bottomRight() - QPointF(0, 0.5)
        )
        right = model.columns[index.column()].right
        self._contents(painter, box.adjusted(_PAD, 0, -_PAD, -1), cell, right)
        painter.restore()

    def _contents(self, painter: QPainter, box: QRectF, cell: Cell, right: bool) -> None:
        if cell.bar is not None:
            paint_bar(painter, box, cell.bar, self._look)
            return
        left = box.left()
        if cell.checked is not None:
            _tick_box(painter, QRectF(left, box.center().y() - 8, 16, 16), cell.checked, self._look)
            left += 24
        font = self._look.font("body_bold" if cell.bold else "body")
        metrics = QFontMetrics(font)
        mark = 18.0 if cell.basis is not Basis.EXACT or (right and cell.sort is not None) else 0.0
        state = 22.0 if cell.state else 0.0
        room = max(box.right() - left - mark - state, 0)
        text = metrics.elidedText(cell.text, Qt.TextElideMode.ElideRight, int(room) + 1)
        width = metrics.horizontalAdvance(text)
        start = box.right() - mark - width if right else left + state
        if cell.state:
            square = QRectF(start - state, box.center().y() - 8, 16, 16)
            paint_state(painter, square, cell.state, self._look.theme)
        high = (
            box
            if not cell.note
            else QRectF(box.left(), box.top() + 1, box.width(), box.height() / 2)
        )
        self._text(
            painter, QRectF(start, high.top(), width + 2, high.height()), text, font, cell.ink
        )
        if cell.basis is not Basis.EXACT:
            circle = QRectF(start + width + 6, high.center().y() - 6, 12, 12)
            paint_basis(painter, circle, cell.basis, self._look.theme.color("ink"))
        if cell.chip:
            self._chip(painter, QPointF(start + width + 8, box.center().y()), cell.chip)
        if cell.note:
            small = self._look.font("caption")
            low = QRectF(
                left + state, box.center().y() - 1, box.right() - left - state, box.height() / 2
            )
            self._text(painter, low, cell.note, small, "inkSecondary", right=right)

    def _text(
        self,
        painter: QPainter,
        box: QRectF,
        text: str,
        font: QFont,
        ink: str,
        *,
        right: bool = False,
    ) -> None:
        painter.setFont(font)
        painter.setPen(self._look.theme.color(ink))
        side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
        painter.drawText(box, int(side | Qt.AlignmentFlag.AlignVCenter), text)

    def _chip(self, painter: QPainter, at: QPointF, text: str) -> None:
        font = self._look.font("caption")
        width = QFontMetrics(font).horizontalAdvance(text) + 12
        box = QRectF(at.x(), at.y() - 9, width, 18)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._look.theme.color("surfaceSunken"))
        painter.drawRoundedRect(box, 3, 3)
        self._text(painter, box.adjusted(6, 0, 0, 0), text, font, "ink")


def _tick_box(painter: QPainter, box: QRectF, on: bool, look: Look) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(look.theme.color("accent" if on else "controlBorder"), 1.5))
    painter.setBrush(look.theme.color("accent") if on else Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), 2.5, 2.5)
    if on:
        painter.setPen(QPen(look.theme.color("onAccent"), 1.9))
        x, y = box.left(), box.top()
        painter.drawLine(QPointF(x + 4.6, y + 8.3), QPointF(x + 7, y + 10.6))
        painter.drawLine(QPointF(x + 7, y + 10.6), QPointF(x + 11.4, y + 5.6))


def paint_bar(painter: QPainter, box: QRectF, bar: Bar, look: Look) -> None:
    """A bar from zero with whiskers at its interval and a dashed limit; broken when over scale."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    theme = look.theme
    top = bar.top or 1.0

    def x(value: float) -> float:
        return box.left() + box.width() * min(max(value / top, 0.0), 1.0)

    middle = box.center().y()
    body = QRectF(box.left(), middle - 4, x(bar.value) - box.left(), 8)
    painter.fillRect(body, theme.color(bar.color))
    if bar.value > top:
        painter.setPen(QPen(theme.color("surface"), 2.5))
        for shift in (14, 8):
            end = box.right() - shift
            painter.drawLine(QPointF(end, middle + 5), QPointF(end + 4, middle - 5))
    if bar.low is not None and bar.high is not None:
        painter.setPen(QPen(theme.color("ink"), 1.2))
        low, high = x(bar.low), x(bar.high)
        painter.drawLine(QPointF(low, middle), QPointF(high, middle))
        for end in (low, high):
            painter.drawLine(QPointF(end, middle - 3.5), QPointF(end, middle + 3.5))
    if bar.limit is not None and bar.limit <= top:
        limit_pen(painter, theme.color("fail"))
        painter.drawLine(
            QPointF(x(bar.limit), box.top() + 2), QPointF(x(bar.limit), box.bottom() - 2)
        )


def limit_pen(painter: QPainter, color: QColor) -> None:
    """The dashed red pen of limits."""
    pen = QPen(color, 1.5)
    pen.setDashPattern([2, 1.6])
    painter.setPen(pen)
