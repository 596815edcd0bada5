"""Reports: freeze a study, build the tree, check it, write the PDF."""

from __future__ import annotations

import hashlib
from pathlib import Path

from genba import __version__
from genba.benchmark import journal
from genba.business import study_case
from genba.errors import N_, GenbaError
from genba.jobs import JobContext
from genba.report import Finding, Template, build, lint
from genba.report.pdf.writer import page_count, write_pdf
from genba.store.workspace import Workspace
from genba.study.base import Data, now
from genba.study.run import Run
from genba.study.study import Study, StudySnapshot
from genba.usecases.evidence import business_inputs, view_of


class NothingToReport(GenbaError):
    """A study has no candidate yet."""

    code = "nothing_to_report"
    what = N_("The study {name} has no candidate yet, so there is nothing to report.")
    fix = N_("Import a model and predict or measure it first.")


class WrittenReport(Data):
    """A report that was written: its place, its number of pages, and what lint found."""

    path: Path
    pages: int
    findings: tuple[Finding, ...]


def write(
    study: str,
    path: Path,
    *,
    language: str,
    template: Template = "full",
    job: JobContext,
    home: Path | None = None,
) -> WrittenReport:
    """Write a study's report as PDF, whole or not at all.

    Raises:
        UnknownId, NothingToReport: there is no such study, or nothing in it.
        NotWritable, DiskFull: the place.
    """
    job.report(N_("Collecting the evidence"), 0.1)
    snapshot, samples = _freeze(study, home)
    job.report(N_("Laying out the report"), 0.5)
    report = build(snapshot, template, samples_ms=samples)
    write_pdf(report, path, language)
    return WrittenReport(path=path, pages=page_count(path), findings=lint(snapshot, report))


def check(
    study: str, *, template: Template = "full", job: JobContext, home: Path | None = None
) -> tuple[Finding, ...]:
    """What a reader would stumble over in the report as it would be written now."""
    job.report(N_("Collecting the evidence"), 0.1)
    snapshot, samples = _freeze(study, home)
    return lint(snapshot, build(snapshot, template, samples_ms=samples))


def _freeze(study: str, home: Path | None) -> tuple[StudySnapshot, dict[str, tuple[float, ...]]]:
    """Everything that the report may show, as plain data, and the latencies of each Run in ms."""
    with Workspace.open(home) as workspace:
        found = workspace.studies.find(study)
        view = view_of(workspace, found)
        if view.chosen is None:
            raise NothingToReport(name=found.name)
        result = study_case.evaluate(business_inputs(workspace, found))
        snapshot = StudySnapshot(
            study=found.model_copy(update={"chosen": view.chosen.candidate_id}),
            taken_at=now(),
            model=view.model,
            variants=view.variants,
            runs=view.runs,
            candidates=view.candidates,
            devices=view.devices,
            business=result,
            sha256=_evidence_hash(found, view.runs),
            program_version=__version__,
        )
        samples = {run.run_id: _latencies_ms(workspace, run) for run in view.runs}
    return snapshot, samples


def _evidence_hash(study: Study, runs: tuple[Run, ...]) -> str:
    """A hash over the study and its Runs, so that a later edit shows."""
    digest = hashlib.sha256(study.model_dump_json(exclude={"changed_at"}).encode())
    for run in runs:
        digest.update(run.model_dump_json(exclude={"samples_path"}).encode())
    return digest.hexdigest()


def _latencies_ms(workspace: Workspace, run: Run) -> tuple[float, ...]:
    path = workspace.artifacts.file(run.samples_id, journal.FILE_NAME)
    return tuple(s.latency_ms for s in journal.read_samples(path) if not s.warmup)
