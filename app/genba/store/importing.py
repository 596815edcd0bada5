"""Takes a `.genba` file in: checked to the last byte, and completely or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, TypeVar

from pydantic import ValidationError

from genba.errors import N_, Message, UnknownId
from genba.jobs import JobContext
from genba.store.archive import MOST_BYTES, Archive, bad_name, open_archive
from genba.store.artifacts import Artifact, Stage
from genba.store.documents import from_document
from genba.store.names import UnsafeName
from genba.store.portable import main_file, portable_run, portable_study, renamed
from genba.store.workspace import Workspace
from genba.study.base import Data, first_problem, new_id, now
from genba.study.model import Model, ModelFile, artifact_id
from genba.study.run import Run
from genba.study.study import Study
from genba.study.variant import Variant

T = TypeVar("T", bound=Data)


@dataclass(frozen=True, slots=True)
class _Incoming:
    study: Study
    model: Model | None
    variants: tuple[Variant, ...]
    runs: tuple[Run, ...]


def import_study(
    workspace: Workspace, path: Path, job: JobContext, *, most_bytes: int = MOST_BYTES
) -> Study:
    """Take a study file in and return the study as it is now stored.

    What is already there stays as it is; a study or Run whose id is taken by different content
    gets a new id, and all references follow.

    Raises:
        StudyFileInvalid, StudyFileTooNew, StudyFileTooLarge: the file; nothing of it is kept.
        MissingFile: it cannot be read. DiskFull, NotWritable: the workspace.
    """
    with open_archive(path, most_bytes) as archive:
        incoming = _read(archive)
        known = set(workspace.artifacts.ids())
        added: list[str] = []
        try:
            with ExitStack() as stages:
                staged = _stage(workspace, archive, stages, known, job)
                _check_references(archive, incoming, known | set(staged))
                for stage in staged.values():
                    added.append(stage.commit().id)
            return _keep(workspace, _resolved(workspace, archive, incoming))
        except BaseException:  # also when it is cancelled, nothing half-read may stay
            for identifier in added:
                workspace.artifacts.remove(identifier)
            raise


def _read(archive: Archive) -> _Incoming:
    study = _noun(archive, "study.json", Study)
    model = _noun(archive, "model.json", Model) if "model.json" in archive.members else None
    variants = _nouns(archive, "variants", Variant, lambda v: v.variant_id)
    runs = _nouns(archive, "runs", Run, lambda r: r.run_id)
    return _Incoming(study, model, variants, runs)


def _nouns(archive: Archive, folder: str, kind: type[T], key: Callable[[T], str]) -> tuple[T, ...]:
    found = []
    for name in archive.names(folder):
        noun = _noun(archive, name, kind)
        if name != f"{folder}/{key(noun)}.json":
            problem = Message(text=N_("{name} holds another id"), params={"name": name})
            raise archive.invalid(problem)
        found.append(noun)
    return tuple(found)


def _noun(archive: Archive, name: str, kind: type[T]) -> T:
    try:
        return from_document(kind, archive.document(name))
    except ValidationError as error:
        field, problem = first_problem(error)
        raise archive.invalid(f"{name}, {field or 'document'}: {problem}") from error


def _stage(
    workspace: Workspace,
    archive: Archive,
    stages: ExitStack,
    known: set[str],
    job: JobContext,
) -> dict[str, Stage]:
    """Unpack and hash every artifact that is not stored yet; each must give its own id."""
    by_id: dict[str, list[str]] = {}
    for name in archive.names("artifacts"):
        by_id.setdefault(name.split("/")[1], []).append(name)
    total = sum(archive.members[name].size for name in archive.names("artifacts")) or 1
    done = 0

    def progress(count: int) -> None:
        nonlocal done
        done += count
        job.report(N_("Reading the study file"), done / total)

    staged = {}
    for identifier, names in by_id.items():
        files = [_declared(archive, name) for name in names]
        if artifact_id(files) != identifier:
            raise archive.differs(f"artifacts/{identifier}")
        if identifier in known:
            continue
        stage = stages.enter_context(workspace.artifacts.stage())
        for name, file in zip(names, files, strict=True):
            try:
                with archive.open(name) as stream:
                    got = stage.add_stream(file.name, stream, file.size, progress)
            except UnsafeName as error:
                raise archive.invalid(bad_name(error)) from error
            if got != file:
                raise archive.differs(name)
        staged[identifier] = stage
    return staged


def _declared(archive: Archive, name: str) -> ModelFile:
    member = archive.members[name]
    return ModelFile(name=name.split("/", 2)[2], size=member.size, sha256=member.sha256)


def _check_references(archive: Archive, incoming: _Incoming, available: Iterable[str]) -> None:
    """Ids must be the hashes of their files, and everything referred to must be inside."""
    study, model = incoming.study, incoming.model
    hashed = [(v.variant_id, v.files) for v in incoming.variants]
    hashed += [(model.model_id, model.files)] if model is not None else []
    if any(artifact_id(files) != identifier for identifier, files in hashed):
        raise archive.invalid(Message(text=N_("an id is not the hash of its files")))
    model_id = model.model_id if model is not None else ""
    consistent = (
        study.model_id == model_id
        and set(study.variant_ids) == {v.variant_id for v in incoming.variants}
        and set(study.run_ids) == {r.run_id for r in incoming.runs}
        and all(v.model_id == model_id for v in incoming.variants)
    )
    if not consistent:
        raise archive.invalid(Message(text=N_("the study refers to something that is not inside")))
    stored = set(available)
    for run in incoming.runs:
        if run.samples_id and run.samples_id not in stored:
            raise archive.invalid(Message(text=N_("the samples of a run are missing")))


def _resolved(workspace: Workspace, archive: Archive, incoming: _Incoming) -> _Incoming:
    """Give new ids where one is taken by different content, and let all references follow."""
    ids: dict[str, str] = {}
    for run in incoming.runs:
        if _taken(workspace.runs.get, run.run_id, portable_run, portable_run(run)):
            ids[run.run_id] = new_id()
    study = incoming.study
    if _taken(workspace.studies.get, study.study_id, _unchanging, _unchanging(study)):
        ids[study.study_id] = new_id()
    if not ids:
        return incoming
    try:
        return _Incoming(
            study=from_document(Study, renamed(portable_study(study), ids)),
            model=incoming.model,
            variants=incoming.variants,
            runs=tuple(from_document(Run, renamed(portable_run(r), ids)) for r in incoming.runs),
        )
    except ValidationError as error:
        raise archive.invalid(first_problem(error)[1]) from error


def _taken(
    get: Callable[[str], T],
    identifier: str,
    portable: Callable[[T], Mapping[str, Any]],
    document: Mapping[str, Any],
) -> bool:
    try:
        return portable(get(identifier)) != document
    except UnknownId:
        return False


def _unchanging(study: Study) -> dict[str, Any]:
    """A study's content, whenever it was last saved."""
    return {k: v for k, v in portable_study(study).items() if k != "changed_at"}


