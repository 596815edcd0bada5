"""The main window: one study at a time, its pages, the frame around them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import shiboken6
from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QGuiApplication, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QApplication, QMainWindow, QStackedWidget, QWidget

from genba.errors import N_
from genba.gui import qt_words
from genba.gui.bridge import JobBoard
from genba.gui.dialogs import confirm
from genba.gui.door import Door
from genba.gui.frame import PAGE_NAMES, HelpPanel, StatusBar, StepStrip, TopBar
from genba.gui.settings import WindowSettings
from genba.gui.theme.look import Look
from genba.gui.theme.style import palette, style_sheet
from genba.gui.theme.tokens import tokens
from genba.gui.viewmodels.base import ViewModel
from genba.gui.viewmodels.opened import OpenedStudy
from genba.gui.viewmodels.start import StartModel
from genba.gui.widgets.feedback import Toast
from genba.gui.widgets.layout import column, row
from genba.gui.widgets.page import Page
from genba.study.view import PAGES

_FOLD_BELOW = 1360
_GRACE_MS = 8000


class MainWindow(QMainWindow):
    """Holds the view models for as long as it lives; widgets are built anew when the language or
    the theme changes, so that every text and colour follows without a restart."""

    def __init__(self, door: Door, settings: WindowSettings, board: JobBoard | None = None) -> None:
        super().__init__()
        self.door, self.settings = door, settings
        self.board = board or JobBoard()
        self.look = Look.of(settings.theme, settings.language)
        self.opened = OpenedStudy(door, self.board)
        self.start = StartModel(door, self.board)
        self.models: dict[str, ViewModel] = {}
        self.page = "start"
        self._helping = False
        self._closing = False
        self._behind = False
        self._pages: dict[str, Page] = {}
        minimum, normal = tokens()["window"]["min"], tokens()["window"]["default"]
        # A screen of 1280 x 720 points at 150 % has room for less than the design's minimum.
        screen = QGuiApplication.primaryScreen().availableSize()
        self.setMinimumSize(QSize(min(960, minimum[0], screen.width()), 560))
        self.resize(min(normal[0], screen.width()), min(normal[1], screen.height()))
        geometry = settings.geometry
        if geometry is not None:
            self.restoreGeometry(geometry)
        self.start.opened.connect(self.open_study)
        self.opened.changed.connect(self._refresh_frame)
        self.opened.changed.connect(self._fall_behind)
        self.board.changed.connect(self._catch_up)
        self.opened.opened.connect(lambda _: self.go("workload"))
        self._shortcuts()
        self._build()
        self.start.refresh()

    # what the user does

    def open_study(self, study_id: str) -> None:
        """Read a study, then show its first page."""
        self.opened.open(study_id)

    def go(self, page: str) -> None:
        """Show a page; it is built when it is first shown."""
        if page != "start" and self.opened.view is None:
            return
        self.page = page
        if page == "start":
            self.start.refresh()
        self._show_page()
        self._enter()
        self._refresh_frame()

    def set_language(self, code: str) -> None:
        """Another language, at once."""
        if code != self.look.language.code:
            self.settings.language = code
            self.look = Look.of(self.look.theme.name, code)
            for model in self.models.values():
                model.follow_language(code)
            self._build()

    def toggle_theme(self) -> None:
        """Light or dark, at once."""
        name = "dark" if self.look.theme.name == "light" else "light"
        self.settings.theme = name
        self.look = Look.of(name, self.look.language.code)
        self._build()

    def toggle_help(self) -> None:
        """The help of this page, or none."""
        self._helping = not self._helping
        self.help.setVisible(self._helping)
        self._fold()
        if self._helping:
            self.help.show_page(self.page)

    def new_study(self) -> None:
        """The start page with the cursor in the first question."""
        self.go("start")
        from genba.gui.pages.start import StartPage

        page = self._pages.get("start")
        if isinstance(page, StartPage):
            page.questions.begin()

    def open_file(self, path: Path) -> None:
        """Open a study or a model from a path, as if it had been dropped."""
        self.go("start")
        self.start.open_file(path)

    def escape(self) -> None:
        """Close the help, else stop what this page is doing."""
        if self._helping:
            self.toggle_help()
            return
        model = self.start if self.page == "start" else self.models.get(self.page)
        if model is not None and model.busy:
            model.cancel()

    def toast(self, text: str, action: tuple[str, Callable[[], object]] | None = None) -> None:
        """One sentence at the bottom right."""
        Toast(self.look, self, text, action)

    # building

    def _build(self) -> None:
        self._drop_pages()
        self._dress()
        look = self.look
        self.top = TopBar(look)
        self.top.language_chosen.connect(self._later(self.set_language))
        self.top.theme_toggled.connect(self._later(self.toggle_theme))
        self.top.help_wanted.connect(self.toggle_help)
        self.top.start_wanted.connect(lambda: self.go("start"))
        self.strip = StepStrip(look)
        self.strip.chosen.connect(self.go)
        self.status = StatusBar(look, self.board)
        self.stack = QStackedWidget()
        self.help = HelpPanel(look, self.toggle_help)
        self.help.setVisible(self._helping)
        middle = row(self.strip, self.stack, self.help, gap=0)
        middle.setStretch(1, 1)
        whole = QWidget()
        whole.setLayout(column(self.top, middle, self.status, gap=0))
        self.setCentralWidget(whole)
        self._show_page()
        self._refresh_frame()
        if self._helping:
            self.help.show_page(self.page)

    def _dress(self) -> None:
        app = QApplication.instance()
        if app is not None:
            qt_words.follow(app, self.look.language.code)
        if isinstance(app, QApplication) and app.property("theme") != self.look.theme.name:
            app.setProperty("theme", self.look.theme.name)
            app.setPalette(palette(self.look.theme))
            app.setStyleSheet(style_sheet(self.look.theme))

    def _later(self, action: Callable[..., object]) -> Callable[..., None]:
        """Run after the click that asked for it: the clicked button is about to be deleted."""

        def defer(*args: object) -> None:
            QTimer.singleShot(0, self, lambda: action(*args))

        return defer

    def _drop_pages(self) -> None:
        # Old pages still listen to the view models; cut them off before they are deleted.
        for page in self._pages.values():
            _cut(page)
        self._pages.clear()
        old = self.takeCentralWidget()
        if old is not None:
            # At once, not later: a new style sheet would first restyle every old widget (seconds).
            shiboken6.delete(old)

    def _show_page(self) -> None:
        page = self._pages.get(self.page)
        if page is None:
            page = self._make_page(self.page)
            self._pages[self.page] = page
            self.stack.addWidget(page)
        self.stack.setCurrentWidget(page)
        page.setFocus()  # and not the first field, which would swallow the digits
        self.setWindowTitle(self._title())

    def _make_page(self, name: str) -> Page:
        from genba.gui import assembly

        page = assembly.make_page(name, self)
        following = _after(name)
        if following is not None:
            text = self.look.t(N_("Next: {page}"), page=self.look.t(PAGE_NAMES[following]))
            page.set_next(f"{text}  →", lambda: self.go(following))
            page.refresh()
        return page

    def _enter(self) -> None:
        self._behind = False
        enter = getattr(self.models.get(self.page), "enter", None)
        if enter is not None:
            enter()

    def _fall_behind(self) -> None:
        """The study changed: once all view models know, the page is entered again."""
        QTimer.singleShot(0, self, self._enter_again)

    def _enter_again(self) -> None:
        self._behind = self.page != "start" and self.opened.view is not None
        self._catch_up()

    def _catch_up(self) -> None:
        """Enter the page that fell behind; while its model works, when that has ended."""
        model = self.models.get(self.page)
        if self._behind and not self._closing and model is not None and not model.busy:
            self._enter()
            self._refresh_frame()

    def _title(self) -> str:
        view = self.opened.view
        if self.page == "start" or view is None:
            return "Genba"
        return f"{self.look.message(view.study.title)} – Genba"

    def _refresh_frame(self) -> None:
        view = self.opened.view
        inside = self.page != "start" and view is not None
        self.strip.setVisible(inside)
        self.top.show_study(view if inside else None, self.opened.saved_at)
        if view is not None and inside:
            self.strip.show_study(view, view.pages, self.page)
            self._fold()
        self.setWindowTitle(self._title())
        measuring = self.models.get("measure")
        target = getattr(measuring, "current_target", None) if measuring else None
        away = target is not None and not target.demo and measuring is not None and measuring.busy
        self.status.show_away(str(target.name) if away and target is not None else "")

    def _fold(self) -> None:
        room = self.width() - (self.help.width() if self._helping else 0)
        self.strip.fold(room < _FOLD_BELOW)

    def _shortcuts(self) -> None:
        actions: list[tuple[str, Callable[[], object]]] = [
            ("Ctrl+N", self.new_study),
            ("Ctrl+O", lambda: self.go("start")),
            ("F1", self.toggle_help),
            ("Esc", self.escape),
        ]
        actions += [(str(i + 1), lambda p=page: self.go(p)) for i, page in enumerate(PAGES)]  # type: ignore[misc]
        for keys, action in actions:
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WindowShortcut)
            shortcut.activated.connect(action)

    # leaving

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fold the strip on narrow windows."""
        super().resizeEvent(event)
        self._fold()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask while work is going on; then stop it and leave nothing running."""
        if self._closing and not self.board.running:
            self._leave(event)
            return
        if not self.board.running:
            self._leave(event)
            return
        event.ignore()
        if self._closing or not self._may_stop():
            return
        self._closing = True
        self.hide()
        self.board.changed.connect(self._when_idle)
        self.board.cancel_all()
        QTimer.singleShot(_GRACE_MS, self, QApplication.quit)
        self._when_idle()

    def _may_stop(self) -> bool:
        quick = ("Reading", "Saving")
        if all(job.title.text.startswith(quick) for job in self.board.running):
            return True
        look = self.look
        running = ", ".join(look.message(job.title) for job in self.board.running)
        return confirm(
            look,
            self,
            title=look.t(N_("Work is still going on")),
            text=look.t(
                N_("{jobs}. Closing stops it and leaves nothing running; finished parts are kept."),
                jobs=running,
            ),
            safe=look.t(N_("Go on")),
            act=look.t(N_("Stop and close")),
        )

    def _when_idle(self) -> None:
        if not self.board.running:
            QTimer.singleShot(0, self, self.close)

    def _leave(self, event: QCloseEvent) -> None:
        self.settings.geometry = self.saveGeometry()
        event.accept()
        if self._closing:
            QTimer.singleShot(0, QApplication.quit)


_LISTENERS = {"changed": "refresh", "arrived": "redraw", "key_question": "ask"}
"""Signals of a view model, and the methods of its page that listen to them."""


def _cut(page: Page) -> None:
    """Disconnect a page that is about to be deleted from the view model that lives on."""
    model = getattr(page, "model", None)
    for signal_name, slot_name in _LISTENERS.items():
        signal, slot = getattr(model, signal_name, None), getattr(page, slot_name, None)
        if signal is not None and slot is not None:
            signal.disconnect(slot)


def _after(page: str) -> str | None:
    if page not in PAGES or page == PAGES[-1]:
        return None
    return PAGES[PAGES.index(page) + 1]
