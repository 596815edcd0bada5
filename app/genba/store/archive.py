"""Opens a ZIP file that anybody may have made, and lets nothing surprising through.

Only ordinary files under expected names, each declared with size and SHA-256 in `manifest.json`,
within limits that are checked before memory or disk is spent.
"""

from __future__ import annotations

import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from pydantic import ValidationError

from genba.errors import N_, GenbaError, Message
from genba.files import reason_of, strict_json
from genba.store.copying import MissingFile
from genba.store.names import UnsafeName, check_distinct, safe_name
from genba.study.base import Data, first_problem

FORMAT = "genba-study"
FORMAT_VERSION = 1
MANIFEST = "manifest.json"

MOST_MEMBERS = 10_000
MOST_BYTES = 4 << 30
MOST_RATIO = 200
LARGEST_DOCUMENT = 64 << 20
_LARGEST_DIRECTORY = 8 << 20

_ID = r"[0-9a-z-]{8,64}"
_EXPECTED = re.compile(
    rf"(manifest\.json|study\.json|model\.json|(variants|runs)/{_ID}\.json"
    r"|artifacts/[0-9a-f]{64}/.+)"
)
_PLAIN = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED = 0x1


class StudyFileInvalid(GenbaError):
    """A study file is not what it should be; nothing of it was kept."""

    code = "study_file_invalid"
    what = N_("{file} is not a sound study file: {problem}.")
    fix = N_("Ask the sender to export the study again.")


class StudyFileTooNew(GenbaError):
    """A newer Genba wrote the study file."""

    code = "study_file_too_new"
    what = N_("{file} was written by a newer Genba.")
    fix = N_("Update Genba.")


class StudyFileTooLarge(GenbaError):
    """A study file unpacks to more than is allowed."""

    code = "study_file_too_large"
    what = N_("{file} unpacks to more than {limit} bytes.")
    fix = N_("Ask the sender to leave the model files out.")


class Member(Data):
    """One file inside, as the manifest declares it."""

    name: str
    size: int
    sha256: str


class Manifest(Data):
    """What the archive says about itself."""

    format: str
    format_version: int
    program_version: str
    total_bytes: int
    members: tuple[Member, ...]


class Archive:
    """A checked study file, open for reading."""

    def __init__(self, path: Path, archive: zipfile.ZipFile, manifest: Manifest) -> None:
        self._path = path
        self._archive = archive
        self.manifest = manifest
        self.members = {member.name: member for member in manifest.members}

    def names(self, folder: str) -> list[str]:
        """The names of the members below a folder, sorted."""
        return sorted(name for name in self.members if name.startswith(folder + "/"))

    def document(self, name: str) -> dict[str, Any]:
        """One JSON member, its hash checked.

        Raises:
            StudyFileInvalid: absent, not as declared, or not a JSON object.
        """
        member = self.members.get(name)
        if member is None:
            raise self.invalid(Message(text=N_("{name} is missing"), params={"name": name}))
        if member.size > LARGEST_DOCUMENT:
            raise self.invalid(Message(text=N_("{name} is too large"), params={"name": name}))
        with self.open(name) as stream:
            data = stream.read(member.size + 1)
        from hashlib import sha256

        if len(data) != member.size or sha256(data).hexdigest() != member.sha256:
            raise self.invalid(_differs(name))
        return _object(self._path, name, data)

    @contextmanager
    def open(self, name: str) -> Iterator[BinaryIO]:
        """The bytes of one member; never more than its declared size is inflated.

        Raises:
            StudyFileInvalid: the compressed data is broken.
        """
        with _sound(self._path), self._archive.open(name) as stream:
            yield stream  # type: ignore[misc]

    def differs(self, name: str) -> StudyFileInvalid:
        """The error for a member that is not what the manifest declares."""
        return self.invalid(_differs(name))

    def invalid(self, problem: Message | str) -> StudyFileInvalid:
        """The error for this file."""
        return _invalid(self._path, problem)


@contextmanager
def open_archive(path: Path, most_bytes: int = MOST_BYTES) -> Iterator[Archive]:
    """Open and check a study file.

    Raises:
        StudyFileInvalid, StudyFileTooNew, StudyFileTooLarge: what is wrong with it.
        MissingFile: it cannot be read.
    """
    try:
        if not path.is_file():
            raise MissingFile(path=str(path), reason=Message(text=N_("there is no such file")))
        stream = path.open("rb")
    except OSError as error:
        raise MissingFile(path=str(path), reason=reason_of(error)) from error
    with stream:
        with _sound(path):
            _check_directory(path, stream)
            archive = zipfile.ZipFile(stream)
        with archive:
            _check_entries(path, archive, most_bytes)
            manifest = _manifest(path, archive)
            _check_declared(path, archive, manifest)
            yield Archive(path, archive, manifest)


