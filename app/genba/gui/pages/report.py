"""Report: can the reader decide?"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QWidget

from genba.errors import N_
from genba.gui.theme.look import Look
from genba.gui.viewmodels.report import TEMPLATES, ReportModel
from genba.gui.widgets.controls import Chip, Segmented, button, field_label
from genba.gui.widgets.figure import Headline
from genba.gui.widgets.layout import Card, ElidedLabel, clear, column, label, line, row, top
from genba.gui.widgets.marks import StateMark
from genba.gui.widgets.page import Page
from genba.study.candidate import Judgement

TEMPLATE_NOTES = {
    "manager": N_("The decision on one page, with what stands behind it."),
    "engineer": N_("Method, runs, predictions and their errors."),
    "full": N_("Everything, with the register of assumptions."),
}


class ReportPage(Page):
    """What the reader will find, what to correct first, and the export."""

    def __init__(self, look: Look, model: ReportModel) -> None:
        super().__init__(look, look.t(N_("Can the reader decide with this report?")))
        self.model = model
        self._findings: object = ()
        self._conclusion_of: object = None
        self.export_button = self.add_action(
            look.t(N_("Export report")), self.export, kind="filled"
        )
        self.export_button.setShortcut("Ctrl+E")
        self.settings = Card(look, look.t(N_("For whom, in which language?")), gap=10)
        self.template = Segmented(
            look, [(key, look.t(name)) for key, name in TEMPLATES], model.template
        )
        self.template.chosen.connect(model.set_template)
        self.about = label(look, "", "small", "inkSecondary", wrap=True)
        self.language = Segmented(look, [("en", "English"), ("ja", "日本語")], model.language)
        self.language.chosen.connect(model.set_language)
        names = [field_label(look, look.t(t)) for t in (N_("Readers"), N_("Language"))]
        for name in names:
            name.setFixedWidth(84)
        unmarked = look.t(N_("It can be exported all the same; the PDF carries no draft mark."))
        self.blocking = label(look, unmarked, "caption", "inkSecondary", wrap=True)
        study = button(look, look.t(N_("Export study…")), self.export_study, small=True)
        self.settings.add(
            row(names[0], self.template, None),
            self.about,
            row(names[1], self.language, None),
            line(),
            row(study, None),
            self.blocking,
        )
        self.written = Card(look, look.t(N_("Written")), gap=8)
        self.file = ElidedLabel(look, "", "body")
        self.pages = label(look, "", "small", "inkSecondary")
        self.open_button = button(look, look.t(N_("Open")), self.open)
        self.folder_button = button(look, look.t(N_("Show folder")), self.open_folder)
        self.written.add(self.file, self.pages, row(self.open_button, self.folder_button, None))
        self.findings = Card(look, gap=8)
        self._counts = row(gap=8)
        head = row(label(look, look.t(N_("Before it goes out")), "card_title"), None)
        head.addLayout(self._counts)
        self._list = column(gap=8)
        self.findings.add(head, line(), self._list)
        self.summary = Card(look, look.t(N_("What page 1 rests on")), gap=8)
        self._summary = column(gap=8)
        self.summary.add(self._summary)
        side = QWidget()
        side.setFixedWidth(420)
        side.setLayout(column(self.settings, self.written, None, gap=12))
        left = QWidget()
        left.setLayout(column(self.summary, self.findings, None, gap=12))
        body = row(left, column(side, None), gap=12)
        body.setStretch(0, 1)
        self.add(body, None)
        model.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Findings, settings, the written file."""
        model, look = self.model, self.look
        self.show_work(model.busy, model.progress, model.cancel)
        self.show_error(model.error, retry=model.retry, close=model.dismiss)
        state, message = model.answer
        self.set_answer(state, look.message(message))
        view = model.opened.view
        ready = view is not None and view.chosen is not None
        self.export_button.setEnabled(ready and not model.busy)
        self.block_reason("" if ready else look.t(N_("Predict or measure a candidate first.")))
        self.blocking.setVisible(bool(model.blocks))
        self.about.setText(look.t(TEMPLATE_NOTES[model.template]))
        self.template.set_current(model.template)
        self.language.set_current(model.language)
        self.written.setVisible(model.written is not None)
        if model.written is not None:
            self.file.set_whole(str(_path(model.written)))
            pages = getattr(model.written, "pages", 0)
            self.pages.setText(look.t(N_("{n} pages"), n=pages) if pages else "")
        if self._findings is not model.findings:
            self._findings = model.findings
            self._fill_findings()
        chosen = view.chosen if view is not None else None
        self.summary.setVisible(chosen is not None)
        if chosen is not self._conclusion_of:
            self._conclusion_of = chosen
            self._fill_summary()

    def block_reason(self, reason: str) -> None:
        """Why nothing can be exported."""
        self.block_next(reason)
        self.export_button.setToolTip(reason or "Ctrl+E")

    def export(self) -> None:
        """Ask where to, then write."""
        look = self.look
        start = str(Path.home() / self.model.suggested_name)
        name, _ = QFileDialog.getSaveFileName(
            self, look.t(N_("Export report")), start, "PDF (*.pdf)"
        )
        if name:
            self.model.export(Path(name))

    def export_study(self) -> None:
        """Ask where to, then write the study file."""
        look = self.look
        view = self.model.opened.view
        name = view.study.name if view is not None else "study"
        chosen, _ = QFileDialog.getSaveFileName(
            self, look.t(N_("Export study")), str(Path.home() / f"{name}.genba"), "Genba (*.genba)"
        )
        if chosen:
            self.model.export_study(Path(chosen))

    def open(self) -> None:
        """Open the PDF in the desktop's reader."""
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(_path(self.model.written))))

    def open_folder(self) -> None:
        """Open the folder that holds it."""
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(_path(self.model.written).parent)))

    def _fill_findings(self) -> None:
        model, look = self.model, self.look
        clear(self._list)
        clear(self._counts)
        if model.findings is None:
            return
        if model.blocks:
            text = look.t(N_("{n} stop it"), n=len(model.blocks))
            self._counts.addWidget(Chip(look, text, "fail"))
        if model.cautions:
            text = look.t(N_("{n} to look at"), n=len(model.cautions))
            self._counts.addWidget(Chip(look, text, "warn"))
        shown = [("failed", f) for f in model.blocks] + [("attention", f) for f in model.cautions]
        for state, finding in shown[:14]:
            self._list.addLayout(_finding(look, state, finding))
        if not shown:
            text = look.t(N_("Every number carries its basis, every claim its evidence."))
            self._list.addLayout(_sentence(look, "done", text))

    def _fill_summary(self) -> None:
        look = self.look
        clear(self._summary)
        view = self.model.opened.view
        if view is None or view.chosen is None:
            return
        chosen = view.chosen
        title = look.t(
            N_("{variant} on {device}, {runtime}"),
            variant=look.t(chosen.variant_name), device=chosen.device_name, runtime=chosen.runtime,
        )  # fmt: skip
        self._summary.addWidget(label(look, title, "body", wrap=True))
        figures = row(gap=24)
        shown = [j for j in chosen.judgements if j.figure is not None][:5]
        for judgement in shown:
            figures.addWidget(_judged(look, judgement))
        figures.addStretch(1)
        self._summary.addLayout(figures)


def _judged(look: Look, judgement: Judgement) -> QWidget:
    from genba.gui.pages.workload import VERDICT_WORDS
    from genba.gui.viewmodels.workload import MEASURE_NAMES

    headline = Headline(look, look.t(MEASURE_NAMES.get(judgement.measure, judgement.measure)),
                        role="number")  # fmt: skip
    headline.show_figure(
        judgement.figure, look.t(VERDICT_WORDS.get(judgement.verdict, judgement.verdict))
    )
    return headline


def _finding(look: Look, state: str, finding: Any):  # type: ignore[no-untyped-def]
    return _sentence(look, state, look.message(finding.message))


def _sentence(look: Look, state: str, text: str):  # type: ignore[no-untyped-def]
    mark = top(StateMark(look, state), 2)
    result = row(mark, label(look, text, "body", wrap=True), gap=10)
    result.setStretch(1, 1)
    return result


def _path(written: Any) -> Path:
    return Path(getattr(written, "path", written))
