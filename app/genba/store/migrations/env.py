"""Run by Alembic: migrates over the connection that `genba.store.database` hands in."""

from __future__ import annotations

from alembic import context

from genba.store.tables import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,  # SQLite alters a table by making a new one
)
# The caller's transaction is the transaction: all revisions, or none.
context.run_migrations()
