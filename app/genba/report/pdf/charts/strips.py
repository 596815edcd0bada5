"""Tiles, strips of P10-P90 with median and plan, and the evidence bar."""

from __future__ import annotations

from collections.abc import Sequence

from genba.errors import N_
from genba.figures import Basis, Figure
from genba.report import tree
from genba.report.pdf.charts.axis import Axis, axis, draw_x
from genba.report.pdf.layout import Layout
from genba.report.pdf.style import (
    BEFORE,
    GUTTER,
    INK,
    MM,
    NAVY,
    PALE_LOSS,
    WHITE,
)


def tiles(
    layout: Layout, block: tree.Tiles, x: float, y: float, width: float, least: float
) -> float:
    """Headline numbers side by side, one height."""
    count = len(block.tiles)
    each = (width - GUTTER * (count - 1)) / count
    bottoms = []
    for index, tile in enumerate(block.tiles):
        bottoms.append(_tile(layout, tile, x + index * (each + GUTTER), y, each))
    return max(bottoms)


def _tile(layout: Layout, tile: tree.Tile, x: float, y: float, width: float) -> float:
    with layout.pen.artifact():
        layout.pen.rect(x, y, width, 1.9, fill=NAVY)
    label = layout.style("head", size=8.2)
    y = layout.paragraph(x, y + 5, layout.say(tile.label), label, width, limit=1)
    number, unit = _number(layout, tile.figure)
    with layout.pen.tag("P"):
        taken = layout.pen.text(x, y + 21, number, layout.style("tile"))
        layout.pen.text(x + taken + 4, y + 21, unit, layout.style("tile_unit"))
    y += 27.5
    text = layout.style("value", size=8.2, leading=11.4)
    for message in tile.notes:
        y = layout.paragraph(x, y, layout.say(message), text, width)
    if tile.strip is not None:
        y = _small_strip(layout, tile.strip, x, y + 5, width)
    return y


def _number(layout: Layout, figure: Figure) -> tuple[str, str]:
    if figure.value is None:
        return "–", ""
    words = layout.words
    scale = words.scale([figure.value], figure.unit)
    return words.scaled(figure.value, scale, unit=False), scale.unit


def _small_strip(layout: Layout, strip: tree.Strip, x: float, y: float, width: float) -> float:
    values = _values([strip])
    if not values:
        return y
    span = max(values + [0.0]) - min(values + [0.0]) or 1.0
    low, high = min(values + [0.0]) - 0.08 * span, max(values + [0.0]) + 0.08 * span
    scale = Axis(low, high, x, x + width, ())
    words = layout.style("chart", size=7.5)
    with layout.pen.tag("Figure", layout.say(strip.label)):
        middle = y + 14
        layout.pen.line(x, middle, x + width, middle, BEFORE, 0.7)
        _bar(layout, strip, scale, middle, 10)
        zero = scale.at(0)
        layout.pen.line(zero, middle - 9, zero, middle + 9, INK, 0.9)
        layout.pen.text(zero, middle + 17, "0", layout.style("axis"), "centre")
        median = scale.at(strip.p50.value or 0.0)
        if abs(median - zero) > 16:
            layout.pen.text(median, middle + 17, "P50", words, "centre")
        plan = layout.words.language.text(N_("plan"))
        at = min(max(scale.at(strip.plan.value or 0.0), x + 10), x + width - 10)
        layout.pen.text(at, middle - 9, plan, words, "centre")
    return y + 34


def strips(
    layout: Layout, block: tree.StripChart, x: float, y: float, width: float, least: float
) -> float:
    """Strips of several alternatives on one scale, with its legend."""
    language = layout.words.language
    bold, small = layout.style("head"), layout.style("subtitle", size=7.6)
    with layout.pen.tag("P"):
        taken = layout.pen.text(x, y + 9, layout.say(block.title), bold)
    legend = language.text(N_("bar P10–P90, line median, ◆ plan"))
    if taken + layout.text_width(legend, small) + 8 < width:
        with layout.pen.tag("P"):
            layout.pen.text(x + width, y + 9, legend, small, "right")
    else:
        y = layout.paragraph(x, y + 11, legend, small, width) - 11
    y += 15
    left, row = x + width * 0.265, 17.5
    bottom = y + row * len(block.strips)
    values = _values(block.strips)
    horizontal = axis(values or [0.0, 1.0], left, x + width - 10, count=4)
    currency = block.strips[0].plan.unit if block.strips else "1"
    scale = layout.words.scale(values or [1.0], currency)
    with layout.pen.tag("Figure", layout.say(block.alt)):
        draw_x(layout, horizontal, y, bottom, scale)
        for index, strip in enumerate(block.strips):
            middle = y + row * (index + 0.5)
            name = layout.wrap(layout.say(strip.label), layout.style("value"), left - x - 4, 1)
            layout.pen.text(x, middle + 3, name[0], layout.style("value", size=8.4))
            _bar(layout, strip, horizontal, middle, 8.6)
    return bottom + 13


def _bar(layout: Layout, strip: tree.Strip, scale: Axis, middle: float, height: float) -> None:
    if strip.p10.value is None or strip.p90.value is None:
        return
    low, high, zero = scale.at(strip.p10.value), scale.at(strip.p90.value), scale.at(0)
    top = middle - height / 2
    layout.pen.rect(low, top, high - low, height, fill=WHITE)
    if low < zero:
        layout.pen.rect(low, top, min(zero, high) - low, height, fill=PALE_LOSS)
    layout.pen.rect(low, top, high - low, height, stroke=NAVY, line=1.0)
    if strip.p50.value is not None:
        at = scale.at(strip.p50.value)
        layout.pen.line(at, top - 2, at, top + height + 2, INK, 2.1)
    if strip.plan.value is not None:
        layout.pen.diamond(scale.at(strip.plan.value), middle, 4.4, NAVY)


def _values(rows: Sequence[tree.Strip]) -> list[float]:
    figures = [f for s in rows for f in (s.p10, s.p50, s.p90, s.plan)]
    return [f.value for f in figures if f.value is not None]


def evidence(
    layout: Layout, block: tree.EvidenceBar, x: float, y: float, width: float, least: float
) -> float:
    """One stacked bar; its shares stand below, each behind its mark."""
    from genba.report.pdf.blocks import title_line

    y = title_line(layout, layout.say(block.title), layout.say(block.subtitle), x, y, width) + 1
    shares = (
        (Basis.MEASURED, block.measured, "●"),
        (Basis.PREDICTED, block.predicted, "◐"),
        (Basis.ASSUMED, block.assumed, "○"),
    )
    height = 4.6 * MM
    style = layout.style("head", size=8.2)
    with layout.pen.tag("Figure", layout.say(block.alt)):
        at, label_end = x, x
        for basis, share, sign in shares:
            long = width * share
            if share > 0.001:
                layout.pen.bar(at, y, long, height, basis)
            words = sign + layout.words.language.percent(share)
            start = max(at, label_end)
            start = min(start, x + width - layout.text_width(words, style))
            label_end = start + layout.pen.text(start, y + height + 11, words, style) + 8
            at += long
        layout.pen.rect(x, y, width, height, stroke=NAVY, line=0.8)
    return y + height + 15
