"""Copying and hashing files."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import shutil
import stat
import sys
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import BinaryIO, Protocol

from genba.errors import N_, GenbaError
from genba.files import reason_of

CHUNK = 4 << 20
_FICLONE = 0x40049409  # linux/fs.h: share the blocks of another file

Progress = Callable[[int], None]


class MissingFile(GenbaError):
    """A file that was to be copied cannot be read."""

    code = "missing_file"
    what = N_("{path} cannot be read: {reason}.")
    fix = N_("Check that the file is still there and that you may read it.")


class NotAFile(GenbaError):
    """A source is a folder, a device or a pipe."""

    code = "not_a_file"
    what = N_("{path} is not an ordinary file.")


class _Hash(Protocol):
    def update(self, data: bytes, /) -> None: ...
    def hexdigest(self) -> str: ...


def copy_hashed(source: Path, target: Path, progress: Progress | None = None) -> tuple[int, str]:
    """Copy a file to a new path, synced to disk; returns (size in bytes, SHA-256 of the copy).

    Blocks are shared where the file system can. The hash is of the bytes in the copy.

    Raises:
        MissingFile, NotAFile: the source.
        OSError: the target.
    """
    with _open_source(source) as incoming:
        if _reflink(incoming, target):
            return target.stat().st_size, hash_file(target, progress)
        size = os.fstat(incoming.fileno()).st_size
        if shutil.disk_usage(target.parent).free < size:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return stream_hashed(incoming, target, None, progress)


def stream_hashed(
    incoming: BinaryIO, target: Path, limit: int | None, progress: Progress | None = None
) -> tuple[int, str]:
    """Write at most `limit` bytes of a stream to a new file, synced; returns (size, SHA-256)."""
    size = 0
    with target.open("xb") as outgoing, _Hasher() as hasher:
        while limit is None or size < limit:
            chunk = incoming.read(CHUNK if limit is None else min(CHUNK, limit - size))
            if not chunk:
                break
            hasher.feed(chunk)
            outgoing.write(chunk)
            size += len(chunk)
            if progress is not None:
                progress(len(chunk))
        outgoing.flush()
        os.fsync(outgoing.fileno())
    return size, hasher.hexdigest()


def hash_file(path: Path, progress: Progress | None = None) -> str:
    """The SHA-256 of a file.

    Raises:
        MissingFile, NotAFile: it cannot be read.
    """
    digest = hashlib.sha256()
    with _open_source(path) as stream:
        while chunk := stream.read(CHUNK):
            digest.update(chunk)
            if progress is not None:
                progress(len(chunk))
    return digest.hexdigest()


class _Hasher:
    """Hashes on a second thread while the first reads and writes; at most one chunk behind."""

    def __init__(self) -> None:
        self._digest: _Hash = hashlib.sha256()
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="hash")
        self._pending: Future[None] | None = None

    def __enter__(self) -> _Hasher:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown()

    def feed(self, chunk: bytes) -> None:
        self._wait()
        self._pending = self._pool.submit(self._digest.update, chunk)

    def hexdigest(self) -> str:
        self._wait()
        return self._digest.hexdigest()

    def _wait(self) -> None:
        if self._pending is not None:
            self._pending.result()


def _open_source(path: Path) -> BinaryIO:
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        handle = os.open(path, flags)  # non-blocking: opening a pipe must not hang
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            os.close(handle)
            raise NotAFile(path=str(path))
    except OSError as error:
        raise MissingFile(path=str(path), reason=reason_of(error)) from error
    return os.fdopen(handle, "rb", buffering=0)


def _reflink(source: BinaryIO, target: Path) -> bool:
    if sys.platform != "linux":
        return False
    import fcntl

    with target.open("xb") as outgoing:
        try:
            fcntl.ioctl(outgoing.fileno(), _FICLONE, source.fileno())
        except OSError:
            pass
        else:
            os.fsync(outgoing.fileno())
            return True
    with contextlib.suppress(OSError):
        target.unlink()
    return False
