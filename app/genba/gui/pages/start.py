"""Start: which proof of concept?"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QFileDialog, QFrame, QGridLayout, QLineEdit, QWidget

from genba.errors import N_
from genba.gui.theme.look import Look
from genba.gui.viewmodels.start import TASK_NAMES, StartModel
from genba.gui.widgets.controls import Combo, UnitField, button, demo_chip, field_label
from genba.gui.widgets.figure import Headline
from genba.gui.widgets.layout import (
    Card,
    ElidedLabel,
    clear,
    column,
    label,
    line,
    row,
    set_property,
    top,
)
from genba.gui.widgets.marks import StateMark
from genba.gui.widgets.page import Page
from genba.study.view import PAGES, StudySummary
from genba.study.workload import Task


class StartPage(Page):
    """Studies as cards; on the right three questions, the samples, a place to drop files."""

    def __init__(self, look: Look, model: StartModel, open_study: Callable[[str], object]) -> None:
        super().__init__(look, look.t(N_("Which proof of concept do you want to work on?")))
        self.model = model
        self._open = open_study
        self._shown: tuple[StudySummary, ...] | None = None
        self.demo_button = self.add_action(look.t(N_("Open the demo study")), model.open_demo)
        self.demo_button.setToolTip(
            look.t(N_("The whole job on a built-in demo device: no network, no hardware."))
        )
        self.grid = QGridLayout()
        self.grid.setSpacing(12)
        self.questions = NewStudyCard(look, model)
        self.samples = Card(look, look.t(N_("Start from a sample")), gap=4)
        drop = DropZone(look, model.open_file)
        side = QWidget()
        side.setFixedWidth(340)
        side.setLayout(column(self.questions, self.samples, drop, None, gap=12))
        left = QWidget()
        left.setLayout(column(self.grid, None, gap=0))
        body = row(left, column(side, None), gap=16)
        body.setStretch(0, 1)
        self.add(body, None)
        model.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Cards, samples, progress, errors."""
        model, look = self.model, self.look
        self.show_work(model.busy, model.progress, model.cancel)
        self.show_error(model.error, retry=model.retry, close=model.dismiss)
        self.demo_button.setEnabled(not model.busy)
        self.questions.create_button.setEnabled(not model.busy)
        if not model.loaded:
            if model.error is not None:
                self.set_answer("failed", look.t(N_("The workspace cannot be read.")))
            else:
                self.set_answer("running", look.t(N_("Reading the workspace.")))
            return
        count = len(model.studies)
        waiting = sum(s.conclusion_state in ("attention", "failed") for s in model.studies)
        if count == 0:
            text = look.t(N_("No study yet. Answer three questions, or open the demo study."))
            self.set_answer("not_yet", text)
        else:
            text = look.t(
                N_("Studies in this workspace: {n}. Needing attention: {waiting}."),
                n=count,
                waiting=waiting,
            )
            self.set_answer("attention" if waiting else "done", text)
        if self._shown != model.studies:
            self._shown = model.studies
            self._fill()

    def _fill(self) -> None:
        look = self.look
        clear(self.grid)
        for index, summary in enumerate(self.model.studies):
            card = StudyCard(look, summary, self._open, self._delete)
            self.grid.addWidget(card, index // 2, index % 2)
        if not self.model.studies:
            self.grid.addWidget(self._empty(), 0, 0, 1, 2)
        for column_index in (0, 1):
            self.grid.setColumnStretch(column_index, 1)
        clear(self.samples.body)
        self.samples.body.addWidget(label(look, look.t(N_("Start from a sample")), "card_title"))
        for sample in self.model.samples:
            name = _text_of(sample.name, look)
            start = button(
                look,
                name,
                lambda s=sample, n=name: self.model.create_from_sample(s.id, n),  # type: ignore[misc]
                kind="quiet",
            )
            self.samples.add(start)
            self.samples.add(label(look, _text_of(sample.summary, look), "caption", "inkSecondary",
                                   wrap=True))  # fmt: skip

    def _empty(self) -> QWidget:
        from genba.gui.widgets.feedback import EmptyState

        look = self.look
        demo = button(
            look, look.t(N_("Open the demo study")), self.model.open_demo, kind="outlined"
        )
        return EmptyState(
            look,
            look.t(N_("Your studies will be here")),
            look.t(
                N_(
                    "The demo study walks the whole job in a few minutes: import, compress, "
                    "measure, price and report, on this computer and without a network."
                )
            ),
            demo,
        )

    def _delete(self, summary: StudySummary) -> None:
        from genba.gui.dialogs import confirm

        look = self.look
        if confirm(
            look,
            self,
            title=look.t(N_("Remove “{name}”?"), name=look.message(summary.title)),
            text=look.t(N_("The study and its choices are lost. Models and runs stay.")),
            safe=look.t(N_("Keep it")),
            act=look.t(N_("Remove")),
        ):
            self.model.delete(summary.study_id)


def _text_of(texts: dict[str, str], look: Look) -> str:
    return texts.get(look.language.code) or texts.get("en", "")


class StudyCard(Card):
    """A study: name, conclusion, three Figures, the state of each page."""

    def __init__(
        self,
        look: Look,
        summary: StudySummary,
        opened: Callable[[str], object],
        delete: Callable[[StudySummary], object],
    ) -> None:
        super().__init__(look, gap=6)
        self._summary, self._opened = summary, opened
        self.setProperty("hot", "true")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        shown = look.message(summary.title)
        self.setAccessibleName(shown)
        name = ElidedLabel(look, shown, "card_title")
        head = row(name, gap=8)
        head.setStretch(0, 1)
        if summary.demo:
            head.addWidget(demo_chip(look))
        remove = button(look, look.t(N_("Remove…")), lambda: delete(summary), kind="quiet")
        head.addWidget(remove)
        subtitle = label(look, look.message(summary.subtitle), "small", "inkSecondary", wrap=True)
        mark = top(StateMark(look, summary.conclusion_state), 2)
        conclusion = label(look, look.message(summary.conclusion), "body", wrap=True)
        conclusion.setMinimumHeight(40)
        conclusion.setAlignment(Qt.AlignmentFlag.AlignTop)
        says = row(mark, conclusion, gap=8)
        says.setStretch(1, 1)
        figures = row(gap=16)
        for named in summary.figures[:3]:
            headline = Headline(look, look.message(named.label), role="number")
            headline.show_figure(named.figure)
            figures.addWidget(headline, 1)
        if not summary.figures:
            figures.addWidget(label(look, look.t(N_("No figure yet")), "small", "inkTertiary"))
        marks = row(gap=5)
        for page in PAGES:
            state = summary.pages.get(page)
            if state is not None:
                mark_widget = StateMark(
                    look, state.state, small=True, hint=look.message(state.line)
                )
                marks.addWidget(mark_widget)
        marks.addStretch(1)
        day = look.language.date(summary.changed_at.date())
        marks.addWidget(label(look, look.t(N_("edited {day}"), day=day), "caption", "inkSecondary"))
        self.add(head, subtitle, says, 2, line(), 2, figures, 4, marks)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click opens."""
        if self.rect().contains(event.position().toPoint()):
            self._opened(self._summary.study_id)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter and Space open."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._opened(self._summary.study_id)
        else:
            super().keyPressEvent(event)


class NewStudyCard(Card):
    """The three questions: what, how fast, for how much."""

    def __init__(self, look: Look, model: StartModel) -> None:
        super().__init__(look, look.t(N_("New study")), gap=6)
        self._model = model
        intro = look.t(N_("Three questions, then Genba proposes devices and presets."))
        self.name = QLineEdit()
        self.name.setFont(look.font("body"))
        self.name.setPlaceholderText(look.t(N_("Name, for example “Line 3 assistant”")))
        self.task = Combo(look, [(t.value, look.t(n)) for t, n in TASK_NAMES.items()])
        positive = look.t(N_("Must be above 0."))

        def above_zero(value: float) -> str:
            return "" if value > 0 else positive

        self.latency = UnitField(look, 200.0, "ms", prefix="≤", check=above_zero, width=148)
        self.budget = UnitField(look, 100_000.0, "JPY", prefix="≤", check=above_zero, width=148)
        self.create_button = button(look, look.t(N_("Create study")), self._create, kind="filled")
        self.create_button.setToolTip("Ctrl+N")
        self.add(
            label(look, intro, "small", "inkSecondary", wrap=True),
            4,
            field_label(look, look.t(N_("What is it called?"))),
            self.name,
            field_label(look, look.t(N_("What must it do?"))),
            self.task,
            field_label(look, look.t(N_("Within which limits? Latency p90 and device price"))),
            row(self.latency, self.budget, None, gap=8),
            4,
            row(self.create_button, None),
        )
        self.name.returnPressed.connect(self._create)

    def begin(self) -> None:
        """Put the cursor into the first question."""
        self.name.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _create(self) -> None:
        task = Task(self.task.current)
        name = self.name.text().strip() or self.look.t(TASK_NAMES[task])
        self._model.create(name, task, self.latency.value, self.budget.value)


class DropZone(QFrame):
    """A place to drop a model or a study; a click opens the file dialog."""

    def __init__(
        self, look: Look, opened: Callable[[Path], object], *, models_only: bool = False
    ) -> None:
        super().__init__()
        self._look, self._opened, self._models_only = look, opened, models_only
        self.setProperty("part", "drop")
        self.setAcceptDrops(True)
        title = N_("Drop a model here") if models_only else N_("Drop a model or a study here")
        kinds = ".onnx" if models_only else ".onnx  .genba"
        choose = button(look, look.t(N_("Choose a file…")), self.browse, small=True)
        texts = column(
            label(look, look.t(title), "card_title"), label(look, kinds, "caption", "inkSecondary"),
            gap=2,
        )  # fmt: skip
        self.setLayout(row(texts, None, choose, gap=8, margins=(16, 14, 16, 14)))

    def browse(self) -> None:
        """Pick a file."""
        look = self._look
        pattern = "*.onnx" if self._models_only else "*.onnx *.genba"
        name, _ = QFileDialog.getOpenFileName(
            self, look.t(N_("Choose a file")), "", f"{look.t(N_('Models and studies'))} ({pattern})"
        )
        if name:
            self._opened(Path(name))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Accept local files."""
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()
            set_property(self, "hot", "true")

    def dragLeaveEvent(self, event: object) -> None:
        """Cool down."""
        set_property(self, "hot", "false")

    def dropEvent(self, event: QDropEvent) -> None:
        """Open the first file."""
        set_property(self, "hot", "false")
        for url in event.mimeData().urls():
            if url.isLocalFile():
                event.acceptProposedAction()
                self._opened(Path(url.toLocalFile()))
                return
