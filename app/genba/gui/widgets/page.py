"""The template of a page: a question, the answer with its state mark, actions, and the body."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QPushButton, QScrollArea, QSizePolicy, QWidget

from genba.errors import GenbaError
from genba.gui.theme.look import Look
from genba.gui.theme.tokens import size
from genba.gui.widgets.controls import button
from genba.gui.widgets.feedback import ErrorCard, ProgressCard
from genba.gui.widgets.layout import Item, append, clear, column, label, row, top
from genba.gui.widgets.marks import StateMark
from genba.jobs import Progress


class Page(QWidget):
    """A page. Subclasses fill `body` and implement `refresh`, called when the model moved."""

    def __init__(self, look: Look, question: str) -> None:
        super().__init__()
        self.look = look
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.question = label(look, question, "title")
        self.question.setWordWrap(True)
        self._mark = StateMark(look, "not_yet")
        self._answer = label(look, "", "body", "inkSecondary", wrap=True)
        self.buttons = row(gap=8)
        self._reason = label(look, "", "caption", "inkSecondary")
        self._reason.setAlignment(Qt.AlignmentFlag.AlignRight)
        answer = row(top(self._mark, 2), self._answer, gap=8)
        answer.setStretch(1, 1)
        texts = column(self.question, answer, gap=2)
        side = column(self.buttons, self._reason, None, gap=2)
        head = row(texts, side, gap=24)
        head.setStretch(0, 1)
        self._notices = column(gap=8)
        self._work = column(gap=8)
        self.body = column(gap=12)
        x, y = size("page_margin_x"), size("page_margin_y")
        inner = QWidget()
        inner.setLayout(column(self._notices, self._work, self.body, gap=0, margins=(x, 0, x, y)))
        self.scroller = QScrollArea()
        self.scroller.setWidgetResizable(True)
        self.scroller.setFrameShape(QFrame.Shape.NoFrame)
        self.scroller.setWidget(inner)
        holder = QWidget()
        holder.setLayout(column(head, margins=(x, y, x, 10)))
        holder.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        whole = column(holder, self.scroller, gap=0)
        whole.setStretch(1, 1)
        self.setLayout(whole)
        self.next_button: QPushButton | None = None
        self._progress: ProgressCard | None = None
        self._error: GenbaError | None = None

    def add(self, *items: Item) -> None:
        """Append to the body."""
        append(self.body, items)

    def refresh(self) -> None:
        """Show what the view model holds now."""

    def set_answer(self, state: str, text: str) -> None:
        """The line below the question."""
        self._mark.set_state(state)
        self._answer.setText(text)

    @property
    def answer(self) -> str:
        """The sentence of the answer line, as shown."""
        return self._answer.text()

    def add_action(
        self, text: str, clicked: Callable[[], object], *, kind: str = "outlined"
    ) -> QPushButton:
        """A button at the top right."""
        result = button(self.look, text, clicked, kind=kind)
        self.buttons.addWidget(result)
        return result

    def set_next(self, text: str, clicked: Callable[[], object]) -> None:
        """The filled button that leads on."""
        self.next_button = self.add_action(text, clicked, kind="filled")

    def block_next(self, reason: str) -> None:
        """Disable *Next* with its reason beside it; an empty reason enables it."""
        if self.next_button is not None:
            self.next_button.setEnabled(not reason)
            self.next_button.setToolTip(reason)
        self._reason.setText(reason)

    def show_work(
        self, running: bool, progress: Progress | None, cancel: Callable[[], object]
    ) -> None:
        """A progress card above the body while work goes on."""
        if not running:
            if self._progress is not None:
                clear(self._work)
                self._progress = None
            return
        if self._progress is None:
            self._progress = ProgressCard(self.look, cancel)
            self._work.addWidget(self._progress)
            self._work.addSpacing(12)
        self._progress.show_progress(progress)

    def show_error(
        self,
        error: GenbaError | None,
        *,
        retry: Callable[[], object] | None = None,
        close: Callable[[], object] | None = None,
    ) -> None:
        """An error card above the body, or none."""
        if error is self._error:
            return
        self._error = error
        clear(self._notices)
        if error is not None:
            self._notices.addWidget(ErrorCard(self.look, error, retry=retry, close=close))
            self._notices.addSpacing(12)
