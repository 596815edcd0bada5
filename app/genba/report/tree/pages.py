"""What a report is made of: blocks on pages, and what lint found about them."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import Field

from genba.errors import Message
from genba.report.tree.charts import (
    BulletChart,
    CumulativeLine,
    Distribution,
    EvidenceBar,
    ForecastChart,
    Gantt,
    Histogram,
    StripChart,
    Tiles,
    Tornado,
    Waterfall,
)
from genba.report.tree.text import (
    Approvals,
    ClosingLine,
    Commands,
    Items,
    KeyValueBox,
    Level,
    Note,
    Paragraph,
    Recommendation,
    Section,
    Table,
    Takeaway,
)
from genba.study.base import Data

Template = Literal["manager", "engineer", "full"]


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
