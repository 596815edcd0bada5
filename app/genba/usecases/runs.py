"""Runs: measure live, list, show, export."""

from __future__ import annotations

import csv
import shutil
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from genba.benchmark import journal
from genba.benchmark.deployment import RunnerSpec
from genba.benchmark.inputs import first_inputs
from genba.benchmark.session import BenchmarkResult, run_benchmark
from genba.errors import N_, Message
from genba.extension import runners
from genba.files import disk_errors, replacing
from genba.jobs import JobContext
from genba.runtimes.runner import Settings, split_runtime
from genba.store.workspace import Workspace
from genba.study.base import new_id, now
from genba.study.device import Target
from genba.study.run import Run, Sample, ScenarioSettings, Telemetry
from genba.study.study import Study
from genba.study.variant import Variant
from genba.usecases import samples as bundled
from genba.usecases.connecting import Link, connected, find
from genba.usecases.registering import check_unchanged, register
from genba.usecases.resolving import as_path, baseline, stored_subject


def benchmark(
    subject: str,
    *,
    target: str,
    runtime: str = "onnxruntime",
    scenario: ScenarioSettings,
    study: str | None = None,
    link: Link | None = None,
    job: JobContext,
    home: Path | None = None,
) -> Run:
    """Measure a model or variant on a target and keep the Run.

    `link` is an open connection to that target, for several Runs in a row.

    Samples arrive as `SampleBatch` events of the job while the clock runs. A Run that was cut
    short but has samples is kept and marked incomplete.

    Raises:
        UnknownId, UnknownRunner: no such model, target or runtime.
        HostUntrusted and its kin: the target cannot be reached or is not trusted.
        Cancelled: nothing is left running on the device.
    """
    runner = runners.runner(runtime)
    _, provider = split_runtime(runtime)
    settings = runner.settings(threads=scenario.threads, provider=provider)
    place = find(target, home)
    with Workspace.open(home) as workspace:
        variant = _variant(workspace, subject, study, job)
        spec = RunnerSpec.of(runner, settings)
        opened = nullcontext(link) if link else connected(place, job=job, home=home)
        result, folder = _measure(workspace, variant, opened, spec, scenario, study, job)
        run = _kept(workspace, variant, place, runtime, scenario, settings, result)
        with workspace.transaction():
            workspace.variants.add(variant)
            workspace.runs.add(run)
            if study:
                workspace.studies.update(study, lambda s: _joined(s, variant, run))
        shutil.rmtree(folder, ignore_errors=True)
    return run


def list_runs(*, study: str | None = None, home: Path | None = None) -> tuple[Run, ...]:
    """The Runs of a study, or all, newest first."""
    with Workspace.open(home) as workspace:
        if study is not None:
            found = workspace.runs_of(workspace.studies.find(study))
        else:
            found = workspace.runs.list()
    return tuple(sorted(found, key=lambda r: r.created_at, reverse=True))


def show(run: str, *, home: Path | None = None) -> Run:
    """One Run by id or prefix.

    Raises:
        UnknownId: there is none.
    """
    with Workspace.open(home) as workspace:
        return workspace.runs.find(run)


def samples(run: str, *, home: Path | None = None) -> tuple[Sample, ...]:
    """All samples of a Run in their order, warm-up included and marked."""
    return journal.read_samples(_journal(run, home))


def telemetry(run: str, *, home: Path | None = None) -> tuple[Telemetry, ...]:
    """The sensor readings of a Run in their order."""
    return tuple(journal.read_recording(_journal(run, home)).telemetry)


def export(
    run: str,
    *,
    format: str = "csv",  # noqa: A002 - the contract's name
    output: Path | None = None,
    job: JobContext,
    home: Path | None = None,
) -> Path:
    """Write a Run's samples as CSV: sequence, scheduled_ns, latency_ms, ...

    Raises:
        UnknownId: there is no such Run. NotWritable, DiskFull: the file.
    """
    found = show(run, home=home)
    path = output or Path(f"run-{found.run_id}.{format}")
    job.report(N_("Writing {path}"), 0.1, path=path)
    rows = samples(found.run_id, home=home)
    with (
        disk_errors(path),
        replacing(path) as draft,
        draft.open("w", newline="", encoding="utf-8") as stream,
    ):
        writer = csv.writer(stream)
        writer.writerow(["sequence", "scheduled_ns", "latency_ms", "warmup", "ttft_ms", "tokens"])
        for sample in rows:
            first = sample.first_token_ns
            writer.writerow(
                [sample.sequence, sample.scheduled_ns, sample.latency_ms, int(sample.warmup),
                 "" if first is None else first / 1e6, sample.tokens]
            )  # fmt: skip
    return path


