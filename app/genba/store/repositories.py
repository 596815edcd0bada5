"""One repository per noun: add, get, find, list, update, remove. Study data in, study data out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic import ValidationError
from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from genba.errors import N_, Message, UnknownId
from genba.store.documents import from_document, to_document
from genba.store.faults import (
    AmbiguousName,
    MissingReference,
    NameTaken,
    StillUsed,
    WorkspaceDamaged,
)
from genba.store.tables import (
    ModelRow,
    Row,
    RunRow,
    StudyRow,
    StudyRunRow,
    StudyVariantRow,
    TargetRow,
    VariantRow,
)
from genba.study.base import Data, now
from genba.study.device import Target
from genba.study.model import Model
from genba.study.run import Run
from genba.study.study import Study
from genba.study.variant import Variant

T = TypeVar("T", bound=Data)
Transaction = Callable[[], AbstractContextManager[Session]]


@dataclass(frozen=True, slots=True)
class Kind(Generic[T]):
    """How a noun is stored: its row, its key and name, and the columns that are searched."""

    noun: type[T]
    row: type[Row]
    title: str
    list_command: str
    key: Callable[[T], str]
    name: Callable[[T], str]
    columns: Callable[[T], dict[str, Any]]


MODELS: Kind[Model] = Kind(
    Model, ModelRow, N_("model"), "genba model list",
    key=lambda m: m.model_id, name=lambda m: m.name,
    columns=lambda m: {"format": m.format, "sha256": m.sha256, "storage": m.storage},
)  # fmt: skip
VARIANTS: Kind[Variant] = Kind(
    Variant, VariantRow, N_("variant"), "genba model list",
    key=lambda v: v.variant_id, name=lambda v: v.name,
    columns=lambda v: {"model_id": v.model_id, "recipe_id": v.recipe.id, "bytes": v.bytes},
)  # fmt: skip
TARGETS: Kind[Target] = Kind(
    Target, TargetRow, N_("target"), "genba target list",
    key=lambda t: t.target_id, name=lambda t: t.name,
    columns=lambda t: {"unique_name": t.name},
)  # fmt: skip
RUNS: Kind[Run] = Kind(
    Run, RunRow, N_("run"), "genba run list",
    key=lambda r: r.run_id, name=lambda r: r.variant_name,
    columns=lambda r: {
        "model_id": r.model_id, "variant_id": r.variant_id, "target_name": r.target_name,
        "runtime": r.runtime, "complete": r.complete, "demo": r.demo,
    },
)  # fmt: skip
STUDIES: Kind[Study] = Kind(
    Study, StudyRow, N_("study"), "genba study list",
    key=lambda s: s.study_id, name=lambda s: s.name,
    columns=lambda s: {"changed_at": s.changed_at, "model_id": s.model_id or None},
)  # fmt: skip


class Repository(Generic[T]):
    """The stored nouns of one kind."""

    def __init__(self, kind: Kind[T], read: Transaction, write: Transaction, place: str) -> None:
        self.kind = kind
        self._read = read
        self._write = write
        self._place = place

    def add(self, noun: T) -> T:
        """Store a noun, replacing the one of the same id; returns it.

        Raises:
            MissingReference: it points to something that is not stored.
            NameTaken: names of this kind are unique.
        """
        with self._write() as session:
            self._save(session, noun)
        return noun

    def get(self, identifier: str) -> T:
        """The noun of exactly this id.

        Raises:
            UnknownId: there is none.
        """
        with self._read() as session:
            row = session.get(self.kind.row, identifier)
            if row is None:
                raise self._unknown(identifier)
            return self._noun(row)

    def get_many(self, identifiers: Iterable[str]) -> tuple[T, ...]:
        """The nouns of these ids in their order; those that are not stored are left out."""
        wanted = list(identifiers)
        with self._read() as session:
            row = self.kind.row
            found = {r.id: r for r in session.scalars(select(row).where(row.id.in_(wanted)))}
            return tuple(self._noun(found[i]) for i in wanted if i in found)

    def find(self, reference: str) -> T:
        """The noun of this id, of this name, or whose id begins so; in that order.

        Raises:
            UnknownId: none fits. AmbiguousName: several do.
        """
        with self._read() as session:
            return self._noun(self._find(session, reference))

    def list(self, **columns: Any) -> tuple[T, ...]:
        """All nouns, oldest first; `columns` filter by equality (``model_id="…"``)."""
        with self._read() as session:
            row = self.kind.row
            query = select(row).filter_by(**columns).order_by(row.added_at, row.id)
            return tuple(self._noun(r) for r in session.scalars(query))

    def update(self, reference: str, change: Callable[[T], T]) -> T:
        """Replace a noun by ``change(noun)``, read and written in one transaction.

        Raises as `find` and `add`; nothing is written when `change` raises.
        """
        with self._write() as session:
            changed = change(self._noun(self._find(session, reference)))
            self._save(session, changed)
        return changed

    def remove(self, reference: str) -> T:
        """Delete a noun and return it.

        Raises:
            UnknownId, AmbiguousName: as `find`. StillUsed: something rests on it.
        """
        with self._write() as session:
            row = self._find(session, reference)
            noun, name = self._noun(row), row.name
            session.delete(row)
            try:
                session.flush()
            except IntegrityError as error:
                raise StillUsed(kind=self._title, name=name) from error
        return noun

    @property
    def _title(self) -> Message:
        return Message(text=self.kind.title)

    def _unknown(self, reference: str) -> UnknownId:
        return UnknownId(kind=self._title, name=reference, command=self.kind.list_command)

    def _find(self, session: Session, reference: str) -> Row:
        row = self.kind.row
        exact = session.get(row, reference)
        if exact is not None:
            return exact
        named = session.scalars(select(row).where(row.name == reference).limit(6)).all()
        fitting = named or (
            session.scalars(
                select(row).where(row.id.startswith(reference, autoescape=True)).limit(6)
            ).all()
            if reference
            else []
        )
        if not fitting:
            raise self._unknown(reference)
        if len(fitting) > 1:
            ids = tuple(r.id[:12] for r in fitting)
            raise AmbiguousName(kind=self._title, name=reference, ids=ids)
        return fitting[0]

    def _noun(self, row: Row) -> T:
        try:
            return from_document(self.kind.noun, row.document)
        except ValidationError as error:
            raise WorkspaceDamaged(path=self._place) from error

    def _save(self, session: Session, noun: T) -> None:
        identifier = self.kind.key(noun)
        row = session.get(self.kind.row, identifier)
        if row is None:
            row = self.kind.row(id=identifier, added_at=dt.datetime.now(dt.UTC))
            session.add(row)
        row.name = self.kind.name(noun)
        row.document = to_document(noun)
        for column, value in self.kind.columns(noun).items():
            setattr(row, column, value)
        try:
            session.flush()
            self._link(session, noun)
        except IntegrityError as error:
            cause = NameTaken if _is_unique(error) else MissingReference
            raise cause(kind=self._title, name=self.kind.name(noun)) from error

    def _link(self, session: Session, noun: T) -> None:
        """Record what a noun rests on; most kinds say so in their own columns."""


class StudyRepository(Repository[Study]):
    """Studies, with the variants and runs that each rests on."""

    def update(self, reference: str, change: Callable[[Study], Study]) -> Study:
        """As `Repository.update`; the time of the change is recorded."""
        return super().update(
            reference, lambda study: change(study).model_copy(update={"changed_at": now()})
        )

    def _link(self, session: Session, noun: Study) -> None:
        key = noun.study_id
        session.execute(delete(StudyVariantRow).where(StudyVariantRow.study_id == key))
        session.execute(delete(StudyRunRow).where(StudyRunRow.study_id == key))
        for variant in dict.fromkeys(noun.variant_ids):
            session.add(StudyVariantRow(study_id=key, variant_id=variant))
        for run in dict.fromkeys(noun.run_ids):
            session.add(StudyRunRow(study_id=key, run_id=run))
        session.flush()


def _is_unique(error: IntegrityError) -> bool:
    name = str(getattr(error.orig, "sqlite_errorname", ""))
    return name.endswith("_UNIQUE") or getattr(error.orig, "sqlstate", "") == "23505"
