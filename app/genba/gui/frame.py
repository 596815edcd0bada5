"""The frame around the pages: top bar, step strip, status bar, help."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QPushButton, QTextBrowser, QWidget

from genba.errors import N_
from genba.gui.bridge import JobBoard
from genba.gui.theme.look import Look
from genba.gui.theme.tokens import size
from genba.gui.widgets.controls import IconButton, Segmented, button, demo_chip
from genba.gui.widgets.layout import ElidedLabel, column, label, row
from genba.gui.widgets.marks import paint_state
from genba.resources import asset
from genba.study.view import PAGES, PageState, StudyView

PAGE_NAMES = {
    "start": N_("Start"),
    "workload": N_("Workload"),
    "model": N_("Model"),
    "device": N_("Device"),
    "compress": N_("Compress"),
    "measure": N_("Measure"),
    "business": N_("Business"),
    "report": N_("Report"),
}


class Logo(QWidget):
    """The sign of Genba: a board with three lines."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self.setFixedSize(QSize(18, 18))

    def paintEvent(self, event: QPaintEvent) -> None:
        """A filled square and three strokes."""
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._look.theme.color("accent"))
            painter.drawRoundedRect(QRectF(1, 1, 16, 16), 3, 3)
            painter.setPen(QPen(self._look.theme.color("onAccent"), 1.8))
            for y, end in ((5.5, 12.5), (9, 10.5), (12.5, 12.5)):
                painter.drawLine(QPointF(5, y), QPointF(end, y))


class TopBar(QFrame):
    """Name of the study, saved state, language, theme, help."""

    language_chosen = Signal(str)
    theme_toggled = Signal()
    help_wanted = Signal()
    start_wanted = Signal()

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self.setProperty("part", "bar")
        self.setFixedHeight(size("top_bar"))
        self._studies = button(look, look.t(N_("Studies")), self.start_wanted.emit, kind="quiet")
        self._slash = label(look, "/", "body", "inkTertiary")
        self._name = ElidedLabel(look, "", "body_bold")
        self._name.setMaximumWidth(460)
        self._saved = label(look, "", "caption", "inkSecondary")
        self._demo = demo_chip(look)
        self.languages = Segmented(look, [("en", "EN"), ("ja", "日本語")], look.language.code)
        self.languages.chosen.connect(self.language_chosen)
        self.theme = IconButton(look, "theme", look.t(N_("Light or dark")))
        self.theme.clicked.connect(self.theme_toggled)
        self.help = IconButton(look, "help", look.t(N_("Help (F1)")))
        self.help.clicked.connect(self.help_wanted)
        brand = QWidget()
        brand.setFixedWidth(size("step_strip") - 32)
        brand.setLayout(row(Logo(look), label(look, "Genba", "card_title"), None, gap=8))
        layout = row(
            brand, self._studies, self._slash, self._name, self._saved, self._demo, None,
            self.languages, self.theme, self.help, gap=8, margins=(16, 0, 12, 0),
        )  # fmt: skip
        layout.setStretchFactor(self._name, 1)
        self.setLayout(layout)
        self.show_study(None, None)

    def show_study(self, view: StudyView | None, saved_at: float | None) -> None:
        """The study's name and when it was saved; the start page without one."""
        look = self._look
        for widget in (self._studies, self._slash, self._saved):
            widget.setVisible(view is not None)
        self._demo.setVisible(view is not None and view.demo)
        if view is None:
            self._name.set_whole(look.t(PAGE_NAMES["start"]))
            return
        name = look.message(view.study.title)
        self._name.set_whole(name)
        width = self._name.fontMetrics().horizontalAdvance(name) + 8
        self._name.setFixedWidth(min(width, 460))
        moment = saved_at if saved_at is not None else view.study.changed_at.timestamp()
        clock = time.strftime("%H:%M", time.localtime(moment))
        self._saved.setText(look.t(N_("Saved {time}"), time=clock))


class StepButton(QPushButton):
    """A step: its state, number and name, and one line of result; folded, state and number."""

    def __init__(self, look: Look, page: str, number: int) -> None:
        super().__init__()
        self._look, self.page, self._number = look, page, number
        self._state, self._line = "not_yet", ""
        self.folded = False
        self.setCheckable(True)
        self.setProperty("part", "step")
        self.setFixedHeight(size("step_row"))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(look.t(PAGE_NAMES[page]))

    def show_state(self, state: str, text: str) -> None:
        """The page's state and its line."""
        self._state, self._line = state, text
        name = self._look.t(PAGE_NAMES[self.page])
        self.setToolTip(f"{name}\n{text}" if self.folded else text)
        self.setAccessibleDescription(text)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Mark, name, line; the current one on the accent's soft ground."""
        look, theme = self._look, self._look.theme
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            box = QRectF(self.rect())
            if self.isChecked() or self.underMouse():
                painter.setPen(Qt.PenStyle.NoPen)
                token = "accentSoft" if self.isChecked() else "surfaceSunken"
                painter.setBrush(theme.color(token))
                painter.drawRoundedRect(box, 4, 4)
            if self.isChecked():
                painter.fillRect(QRectF(0, 3, 3, box.height() - 6), theme.color("accent"))
            left = 6 if self.folded else 12
            paint_state(painter, QRectF(left, box.center().y() - 8, 16, 16), self._state, theme)
            ink = theme.color("accent" if self.isChecked() else "ink")
            painter.setPen(ink)
            painter.setFont(look.font("body_bold" if self.isChecked() else "body"))
            flags = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
            if self.folded:
                painter.drawText(QRectF(27, 0, 14, box.height()), flags, str(self._number))
            else:
                name = f"{self._number}  {look.t(PAGE_NAMES[self.page])}"
                painter.drawText(QRectF(40, 5, box.width() - 44, 20), flags, name)
                painter.setPen(theme.color("inkSecondary"))
                painter.setFont(look.font("caption"))
                metrics = painter.fontMetrics()
                text = metrics.elidedText(
                    self._line, Qt.TextElideMode.ElideRight, int(box.width()) - 46
                )
                painter.drawText(QRectF(40, 24, box.width() - 44, 17), flags, text)
            if self.hasFocus():
                painter.setPen(QPen(theme.color("accent"), 2))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), 4, 4)