def _variant(workspace: Workspace, subject: str, study: str | None, job: JobContext) -> Variant:
    """The Variant to measure; a path is registered where it lies."""
    if study:
        workspace.studies.find(study)  # before any work is done for it
    path = as_path(subject)
    if path is not None:
        model = register(workspace, path, job)
    else:
        found = stored_subject(workspace, subject, study)
        if found.variant is not None:
            return found.variant
        if found.model is None:
            raise AssertionError("a stored subject has a model")
        model = found.model
        check_unchanged(model)
    known = workspace.variants.get_many([model.model_id])
    return known[0] if known else baseline(model)


def _measure(
    workspace: Workspace, variant: Variant, opened: AbstractContextManager[Link],
    spec: RunnerSpec, scenario: ScenarioSettings, study: str | None, job: JobContext,
) -> tuple[BenchmarkResult, Path]:  # fmt: skip
    run_id = new_id()
    # The journal grows inside the workspace, so that a crash of this program loses no sample.
    folder = workspace.home / "journals" / run_id
    folder.mkdir(parents=True, exist_ok=True)
    inputs = first_inputs(_evaluation(workspace, variant, study), folder)
    with opened as link:
        result = run_benchmark(
            link.connection, spec, variant.files, Path(variant.path), scenario,
            folder=folder, host_keys=link.host_keys, job=job, inputs=inputs, run_id=run_id,
        )  # fmt: skip
    return result, folder


def _evaluation(workspace: Workspace, variant: Variant, study: str | None) -> Path | None:
    """Where realistic inputs for the run come from: the study's data, or the sample's."""
    if study:
        data = workspace.studies.find(study).workload.evaluation
        if data:
            return bundled.evaluation_path(data)
    models = workspace.models.get_many([variant.model_id])
    if models and models[0].sample_id:
        return bundled.get(models[0].sample_id).evaluation_path
    return None


def _kept(
    workspace: Workspace, variant: Variant, target: Target, runtime: str,
    scenario: ScenarioSettings, settings: Settings, result: BenchmarkResult,
) -> Run:  # fmt: skip
    artifact = workspace.artifacts.put_files({journal.FILE_NAME: result.journal_path})
    return Run(
        run_id=result.run_id,
        created_at=now(),
        model_id=variant.model_id,
        variant_id=variant.variant_id,
        variant_name=variant.name,
        target_name=target.name,
        device_name=result.device_name,
        runtime=runtime,
        runtime_version=result.runtime_version,
        scenario=scenario,
        figures=result.figures,
        environment={**result.environment, "settings": settings},
        samples_id=artifact.id,
        samples_path=str(artifact.path / journal.FILE_NAME),
        samples_count=result.samples_count,
        warmup_count=result.warmup_count,
        complete=result.complete,
        demo=result.demo,
        warnings=(*_cut_short(result), *result.warnings),
    )


def _cut_short(result: BenchmarkResult) -> tuple[Message, ...]:
    """Why a kept Run is not complete, as its first warning."""
    if result.error is None:
        return ()
    text = N_("The run is incomplete: {reason}")
    return (Message(text=text, params={"reason": result.error.message}, code="incomplete"),)


def _joined(study: Study, variant: Variant, run: Run) -> Study:
    variants = dict.fromkeys((*study.variant_ids, variant.variant_id))
    return study.model_copy(
        update={
            "model_id": study.model_id or variant.model_id,
            "variant_ids": tuple(variants),
            "run_ids": (*study.run_ids, run.run_id),
        }
    )


def _journal(run: str, home: Path | None) -> Path:
    with Workspace.open(home) as workspace:
        found = workspace.runs.find(run)
        return workspace.artifacts.file(found.samples_id, journal.FILE_NAME)
