"""Compress: which preset pays, where?"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QGridLayout, QPushButton, QWidget

from genba.errors import N_
from genba.gui.theme.look import Look
from genba.gui.viewmodels.compress import (
    BASELINE,
    MEASURE_TITLES,
    CompressModel,
    MatrixCell,
    PresetCard,
    shrink,
)
from genba.gui.widgets.controls import Chip, Combo, button
from genba.gui.widgets.figure import FigureLabel, Headline, figure_hint
from genba.gui.widgets.layout import Card, clear, column, label, line, row, set_property
from genba.gui.widgets.marks import VERDICT_STATES, StateMark
from genba.gui.widgets.page import Page
from genba.study.variant import Variant


class CompressPage(Page):
    """Preset cards above; below the matrix of variants against devices and runtimes."""

    def __init__(self, look: Look, model: CompressModel) -> None:
        super().__init__(look, look.t(N_("Which preset pays, on which runtime?")))
        self.model = model
        self._cards: tuple[PresetCard, ...] = ()
        self._matrix: tuple[object, ...] = ()
        self.run_button: QPushButton = button(look, "", model.run_selected, kind="outlined")
        self.run_button.setShortcut("F5")
        self.cards = QGridLayout()
        self.cards.setSpacing(12)
        hint = look.t(N_("Click a preset to select it, then run the selected ones."))
        bar = row(label(look, hint, "small", "inkSecondary"), None, self.run_button)
        self.matrix_card = Card(look, gap=0)
        self.measure = Combo(
            look, [(k, look.t(v)) for k, v in MEASURE_TITLES.items()], model.measure
        )
        self.measure.picked.connect(model.set_measure)
        title = label(look, look.t(N_("Preset × device and runtime")), "card_title")
        self.matrix = QGridLayout()
        self.matrix.setHorizontalSpacing(0)
        self.matrix.setVerticalSpacing(0)
        legend = look.t(N_("A click on a cell puts that candidate forward for the business case."))
        self.matrix_card.add(
            row(title, self.measure, None), 8, self.matrix, 8,
            label(look, legend, "caption", "inkSecondary"),
        )  # fmt: skip
        self.empty = label(
            look,
            look.t(N_("Nothing to compare yet: predict on the device page, or measure a variant.")),
            "body",
            "inkSecondary",
            wrap=True,
        )
        self.matrix_card.add(self.empty)
        self.add(self.cards, bar, self.matrix_card, None)
        model.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Cards, matrix, answer."""
        model, look = self.model, self.look
        self.show_work(model.busy, model.progress, model.cancel)
        self.show_error(model.error, retry=model.retry, close=model.dismiss)
        state, message = model.answer
        self.set_answer(state, look.message(message))
        view = model.opened.view
        self.block_next("" if view and view.model else look.t(N_("Import a model first.")))
        count = len(model.selected)
        text = look.t(N_("Run {n} presets"), n=count) if count else look.t(N_("Run the selected"))
        self.run_button.setText(text)
        ready = bool(count) and not model.busy and view is not None and view.model is not None
        self.run_button.setEnabled(ready)
        if model.cards != self._cards:
            self._cards = model.cards
            clear(self.cards)
            for index, card in enumerate(self._cards):
                widget = PresetWidget(look, card, model.toggle)
                self.cards.addWidget(widget, index // 5, index % 5)
            for index in range(max(4, min(len(self._cards), 5))):
                self.cards.setColumnStretch(index, 1)
        self._fill_matrix()

    def _fill_matrix(self) -> None:
        model = self.model
        columns = model.columns[:6]
        variants = model.variants
        cells = tuple(tuple(model.cell(v, c) for c in columns) for v in variants)
        key = (columns, variants, cells, model.measure)
        if key == self._matrix:
            return
        self._matrix = key
        clear(self.matrix)
        self.empty.setVisible(not columns)
        if not columns:
            return
        look, grid = self.look, self.matrix
        grid.addWidget(label(look, look.t(N_("Variant")), "caption", "inkTertiary"), 0, 0)
        for index, head in enumerate(columns):
            names = column(
                row(None, label(look, head.device_name, "small")),
                row(None, label(look, head.runtime, "caption", "inkSecondary")),
                gap=0,
                margins=(8, 0, 12, 6),
            )
            grid.addLayout(names, 0, index + 1)
            grid.setColumnStretch(index + 1, 1)
        grid.setColumnStretch(0, 1)
        width = len(columns) + 1
        grid.addWidget(line(), 1, 0, 1, width)
        chosen = model.opened.view.chosen if model.opened.view is not None else None
        for number, (variant, entries) in enumerate(zip(variants, cells, strict=True)):
            at = 2 + 2 * number
            grid.addWidget(_variant_label(look, variant, shrink(variant, variants)), at, 0)
            for index, cell in enumerate(entries):
                picked = (
                    chosen is not None
                    and cell.candidate is not None
                    and chosen.candidate_id == cell.candidate.candidate_id
                )
                grid.addWidget(MatrixWidget(look, cell, model.choose, picked), at, index + 1)
            grid.addWidget(line(), at + 1, 0, 1, width)


def _variant_label(look: Look, variant: Variant, times: float) -> QWidget:
    holder = QWidget()
    size = look.language.quantity(variant.bytes, "byte")
    small = look.t(N_("{size}, {ratio}×"), size=size, ratio=times)
    note = small if abs(times - 1) > 0.005 else size
    holder.setLayout(
        column(label(look, look.t(variant.name)), label(look, note, "caption", "inkSecondary"),
               gap=0, margins=(4, 6, 0, 6))
    )  # fmt: skip
    return holder


class PresetWidget(Card):
    """A preset: size, ratio and quality of what it made; a click selects it for the next run."""

    def __init__(self, look: Look, card: PresetCard, toggle: Callable[[str], object]) -> None:
        super().__init__(look, gap=4)
        self._id, self._toggle = card.recipe.id, toggle
        selectable = card.recipe.id != BASELINE
        name = look.t(card.recipe.name) if selectable else look.t(N_("Baseline"))
        head = row(StateMark(look, card.state), label(look, name, "card_title"), None, gap=8)
        if card.chosen:
            head.addWidget(Chip(look, look.t(N_("chosen")), "accent"))
        elif card.selected:
            head.addWidget(Chip(look, look.t(N_("selected")), "accent"))
        self.add(head)
        about = look.t(card.recipe.description) if selectable else look.t(N_("as imported"))
        description = label(look, about, "caption", "inkSecondary", wrap=True)
        description.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        description.setMinimumHeight(32)
        self.add(description, self._numbers(look, card), None, line())
        self.add(label(look, self._made(look, card), "caption", "inkSecondary", wrap=True))
        if selectable:
            self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            self.setCursor(Qt.CursorShape.PointingHandCursor)
            self.setProperty("hot", "true")
        self.setAccessibleName(name)
        set_property(self, "chosen", "true" if card.selected or card.chosen else "false")

    def _numbers(self, look: Look, card: PresetCard):  # type: ignore[no-untyped-def]
        variant, quality = card.variant, card.quality
        size = Headline(look, look.t(N_("Size")), role="number")
        ratio = Headline(look, look.t(N_("Ratio")), role="number")
        score = Headline(look, look.t(N_("Quality")), role="number")
        if variant is not None:
            from genba.figures import Basis, Figure

            def exact(value: float, unit: str) -> Figure:
                return Figure(value=value, unit=unit, basis=Basis.EXACT, ref="variant/size")

            size.show_figure(exact(variant.bytes, "byte"))
            ratio.show_figure(exact(round(card.times_smaller, 2), "times"))
        else:
            size.show_figure(None)
            ratio.show_figure(None)
        if quality is None:
            score.show_figure(None)
        else:
            note = ""
            if quality.value.value is not None and quality.reference.value is not None:
                drop = quality.value.value - quality.reference.value
                sign = "+" if drop > 0 else "−" if drop < 0 else "±"
                note = f"{sign}{look.language.number(abs(drop), 2)}"
            score.show_figure(quality.value, note)
            score.value.setToolTip(f"{quality.metric}\n{figure_hint(quality.value, look)}")
        return row(column(size, None), column(ratio, None), column(score, None), gap=10)

    def _made(self, look: Look, card: PresetCard) -> str:
        variant = card.variant
        if variant is None:
            return look.t(N_("not run yet"))
        if not variant.passes:
            return look.t(N_("what everything is compared with"))
        return look.t(
            N_("made in {time}, {memory} of memory"),
            time=look.language.duration(variant.wall_s),
            memory=look.language.quantity(variant.peak_rss_bytes, "byte"),
        )

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click selects."""
        if self.rect().contains(event.position().toPoint()):
            self._toggle(self._id)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space and Enter select."""
        if event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._toggle(self._id)
        else:
            super().keyPressEvent(event)


class MatrixWidget(QWidget):
    """One cell: a Figure, its verdict, and a ground that is green only when measured to hold."""

    def __init__(
        self, look: Look, cell: MatrixCell, choose: Callable[[str], object], picked: bool
    ) -> None:
        super().__init__()
        self._cell, self._choose = cell, choose
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setObjectName("cell")
        grounds = {"met": "passSoft", "missed": "failSoft", "undecided": "", "unlikely": ""}
        ground = grounds.get(cell.verdict, "") if cell.figure is not None else ""
        fill = look.theme.css(ground) if ground else "transparent"
        border = f"2px solid {look.theme.css('accent')}" if picked else "none"
        self.setStyleSheet(f"QWidget#cell {{ background: {fill}; border: {border}; }}")
        content = row(None, gap=8, margins=(8, 0, 12, 0))
        if cell.figure is None:
            content.addWidget(label(look, "–", "body", "inkTertiary"))
        else:
            state = VERDICT_STATES.get(cell.verdict, "")
            if state and cell.verdict != "no_limit":
                content.addWidget(StateMark(look, state, small=True))
            figure = FigureLabel(look, cell.figure, "body_bold" if picked else "body")
            content.addWidget(figure)
        self.setLayout(content)
        self.setMinimumHeight(44)
        if cell.candidate is not None:
            self.setCursor(Qt.CursorShape.PointingHandCursor)
            self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click puts the candidate forward."""
        if self._cell.candidate is not None and self.rect().contains(event.position().toPoint()):
            self._choose(self._cell.candidate.candidate_id)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter puts the candidate forward."""
        chosen = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)
        if chosen and self._cell.candidate is not None:
            self._choose(self._cell.candidate.candidate_id)
        else:
            super().keyPressEvent(event)
