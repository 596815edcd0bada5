"""Models: import, analyse, list, show."""

from __future__ import annotations

from pathlib import Path

from genba.errors import N_
from genba.jobs import JobContext
from genba.models import costs
from genba.store.workspace import Workspace
from genba.study.costs import ModelCosts
from genba.study.model import Model
from genba.usecases.registering import import_into
from genba.usecases.resolving import as_path, subject


def import_model(
    path: Path, *, name: str | None = None, job: JobContext, home: Path | None = None
) -> Model:
    """Copy a model into the workspace.

    Raises:
        NotAModel and its kin: the file is not a model that Genba can read.
    """
    source = as_path(str(path)) or Path(path)
    with Workspace.open(home) as workspace:
        return import_into(workspace, source, name or source.stem, job)


def analyze(
    model: str, *, dims: dict[str, int], job: JobContext, home: Path | None = None
) -> ModelCosts:
    """Count what one pass costs; a path is read in place, without opening the workspace.

    Raises:
        NotAModel and its kin: the file is not a model that Genba can read.
        UnknownId: neither a path nor a model of the workspace.
    """
    found = subject(model, home)
    job.report(N_("Analysing {name}"), 0.1, name=found.name)
    return job.run_process(costs.analyze, found.path, dims)


def list_models(*, home: Path | None = None) -> tuple[Model, ...]:
    """The models of the workspace, oldest first."""
    with Workspace.open(home) as workspace:
        return workspace.models.list()


def show(model: str, *, home: Path | None = None) -> Model:
    """One model by id, prefix or name.

    Raises:
        UnknownId: there is none.
    """
    with Workspace.open(home) as workspace:
        return workspace.models.find(model)
