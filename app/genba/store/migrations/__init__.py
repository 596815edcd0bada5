"""Alembic's folder: the schema's history, one file a revision, run by `genba.store.database`."""
