"""The common base of the nouns, what validation found, and how their ids are made."""

from __future__ import annotations

import datetime as dt
import secrets

from pydantic import BaseModel, ConfigDict, ValidationError


class Data(BaseModel):
    """Immutable, validated at construction, refusing unknown fields, without NaN or infinity."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", allow_inf_nan=False, protected_namespaces=()
    )


def first_problem(error: ValidationError) -> tuple[str, str]:
    """(field, what is wrong with it) of the first problem that validation found.

    The field is a path with dots, and empty where the document as a whole is wrong.
    """
    problem = error.errors(include_url=False, include_input=False)[0]
    return ".".join(str(part) for part in problem["loc"]), problem["msg"]


def new_id() -> str:
    """A fresh id: 16 hexadecimal digits, unique in a workspace and short enough to type."""
    return secrets.token_hex(8)


def now() -> dt.datetime:
    """The wall clock in UTC, to the second."""
    return dt.datetime.now(dt.UTC).replace(microsecond=0)