def _keep(workspace: Workspace, incoming: _Incoming) -> Study:
    """Record everything in one transaction."""
    with workspace.transaction():
        if incoming.model is not None:
            _add_new(workspace.models.get, workspace.models.add, incoming.model.model_id,
                     _placed(workspace, incoming.model))  # fmt: skip
        for variant in incoming.variants:
            _add_new(workspace.variants.get, workspace.variants.add, variant.variant_id,
                     _placed_variant(workspace, variant))  # fmt: skip
        for run in incoming.runs:
            _add_new(workspace.runs.get, workspace.runs.add, run.run_id,
                     _placed_run(workspace, run))  # fmt: skip
        try:
            return workspace.studies.get(incoming.study.study_id)
        except UnknownId:
            return workspace.studies.add(incoming.study.model_copy(update={"changed_at": now()}))


def _add_new(get: Callable[[str], T], add: Callable[[T], T], identifier: str, noun: T) -> None:
    try:
        get(identifier)
    except UnknownId:
        add(noun)


def _placed(workspace: Workspace, model: Model) -> Model:
    """The model with its path on this computer; without its files it is linked to nothing."""
    artifact = _stored(workspace, model.model_id)
    if artifact is None:
        return model.model_copy(update={"storage": "linked", "path": main_file(model)})
    path = str(artifact.path / main_file(model))
    return model.model_copy(update={"storage": "copied", "path": path})


def _placed_variant(workspace: Workspace, variant: Variant) -> Variant:
    artifact = _stored(workspace, variant.variant_id)
    name = main_file(variant)
    return variant.model_copy(
        update={"path": str(artifact.path / name) if artifact is not None else name}
    )


def _placed_run(workspace: Workspace, run: Run) -> Run:
    artifact = _stored(workspace, run.samples_id)
    if artifact is None or not run.samples_path:
        return run
    name = PurePosixPath(run.samples_path).name
    known = name in {file.name for file in artifact.files}
    return run.model_copy(update={"samples_path": str(artifact.path / name) if known else ""})


def _stored(workspace: Workspace, identifier: str) -> Artifact | None:
    return workspace.artifacts.get(identifier) if workspace.artifacts.has(identifier) else None
