"""Writes a study with everything that it rests on as one `.genba` file."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from genba import __version__
from genba.errors import N_, GenbaError
from genba.files import disk_errors, replacing
from genba.jobs import JobContext
from genba.store.archive import (
    FORMAT,
    FORMAT_VERSION,
    MANIFEST,
    MOST_BYTES,
    Manifest,
    Member,
    StudyFileTooLarge,
)
from genba.store.copying import CHUNK, hash_file
from genba.store.portable import (
    main_file,
    portable_model,
    portable_run,
    portable_study,
    portable_variant,
)
from genba.store.workspace import Workspace
from genba.study.model import Model
from genba.study.study import Study
from genba.study.variant import Variant

_EPOCH = (1980, 1, 1, 0, 0, 0)
_REGULAR_FILE = 0o100644 << 16


class LinkedFileChanged(GenbaError):
    """A file that is used in place is gone or was changed since it was registered."""

    code = "linked_file_changed"
    what = N_("{path} is missing or has changed since it was first used.")
    fix = N_("Put the original file back, or import the model anew.")


def export_study(
    workspace: Workspace,
    study_id: str,
    path: Path,
    job: JobContext,
    *,
    with_models: bool = True,
    most_bytes: int = MOST_BYTES,
) -> Path:
    """Write a study with everything that it rests on; linked models are copied in.

    `with_models` false leaves the files of models and variants out and keeps their records.

    Raises:
        UnknownId: no such study. ArtifactDamaged, LinkedFileChanged: its files.
        StudyFileTooLarge: no Genba would take it back in. DiskFull, NotWritable: `path`.
    """
    study = workspace.studies.find(study_id)
    documents, artifacts = _contents(workspace, study, with_models)
    files = {
        f"artifacts/{i}/{n}": source
        for i, names in artifacts.items()
        for n, source in names.items()
    }
    total = sum(map(len, documents.values())) + sum(p.stat().st_size for p in files.values())
    if total > most_bytes:
        raise StudyFileTooLarge(file=path.name, limit=most_bytes)
    with disk_errors(path), replacing(path) as draft:
        _write(draft, documents, files, total, job)
    return path


def _contents(
    workspace: Workspace, study: Study, with_models: bool
) -> tuple[dict[str, bytes], dict[str, dict[str, Path]]]:
    """The JSON members by name, and the artifacts' source files by id and name."""
    documents = {"study.json": _json(portable_study(study))}
    artifacts: dict[str, dict[str, Path]] = {}
    model = workspace.model_of(study)
    if model is not None:
        documents["model.json"] = _json(portable_model(model))
        if with_models:
            artifacts[model.model_id] = _sources(workspace, model.model_id, model)
    for variant in workspace.variants_of(study):
        documents[f"variants/{variant.variant_id}.json"] = _json(portable_variant(variant))
        if with_models and variant.variant_id not in artifacts:
            artifacts[variant.variant_id] = _sources(workspace, variant.variant_id, variant)
    for run in workspace.runs_of(study):
        documents[f"runs/{run.run_id}.json"] = _json(portable_run(run))
        if run.samples_id and workspace.artifacts.has(run.samples_id):
            stored = workspace.artifacts.get(run.samples_id)
            artifacts[stored.id] = {f.name: stored.path / f.name for f in stored.files}
    return documents, artifacts


def _sources(workspace: Workspace, identifier: str, noun: Model | Variant) -> dict[str, Path]:
    """Where the files of a model or variant lie: in the store, or in place."""
    if workspace.artifacts.has(identifier):
        stored = workspace.artifacts.get(identifier)
        return {f.name: stored.path / f.name for f in stored.files}
    folder = _folder(noun)
    sources = {f.name: folder / f.name for f in noun.files}
    for file in noun.files:
        source = sources[file.name]
        if not source.is_file() or source.stat().st_size != file.size:
            raise LinkedFileChanged(path=str(source))
        if hash_file(source) != file.sha256:
            raise LinkedFileChanged(path=str(source))
    return sources


def _folder(noun: Model | Variant) -> Path:
    """The folder that the relative names of a linked noun start from."""
    depth = len(PurePosixPath(main_file(noun)).parts)
    return Path(noun.path).parents[depth - 1]


def _write(
    target: Path,
    documents: Mapping[str, bytes],
    files: Mapping[str, Path],
    total: int,
    job: JobContext,
) -> None:
    members = []
    done = 0
    with zipfile.ZipFile(target, "w", allowZip64=True) as archive:
        for name, data in sorted(documents.items()):
            _add_bytes(archive, name, data)
            members.append(_member(name, len(data), hashlib.sha256(data).hexdigest()))
        for name, source in sorted(files.items()):
            digest = hashlib.sha256()
            entry = _entry(name, zipfile.ZIP_STORED)
            entry.file_size = source.stat().st_size
            with source.open("rb") as incoming, archive.open(entry, "w") as outgoing:
                while chunk := incoming.read(CHUNK):
                    digest.update(chunk)
                    outgoing.write(chunk)
                    done += len(chunk)
                    job.report(N_("Writing the study file"), done / total)
            members.append(_member(name, entry.file_size, digest.hexdigest()))
        manifest = Manifest(
            format=FORMAT,
            format_version=FORMAT_VERSION,
            program_version=__version__,
            total_bytes=sum(member.size for member in members),
            members=tuple(members),
        )
        _add_bytes(archive, MANIFEST, _json(manifest.model_dump(mode="json")))


def _add_bytes(archive: zipfile.ZipFile, name: str, data: bytes) -> None:
    archive.writestr(_entry(name, zipfile.ZIP_DEFLATED), data, compresslevel=6)


def _entry(name: str, packing: int) -> zipfile.ZipInfo:
    """A directory entry that depends on nothing but the name."""
    entry = zipfile.ZipInfo(name, _EPOCH)
    entry.compress_type = packing
    entry.create_system = 3
    entry.external_attr = _REGULAR_FILE
    return entry


def _member(name: str, size: int, sha256: str) -> Member:
    return Member(name=name, size=size, sha256=sha256)


def _json(document: Mapping[str, Any]) -> bytes:
    text = json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False)
    return text.encode("utf-8") + b"\n"
