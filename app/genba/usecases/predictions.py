"""Predictions: what a model or variant would do on devices that nobody has bought yet."""

from __future__ import annotations

from pathlib import Path

from genba.devices import catalogue, fitting
from genba.devices.engines import engine_of
from genba.devices.fitting import Check
from genba.devices.prediction import Generation
from genba.devices.prediction import predict as estimate
from genba.errors import N_
from genba.jobs import JobContext
from genba.models.generation import PhaseCosts, analyze_phases
from genba.store.home import resolve_home
from genba.store.workspace import Workspace
from genba.study.candidate import Prediction
from genba.study.device import DeviceProfile
from genba.study.study import Study
from genba.usecases.resolving import Subject, subject

PROMPT_TOKENS = 64
GENERATE_TOKENS = 64
OURS = ("onnxruntime", "openvino")


def predict(
    name: str,
    *,
    device_ids: tuple[str, ...] = (),
    all_devices: bool = False,
    runtime: str | None = None,
    dims: dict[str, int] | None = None,
    prompt_tokens: int | None = None,
    generate_tokens: int | None = None,
    study: str | None = None,
    job: JobContext,
    home: Path | None = None,
) -> tuple[Prediction, ...]:
    """Predict a model or variant on devices; without a choice, on every device.

    A path is read in place; only `study` opens the workspace, and the result becomes evidence of
    that study. Without `runtime` a device is predicted for the first of its runtimes that Genba
    drives, the demo device for each.

    Raises:
        UnknownId: no such model, device or study. NotAModel and its kin: the file.
    """
    workload = _study(study, home).workload if study else None
    found = subject(name, home, study)
    profiles = _profiles(device_ids, all_devices or not device_ids, resolve_home(home))
    prompt = prompt_tokens or (workload.prompt_tokens if workload else PROMPT_TOKENS)
    generate = generate_tokens or (workload.generate_tokens if workload else GENERATE_TOKENS)
    job.report(N_("Analysing {name}"), 0.1, name=found.name)
    costs = job.run_process(analyze_phases, found.path, dims or {}, prompt, generate)
    predictions = []
    for index, profile in enumerate(profiles):
        job.report(N_("Predicting {name}"), 0.4 + 0.6 * index / len(profiles), name=profile.name)
        for each in _runtimes(profile, runtime):
            predictions.append(
                estimate(
                    costs.whole, _identifier(found), profile, each,
                    _generation(costs, prompt, generate),
                )
            )  # fmt: skip
    if study:
        _keep(study, tuple(predictions), home)
    return tuple(predictions)


def check(path: Path, *, job: JobContext, home: Path | None = None) -> Check:
    """How good the predictor is on measurements that somebody made: one row a measurement.

    Raises:
        MeasurementFileInvalid: the file cannot be used.
    """
    job.report(N_("Predicting the rows of {name}"), 0.1, name=path.name)
    profiles = {p.id: p for p in catalogue.profiles(resolve_home(home))}
    return fitting.check(path, profiles)


def _study(study: str, home: Path | None) -> Study:
    with Workspace.open(home) as workspace:
        return workspace.studies.find(study)


def _profiles(
    device_ids: tuple[str, ...], everything: bool, home: Path
) -> tuple[DeviceProfile, ...]:
    if not everything:
        return tuple(catalogue.profile(identifier, home) for identifier in device_ids)
    return tuple(p for p in catalogue.profiles(home) if p.stage not in ("cloud", "demo"))


def _runtimes(profile: DeviceProfile, wanted: str | None) -> tuple[str | None, ...]:
    """The runtimes to predict: the wanted one as the device lists it, or a sensible default."""
    if wanted is None:
        return OURS if profile.stage == "demo" else (None,)
    engine = engine_of(wanted).name
    listed = [r for r in profile.runtimes if r == wanted or engine_of(r).name == engine]
    return (wanted if wanted in profile.runtimes or not listed else listed[0],)


def _identifier(found: Subject) -> str:
    if found.variant is not None:
        return found.variant.variant_id
    return found.model.model_id if found.model is not None else found.path.name


def _generation(costs: PhaseCosts, prompt: int, generate: int) -> Generation | None:
    if costs.prefill is None or costs.decode is None:
        return None
    return Generation(costs.prefill, costs.decode, prompt, generate)


def _keep(study: str, fresh: tuple[Prediction, ...], home: Path | None) -> None:
    """Replace the study's predictions for the same variant, device and runtime."""
    keys = {(p.variant_id, p.device_id, p.runtime) for p in fresh}

    def change(current: Study) -> Study:
        kept = tuple(
            p for p in current.predictions if (p.variant_id, p.device_id, p.runtime) not in keys
        )
        return current.model_copy(update={"predictions": (*kept, *fresh)})

    with Workspace.open(home) as workspace:
        workspace.studies.update(study, change)
