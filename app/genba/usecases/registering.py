"""Brings model files into the workspace: copied, or registered where they are."""

from __future__ import annotations

from pathlib import Path

from genba.errors import N_, GenbaError
from genba.jobs import JobContext
from genba.models import importing
from genba.models.importing import ModelFacts
from genba.store.workspace import Workspace
from genba.study.model import Model, artifact_id


class ModelFileChanged(GenbaError):
    """A linked model's file is not what it was when it was registered."""

    code = "model_file_changed"
    what = N_("{path} has changed since it was registered as the model {name}.")
    fix = N_("Import it again, or put the old file back.")


def import_into(
    workspace: Workspace, path: Path, name: str, job: JobContext, *, sample_id: str = ""
) -> Model:
    """Copy the model at `path` into an open workspace."""
    facts = job.run_process(importing.inspect, path)
    job.report(N_("Copying {name}"), 0.5, name=name)
    artifact = workspace.artifacts.put_files(importing.model_files(path))
    main = artifact.path / facts.files[0].name
    model = _model(facts, artifact.id, name, main, "copied")
    return workspace.models.add(model.model_copy(update={"sample_id": sample_id}))


def register(workspace: Workspace, path: Path, job: JobContext) -> Model:
    """Register a model that stays where it is (*linked*), hashing it while it is read."""
    facts = job.run_process(importing.inspect, path.resolve())
    identifier = artifact_id(facts.files)
    known = workspace.models.get_many([identifier])
    if known:
        return known[0]
    return workspace.models.add(_model(facts, identifier, path.stem, path.resolve(), "linked"))


def check_unchanged(model: Model) -> None:
    """Refuse a linked model whose files are gone or have another size.

    Raises:
        ModelFileChanged: the evidence would speak of another file.
    """
    folder = Path(model.path).parent
    for file in model.files:
        place = folder / file.name
        if not place.is_file() or place.stat().st_size != file.size:
            raise ModelFileChanged(path=place, name=model.name)


def _model(facts: ModelFacts, identifier: str, name: str, path: Path, storage: str) -> Model:
    return Model.model_validate(
        {**facts.model_dump(), "model_id": identifier, "name": name, "path": str(path),
         "storage": storage}
    )  # fmt: skip
