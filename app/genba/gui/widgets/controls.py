"""Buttons, fields, choices and chips."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QFontMetrics,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
)
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QFrame,
    QLabel,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QWidget,
)

from genba.errors import N_
from genba.gui.theme.look import Look
from genba.gui.theme.tokens import size
from genba.gui.widgets.layout import column, label, row, set_property, show_if
from genba.i18n import Language

_TO_BASE = {
    "min": 60_000.0, "s": 1000.0, "ms": 1.0, "µs": 1e-3,
    "gb": 1e9, "mb": 1e6, "kb": 1e3, "b": 1.0,
    "j": 1000.0, "mj": 1.0, "%": 0.01, "万円": 1e4, "円": 1.0,
}  # fmt: skip
"""Units that a pasted number may carry, to the base of its kind (ms, bytes, mJ, share, yen)."""
_FIELD_ROOM = 40
"""What a UnitField needs beside its texts: margins, the gap before the unit, the cursor."""


def button(
    look: Look,
    text: str,
    clicked: Callable[[], object] | None = None,
    *,
    kind: str = "outlined",
    small: bool = False,
    hint: str = "",
) -> QPushButton:
    """A button: `filled` (one a region), `outlined`, `quiet` (text) or `danger`."""
    result = QPushButton(text)
    result.setProperty("kind", kind)
    if small:
        result.setProperty("small", "true")
    result.setFont(look.font("small" if small else "body_bold" if kind == "filled" else "body"))
    result.setCursor(Qt.CursorShape.PointingHandCursor)
    result.setToolTip(hint)
    result.setAutoDefault(False)
    result.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
    if clicked is not None:
        result.clicked.connect(lambda *_: clicked())
    return result


class Segmented(QWidget):
    """A few exclusive choices side by side. `chosen` is emitted with the choice's key."""

    chosen = Signal(str)

    def __init__(self, look: Look, choices: Sequence[tuple[str, str]], current: str) -> None:
        super().__init__()
        self._group = QButtonGroup(self)
        self._keys = [key for key, _ in choices]
        layout = row(gap=0)
        for index, (key, text) in enumerate(choices):
            part = QPushButton(text)
            part.setCheckable(True)
            part.setChecked(key == current)
            part.setFont(look.font("small_bold" if key == current else "small"))
            part.setProperty("part", "segment")
            part.setAccessibleName(text)
            if index == 0:
                part.setProperty("edge", "first")
            elif index == len(choices) - 1:
                part.setProperty("edge", "last")
            part.toggled.connect(
                lambda on, part=part: part.setFont(look.font("small_bold" if on else "small"))
            )
            self._group.addButton(part, index)
            layout.addWidget(part)
        self.setLayout(layout)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._group.idClicked.connect(lambda index: self.chosen.emit(self._keys[index]))

    def set_current(self, key: str) -> None:
        """Select a choice without emitting."""
        if key in self._keys:
            self._group.button(self._keys.index(key)).setChecked(True)

    @property
    def current(self) -> str:
        """The selected key."""
        index = self._group.checkedId()
        return self._keys[index] if index >= 0 else ""


class Combo(QComboBox):
    """A drop-down of (key, text). `picked` is emitted with the key, only by the user."""

    picked = Signal(str)

    def __init__(
        self, look: Look, choices: Sequence[tuple[str, str]] = (), current: str = ""
    ) -> None:
        super().__init__()
        self._look = look
        self.setFont(look.font("body"))
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.set_choices(choices, current)
        self.activated.connect(lambda _: self.picked.emit(self.current))

    def set_choices(self, choices: Sequence[tuple[str, str]], current: str = "") -> None:
        """Replace the choices; keeps the selection when it is still there."""
        wanted = current or self.current
        shown = [(self.itemData(i), self.itemText(i)) for i in range(self.count())]
        if shown != list(choices):
            self.clear()
            for key, text in choices:
                self.addItem(text, key)
        index = self.findData(wanted)
        if index >= 0:
            self.setCurrentIndex(index)

    @property
    def current(self) -> str:
        """The selected key, or an empty string."""
        return str(self.currentData() or "")

    def paintEvent(self, event: QPaintEvent) -> None:
        """The box of the style, with a chevron in the ink of the theme."""
        super().paintEvent(event)
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(self._look.theme.color("inkSecondary"), 1.5))
            x, y = self.width() - 17.0, self.height() / 2 - 2
            painter.drawPolyline(
                QPolygonF([QPointF(x, y), QPointF(x + 4.5, y + 4.5), QPointF(x + 9, y)])
            )


