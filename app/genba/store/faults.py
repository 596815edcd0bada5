"""What can be wrong with a workspace, in plain sentences."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from genba.errors import N_, DiskFull, GenbaError, Message, NotWritable


class WorkspaceDamaged(GenbaError):
    """The database file cannot be read as what it should be."""

    code = "workspace_damaged"
    what = N_("The workspace {path} is damaged and was left untouched.")
    fix = N_("Restore it from a copy, or set GENBA_HOME to a new folder and import your studies.")


class WorkspaceTooNew(GenbaError):
    """A newer Genba wrote this workspace."""

    code = "workspace_too_new"
    what = N_("The workspace {path} was written by a newer Genba.")
    fix = N_("Update Genba, or set GENBA_HOME to another folder.")


class NotAWorkspace(GenbaError):
    """The database belongs to another program."""

    code = "not_a_workspace"
    what = N_("{path} belongs to another program, not to Genba.")
    fix = N_("Set GENBA_HOME to another folder.")


class WorkspaceBusy(GenbaError):
    """Another process holds the database for too long."""

    code = "workspace_busy"
    what = N_("Another Genba is writing to the workspace {path}.")
    fix = N_("Wait until it is done, then try again.")


class WorkspaceUnreachable(GenbaError):
    """The team's database server does not answer."""

    code = "workspace_unreachable"
    what = N_("The database {path} does not answer.")
    fix = N_("Check the network and GENBA_DATABASE_URL, then try again.")


class MissingReference(GenbaError):
    """A stored object would point to one that is not there."""

    code = "missing_reference"
    what = N_("The {kind} “{name}” refers to a model, variant or run that is not in the workspace.")
    fix = N_("Store what it refers to first.")


class NameTaken(GenbaError):
    """Names of this kind are unique, and this one is in use."""

    code = "name_taken"
    what = N_("There is already a {kind} called “{name}”.")
    fix = N_("Choose another name, or remove the other one first.")


class StillUsed(GenbaError):
    """Something else rests on the object that should be removed."""

    code = "still_used"
    what = N_("The {kind} “{name}” is still used by a variant or a study.")
    fix = N_("Remove what uses it first.")


class AmbiguousName(GenbaError):
    """A name or id prefix fits several objects."""

    code = "ambiguous_name"
    what = N_("“{name}” fits more than one {kind}: {ids}.")
    fix = N_("Give more digits of the id.")


@contextmanager
def database_errors(path: str) -> Iterator[None]:
    """Turn the driver's errors into those above; integrity errors pass to who knows the object."""
    try:
        yield
    except IntegrityError:
        raise
    except DBAPIError as error:
        raise _readable(error, path) from error
    except sqlite3.Error as error:
        raise _by_code(error, path) from error


def _readable(error: DBAPIError, path: str) -> GenbaError:
    if isinstance(error.orig, sqlite3.Error):
        return _by_code(error.orig, path)
    if isinstance(error, OperationalError):
        return WorkspaceUnreachable(path=path)
    return WorkspaceDamaged(path=path)


def _by_code(error: sqlite3.Error, path: str) -> GenbaError:
    """By SQLite's primary result code (https://www.sqlite.org/rescode.html)."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL):
        return WorkspaceBusy(path=path)
    if code == sqlite3.SQLITE_FULL:
        return DiskFull(path=path)
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM):
        return NotWritable(path=path, reason=Message(text=N_("it is read-only")))
    if code == sqlite3.SQLITE_IOERR:
        return DiskFull(path=path) if _no_space(path) else NotWritable(path=path, reason=str(error))
    return WorkspaceDamaged(path=path)


def _no_space(path: str) -> bool:
    """Whether the disk has no page left: SQLite answers IOERR when its -shm file cannot grow."""
    import shutil
    from pathlib import Path

    try:
        return shutil.disk_usage(Path(path).parent).free < (64 << 10)
    except OSError:
        return False
