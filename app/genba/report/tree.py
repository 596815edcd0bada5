"""The node types of a report: pages of blocks that hold Messages and Figures, never text.

A writer turns every Message and Figure into words of one language; nothing here is formatted.
Lengths of charts are the writer's business, values and their meaning are the tree's.
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import Field

from genba.errors import Message
from genba.figures import Figure
from genba.study.base import Data

Template = Literal["manager", "engineer", "full"]
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


class Strip(Data):
    """P10-P90 bar, median tick and plan diamond of one amount. All in the same unit."""

    label: Message
    p10: Figure
    p50: Figure
    p90: Figure
    plan: Figure


class Tile(Data):
    """A headline number. An unknown Figure shows a dash and the reason; the tile stays."""

    label: Message
    figure: Figure
    notes: tuple[Message, ...] = ()
    strip: Strip | None = None


class Tiles(Data):
    """A row of tiles."""

    kind: Literal["tiles"] = "tiles"
    tiles: tuple[Tile, ...]


class StripChart(Data):
    """Strips below each other on one scale."""

    kind: Literal["strips"] = "strips"
    title: Message
    strips: tuple[Strip, ...]
    alt: Message


class EvidenceBar(Data):
    """Shares (0..1) of the money by the basis of the inputs behind it."""

    kind: Literal["evidence"] = "evidence"
    title: Message
    subtitle: Message
    measured: float
    predicted: float
    assumed: float
    alt: Message


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


class MeasureColumn(Data):
    """One column of the bullet chart. `limit` is None without a target."""

    name: Message
    subtitle: Message
    unit: str
    limit: float | None = None
    operator: Literal["<=", ">="] = "<="
    dots: bool = False
    """Dots on an axis that need not start at 0 (quality); bars always start at 0."""
    decimals: int | None = None


class MeasureCell(Data):
    """One candidate's Figures for one measure (three for latency), and the verdict."""

    labels: tuple[Message, ...] = ()
    figures: tuple[Figure, ...]
    check: Check


class MeasureRow(Data):
    """One candidate of the bullet chart."""

    name: Message
    lines: tuple[Message, ...]
    summary: Message
    check: Check
    cells: tuple[MeasureCell, ...]
    chosen: bool = False


class BulletChart(Data):
    """Small multiples: rows = candidates, columns = measures, one scale a column."""

    kind: Literal["bullets"] = "bullets"
    columns: tuple[MeasureColumn, ...]
    rows: tuple[MeasureRow, ...]
    alt: Message


class ForecastRow(Data):
    """One predicted Figure beside the measured one of the same candidate and measure."""

    group: Message
    measure: Message
    predicted: Figure
    measured: Figure


class ForecastChart(Data):
    """Deviation of the measurement from the prediction, in percent, against the interval."""

    kind: Literal["forecast"] = "forecast"
    title: Message
    rows: tuple[ForecastRow, ...]
    alt: Message


class WaterfallLine(Data):
    """One present value; `shares` are its drivers' shares by basis (measured, predicted, assumed).

    ``tax`` and ``total`` carry no basis fill.
    """

    label: Message
    figure: Figure
    shares: tuple[float, float, float] | None
    role: Literal["benefit", "cost", "tax", "total"]
    note: Message | None = None


class Waterfall(Data):
    """Present values from the benefits down to the NPV; the last line is the total."""

    kind: Literal["waterfall"] = "waterfall"
    title: Message
    lines: tuple[WaterfallLine, ...]
    alt: Message


class CumulativeLine(Data):
    """Cumulative net flow per year with the payback point."""

    kind: Literal["cumulative"] = "cumulative"
    title: Message
    values: tuple[float, ...]
    currency: str
    payback_months: Figure
    alt: Message


class GanttStage(Data):
    """One stage of the plan; `spent` is committed in total once it has started."""

    name: Message
    detail: Message
    start: dt.date
    end: dt.date
    budget: Figure
    spent: Figure
    loss_if_stopped: Figure
    asked: bool = False
    optional: bool = False
    """Unlikely to be started (an ASIC before the volume carries it); drawn dashed."""


class Gantt(Data):
    """Stages, gates and the steps of committed money beneath them."""

    kind: Literal["gantt"] = "gantt"
    title: Message
    steps_title: Message
    stages: tuple[GanttStage, ...]
    alt: Message


class TornadoRow(Data):
    """One input moved to its P10 and P90; amounts are NPVs."""

    label: Message
    p10: Figure
    p90: Figure
    npv_at_p10: float
    npv_at_p90: float
    switching: Figure


class Tornado(Data):
    """Inputs by swing; the bars start at the plan's NPV, which is drawn and labelled."""

    kind: Literal["tornado"] = "tornado"
    title: Message
    plan: Figure
    rows: tuple[TornadoRow, ...]
    alt: Message


class Histogram(Data):
    """The simulated NPV with its quantiles; the loss part is shaded."""

    kind: Literal["histogram"] = "histogram"
    title: Message
    bins: tuple[tuple[float, float, int], ...]
    p10: Figure
    p50: Figure
    p90: Figure
    plan: Figure
    loss: Figure
    note: Message
    alt: Message


class Distribution(Data):
    """The empirical distribution of measured latencies, warm-up left out. Values in ms."""

    kind: Literal["distribution"] = "distribution"
    title: Message
    values: tuple[float, ...]
    quantiles: tuple[Figure, ...]
    limit: float | None
    alt: Message


class Commands(Data):
    """Command lines, in a fixed-width face."""

    kind: Literal["commands"] = "commands"
    title: Message
    lines: tuple[str, ...]


class Side(Data):
    """Blocks beside each other; `weights` share the width."""

    kind: Literal["side"] = "side"
    weights: tuple[float, ...]
    columns: tuple[tuple[Block, ...], ...]


Block = Annotated[
    Table
    | Section
    | Note
    | Paragraph
    | Takeaway
    | KeyValueBox
    | Recommendation
    | Tiles
    | StripChart
    | EvidenceBar
    | Items
    | ClosingLine
    | Approvals
    | BulletChart
    | ForecastChart
    | Waterfall
    | CumulativeLine
    | Gantt
    | Tornado
    | Histogram
    | Distribution
    | Commands
    | Side,
    Field(discriminator="kind"),
]


class Page(Data):
    """One page by subject; a writer may need more than one sheet for it.

    `headline` has one or two clauses; the second is dropped before anything is shrunk.
    """

    id: str
    name: Message
    headline: tuple[Message, ...]
    lead: Message | None = None
    blocks: tuple[Block, ...]
    demo: bool = False


class Report(Data):
    """The whole tree. `demo` is true when any Figure in it rests on the demo device."""

    title: Message
    template: Template
    pages: tuple[Page, ...]
    date: dt.date
    data_date: dt.date | None
    price_date: str
    study_hash: str
    program_version: str
    currency: str
    demo: bool
    level: Level


class Finding(Data):
    """What lint found. Errors forbid the word *recommended*; warnings are printed."""

    rule: str
    severity: Literal["error", "warning"]
    message: Message
    where: str = ""


Side.model_rebuild()
