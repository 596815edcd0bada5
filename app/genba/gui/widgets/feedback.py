"""What the window says while it works, when something failed, and where nothing is yet."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QProgressBar, QPushButton, QWidget

from genba.errors import N_, GenbaError
from genba.gui.theme.look import Look
from genba.gui.theme.tokens import tokens
from genba.gui.widgets.controls import button
from genba.gui.widgets.layout import Card, column, label, row, top
from genba.gui.widgets.marks import StateMark
from genba.jobs import Progress


class ErrorCard(QFrame):
    """What happened and what to do. It stays until it is closed or the work succeeds."""

    def __init__(
        self,
        look: Look,
        error: GenbaError,
        *,
        retry: Callable[[], object] | None = None,
        close: Callable[[], object] | None = None,
    ) -> None:
        super().__init__()
        self.setProperty("part", "error")
        self.error = error
        what = look.message(error.message)
        lines = column(gap=4)
        lines.addLayout(_pair(look, look.t(N_("What happened")), what))
        hint = look.message(error.hint)
        if hint:
            lines.addLayout(_pair(look, look.t(N_("What to do")), hint))
        details = f"{error.code}: {what}\n{hint}".strip()
        buttons = row(gap=8)
        if retry is not None:
            buttons.addWidget(button(look, look.t(N_("Try again")), retry, small=True))
        copy = button(
            look,
            look.t(N_("Copy details")),
            lambda: QGuiApplication.clipboard().setText(details),
            small=True,
        )
        buttons.addWidget(copy)
        if close is not None:
            buttons.addWidget(button(look, look.t(N_("Close")), close, small=True))
        buttons.addStretch(1)
        lines.addSpacing(4)
        lines.addLayout(buttons)
        mark = top(StateMark(look, "failed"), 2)
        self.setLayout(row(mark, lines, gap=12, margins=(16, 12, 16, 12)))
        self.layout().setStretch(1, 1)  # type: ignore[union-attr]
        self.setAccessibleName(what)


def _pair(look: Look, name: str, text: str):  # type: ignore[no-untyped-def]
    left = label(look, name, "small", "inkSecondary")
    left.setFixedWidth(96)
    body = label(look, text, "body", wrap=True)
    body.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    result = row(top(left), body, gap=8)
    result.setStretch(1, 1)
    return result


class ProgressCard(Card):
    """The step being done, elapsed time, and a way to stop."""

    def __init__(self, look: Look, cancel: Callable[[], object] | None = None) -> None:
        super().__init__(look, gap=6)
        self._step = label(look, look.t(N_("Starting")), "body", wrap=True)
        self._elapsed = label(look, "", "small", "inkSecondary")
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setRange(0, 0)
        self._left = label(look, "", "caption", "inkSecondary")
        top = row(self._step, self._elapsed)
        top.setStretch(0, 1)
        bottom = row(self._left, None)
        if cancel is not None:
            self.stop: QPushButton = button(look, look.t(N_("Cancel")), cancel, kind="quiet")
            bottom.addWidget(self.stop)
        self.add(top, self._bar, bottom)

    def show_progress(self, progress: Progress | None) -> None:
        """Show a step; an unknown fraction runs without end."""
        if progress is None:
            return
        look = self.look
        self._step.setText(look.message(progress.step))
        self._elapsed.setText(look.language.duration(max(progress.elapsed_s, 0.1)))
        if progress.fraction is None:
            self._bar.setRange(0, 0)
            self._left.setText("")
            return
        self._bar.setRange(0, 1000)
        self._bar.setValue(round(1000 * min(progress.fraction, 1.0)))
        if progress.fraction > 0.05 and progress.elapsed_s > 1:
            rest = progress.elapsed_s * (1 - progress.fraction) / progress.fraction
            self._left.setText(look.t(N_("about {time} left"), time=look.language.duration(rest)))


class EmptyState(Card):
    """What will be here, one action, and perhaps one more."""

    def __init__(self, look: Look, title: str, text: str, *actions: QPushButton) -> None:
        super().__init__(look, gap=10)
        head = label(look, title, "card_title")
        head.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        body = label(look, text, "body", "inkSecondary", wrap=True)
        body.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.add(16, row(None, _Drawing(look), None), 4, head, body)
        if actions:
            self.add(4, row(None, *actions, None))
        self.add(20)


class _Drawing(QWidget):
    """Three boxes in a row, the first one real, the others still to come."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self.setFixedSize(QSize(116, 32))

    def paintEvent(self, event: QPaintEvent) -> None:
        """The line drawing."""
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            pen = QPen(self._look.theme.color("lineStrong"), 1.5)
            for index in range(3):
                pen.setStyle(Qt.PenStyle.SolidLine if index == 0 else Qt.PenStyle.DashLine)
                painter.setPen(pen)
                painter.drawRoundedRect(QRectF(2 + 42 * index, 3, 28, 26), 3, 3)
                if index:
                    painter.drawLine(QPointF(42 * index - 10, 16), QPointF(42 * index, 16))


class Toast(QFrame):
    """One sentence at the bottom right for six seconds, with at most one action."""

    def __init__(
        self,
        look: Look,
        parent: QWidget,
        text: str,
        action: tuple[str, Callable[[], object]] | None = None,
    ) -> None:
        super().__init__(parent)
        self.setProperty("part", "toast")
        layout = row(StateMark(look, "done"), label(look, text), gap=10, margins=(12, 8, 12, 8))
        if action is not None:
            layout.addSpacing(24)
            layout.addWidget(button(look, action[0], action[1], kind="quiet"))
        self.setLayout(layout)
        self.adjustSize()
        self.place()
        self.show()
        self.raise_()
        QTimer.singleShot(tokens()["motion_ms"]["toast_stay"], self, self.deleteLater)

    def place(self) -> None:
        """Bottom right of its parent, above the status bar."""
        parent = self.parentWidget()
        if parent is not None:
            size = self.sizeHint()
            self.setGeometry(
                parent.width() - size.width() - 24,
                parent.height() - size.height() - 42,
                size.width(),
                size.height(),
            )
