"""Small builders for layouts, labels and cards, so that pages read as their content."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from genba.gui.theme.look import Look

L = TypeVar("L", bound=QBoxLayout)
Item = QWidget | QLayout | int | None
"""What a builder takes: a widget, a layout, a gap in pixels, or None for a stretch."""


def row(
    *items: Item, gap: int = 8, margins: tuple[int, int, int, int] = (0, 0, 0, 0)
) -> QHBoxLayout:
    """Items from left to right."""
    return _fill(QHBoxLayout(), items, gap, margins)


def column(
    *items: Item, gap: int = 8, margins: tuple[int, int, int, int] = (0, 0, 0, 0)
) -> QVBoxLayout:
    """Items from top to bottom."""
    return _fill(QVBoxLayout(), items, gap, margins)


def _fill(layout: L, items: Iterable[Item], gap: int, margins: tuple[int, int, int, int]) -> L:
    layout.setSpacing(gap)
    layout.setContentsMargins(*margins)
    append(layout, items)
    return layout


def append(layout: QBoxLayout, items: Iterable[Item]) -> None:
    """Put items behind what a layout holds: None stretches, a number is a gap in pixels."""
    for item in items:
        if item is None:
            layout.addStretch(1)
        elif isinstance(item, int):
            layout.addSpacing(item)
        elif isinstance(item, QWidget):
            layout.addWidget(item)
        else:
            layout.addLayout(item)


def top(widget: QWidget, shift: int = 0) -> QVBoxLayout:
    """A small widget held at the top of its row, `shift` pixels down, beside a wrapping text."""
    result = column(margins=(0, shift, 0, 0))
    result.addWidget(widget, 0, Qt.AlignmentFlag.AlignTop)
    return result


def label(
    look: Look, text: str = "", role: str = "body", ink: str = "ink", *, wrap: bool = False
) -> QLabel:
    """A label of plain text: whatever it holds, it is never read as markup."""
    result = QLabel(text)
    result.setTextFormat(Qt.TextFormat.PlainText)
    result.setFont(look.font(role))
    result.setProperty("ink", ink)
    if wrap:
        result.setWordWrap(True)
        result.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        result.setMinimumWidth(40)
        policy = result.sizePolicy()
        policy.setHorizontalPolicy(QSizePolicy.Policy.Ignored)
        policy.setHeightForWidth(True)
        result.setSizePolicy(policy)
    return result


def show_if(widget: QWidget, wanted: bool) -> None:
    """Show or hide a widget that may not have its place yet.

    Without a parent `setVisible(True)` would open it as a window of its own, which flashes up and
    takes the keyboard focus; such a widget is only unmarked, and appears with its parent.
    """
    if wanted and widget.parentWidget() is None:
        widget.setAttribute(Qt.WidgetAttribute.WA_WState_ExplicitShowHide, False)
    else:
        widget.setVisible(wanted)


def set_ink(widget: QWidget, ink: str) -> None:
    """Change the colour token of a label."""
    if widget.property("ink") != ink:
        set_property(widget, "ink", ink)


def set_property(widget: QWidget, name: str, value: object) -> None:
    """Change a property that the style sheet looks at, and restyle."""
    font = widget.font()
    widget.setProperty(name, value)
    if not widget.testAttribute(Qt.WidgetAttribute.WA_WState_Polished):
        return  # the first polishing, when it is shown, will see the property
    widget.style().unpolish(widget)
    widget.style().polish(widget)
    widget.setFont(font)  # polishing goes back to the font from before the style sheet


class ElidedLabel(QLabel):
    """A label for names from elsewhere that may be too long: cut in the middle, whole on hover."""

    def __init__(self, look: Look, text: str, role: str = "body", ink: str = "ink") -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setFont(look.font(role))
        self.setProperty("ink", ink)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._whole = text
        self._shorten()

    def set_whole(self, text: str) -> None:
        """Show another text."""
        self._whole = text
        self._shorten()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Cut again for the new width."""
        super().resizeEvent(event)
        self._shorten()

    def _shorten(self) -> None:
        metrics = QFontMetrics(self.font())
        shown = metrics.elidedText(self._whole, Qt.TextElideMode.ElideMiddle, max(self.width(), 60))
        super().setText(shown)
        self.setToolTip(self._whole if shown != self._whole else "")


class Card(QFrame):
    """A white card with a hairline; `title` is bold, `aside` stands right of it in small text."""

    def __init__(
        self, look: Look, title: str = "", aside: str = "", *, gap: int = 8, padded: bool = True
    ) -> None:
        super().__init__()
        self.look = look
        self.setProperty("part", "card")
        margins = (16, 12, 16, 14) if padded else (0, 0, 0, 0)
        self.body = column(gap=gap, margins=margins)
        self.setLayout(self.body)
        self.head = row(gap=8)
        self.aside = label(look, aside, "small", "inkSecondary")
        self.title = label(look, title, "card_title")
        if title:
            self.head.addWidget(self.title)
            self.head.addStretch(1)
            self.head.addWidget(self.aside)
            if padded:
                self.body.addLayout(self.head)
            else:
                self.head.setContentsMargins(16, 10, 16, 0)
                self.body.addLayout(self.head)

    def add(self, *items: Item) -> None:
        """Append items below what is there."""
        append(self.body, items)


def line() -> QFrame:
    """A hairline across."""
    result = QFrame()
    result.setProperty("part", "line")
    result.setFixedHeight(1)
    return result


def upright_line() -> QFrame:
    """A hairline from top to bottom."""
    result = QFrame()
    result.setProperty("part", "line")
    result.setFixedWidth(1)
    return result


def clear(layout: QLayout) -> None:
    """Remove and delete everything in a layout."""
    while (item := layout.takeAt(0)) is not None:
        widget = item.widget()
        inner = item.layout()
        if widget is not None:
            widget.hide()
            widget.deleteLater()
        elif inner is not None:
            clear(inner)
            inner.deleteLater()
