"""The workspace: everything that Genba keeps, opened for one use case and closed after it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from sqlalchemy.orm import Session

from genba.store.artifacts import ArtifactStore
from genba.store.database import Database, database_url, open_database
from genba.store.home import resolve_home
from genba.store.repositories import (
    MODELS,
    RUNS,
    STUDIES,
    TARGETS,
    VARIANTS,
    Repository,
    StudyRepository,
)
from genba.study.device import Target
from genba.study.model import Model
from genba.study.run import Run
from genba.study.study import Study
from genba.study.variant import Variant

_UNUSED_AFTER_S = 24 * 3600.0


class Workspace:
    """The store of one home folder. Belongs to the thread that opened it."""

    def __init__(self, home: Path, database: Database) -> None:
        self.home = home
        self.artifacts = ArtifactStore(home / "artifacts")
        self._database = database
        self._session: Session | None = None
        place = database.shown
        self.models: Repository[Model] = Repository(MODELS, self._read, self.transaction, place)
        self.variants: Repository[Variant] = Repository(
            VARIANTS, self._read, self.transaction, place
        )
        self.targets: Repository[Target] = Repository(TARGETS, self._read, self.transaction, place)
        self.runs: Repository[Run] = Repository(RUNS, self._read, self.transaction, place)
        self.studies = StudyRepository(STUDIES, self._read, self.transaction, place)

    @classmethod
    @contextmanager
    def open(cls, home: Path | None = None) -> Iterator[Self]:
        """Open (and make or migrate, when needed) the workspace in `home`.

        None means the default: `GENBA_HOME` or the platform's data directory, and the database of
        `GENBA_DATABASE_URL` where that is set.

        Raises:
            WorkspaceDamaged, WorkspaceTooNew, NotAWorkspace, WorkspaceBusy, WorkspaceUnreachable,
            DiskFull, NotWritable, MissingExtra, InvalidValue: it cannot be opened.
        """
        url = database_url() if home is None else None
        place = resolve_home(home)
        database = open_database(place, url)
        try:
            yield cls(place, database)
        finally:
            database.close()

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """All writes in the block are kept together, or none; blocks may nest."""
        if self._session is not None:
            yield self._session
            return
        with self._database.write() as session:
            self._session = session
            try:
                yield session
            finally:
                self._session = None

    @contextmanager
    def _read(self) -> Iterator[Session]:
        if self._session is not None:
            yield self._session
            return
        with self._database.read() as session:
            yield session

    def runs_of(self, study: Study) -> tuple[Run, ...]:
        """The Runs that a study rests on, in its order."""
        return self.runs.get_many(study.run_ids)

    def variants_of(self, study: Study) -> tuple[Variant, ...]:
        """The Variants of a study, in its order."""
        return self.variants.get_many(study.variant_ids)

    def model_of(self, study: Study) -> Model | None:
        """The Model of a study, when it has one."""
        return next(iter(self.models.get_many([study.model_id])), None) if study.model_id else None

    def remove_unused_artifacts(self, older_than_s: float = _UNUSED_AFTER_S) -> tuple[str, ...]:
        """Delete artifacts that no model, variant or run refers to; returns their ids.

        Young ones stay: a job may be about to record what it has just stored.
        """
        used = {m.model_id for m in self.models.list()}
        used |= {v.variant_id for v in self.variants.list()}
        used |= {r.samples_id for r in self.runs.list()}
        limit = time.time() - older_than_s
        unused = tuple(
            identifier
            for identifier in self.artifacts.ids()
            if identifier not in used
            and (self.artifacts.folder / identifier).stat().st_mtime < limit
        )
        for identifier in unused:
            self.artifacts.remove(identifier)
        return unused
