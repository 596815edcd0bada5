"""The common base of the nouns, and how their ids are made."""

from __future__ import annotations

import datetime as dt
import secrets

from pydantic import BaseModel, ConfigDict


class Data(BaseModel):
    """Immutable, validated at construction, refusing unknown fields, without NaN or infinity."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", allow_inf_nan=False, protected_namespaces=()
    )


def new_id() -> str:
    """A fresh id: 16 hexadecimal digits, unique in a workspace and short enough to type."""
    return secrets.token_hex(8)


def now() -> dt.datetime:
    """The wall clock in UTC, to the second."""
    return dt.datetime.now(dt.UTC).replace(microsecond=0)
