"""The report page: what a reader would stumble over, and the writing of the PDF."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any, cast

from genba.errors import N_, Message
from genba.gui.bridge import JobBoard
from genba.gui.door import Door, Template
from genba.gui.viewmodels.base import ViewModel
from genba.gui.viewmodels.opened import OpenedStudy

TEMPLATES = (
    ("manager", N_("Manager")),
    ("engineer", N_("Engineer")),
    ("full", N_("Full")),
)
BLOCKING = ("block", "error", "stop")
"""Severities that stop a final version."""


class ReportModel(ViewModel):
    """Language, template, findings, and the last file written."""

    def __init__(self, door: Door, board: JobBoard, opened: OpenedStudy, language: str) -> None:
        super().__init__(door, board)
        self.opened = opened
        self.language = language
        self._language_chosen = False
        self.template: Template = "manager"
        self.findings: tuple[Any, ...] | None = None
        self.written: Any = None
        self.written_at = 0.0
        self._checked: tuple[object, ...] = ()
        opened.opened.connect(self._forget)
        opened.changed.connect(self.changed)

    def enter(self) -> None:
        """Check the report, when something changed since the last check."""
        view = self.opened.view
        if view is None or view.chosen is None or self.busy or self.error is not None:
            return
        if self._checked != self._key():
            self.check()

    def check(self) -> None:
        """Read snapshot and content as a strict reader would."""
        key = self._key()
        self.run(
            Message(text=N_("Checking the report")),
            self.door.check_report,
            self.opened.study_id,
            self.template,
            done=lambda findings: self._found(key, findings),
            again=self.check,
        )

    def set_language(self, language: str) -> None:
        """The language of the report."""
        self._language_chosen = True
        self.language = language
        self.changed.emit()

    def follow_language(self, language: str) -> None:
        """The window's language changed: the report's follows until somebody chose one."""
        if not self._language_chosen:
            self.language = language

    def set_template(self, template: str) -> None:
        """The readers that the report is for."""
        self.template = cast(Template, template)
        self.changed.emit()
        self.enter()

    @property
    def suggested_name(self) -> str:
        """A file name for the report."""
        view = self.opened.view
        name = view.study.name if view is not None else "report"
        safe = "".join(c if c.isalnum() or c in "-_ " else "-" for c in name).strip() or "report"
        return f"{safe}-{self.template}-{self.language}.pdf"

    def export(self, path: Path) -> None:
        """Write the PDF."""
        if path.suffix.lower() != ".pdf":
            path = path.with_name(path.name + ".pdf")
        self.run(
            Message(text=N_("Writing {name}"), params={"name": path.name}),
            self.door.write_report,
            self.opened.study_id,
            path,
            self.language,
            self.template,
            done=self._wrote,
            again=lambda: self.export(path),
        )

    def export_study(self, path: Path) -> None:
        """Write the study with its evidence as one `.genba` file."""
        self.run(
            Message(text=N_("Writing {name}"), params={"name": path.name}),
            self.door.export_study,
            self.opened.study_id,
            path,
            done=lambda _: None,
        )

    @property
    def blocks(self) -> tuple[Any, ...]:
        """Findings that stop a final version."""
        return tuple(f for f in self.findings or () if str(f.severity) in BLOCKING)

    @property
    def cautions(self) -> tuple[Any, ...]:
        """The other findings."""
        return tuple(f for f in self.findings or () if str(f.severity) not in BLOCKING)

    @property
    def answer(self) -> tuple[str, Message]:
        """State and sentence for the answer line."""
        view = self.opened.view
        if view is None or view.chosen is None:
            return "not_yet", Message(text=N_("Nothing to report yet. Predict or measure first."))
        if self.findings is None:
            return "running" if self.busy else "not_yet", Message(
                text=N_("The report has not been checked yet.")
            )
        blocks, cautions = len(self.blocks), len(self.cautions)
        params = {"blocks": blocks, "cautions": cautions}
        if blocks:
            text = N_("Points that stop a final version: {blocks}. Worth a look: {cautions}.")
            return "failed", Message(text=text, params=params)
        if cautions:
            text = N_("Ready to export. Points worth a look: {cautions}.")
            return "attention", Message(text=text, params=params)
        return "done", Message(text=N_("Ready to export. Nothing to correct."))

    def _key(self) -> tuple[object, ...]:
        view = self.opened.view
        return (self.template, view.study.changed_at, view.study.study_id) if view else ()

    def _forget(self) -> None:
        self.findings, self.written, self._checked = None, None, ()

    def _found(self, key: tuple[object, ...], findings: tuple[Any, ...]) -> None:
        self._checked, self.findings = key, findings

    def _wrote(self, written: Any) -> None:
        self.written = written
        self.written_at = time.time()
        self.findings = tuple(getattr(written, "findings", ()) or self.findings or ())
