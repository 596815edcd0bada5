"""Opens the database: SQLite with safe settings, or the team's PostgreSQL; brings its schema up."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError
from sqlalchemy.orm import Session

from genba.errors import N_, InvalidValue, Message, MissingExtra
from genba.files import disk_errors
from genba.store.faults import (
    NotAWorkspace,
    WorkspaceDamaged,
    WorkspaceTooNew,
    database_errors,
)

HEAD = "0001"
"""The schema revision that this code speaks; the newest file in `migrations/versions`."""

APPLICATION_ID = 0x47454E42  # "GENB", in the header of the SQLite file
FILE_NAME = "genba.db"
BUSY_S = 5.0

_QUICK_CHECK_LIMIT = 64 << 20
"""Files up to this size (bytes) are checked page by page when they are opened."""


class Database:
    """One engine, used by one thread, with a transaction for readers and one for writers."""

    def __init__(self, engine: Engine, shown: str) -> None:
        self._reader = engine
        self._writer = engine.execution_options(genba_write=True)
        self.shown = shown

    @contextmanager
    def read(self) -> Iterator[Session]:
        """One consistent view; nothing is written."""
        with database_errors(self.shown), Session(self._reader, autoflush=False) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """One short transaction: committed at the end of the block, undone by an error."""
        with database_errors(self.shown), Session(self._writer) as session, session.begin():
            yield session

    def close(self) -> None:
        """Give back all connections."""
        self._reader.dispose()


def open_database(home: Path, url: str | None = None) -> Database:
    """The workspace's database, made or migrated when needed.

    `url` is `GENBA_DATABASE_URL`; without it the database is ``home/genba.db``.

    Raises:
        WorkspaceDamaged, WorkspaceTooNew, NotAWorkspace, WorkspaceBusy, WorkspaceUnreachable.
        DiskFull, NotWritable: this disk. MissingExtra: the driver of the team's database.
        InvalidValue: the address of the team's database.
    """
    if url:
        engine, shown = _server_engine(url)
    else:
        with disk_errors(home):
            home.mkdir(parents=True, exist_ok=True)
        path = home / FILE_NAME
        _look_before_opening(path)
        engine, shown = _file_engine(path), str(path)
    try:
        with database_errors(shown):
            _bring_up(engine, shown)
    except BaseException:  # whatever it was, no connection may stay open
        engine.dispose()
        raise
    return Database(engine, shown)


def _look_before_opening(path: Path) -> None:
    """Refuse what SQLite would take for a new, empty database although it was not one."""
    if path.exists() and path.stat().st_size == 0 and any((path.parent / "artifacts").glob("?*")):
        raise WorkspaceDamaged(path=str(path))


def _file_engine(path: Path) -> Engine:
    engine = create_engine(
        URL.create("sqlite", database=str(path)),
        connect_args={"timeout": BUSY_S, "isolation_level": None},
        pool_size=1,
        max_overflow=1,
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _record: object) -> None:
        # https://www.sqlite.org/security.html, "Untrusted SQLite Database Files"
        for pragma in (
            "trusted_schema=OFF",
            "cell_size_check=ON",
            "foreign_keys=ON",
            "journal_mode=WAL",
            "synchronous=FULL",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # A writer takes its lock at once: a transaction that reads first could not be promoted.
        write = connection.get_execution_options().get("genba_write", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")

    return engine


def _server_engine(address: str) -> tuple[Engine, str]:
    try:
        url = make_url(address)
        shown = url.render_as_string(hide_password=True)
        return create_engine(url, pool_size=1, pool_pre_ping=True), shown
    except (ArgumentError, NoSuchModuleError):
        rule = Message(text=N_("it must be an address such as postgresql://user@host/database"))
        raise InvalidValue(value="…", field="GENBA_DATABASE_URL", rule=rule) from None
    except ModuleNotFoundError as error:
        feature = Message(text=N_("the team's database"))
        raise MissingExtra(package=error.name or "psycopg", feature=feature) from error


def _bring_up(engine: Engine, shown: str) -> None:
    with engine.connect() as connection:
        _check_file(connection, shown)
        if _stored_revision(connection, shown) == HEAD:
            return
    _migrate(engine, shown)


def _check_file(connection: Connection, shown: str) -> None:
    if connection.dialect.name != "sqlite":
        return
    size = Path(shown).stat().st_size if Path(shown).exists() else 0
    if 0 < size <= _QUICK_CHECK_LIMIT:
        verdict = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar()
        if verdict != "ok":
            raise WorkspaceDamaged(path=shown)
    owner = connection.exec_driver_sql("PRAGMA application_id").scalar()
    if owner not in (0, APPLICATION_ID) or (owner == 0 and inspect(connection).get_table_names()):
        raise NotAWorkspace(path=shown)


def _stored_revision(connection: Connection, shown: str) -> str | None:
    tables = inspect(connection).get_table_names()
    if "alembic_version" not in tables:
        if "studies" in tables:
            raise WorkspaceDamaged(path=shown)
        return None
    revision = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return None if revision is None else str(revision)


def _migrate(engine: Engine, shown: str) -> None:
    """Run the migrations that are missing, in one transaction under the writer's lock."""
    from alembic import command
    from alembic.script import ScriptDirectory

    configuration = alembic_configuration()
    known = {s.revision for s in ScriptDirectory.from_config(configuration).walk_revisions()}
    with engine.execution_options(genba_write=True).begin() as connection:
        stored = _stored_revision(connection, shown)
        if stored == HEAD:  # another process was faster
            return
        if stored is not None and stored not in known:
            raise WorkspaceTooNew(path=shown)
        if stored is not None and connection.dialect.name == "sqlite":
            _keep_copy(Path(shown), stored)
        configuration.attributes["connection"] = connection
        command.upgrade(configuration, HEAD)
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql(f"PRAGMA application_id={APPLICATION_ID}")


def alembic_configuration() -> Any:
    """Alembic's configuration for the migrations that ship in this package."""
    from alembic.config import Config

    configuration = Config()
    folder = str(Path(__file__).with_name("migrations"))
    configuration.set_main_option("script_location", folder.replace("%", "%%"))
    return configuration


def _keep_copy(path: Path, revision: str) -> None:
    """Copy the database beside itself before its schema changes."""
    source = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)
    target = sqlite3.connect(path.with_name(f"{path.name}.before-{revision}"))
    try:
        source.backup(target)
    finally:
        source.close()
        target.close()


def database_url() -> str | None:
    """`GENBA_DATABASE_URL`, when it is set."""
    return os.environ.get("GENBA_DATABASE_URL", "").strip() or None
