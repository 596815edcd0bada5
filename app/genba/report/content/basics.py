"""Small makers of tree parts that all pages use."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel

from genba.errors import Message
from genba.figures import Basis, Figure
from genba.report import tree


def say(text: str, /, **params: Any) -> Message:
    """A Message; `text` must be marked with N_ where it is written."""
    return Message(text=text, params=params)


def plain(text: object) -> Message:
    """A name or identifier, which no catalogue translates."""
    return Message(text="{text}", params={"text": str(text)})


def counted(value: float, unit: str, ref: str) -> Figure:
    """An exact number of the plan itself (a limit, a length), which carries no mark."""
    return Figure(value=value, unit=unit, basis=Basis.EXACT, ref=ref)


def words(text: Message, **changes: Any) -> tree.Cell:
    """A cell of words."""
    return tree.Cell(text=text, **changes)


def number(figure: Figure | None, **changes: Any) -> tree.Cell:
    """A cell of one Figure; a dash where there is none."""
    if figure is None:
        return tree.Cell(text=plain("–"))
    return tree.Cell(figure=figure, **changes)


def add_months(day: dt.date, months: float) -> dt.date:
    """The same day some months later, or the month's last day; part months as days of 30."""
    whole = int(months)
    index = day.month - 1 + whole
    year, month = day.year + index // 12, index % 12 + 1
    last = calendar.monthrange(year, month)[1]
    moved = dt.date(year, month, min(day.day, last))
    return moved + dt.timedelta(days=round((months - whole) * 30))


def figures_in(node: Any) -> Iterator[Figure]:
    """All Figures below a node, also those inside Messages."""
    if isinstance(node, Figure):
        yield node
    elif isinstance(node, BaseModel):
        for name in type(node).model_fields:
            yield from figures_in(getattr(node, name))
    elif isinstance(node, Mapping):
        for value in node.values():
            yield from figures_in(value)
    elif isinstance(node, tuple | list):
        for value in node:
            yield from figures_in(value)
