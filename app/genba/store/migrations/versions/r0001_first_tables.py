"""The first tables: models, variants, targets, runs, studies and what studies rest on.

Revision: 0001, the first.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.schema import SchemaItem

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_ID = sa.String(64)
_NAME = sa.String(512)


def upgrade() -> None:
    """Create the tables."""
    _models()
    _variants()
    _targets()
    _runs()
    _studies()
    _links()


def _models() -> None:
    op.create_table(
        "models",
        *_common("models"),
        sa.Column("format", sa.String(32), nullable=False),
        sa.Column("sha256", _ID, nullable=False),
        sa.Column("storage", sa.String(16), nullable=False),
    )
    _index("models", "name", "added_at", "sha256")


def _variants() -> None:
    op.create_table(
        "variants",
        *_common("variants"),
        sa.Column("model_id", _ID, nullable=False),
        sa.Column("recipe_id", _NAME, nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        _reference("variants", "model_id", "models", "RESTRICT"),
    )
    _index("variants", "name", "added_at", "model_id")


def _targets() -> None:
    op.create_table(
        "targets",
        *_common("targets"),
        sa.Column("unique_name", _NAME, nullable=False),
        sa.UniqueConstraint("unique_name", name="uq_targets_unique_name"),
    )
    _index("targets", "name", "added_at")


def _runs() -> None:
    op.create_table(
        "runs",
        *_common("runs"),
        sa.Column("model_id", _ID, nullable=False),
        sa.Column("variant_id", _ID, nullable=False),
        sa.Column("target_name", _NAME, nullable=False),
        sa.Column("runtime", _NAME, nullable=False),
        sa.Column("complete", sa.Boolean(), nullable=False),
        sa.Column("demo", sa.Boolean(), nullable=False),
    )
    _index("runs", "name", "added_at", "model_id", "variant_id", "target_name")


def _studies() -> None:
    op.create_table(
        "studies",
        *_common("studies"),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("model_id", _ID, nullable=True),
        _reference("studies", "model_id", "models", "RESTRICT"),
    )
    _index("studies", "name", "added_at", "model_id")


def _links() -> None:
    for noun in ("variant", "run"):
        table, column = f"study_{noun}s", f"{noun}_id"
        op.create_table(
            table,
            sa.Column("study_id", _ID, nullable=False),
            sa.Column(column, _ID, nullable=False),
            sa.PrimaryKeyConstraint("study_id", column, name=f"pk_{table}"),
            _reference(table, "study_id", "studies", "CASCADE"),
            _reference(table, column, f"{noun}s", "RESTRICT"),
        )
        _index(table, column)


def _common(table: str) -> tuple[SchemaItem, ...]:
    return (
        sa.Column("id", _ID, nullable=False),
        sa.Column("name", _NAME, nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
    )


def _reference(table: str, column: str, referred: str, on_delete: str) -> sa.ForeignKeyConstraint:
    name = f"fk_{table}_{column}_{referred}"
    return sa.ForeignKeyConstraint([column], [f"{referred}.id"], name=name, ondelete=on_delete)


def _index(table: str, *columns: str) -> None:
    for column in columns:
        op.create_index(f"ix_{table}_{column}", table, [column])
