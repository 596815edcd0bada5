"""Blocks of words and tables."""

from __future__ import annotations

from typing import Literal

from genba.errors import Message
from genba.figures import Figure
from genba.study.base import Data

Level = Literal["go", "conditional", "stop", "cloud", "none"]
Align = Literal["left", "right"]
Check = Literal["met", "missed", "likely", "unlikely", "undecided", "no_limit"]


class Precise(Data):
    """A Figure in a sentence with a fixed number of decimals (quality in percent: one)."""

    figure: Figure
    decimals: int


class Range(Data):
    """Two Figures of one unit as a range in a sentence."""

    low: Figure
    high: Figure


class Cell(Data):
    """One table cell: words, a Figure, or both; `note` is set small and grey beneath them.

    `bar` (0..1 of the widest) draws a bar of the Figure's basis fill, for the register.
    `show` says what of the Figure is set: ``value`` on its column's common scale, with the interval
    beneath when `interval`; ``full`` with its own unit; ``number``, ``range`` and ``unit`` alone.
    """

    text: Message | None = None
    figure: Figure | None = None
    note: Message | None = None
    strong: bool = False
    interval: bool = False
    check: Check | None = None
    bar: float | None = None
    grey: bool = False
    show: Literal["value", "full", "number", "range", "unit"] = "value"
    decimals: int | None = None


class Column(Data):
    """A table column. `weight` is its share of the width; `scale` joins columns of one unit.

    Columns with the same non-empty `scale` name share one scale (for example all money columns);
    a field ``{unit}`` in `head` is filled with that scale's unit.
    """

    head: Message
    weight: float = 1.0
    align: Align = "left"
    scale: str = ""


class TableRow(Data):
    """One row; `tinted` marks the chosen one."""

    cells: tuple[Cell, ...]
    tinted: bool = False
    strong: bool = False


class Table(Data):
    """A table that continues on the next page with its head repeated."""

    kind: Literal["table"] = "table"
    title: Message | None = None
    subtitle: Message | None = None
    columns: tuple[Column, ...]
    rows: tuple[TableRow, ...]
    size: float = 8.5
    unit_in_subtitle: str = ""
    """Name of the column scale whose unit opens the subtitle."""


class Section(Data):
    """A section title with its grey unit line."""

    kind: Literal["section"] = "section"
    title: Message
    subtitle: Message | None = None


class Note(Data):
    """Small grey text: sources and explanations."""

    kind: Literal["note"] = "note"
    text: Message
    drop_order: int = 0


class Paragraph(Data):
    """Body text."""

    kind: Literal["paragraph"] = "paragraph"
    text: Message


class Takeaway(Data):
    """The page's message in words, with a bar at its left; `strong` is set bold."""

    kind: Literal["takeaway"] = "takeaway"
    strong: Message
    text: Message | None = None


class KeyValue(Data):
    """One line of a key-value box."""

    key: Message
    value: Message
    strong: bool = False


class KeyValueBox(Data):
    """Keys at the left in grey, values at the right; with a frame on page 1."""

    kind: Literal["key_values"] = "key_values"
    title: Message
    rows: tuple[KeyValue, ...]
    framed: bool = True


class Recommendation(Data):
    """The coloured box: level, its words, and the reasons."""

    kind: Literal["recommendation"] = "recommendation"
    level: Level
    label: Message
    title: Message
    paragraphs: tuple[Message, ...]


class Item(Data):
    """One of the three tinted items of page 1."""

    title: Message
    measure: Message
    text: Message


class Items(Data):
    """The three items side by side."""

    kind: Literal["items"] = "items"
    items: tuple[Item, ...]


class ClosingLine(Data):
    """The grey centred sentence at the end of page 1."""

    kind: Literal["closing"] = "closing"
    text: Message
    drop_order: int = 2


class Approvals(Data):
    """Empty boxes for stamps, with the departments' names."""

    kind: Literal["approvals"] = "approvals"
    title: Message
    choices: Message
    boxes: tuple[Message, ...]
    drop_order: int = 1


class Commands(Data):
    """Command lines, in a fixed-width face."""

    kind: Literal["commands"] = "commands"
    title: Message
    lines: tuple[str, ...]