class StepStrip(QFrame):
    """All steps from top to bottom, and what the study holds."""

    chosen = Signal(str)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self.setProperty("part", "strip")
        self.steps = {page: StepButton(look, page, i + 1) for i, page in enumerate(PAGES)}
        self._holds = column(gap=4)
        self._holder = QWidget()
        self._holder.setLayout(self._holds)
        self._counts = [label(look, "", "small", "inkSecondary") for _ in range(5)]
        self._holds.addWidget(label(look, look.t(N_("In this study")), "caption", "inkTertiary"))
        for count in self._counts:
            self._holds.addWidget(count)
        layout = column(gap=2, margins=(8, 10, 8, 12))
        for page, step in self.steps.items():
            step.clicked.connect(lambda _, p=page: self.chosen.emit(p))
            layout.addWidget(step)
        layout.addStretch(1)
        layout.addWidget(self._holder)
        self._holds.setContentsMargins(8, 0, 0, 0)
        self.setLayout(layout)
        self.fold(False)

    def fold(self, folded: bool) -> None:
        """Narrow to state and number, or wide."""
        self.setFixedWidth(56 if folded else size("step_strip"))
        self._holder.setVisible(not folded)
        for step in self.steps.values():
            step.folded = folded
            step.update()

    def show_study(self, view: StudyView, pages: Mapping[str, PageState], current: str) -> None:
        """States, lines and counts."""
        look = self._look
        for page, step in self.steps.items():
            state = pages.get(page)
            if state is not None:
                step.show_state(state.state, look.message(state.line))
            step.setChecked(page == current)
        counts = (
            look.t(N_("Models {n}"), n=int(view.model is not None)),
            look.t(N_("Variants {n}"), n=len(view.variants)),
            look.t(N_("Devices {n}"), n=len(view.study.shortlist)),
            look.t(N_("Runs {n}"), n=len(view.runs)),
            look.t(N_("Candidates {n}"), n=len(view.candidates)),
        )
        for widget, text in zip(self._counts, counts, strict=True):
            widget.setText(text)


class StatusBar(QFrame):
    """Where data stay, and what is running."""

    def __init__(self, look: Look, board: JobBoard) -> None:
        super().__init__()
        self._look, self._board = look, board
        self.setProperty("part", "status")
        self.setFixedHeight(size("status_bar"))
        self._promise = label(look, look.t(N_("Nothing leaves this computer")), "caption")
        self._jobs = label(look, "", "caption", "inkSecondary")
        self.setLayout(row(_Lock(look), self._promise, None, self._jobs, gap=6,
                           margins=(16, 0, 16, 0)))  # fmt: skip
        board.changed.connect(self.refresh)
        self.refresh()

    def show_away(self, target: str) -> None:
        """While a run talks to a machine, say with which one."""
        look = self._look
        self._promise.setText(
            look.t(N_("Data goes to {target} only"), target=target)
            if target
            else look.t(N_("Nothing leaves this computer"))
        )

    def refresh(self) -> None:
        """The running jobs in one line."""
        look, running = self._look, self._board.running
        if not running:
            self._jobs.setText(look.t(N_("No job")))
            return
        latest = running[-1]
        title = look.message(latest.title)
        parts = [look.t(N_("{n} jobs"), n=len(running)) if len(running) > 1 else "", title]
        if latest.latest is not None and latest.latest.fraction is not None:
            parts.append(look.language.percent(latest.latest.fraction))
        self._jobs.setText("  ".join(p for p in parts if p))


class _Lock(QWidget):
    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self.setFixedSize(QSize(12, 12))

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(self._look.theme.color("inkSecondary"), 1.2))
            painter.drawRoundedRect(QRectF(2, 5, 8, 6), 1, 1)
            painter.drawArc(QRectF(3.5, 1.2, 5, 7), 0, 180 * 16)


class HelpPanel(QFrame):
    """The help of the current page, from the bundled files."""

    def __init__(self, look: Look, close: Callable[[], object]) -> None:
        super().__init__()
        self._look = look
        self.setProperty("part", "side")
        self.setFixedWidth(size("details_dock") + 28)
        shut = IconButton(look, "close", look.t(N_("Close (Esc)")))
        shut.clicked.connect(lambda: close())
        title = label(look, look.t(N_("Help")), "card_title")
        self._browser = QTextBrowser()
        self._browser.setFont(look.font("body"))
        self._browser.setOpenLinks(False)
        self._browser.document().setDefaultFont(look.font("body"))
        self._browser.document().setDocumentMargin(16)
        self._browser.anchorClicked.connect(lambda url: self.show_page(url.path().split(".")[0]))
        self.setLayout(column(row(title, None, shut, margins=(16, 4, 8, 4)), self._browser, gap=0))

    def show_page(self, page: str) -> None:
        """Show the help of a page; the marks stand below where the page has none of its own."""
        name = "".join(c for c in page if c.isalnum() or c in "-_")
        for folder in (self._look.language.code, "en"):
            file = asset("help", folder, f"{name}.md")
            if file.is_file():
                self._browser.setMarkdown(file.read_text(encoding="utf-8"))
                return
        self._browser.setPlainText(self._look.t(N_("There is no help for this page yet.")))