class UnitField(QWidget):
    """A number with its unit inside at the right, checked while typing.

    `committed` carries the value on Enter or when the focus leaves; arrows step it (Shift: ten
    times), Esc restores. `check` answers a rule that the value breaks, or an empty string.
    """

    committed = Signal(float)

    def __init__(
        self,
        look: Look,
        value: float | None,
        unit: str = "",
        *,
        prefix: str = "",
        check: Callable[[float], str] | None = None,
        width: int = 132,
        digits: int = 4,
    ) -> None:
        super().__init__()
        self._look, self._check, self._digits, self._unit = look, check, digits, unit
        self._box = QFrame()
        self._box.setProperty("part", "field")
        self._box.setFixedHeight(size("input"))
        self.edit = _FieldEdit(self)
        self.edit.setFont(look.font("body"))
        self.edit.setFrame(False)
        self._message = label(look, "", "caption", "fail")
        self._message.hide()
        suffix = label(look, unit, _unit_role(unit), "inkSecondary")
        front = label(look, prefix, "body", "inkSecondary")
        show_if(front, bool(prefix))
        self._box.setLayout(row(front, self.edit, suffix, gap=6, margins=(10, 0, 10, 0)))
        self.setLayout(column(self._box, self._message, gap=2))
        self._box.setFixedWidth(width)
        self.setFixedWidth(width)
        self.edit.textEdited.connect(lambda _: self._judge())
        self.edit.editingFinished.connect(self._commit)
        self.value = value
        self.set_value(value)

    def set_value(self, value: float | None) -> None:
        """Show another value, unless the user is typing."""
        self.value = value
        if not self.edit.hasFocus():
            self.edit.setText(self._shown(value))
            self.edit.setCursorPosition(0)
            self._judge()

    def _shown(self, value: float | None) -> str:
        if value is None:
            return ""
        return trimmed(self._look.language, value, self._digits)

    def _judge(self) -> float | None:
        parsed = parse_number(self.edit.text(), self._unit)
        rule = ""
        if self.edit.text().strip():
            if parsed is None:
                rule = self._look.t(N_("Enter a number."))
            elif self._check is not None:
                rule = self._check(parsed)
        self._message.setText(rule)
        self._message.setVisible(bool(rule))
        set_property(self._box, "bad", "true" if rule else "false")
        return None if rule else parsed

    def _commit(self) -> None:
        parsed = self._judge()
        if parsed is None or parsed == self.value:
            return
        self.value = parsed
        self.committed.emit(parsed)

    def step(self, factor: float) -> None:
        """Move by one step of the second digit."""
        parsed = parse_number(self.edit.text(), self._unit)
        if parsed is None:
            return
        magnitude = 10.0 ** (len(str(int(abs(parsed)))) - 2) if abs(parsed) >= 1 else 0.01
        moved = round(parsed + factor * max(magnitude, 0.01), 6)
        self.edit.setText(self._shown(moved))
        if self._judge() is not None:
            self.value = moved
            self.committed.emit(moved)

    def restore(self) -> None:
        """Back to the last valid value."""
        self.edit.setText(self._shown(self.value))
        self._judge()

    def show_focus(self, on: bool) -> None:
        """Draw the focus ring on the box."""
        set_property(self._box, "live", "true" if on else "false")


class _FieldEdit(QLineEdit):
    def __init__(self, owner: UnitField) -> None:
        super().__init__()
        self._owner = owner

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Up: 1.0, Qt.Key.Key_Down: -1.0}
        direction = steps.get(Qt.Key(event.key()))
        if direction is not None:
            fast = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self._owner.step(direction * (10 if fast else 1))
        elif event.key() == Qt.Key.Key_Escape:
            self._owner.restore()
            self.clearFocus()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._owner.show_focus(True)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._owner.show_focus(False)


