"""The artifact store: immutable folders, each named by the hash of its contents.

A folder is staged under a temporary name, synced and renamed, so that an artifact is there
completely or not at all, whatever happens. Beside the folders, `.index/<id>.json` remembers sizes,
hashes and times, so that a read notices a changed file without hashing gigabytes.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import secrets
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from genba.errors import N_, GenbaError, Message, UnknownId
from genba.files import disk_errors, replacing, sync_folder
from genba.store.copying import copy_hashed, hash_file, stream_hashed
from genba.store.names import check_distinct, safe_name
from genba.study.model import ModelFile
from genba.study.model import artifact_id as artifact_id

Progress = Callable[[int], None]
"""Called with the number of bytes done since the last call; may raise to stop the work."""

ALWAYS_HASHED = 8 << 20
"""Files up to this size (bytes) are hashed at every read; larger ones when size or time differ."""

_TEMPORARY = ".tmp-"
_STALE_S = 24 * 3600.0


class ArtifactDamaged(GenbaError):
    """A stored file is missing, truncated or changed."""

    code = "artifact_damaged"
    what = N_("A stored file is damaged: {name} in artifact {artifact}.")
    fix = N_("Import or compress the model again; damaged measurements must be repeated.")


@dataclass(frozen=True, slots=True)
class Artifact:
    """A stored folder: its id, its files, and where it lies."""

    id: str
    files: tuple[ModelFile, ...]
    path: Path

    @property
    def bytes(self) -> int:
        """The size of all files together."""
        return sum(file.size for file in self.files)


class ArtifactStore:
    """The folder `home/artifacts`. Safe for several processes at once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def ids(self) -> tuple[str, ...]:
        """The ids of all artifacts, sorted."""
        if not self.folder.is_dir():
            return ()
        return tuple(sorted(p.name for p in self.folder.iterdir() if _is_id(p.name)))

    def has(self, identifier: str) -> bool:
        """Whether an artifact of this id is stored."""
        return _is_id(identifier) and (self.folder / identifier).is_dir()

    def get(self, identifier: str) -> Artifact:
        """The artifact of this id, its files checked (large ones by size and time only).

        Raises:
            UnknownId: there is none.
            ArtifactDamaged: a file is missing or its content changed.
        """
        if not self.has(identifier):
            raise UnknownId(
                kind=Message(text=N_("artifact")), name=identifier, command="genba doctor"
            )
        path = self.folder / identifier
        index = self._index(identifier)
        for file in index.files:
            self._check(identifier, path, file, index.times.get(file.name))
        return Artifact(identifier, index.files, path)

    def file(self, identifier: str, name: str) -> Path:
        """The checked path of one file of an artifact.

        Raises:
            UnknownId: there is no such artifact or file.
            ArtifactDamaged: a file of the artifact is missing or its content changed.
        """
        artifact = self.get(identifier)
        if name not in {file.name for file in artifact.files}:
            raise UnknownId(kind=Message(text=N_("file")), name=name, command="genba doctor")
        return artifact.path / name

    def verify(self, identifier: str, progress: Progress | None = None) -> Artifact:
        """Hash every file again, whatever its size, and compare with the id.

        Raises:
            UnknownId: there is none.
            ArtifactDamaged: the content does not give the id.
        """
        artifact = self.get(identifier)
        for file in artifact.files:
            if hash_file(artifact.path / file.name, progress) != file.sha256:
                raise ArtifactDamaged(artifact=identifier[:12], name=file.name)
        return artifact

    def put_files(self, sources: Mapping[str, Path], progress: Progress | None = None) -> Artifact:
        """Copy files (name in the artifact → source path) and return the stored artifact.

        A copy shares blocks with its source where the file system can (reflink), and is never a
        hard link: a later change of the source cannot reach the artifact.

        Raises:
            UnsafeName: a name is not a plain relative name.
            DiskFull, NotWritable: this disk. MissingFile, NotAFile: a source.
        """
        with self.stage() as stage:
            for name, source in sorted(sources.items()):
                stage.add_file(name, source, progress)
            return stage.commit()

    def put_bytes(self, contents: Mapping[str, bytes]) -> Artifact:
        """Store small contents held in memory (name → bytes). Raises as `put_files`."""
        with self.stage() as stage:
            for name, data in sorted(contents.items()):
                stage.add_stream(name, io.BytesIO(data), len(data))
            return stage.commit()

    @contextmanager
    def stage(self) -> Iterator[Stage]:
        """A new artifact in the making; it vanishes unless it is committed in the block."""
        with disk_errors(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
            self.sweep()
            temporary = self.folder / f"{_TEMPORARY}{os.getpid()}-{secrets.token_hex(4)}"
            temporary.mkdir()
        try:
            yield Stage(self, temporary)
        finally:
            shutil.rmtree(temporary, ignore_errors=True)

    def remove(self, identifier: str) -> None:
        """Delete an artifact; nothing happens when it is not there."""
        if not self.has(identifier):
            return
        doomed = self.folder / f"{_TEMPORARY}{os.getpid()}-{secrets.token_hex(4)}"
        with disk_errors(self.folder):
            (self.folder / identifier).rename(doomed)
            self._index_path(identifier).unlink(missing_ok=True)
        shutil.rmtree(doomed, ignore_errors=True)

    def sweep(self, older_than_s: float = _STALE_S) -> int:
        """Delete what a crash left behind, once it is old enough; returns how many folders."""
        limit = time.time() - older_than_s
        swept = 0
        for leftover in self.folder.glob(_TEMPORARY + "*"):
            with contextlib.suppress(OSError):
                if leftover.stat().st_mtime < limit:
                    shutil.rmtree(leftover)
                    swept += 1
        return swept

    def _publish(self, temporary: Path, files: tuple[ModelFile, ...]) -> Artifact:
        identifier = artifact_id(files)
        final = self.folder / identifier
        if not final.is_dir():
            self._write_index(identifier, temporary, files)
            try:
                temporary.rename(final)
            except OSError:
                if not final.is_dir():  # else another process stored the same content meanwhile
                    raise
            sync_folder(self.folder)
        return Artifact(identifier, files, final)

    def _index_path(self, identifier: str) -> Path:
        return self.folder / ".index" / f"{identifier}.json"

    def _write_index(self, identifier: str, folder: Path, files: tuple[ModelFile, ...]) -> None:
        path = self._index_path(identifier)
        path.parent.mkdir(exist_ok=True)
        entries = [
            f.model_dump() | {"mtime_ns": (folder / f.name).stat().st_mtime_ns} for f in files
        ]
        with replacing(path) as draft:
            draft.write_text(json.dumps(entries), encoding="utf-8")

    def _index(self, identifier: str) -> _Index:
        """The remembered list, or a new one from the folder; it must give the artifact's id."""
        try:
            raw = json.loads(self._index_path(identifier).read_text("utf-8"))
            times = {entry["name"]: int(entry.pop("mtime_ns")) for entry in raw}
            files = tuple(ModelFile.model_validate(entry) for entry in raw)
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            files, times = (), {}
        if files and artifact_id(files) == identifier:
            return _Index(files, times)
        return self._rebuilt_index(identifier)

    def _rebuilt_index(self, identifier: str) -> _Index:
        path = self.folder / identifier
        files = tuple(
            ModelFile(
                name=p.relative_to(path).as_posix(), size=p.stat().st_size, sha256=hash_file(p)
            )
            for p in sorted(path.rglob("*"))
            if p.is_file()
        )
        if artifact_id(files) != identifier:
            raise ArtifactDamaged(artifact=identifier[:12], name="*")
        with contextlib.suppress(OSError):
            self._write_index(identifier, path, files)
        return _Index(files, {f.name: (path / f.name).stat().st_mtime_ns for f in files})

    def _check(self, identifier: str, folder: Path, file: ModelFile, mtime: int | None) -> None:
        path = folder / file.name
        try:
            state = path.stat()
        except OSError:
            raise ArtifactDamaged(artifact=identifier[:12], name=file.name) from None
        trusted = file.size > ALWAYS_HASHED and state.st_mtime_ns == mtime
        if state.st_size != file.size or not (trusted or hash_file(path) == file.sha256):
            raise ArtifactDamaged(artifact=identifier[:12], name=file.name)


class Stage:
    """An artifact in the making."""

    def __init__(self, store: ArtifactStore, folder: Path) -> None:
        self._store = store
        self._folder = folder
        self._files: list[ModelFile] = []

    @property
    def files(self) -> tuple[ModelFile, ...]:
        """What was added so far."""
        return tuple(self._files)

    def add_file(self, name: str, source: Path, progress: Progress | None = None) -> ModelFile:
        """Copy one file from disk. Raises as `ArtifactStore.put_files`."""
        target = self._target(name)
        with disk_errors(target):
            size, digest = copy_hashed(source, target, progress)
        return self._added(name, size, digest)

    def add_stream(
        self, name: str, stream: BinaryIO, limit: int, progress: Progress | None = None
    ) -> ModelFile:
        """Copy one stream of at most `limit` bytes (longer ones are cut off and so fail to match).

        Raises as `ArtifactStore.put_files`.
        """
        target = self._target(name)
        with disk_errors(target):
            size, digest = stream_hashed(stream, target, limit, progress)
        return self._added(name, size, digest)

    def commit(self) -> Artifact:
        """Sync and publish; the artifact then exists under its id."""
        with disk_errors(self._store.folder):
            for folder in (self._folder, *(p for p in self._folder.rglob("*") if p.is_dir())):
                sync_folder(folder)
            return self._store._publish(self._folder, self.files)

    def _target(self, name: str) -> Path:
        check_distinct([*(file.name for file in self._files), safe_name(name)])
        target = self._folder / name
        with disk_errors(target):
            target.parent.mkdir(parents=True, exist_ok=True)
        return target

    def _added(self, name: str, size: int, digest: str) -> ModelFile:
        file = ModelFile(name=name, size=size, sha256=digest)
        self._files.append(file)
        return file


@dataclass(frozen=True, slots=True)
class _Index:
    files: tuple[ModelFile, ...]
    times: Mapping[str, int]


def _is_id(name: str) -> bool:
    return len(name) == 64 and all(c in "0123456789abcdef" for c in name)
