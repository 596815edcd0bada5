"""What the window asks of the use cases: each imported when it is first called, bound to a home.

The window must be visible before onnx, numpy or the store are loaded, so nothing here is imported
at start-up. Every method may take a while: call it on a job thread.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from genba.jobs import JobContext

if TYPE_CHECKING:
    from genba.study.business import BusinessInputs, BusinessResult
    from genba.study.candidate import Prediction
    from genba.study.costs import ModelCosts
    from genba.study.device import DeviceProfile, Target
    from genba.study.model import Model
    from genba.study.run import Run, Sample, ScenarioSettings, Telemetry
    from genba.study.study import Study
    from genba.study.variant import Recipe, Variant
    from genba.study.view import StudySummary, StudyView
    from genba.study.workload import Workload


Template = Literal["manager", "engineer", "full"]
"""For whom a report is written."""


class Door:
    """The use cases of one workspace (`home` None: the default one)."""

    def __init__(self, home: Path | None = None) -> None:
        self.home = home

    # studies

    def list_studies(self, *, job: JobContext) -> tuple[StudySummary, ...]:
        """The cards of the start page, newest first."""
        from genba.usecases import studies

        return studies.list_studies(home=self.home)

    def list_samples(self, *, job: JobContext) -> tuple[Any, ...]:
        """The bundled sample applications."""
        from genba.usecases import samples

        return samples.list_samples()

    def show_study(self, study: str, *, job: JobContext) -> StudyView:
        """A study with all that belongs to it."""
        from genba.usecases import studies

        return studies.show(study, home=self.home)

    def create_study(
        self, name: str, workload: Workload | None, sample: str | None, *, job: JobContext
    ) -> Study:
        """A new study, from a workload or from a sample."""
        from genba.usecases import studies

        return studies.create(
            name, workload=workload, sample=sample, numbered=True, job=job, home=self.home
        )

    def delete_study(self, study: str, *, job: JobContext) -> None:
        """Remove a study; its models and runs stay in the workspace."""
        from genba.usecases import studies

        studies.delete(study, home=self.home)

    def import_study(self, path: Path, *, job: JobContext) -> Study:
        """Open a `.genba` file."""
        from genba.usecases import studies

        return studies.import_(path, job=job, home=self.home)

    def export_study(self, study: str, path: Path, *, job: JobContext) -> Path:
        """Write a study with its evidence as one `.genba` file."""
        from genba.usecases import studies

        studies.export(study, path, job=job, home=self.home)
        return path

    def save_workload(self, study: str, workload: Workload, *, job: JobContext) -> Study:
        """Keep an edited workload."""
        from genba.usecases import studies

        return studies.save_workload(study, workload, home=self.home)

    def set_shortlist(self, study: str, ids: tuple[str, ...], *, job: JobContext) -> Study:
        """Keep the device profiles that the study looks at."""
        from genba.usecases import studies

        return studies.set_shortlist(study, ids, home=self.home)

    def choose(self, study: str, candidate: str, *, job: JobContext) -> Study:
        """Put a candidate forward."""
        from genba.usecases import studies

        return studies.choose(study, candidate, home=self.home)

    def run_demo(self, *, job: JobContext) -> str:
        """The whole job on the built-in demo device; answers the new study's id."""
        from genba.usecases import demo

        return str(demo.run(None, job=job, home=self.home).study_id)

    # models, devices, predictions

    def import_model(self, study: str, path: Path, *, job: JobContext) -> Model:
        """Read a model file and make it the study's model."""
        from genba.usecases import models, studies

        model = models.import_model(path, job=job, home=self.home)
        studies.set_model(study, model.model_id, home=self.home)
        return model

    def analyze(self, model: str, dims: Mapping[str, int], *, job: JobContext) -> ModelCosts:
        """Count a model's operators and memory at given dimensions."""
        from genba.usecases import models

        return models.analyze(model, dims=dict(dims), job=job, home=self.home)

    def list_devices(self, *, job: JobContext) -> tuple[DeviceProfile, ...]:
        """The catalogue."""
        from genba.usecases import devices

        return devices.list_devices(home=self.home)

    def predict(
        self,
        subject: str,
        study: str | None,
        *,
        prompt_tokens: int | None,
        generate_tokens: int | None,
        device_ids: Iterable[str] = (),
        job: JobContext,
    ) -> tuple[Prediction, ...]:
        """Predict for given devices, or for the whole catalogue when none is named."""
        from genba.usecases import predictions

        ids = tuple(device_ids)
        return predictions.predict(
            subject,
            device_ids=ids,
            all_devices=not ids,
            prompt_tokens=prompt_tokens,
            generate_tokens=generate_tokens,
            study=study,
            job=job,
            home=self.home,
        )

    # variants

    def list_presets(self, *, job: JobContext) -> tuple[Recipe, ...]:
        """The recipes that ship."""
        from genba.usecases import presets

        return presets.list_presets()

    def compress(
        self, model: str, preset: str, evaluate: str | None, study: str, *, job: JobContext
    ) -> Variant:
        """Apply a preset and evaluate the result."""
        from genba.usecases import variants

        return variants.compress(
            model, preset=preset, evaluate=evaluate, study=study, job=job, home=self.home
        )

    # targets and runs

    def list_targets(self, *, job: JobContext) -> tuple[Target, ...]:
        """The machines that can be measured on; the demo device is always there."""
        from genba.usecases import targets

        return targets.list_targets(home=self.home)

    def add_target(self, address: str, *, job: JobContext) -> Target:
        """Remember a machine, ``user@host`` or ``user@host:port``."""
        from genba.usecases import targets

        return targets.add(address, home=self.home)

    def host_key(self, name: str, *, job: JobContext) -> Any:
        """The machine's host key as it answers now, against the one on record."""
        from genba.usecases import targets

        return targets.host_key(name, job=job, home=self.home)

    def trust(self, name: str, fingerprint: str, *, job: JobContext) -> Target:
        """Record the machine's host key; the fingerprint must be equal."""
        from genba.usecases import targets

        return targets.trust(name, fingerprint, job=job, home=self.home)

    def benchmark(
        self,
        subject: str,
        target: str,
        runtime: str,
        scenario: ScenarioSettings,
        study: str,
        *,
        job: JobContext,
    ) -> Run:
        """Measure on a target; samples arrive as events of the job."""
        from genba.usecases import runs

        return runs.benchmark(
            subject,
            target=target,
            runtime=runtime,
            scenario=scenario,
            study=study,
            job=job,
            home=self.home,
        )

    def samples(
        self, run: str, *, job: JobContext
    ) -> tuple[tuple[Sample, ...], tuple[Telemetry, ...]]:
        """The samples of a kept run, with its telemetry where the journal holds it."""
        from genba.usecases import runs

        telemetry = getattr(runs, "telemetry", None)
        readings = telemetry(run, home=self.home) if telemetry is not None else ()
        return runs.samples(run, home=self.home), tuple(readings)

    # business and report

    def business_inputs(self, study: str, *, job: JobContext) -> BusinessInputs:
        """The inputs of the study's business case."""
        from genba.usecases import business

        return business.inputs(study, home=self.home)

    def business(
        self, study: str, overrides: Mapping[str, float], save: bool, *, job: JobContext
    ) -> BusinessResult:
        """Evaluate the business case with some inputs changed."""
        from genba.usecases import business

        return business.evaluate(
            study, overrides=dict(overrides), save=save, home=self.home, job=job
        )

    def check_report(self, study: str, template: Template, *, job: JobContext) -> tuple[Any, ...]:
        """What a reader would stumble over."""
        from genba.usecases import reports

        return reports.check(study, template=template, job=job, home=self.home)

    def write_report(
        self, study: str, path: Path, language: str, template: Template, *, job: JobContext
    ) -> Any:
        """Write the report as PDF."""
        from genba.usecases import reports

        return reports.write(
            study, path, language=language, template=template, job=job, home=self.home
        )