def _check_directory(path: Path, stream: BinaryIO) -> None:
    """Bound the directory before `zipfile` reads it into memory (APPNOTE.TXT 4.3.14 to 4.3.16)."""
    stream.seek(0, 2)
    size = stream.tell()
    tail_start = max(0, size - (22 + 0xFFFF + 20))
    stream.seek(tail_start)
    tail = stream.read()
    end = tail.rfind(b"PK\x05\x06")
    if end < 0 or len(tail) - end < 22:
        raise _invalid(path, Message(text=N_("it is not a ZIP file")))
    _, _, _, _, members, directory = struct.unpack_from("<4s4H2L", tail, end)[:6]
    if end >= 20 and tail[end - 20 : end - 16] == b"PK\x06\x07":
        (declared,) = struct.unpack_from("<Q", tail, end - 20 + 8)
        # Readers look for the 64-bit record where it is declared, or right before its locator.
        for place in (declared, tail_start + end - 20 - 56):
            stream.seek(min(max(place, 0), size))
            record = stream.read(56)
            if record[:4] == b"PK\x06\x06" and len(record) == 56:
                counts = struct.unpack_from("<2Q", record, 32)
                members, directory = max(members, counts[0]), max(directory, counts[1])
    if members > MOST_MEMBERS or directory > _LARGEST_DIRECTORY:
        raise _invalid(path, Message(text=N_("it holds too many files")))
    stream.seek(0)


def _check_entries(path: Path, archive: zipfile.ZipFile, most_bytes: int) -> None:
    entries = archive.infolist()
    if len(entries) > MOST_MEMBERS:
        raise _invalid(path, Message(text=N_("it holds too many files")))
    if sum(entry.file_size for entry in entries) > most_bytes:
        raise StudyFileTooLarge(file=path.name, limit=most_bytes)
    for entry in entries:
        problem = _entry_problem(entry)
        if problem is not None:
            raise _invalid(path, problem)
    try:
        check_distinct([entry.filename for entry in entries])
    except UnsafeName as error:
        raise _invalid(path, bad_name(error)) from error


def _entry_problem(entry: zipfile.ZipInfo) -> Message | None:
    shown = {"name": entry.filename[:80]}
    try:
        safe_name(entry.orig_filename)
    except UnsafeName as error:
        return bad_name(error)
    if entry.orig_filename != entry.filename or not _EXPECTED.fullmatch(entry.filename):
        return Message(text=N_("{name} does not belong in it"), params=shown)
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if kind not in (0, stat.S_IFREG) or entry.flag_bits & _ENCRYPTED:
        return Message(text=N_("{name} is not an ordinary file"), params=shown)
    if entry.compress_type not in _PLAIN:
        return Message(text=N_("{name} is packed in an unknown way"), params=shown)
    if entry.file_size > MOST_RATIO * max(entry.compress_size, 1):
        return Message(text=N_("{name} unpacks to far more than it should"), params=shown)
    return None


def _manifest(path: Path, archive: zipfile.ZipFile) -> Manifest:
    try:
        entry = archive.getinfo(MANIFEST)
    except KeyError:
        raise _invalid(path, Message(text=N_("it has no manifest"))) from None
    if entry.file_size > LARGEST_DOCUMENT:
        raise _invalid(path, Message(text=N_("{name} is too large"), params={"name": MANIFEST}))
    with _sound(path), archive.open(entry) as stream:
        data = stream.read(entry.file_size + 1)
    raw = _object(path, MANIFEST, data)
    if raw.get("format") != FORMAT:
        raise _invalid(path, Message(text=N_("it holds something else")))
    version = raw.get("format_version")
    if isinstance(version, int) and version > FORMAT_VERSION:
        raise StudyFileTooNew(file=path.name)
    try:
        return Manifest.model_validate(raw)
    except ValidationError as error:
        field, problem = first_problem(error)
        raise _invalid(path, f"{MANIFEST}, {field or 'document'}: {problem}") from error


def _check_declared(path: Path, archive: zipfile.ZipFile, manifest: Manifest) -> None:
    """Manifest and directory must name the same files with the same sizes."""
    declared = {member.name: member.size for member in manifest.members}
    present = {e.filename: e.file_size for e in archive.infolist() if e.filename != MANIFEST}
    if len(declared) != len(manifest.members) or declared != present:
        raise _invalid(path, Message(text=N_("its contents differ from its manifest")))
    if manifest.total_bytes != sum(declared.values()):
        raise _invalid(path, Message(text=N_("its size differs from its manifest")))


@contextmanager
def _sound(path: Path) -> Iterator[None]:
    """Errors of the ZIP reader are errors of the file."""
    try:
        yield
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, struct.error) as error:
        raise _invalid(path, Message(text=N_("it is damaged"))) from error
    except (RuntimeError, UnicodeDecodeError, OverflowError, ValueError) as error:
        raise _invalid(path, Message(text=N_("it is damaged"))) from error


def _object(path: Path, name: str, data: bytes) -> dict[str, Any]:
    try:
        value = strict_json(data)
    except ValueError as error:
        problem = Message(text=N_("{name} is not JSON"), params={"name": name})
        raise _invalid(path, problem) from error
    if not isinstance(value, dict):
        raise _invalid(path, Message(text=N_("{name} is not JSON"), params={"name": name}))
    return value


def bad_name(error: UnsafeName) -> Message:
    """What is wrong with a name, as part of a sentence."""
    return Message(text=N_("the name “{name}” is not allowed ({rule})"), params=error.params)


def _differs(name: str) -> Message:
    return Message(text=N_("{name} differs from the manifest"), params={"name": name})


def _invalid(path: Path, problem: Message | str) -> StudyFileInvalid:
    return StudyFileInvalid(file=path.name, problem=problem)
