"""Files of this computer: written whole or not at all, and what the disk may answer."""

from __future__ import annotations

import errno
import json
import os
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

from genba.errors import DiskFull, NotWritable


@contextmanager
def disk_errors(path: Path) -> Iterator[None]:
    """Turn what the operating system says while writing near `path` into an error for people.

    Raises:
        DiskFull: no space or quota left.
        NotWritable: read-only, no permission, or an input/output error.
    """
    try:
        yield
    except OSError as error:
        if no_space(error):
            raise DiskFull(path=str(path)) from error
        raise NotWritable(path=str(path), reason=reason_of(error)) from error


def reason_of(error: OSError) -> str:
    """What the operating system says, for the `reason` of an error for people."""
    return error.strerror or type(error).__name__


def no_space(error: OSError) -> bool:
    """Whether the disk or the user's share of it is full."""
    return error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """An empty draft beside `path`; what the block writes there is synced and takes its place.

    When the block fails, the draft goes and `path` stays as it was.

    Raises:
        OSError: the draft cannot be made, synced or renamed.
    """
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    draft.touch(exist_ok=False)
    try:
        yield draft
        with draft.open("rb+") as stream:
            os.fsync(stream.fileno())
        draft.replace(path)
        sync_folder(path.absolute().parent)
    finally:
        draft.unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable (does nothing where folders cannot be synced)."""
    if sys.platform == "win32":
        return
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def strict_json(data: bytes) -> Any:
    """A JSON document in UTF-8, without NaN and infinity.

    Raises:
        ValueError: it is none, or nests too deep.
    """
    try:
        return json.loads(data.decode("utf-8"), parse_constant=_refuse)
    except RecursionError as error:
        raise ValueError("nested too deep") from error


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")
