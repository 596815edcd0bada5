"""Study nouns to JSON documents and back, without loss.

The one thing that plain validation would lose: a Message's parameters may be Figures or other
Messages, and their type is not in the schema. They are recognised by their fields and rebuilt.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from genba.errors import Message
from genba.figures import Figure
from genba.study.base import Data

T = TypeVar("T", bound=Data)

_FIGURE = frozenset(Figure.model_fields)
_MESSAGE = frozenset(Message.model_fields)


def to_document(noun: Data) -> dict[str, Any]:
    """The noun as plain JSON data."""
    return noun.model_dump(mode="json")


def from_document(kind: type[T], document: Mapping[str, Any]) -> T:
    """The noun that a document holds.

    Raises:
        pydantic.ValidationError: the document does not fit the noun.
    """
    return kind.model_validate(_revived(document))


def _revived(value: Any) -> Any:
    if isinstance(value, list):
        return [_revived(item) for item in value]
    if not isinstance(value, dict):
        return value
    if value.keys() == _MESSAGE and isinstance(value["params"], dict):
        params = {key: _parameter(item) for key, item in value["params"].items()}
        return {**value, "params": params}
    return {key: _revived(item) for key, item in value.items()}


def _parameter(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_parameter(item) for item in value)
    if isinstance(value, dict) and value.keys() == _FIGURE:
        return Figure.model_validate(value)
    if isinstance(value, dict) and value.keys() == _MESSAGE:
        return Message.model_validate(_revived(value))
    return value
