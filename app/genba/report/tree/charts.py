"""Charts as data: values and their meaning; lengths and colours are the writer's business."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from genba.errors import Message
from genba.figures import Figure
from genba.report.tree.text import Check
from genba.study.base import Data


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
