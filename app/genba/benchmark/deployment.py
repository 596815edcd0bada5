"""What must lie on the device for a run, and where: folders named by the hash of their contents."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from genba.benchmark.errors import BadInputs
from genba.files import reason_of
from genba.remote.probe import Package
from genba.remote.transfer import Deployable
from genba.study.model import ModelFile, artifact_id


@dataclass(frozen=True, slots=True)
class RunnerSpec:
    """A runner's host half as plain data. `device_half` is the file's source text."""

    name: str
    title: str
    device_half: str
    settings: dict[str, Any] = field(default_factory=dict)
    packages: tuple[Package, ...] = ()

    @classmethod
    def of(cls, runner: Any, settings: dict[str, Any]) -> RunnerSpec:
        """From a `runtimes.runner.Runner` and the settings it made."""
        return cls(
            name=runner.name,
            title=runner.title,
            device_half=Path(runner.device_half).read_text(encoding="utf-8"),
            settings=settings,
            packages=tuple((r.module, (r.distribution,)) for r in runner.requirements),
        )


@dataclass(frozen=True, slots=True)
class Deployment:
    """The files to send, and how the agent's request names model and inputs: [folder, name]."""

    files: tuple[Deployable, ...]
    model: list[str]
    inputs: list[str] | None
    main: ModelFile
    decoding_half: str
    device_half_sha256: str


def plan_deployment(
    runner: RunnerSpec, model_files: tuple[ModelFile, ...], model_path: Path, inputs: Path | None
) -> Deployment:
    """Lay out a run's files.

    Raises:
        BadInputs: the inputs cannot be read.
    """
    from genba.runtimes import generate

    main = next(file for file in model_files if file.name == model_path.name)
    artifact = artifact_id(model_files)
    files = [Deployable(artifact, file, model_path.parent / file.name) for file in model_files]
    named_inputs = None
    if inputs is not None:
        entry = _hashed(inputs)
        named_inputs = [artifact_id((entry,)), entry.name]
        files.append(Deployable(named_inputs[0], entry, inputs))
    return Deployment(
        files=tuple(files),
        model=[artifact, main.name],
        inputs=named_inputs,
        main=main,
        decoding_half=Path(generate.__file__).read_text(encoding="utf-8"),
        device_half_sha256=hashlib.sha256(runner.device_half.encode()).hexdigest(),
    )


def _hashed(path: Path) -> ModelFile:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise BadInputs(path=str(path), reason=reason_of(error)) from error
    return ModelFile(
        name="inputs.npz", size=len(content), sha256=hashlib.sha256(content).hexdigest()
    )
