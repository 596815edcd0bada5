"""Which function draws which block."""

from __future__ import annotations

from collections.abc import Mapping

from genba.report.pdf import blocks, tables
from genba.report.pdf.charts import (
    bullets,
    distribution,
    forecast,
    gantt,
    money,
    risk,
    strips,
)
from genba.report.pdf.layout import Renderer

RENDERERS: Mapping[str, Renderer] = {
    "table": tables.table,
    "section": blocks.section,
    "note": blocks.note,
    "paragraph": blocks.paragraph,
    "takeaway": blocks.takeaway,
    "key_values": blocks.key_values,
    "recommendation": blocks.recommendation,
    "tiles": strips.tiles,
    "strips": strips.strips,
    "evidence": strips.evidence,
    "items": blocks.items,
    "closing": blocks.closing,
    "approvals": blocks.approvals,
    "bullets": bullets.bullets,
    "forecast": forecast.forecast,
    "waterfall": money.waterfall,
    "cumulative": money.cumulative,
    "gantt": gantt.gantt,
    "tornado": risk.tornado,
    "histogram": risk.histogram,
    "distribution": distribution.distribution,
    "commands": blocks.commands,
    "side": blocks.side,
}
