"""Workload: what, within which limits?"""

from __future__ import annotations

from PySide6.QtWidgets import QButtonGroup, QGridLayout, QLineEdit, QPushButton

from genba.errors import N_, known_text
from genba.gui.theme.look import Look
from genba.gui.viewmodels.start import TASK_NAMES, TASK_NOTES
from genba.gui.viewmodels.workload import (
    MEASURE_NAMES,
    MEASURE_NOTES,
    LimitRow,
    WorkloadModel,
)
from genba.gui.widgets.controls import Chip, Combo, UnitField, button, field_label
from genba.gui.widgets.figure import FigureLabel
from genba.gui.widgets.layout import Card, clear, column, label, line, row
from genba.gui.widgets.marks import VERDICT_STATES, StateMark
from genba.gui.widgets.page import Page
from genba.study.workload import Task

VERDICT_WORDS = {
    "met": N_("met, measured"),
    "likely": N_("predicted to be met"),
    "missed": N_("missed, measured"),
    "unlikely": N_("predicted to be missed"),
    "undecided": N_("undecided"),
    "no_limit": N_("no limit"),
}


class WorkloadPage(Page):
    """Three questions; every limit with today's best candidate and the verdict."""

    def __init__(self, look: Look, model: WorkloadModel) -> None:
        super().__init__(look, look.t(N_("What must it do, within which limits?")))
        self.model = model
        self._shape: tuple[object, ...] = ()
        self._rows: dict[str, _LimitWidgets] = {}
        self.undo = self.add_action(look.t(N_("Undo")), model.undo)
        self.undo.setShortcut("Ctrl+Z")
        self._build_what()
        self._build_how_often()
        self.limits = Card(look, gap=0)
        self.add_measure = Combo(look)
        self.add_measure.picked.connect(self._add)
        title = label(look, look.t(N_("Which limits must it keep?")), "card_title")
        self.limits.add(
            row(Chip(look, look.t(N_("Question {n}"), n=3), "accent"), title, None,
                self.add_measure),
            8,
        )  # fmt: skip
        self.grid = QGridLayout()
        self.grid.setHorizontalSpacing(16)
        self.grid.setVerticalSpacing(0)
        self.limits.add(self.grid)
        self.add(self.limits, None)
        model.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Fields, verdicts, the answer."""
        model, look = self.model, self.look
        self.show_error(model.error, retry=model.retry, close=model.dismiss)
        self.undo.setEnabled(model.can_undo)
        draft = model.draft
        if draft is None:
            self.set_answer("running", look.t(N_("Reading the study.")))
            return
        state, message = model.answer
        self.set_answer(state, look.message(message))
        self.block_next("" if draft.limits else look.t(N_("Set at least one limit.")))
        for task, choice in self._tasks.items():
            choice.setChecked(draft.task is task)
        self.prompt.set_value(float(draft.prompt_tokens))
        self.generate.set_value(float(draft.generate_tokens))
        text = draft.task is Task.TEXT_GENERATION
        for widget in self._token_widgets:
            widget.setVisible(text)
        self.requests.set_value(draft.requests_per_day)
        if not self.evaluation.hasFocus():
            self.evaluation.setText(draft.evaluation)
        metric = draft.quality_metric or "–"
        self.metric_name.setText(look.t(N_("metric: {metric}"), metric=metric))
        choices = [("", look.t(N_("Add a limit…")))]
        choices += [(m, look.t(MEASURE_NAMES[m])) for m in model.free_measures]
        self.add_measure.set_choices(choices)
        self.add_measure.setCurrentIndex(0)
        self._fill(model.rows)

    def _build_what(self) -> None:
        look, model = self.look, self.model
        card = Card(look, gap=10)
        title = label(look, look.t(N_("What must it do?")), "card_title")
        card.add(row(Chip(look, look.t(N_("Question {n}"), n=1), "accent"), title, None))
        group = QButtonGroup(self)
        choices = row(gap=8)
        self._tasks: dict[Task, QPushButton] = {}
        for task in TASK_NAMES:
            choice = QPushButton(f"{look.t(TASK_NAMES[task])}\n{look.t(TASK_NOTES[task])}")
            choice.setCheckable(True)
            choice.setFont(look.font("small"))
            choice.setProperty("part", "choice")
            choice.clicked.connect(lambda _, t=task: model.set_task(t))
            group.addButton(choice)
            self._tasks[task] = choice
            choices.addWidget(choice, 1)
        card.add(choices)
        self.prompt = UnitField(look, 64, look.t(N_("tokens")), check=self._positive)
        self.generate = UnitField(look, 64, look.t(N_("tokens")), check=self._positive)
        self.prompt.committed.connect(lambda v: model.set_number("prompt_tokens", v))
        self.generate.committed.connect(lambda v: model.set_number("generate_tokens", v))
        names = (
            field_label(look, look.t(N_("Prompt length"))),
            field_label(look, look.t(N_("Answer length"))),
        )
        self._token_widgets = (names[0], self.prompt, names[1], self.generate)
        card.add(row(names[0], self.prompt, 12, names[1], self.generate, None))
        self.add(card)

    def _build_how_often(self) -> None:
        look, model = self.look, self.model
        card = Card(look, gap=10)
        title = label(look, look.t(N_("How often, and what counts as good?")), "card_title")
        card.add(row(Chip(look, look.t(N_("Question {n}"), n=2), "accent"), title, None))
        self.requests = UnitField(look, 1000, look.t(N_("/day")), check=self._positive, width=150)
        self.requests.committed.connect(lambda v: model.set_number("requests_per_day", v))
        self.evaluation = QLineEdit()
        self.evaluation.setFont(look.font("body"))
        self.evaluation.setPlaceholderText(look.t(N_("Path of an evaluation file (.npz)")))
        self.evaluation.editingFinished.connect(
            lambda: model.set_text("evaluation", self.evaluation.text().strip())
        )
        self.metric_name = label(look, "", "small", "inkSecondary")
        fields = row(
            field_label(look, look.t(N_("Requests"))),
            self.requests,
            12,
            field_label(look, look.t(N_("Evaluation data"))),
            self.evaluation,
            self.metric_name,
        )
        fields.setStretch(4, 1)
        card.add(fields)
        self.add(card)

    def _positive(self, value: float) -> str:
        return "" if value > 0 else self.look.t(N_("Must be above 0."))

    def _add(self, measure: str) -> None:
        if measure:
            self.model.add_limit(measure)

    def _fill(self, rows: tuple[LimitRow, ...]) -> None:
        shape = tuple((r.limit.measure, r.limit.operator, r.field) for r in rows)
        if shape != self._shape:
            self._shape = shape
            self._rebuild(rows)
        for entry in rows:
            widgets = self._rows[entry.limit.measure]
            widgets.show_row(self.look, entry)

    def _rebuild(self, rows: tuple[LimitRow, ...]) -> None:
        look, grid = self.look, self.grid
        clear(grid)
        self._rows.clear()
        heads = (
            N_("Measured quantity"),
            N_("Limit"),
            N_("Best candidate today"),
            N_("Verdict"),
            "",
        )
        for index, head in enumerate(heads):
            grid.addWidget(label(look, look.t(head), "caption", "inkTertiary"), 0, index)
        grid.addWidget(line(), 1, 0, 1, 5)
        for number, entry in enumerate(rows):
            widgets = _LimitWidgets(look, self.model, entry)
            self._rows[entry.limit.measure] = widgets
            widgets.place(grid, 2 + 2 * number)
            grid.addWidget(line(), 3 + 2 * number, 0, 1, 5)
        grid.setColumnStretch(0, 3)
        grid.setColumnStretch(2, 2)
        grid.setColumnStretch(3, 3)
        if not rows:
            text = look.t(N_("No limit yet. Add one above, or every device will do."))
            grid.addWidget(label(look, text, "body", "inkSecondary"), 2, 0, 1, 5)


class _LimitWidgets:
    """The widgets of one limit."""

    def __init__(self, look: Look, model: WorkloadModel, entry: LimitRow) -> None:
        measure = entry.limit.measure
        reason = entry.limit.reason or MEASURE_NOTES.get(measure, "")
        note = look.message(known_text(reason))
        self.name = column(
            label(look, look.t(MEASURE_NAMES.get(measure, measure))),
            label(look, note, "caption", "inkSecondary", wrap=True),
            gap=0,
            margins=(0, 6, 0, 6),
        )
        sign = {"<=": "≤", ">=": "≥"}[entry.limit.operator]
        self.field = UnitField(
            look,
            entry.limit.value / entry.field.scale,
            entry.field.unit,
            prefix=sign,
            check=lambda v: "" if v > 0 else look.t(N_("Must be above 0.")),
            width=160,
        )
        scale = entry.field.scale
        self.field.committed.connect(lambda v: model.set_limit(measure, v * scale))
        self.figure = FigureLabel(look, None, "body")
        self.mark = StateMark(look, "not_yet")
        self.verdict = label(look, "", "body", wrap=True)
        self.remove = button(
            look, look.t(N_("Remove")), lambda: model.remove_limit(measure), kind="quiet"
        )

    def place(self, grid: QGridLayout, at: int) -> None:
        """Put the widgets into a row of the grid."""
        grid.addLayout(self.name, at, 0)
        grid.addWidget(self.field, at, 1)
        grid.addWidget(self.figure, at, 2)
        verdict = row(self.mark, self.verdict, gap=8)
        verdict.setStretch(1, 1)
        grid.addLayout(verdict, at, 3)
        grid.addWidget(self.remove, at, 4)

    def show_row(self, look: Look, entry: LimitRow) -> None:
        """The current value, Figure and verdict."""
        self.field.set_value(entry.limit.value / entry.field.scale)
        self.figure.set_figure(entry.figure)
        state = VERDICT_STATES.get(entry.verdict, "not_yet")
        word = look.t(VERDICT_WORDS.get(entry.verdict, entry.verdict))
        if entry.figure is None:
            state, word = "not_yet", look.t(N_("nothing predicted or measured"))
        self.mark.set_state(state, word)
        self.verdict.setText(word)
