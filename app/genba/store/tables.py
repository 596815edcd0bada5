"""The tables: each noun as a validated JSON document beside the columns that are searched.

Column types are neutral: SQLite on one computer, PostgreSQL for a team.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import JSON, BigInteger, DateTime, ForeignKey, MetaData, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

_ID = String(64)
_NAME = String(512)
_CASCADE = "CASCADE"
_RESTRICT = "RESTRICT"


class Base(DeclarativeBase):
    """Names every constraint, so that a later migration can address it."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_name)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {
        dict[str, Any]: JSON(none_as_null=True),
        dt.datetime: DateTime(timezone=True),
    }


class Row(Base):
    """What every noun's row has. `added_at` orders lists: oldest first."""

    __abstract__ = True

    id: Mapped[str] = mapped_column(_ID, primary_key=True)
    name: Mapped[str] = mapped_column(_NAME, index=True)
    added_at: Mapped[dt.datetime] = mapped_column(index=True)
    document: Mapped[dict[str, Any]]


class ModelRow(Row):
    """A Model; `id` is its artifact id."""

    __tablename__ = "models"

    format: Mapped[str] = mapped_column(String(32))
    sha256: Mapped[str] = mapped_column(_ID, index=True)
    storage: Mapped[str] = mapped_column(String(16))


class VariantRow(Row):
    """A Variant; `id` is its artifact id. Its Model cannot be removed before it."""

    __tablename__ = "variants"

    model_id: Mapped[str] = mapped_column(ForeignKey("models.id", ondelete=_RESTRICT), index=True)
    recipe_id: Mapped[str] = mapped_column(_NAME)
    bytes: Mapped[int] = mapped_column(BigInteger)


class TargetRow(Row):
    """A Target; its name is unique."""

    __tablename__ = "targets"

    unique_name: Mapped[str] = mapped_column(_NAME, unique=True)


class RunRow(Row):
    """A Run. It outlives its Variant: evidence stays even where the file was deleted."""

    __tablename__ = "runs"

    model_id: Mapped[str] = mapped_column(_ID, index=True)
    variant_id: Mapped[str] = mapped_column(_ID, index=True)
    target_name: Mapped[str] = mapped_column(_NAME, index=True)
    runtime: Mapped[str] = mapped_column(_NAME)
    complete: Mapped[bool]
    demo: Mapped[bool]


class StudyRow(Row):
    """A Study."""

    __tablename__ = "studies"

    changed_at: Mapped[dt.datetime]
    model_id: Mapped[str | None] = mapped_column(
        ForeignKey("models.id", ondelete=_RESTRICT), index=True
    )


class StudyVariantRow(Base):
    """A Study uses a Variant, which therefore cannot be removed."""

    __tablename__ = "study_variants"

    study_id: Mapped[str] = mapped_column(
        ForeignKey("studies.id", ondelete=_CASCADE), primary_key=True
    )
    variant_id: Mapped[str] = mapped_column(
        ForeignKey("variants.id", ondelete=_RESTRICT), primary_key=True, index=True
    )


class StudyRunRow(Base):
    """A Study rests on a Run, which therefore cannot be removed."""

    __tablename__ = "study_runs"

    study_id: Mapped[str] = mapped_column(
        ForeignKey("studies.id", ondelete=_CASCADE), primary_key=True
    )
    run_id: Mapped[str] = mapped_column(
        ForeignKey("runs.id", ondelete=_RESTRICT), primary_key=True, index=True
    )