def parse_number(text: str, unit: str = "") -> float | None:
    """A typed or pasted number, converted when it carries another unit of the same kind.

    ``parse_number("12000 ms", "s")`` is 12.0. None when it is no number.
    """
    cleaned = text.replace(",", "").replace("−", "-").replace("▲", "-").replace("¥", "").strip()
    found = re.fullmatch(r"(-?\d*\.?\d+(?:[eE][+-]?\d+)?)\s*([^\d\s]*)", cleaned)
    if found is None:
        return None
    value, typed = float(found[1]), found[2].lower()
    base, target = _TO_BASE.get(typed), _TO_BASE.get(unit.lower())
    if typed and typed != unit.lower() and base is not None and target is not None:
        value = value * base / target
    return value


def _unit_role(unit: str) -> str:
    return "small" if len(unit) < 6 else "caption"


def room_for(look: Look, value: float, unit: str) -> int:
    """The width of a UnitField that shows a value of this length with its unit."""
    number = QFontMetrics(look.font("body")).horizontalAdvance(trimmed(look.language, value))
    words = QFontMetrics(look.font(_unit_role(unit))).horizontalAdvance(unit)
    return number + words + _FIELD_ROOM


def trimmed(language: Language, value: float, digits: int = 4) -> str:
    """An input as it would be typed: up to `digits` significant digits, no zeros at the end."""
    if float(value).is_integer():
        return language.number(int(value))
    text = language.number(value, digits)
    return text.rstrip("0").rstrip(".") if "." in text else text


class Chip(QFrame):
    """A short note in a soft box: a state with its mark, a target's name, DEMO."""

    def __init__(self, look: Look, text: str, tone: str = "plain") -> None:
        super().__init__()
        ground, ink, border = {
            "plain": ("surfaceSunken", "ink", ""),
            "accent": ("accentSoft", "accent", ""),
            "pass": ("passSoft", "pass", ""),
            "warn": ("warnSoft", "warn", ""),
            "fail": ("failSoft", "fail", ""),
            "demo": ("surface", "warn", "warn"),
        }[tone]
        css = look.theme.css
        outline = f"border: 1px solid {css(border)};" if border else "border: none;"
        self.setObjectName("chip")
        self.setStyleSheet(
            f"QFrame#chip {{ background: {css(ground)}; border-radius: 3px; {outline} }}"
        )
        self.text = label(look, text, "caption", "ink")
        if tone == "demo":
            bold = look.font("caption")
            bold.setBold(True)
            self.text.setFont(bold)
        self.text.setStyleSheet(f"color: {css(ink)};")
        self.setLayout(row(self.text, margins=(7, 0, 7, 0)))
        self.setFixedHeight(size("chip"))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)


def demo_chip(look: Look) -> Chip:
    """The chip that stands wherever numbers of the demo device are shown."""
    chip = Chip(look, look.t(N_("DEMO")), "demo")
    chip.setToolTip(look.t(N_("Measured on this computer, standing in for a device.")))
    return chip


class IconButton(QPushButton):
    """A button with a drawn sign: ``theme``, ``help`` or ``close``."""

    def __init__(self, look: Look, sign: str, name: str) -> None:
        super().__init__()
        self._look, self._sign = look, sign
        self.setProperty("kind", "icon")
        self.setToolTip(name)
        self.setAccessibleName(name)
        self.setFixedSize(QSize(28, 28))
        self.setAutoDefault(False)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The sign, 16 pixels, stroke 1.5."""
        super().paintEvent(event)
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.translate(self.width() / 2 - 8, self.height() / 2 - 8)
            painter.setPen(QPen(self._look.theme.color("ink"), 1.5))
            if self._sign == "theme":
                _sun(painter)
            elif self._sign == "close":
                painter.drawLine(QPointF(4, 4), QPointF(12, 12))
                painter.drawLine(QPointF(12, 4), QPointF(4, 12))
            else:
                painter.setFont(self._look.font("body_bold"))
                painter.drawText(QRectF(0, 0, 16, 16), Qt.AlignmentFlag.AlignCenter, "?")


def _sun(painter: QPainter) -> None:
    painter.drawEllipse(QPointF(8, 8), 3.2, 3.2)
    for turn in range(8):
        painter.save()
        painter.translate(8, 8)
        painter.rotate(45 * turn)
        painter.drawLine(QPointF(0, -5.2), QPointF(0, -7))
        painter.restore()


def field_label(look: Look, text: str) -> QLabel:
    """The name beside or above a field."""
    return label(look, text, "small", "inkSecondary")
