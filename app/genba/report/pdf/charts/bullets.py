"""Four measures: rows of candidates, columns of measures, one scale a column from zero."""

from __future__ import annotations

from dataclasses import dataclass

from genba.errors import N_
from genba.i18n import MARKS
from genba.report import tree
from genba.report.pdf.charts.axis import Axis, axis, tick_text
from genba.report.pdf.layout import Layout
from genba.report.pdf.style import BEFORE, GREY, GRID, INK, MM, RULE, TINT
from genba.report.pdf.wording import Scale

_VERDICT = {
    "met": ("✓", N_("met")),
    "missed": ("✗", N_("missed")),
    "likely": ("✓", N_("likely")),
    "unlikely": ("✗", N_("unlikely")),
    "undecided": ("", N_("undecided")),
    "no_limit": ("", N_("no limit")),
}
ROW, BAR = 88.0, 13.0


@dataclass(frozen=True, slots=True)
class Panel:
    """One measure's column on the sheet."""

    column: tree.MeasureColumn
    axis: Axis
    scale: Scale
    left: float
    right: float
    triple: bool


def bullets(
    layout: Layout, block: tree.BulletChart, x: float, y: float, width: float, least: float
) -> float:
    """The whole chart."""
    panels = _panels(layout, block, x, width)
    top = y + 40
    bottom = top + ROW * len(block.rows)
    with layout.pen.tag("Figure", layout.say(block.alt)):
        for index, row in enumerate(block.rows):
            if row.chosen:
                layout.pen.rect(x - 4, top + index * ROW, width + 8, ROW, fill=TINT)
        for panel in panels:
            _panel_head(layout, panel, y, top)
        for index, row in enumerate(block.rows):
            _label(layout, row, x, top + index * ROW)
            _cells(layout, row, panels, x, top + index * ROW, width)
        for panel in panels:
            _panel_axis(layout, panel, bottom)
    return bottom + 14


def _panels(layout: Layout, block: tree.BulletChart, x: float, width: float) -> list[Panel]:
    free = width - 41 * MM
    shares = [1.55 if not i else 1.0 for i, _ in enumerate(block.columns)]
    at, panels = x + 41 * MM, []
    for index, column in enumerate(block.columns):
        each = free * shares[index] / sum(shares)
        triple = any(len(row.cells[index].figures) > 1 for row in block.rows)
        figures = [f for row in block.rows for f in row.cells[index].figures if f.value is not None]
        values = [v for f in figures for v in (f.value, f.low, f.high) if v is not None]
        if column.limit is not None:
            values.append(column.limit)
        if column.dots and values:
            margin = 0.25 * (max(values) - min(values)) or 0.05 * abs(values[0])
            values += [min(values) - margin, max(values) + margin]
        right = at + each - 5 * MM - (17 * MM if triple else 0)
        horizontal = axis(values or [0.0, 1.0], at, right, zero=not column.dots, count=3)
        scale = layout.words.scale(values or [1.0], column.unit)
        if column.decimals is not None:
            scale = Scale(scale.factor, scale.unit, column.decimals)
        panels.append(Panel(column, horizontal, scale, at, at + each - 5 * MM, triple))
        at += each
    return panels


def _panel_head(layout: Layout, panel: Panel, y: float, top: float) -> None:
    bold, grey = layout.style("head", size=8.6), layout.style("subtitle", size=7.5)
    room = panel.right - panel.left + 3 * MM
    name = layout.wrap(layout.say(panel.column.name), bold, room, 1)[0]
    layout.pen.text(panel.left, y + 9, name, bold)
    subtitle = layout.say(panel.column.subtitle)
    line = ", ".join(part for part in (panel.scale.unit, subtitle) if part)
    if layout.words.japanese:
        line = line.replace(", ", "、")
    layout.pen.text(panel.left, y + 19.5, layout.wrap(line, grey, room, 1)[0], grey)
    if panel.column.limit is None:
        return
    sign = "≤" if panel.column.operator == "<=" else "≥"
    number = layout.words.scaled(panel.column.limit, panel.scale, unit=False)
    words = layout.words.language.text(N_("target {sign} {number}"), sign=sign, number=number)
    at = panel.axis.at(panel.column.limit)
    half = layout.text_width(words, layout.style("head", size=7.5)) / 2
    centre = min(max(at, panel.left + half), panel.right + 2 * MM - half)
    layout.pen.text(centre, y + 32, words, layout.style("head", size=7.5), "centre")
    layout.pen.line(at, y + 35, at, top, BEFORE, 0.6)


def _panel_axis(layout: Layout, panel: Panel, bottom: float) -> None:
    ticks = panel.axis.ticks
    step = ticks[1] - ticks[0] if len(ticks) > 1 else 1.0
    last = -99.0
    style = layout.style("axis")
    for tick in ticks:
        at = panel.axis.at(tick)
        words = tick_text(layout, tick, panel.scale, step)
        half = layout.text_width(words, style) / 2
        if at - half > last + 3:
            layout.pen.text(at, bottom + 10, words, style, "centre")
            last = at + half


def _label(layout: Layout, row: tree.MeasureRow, x: float, y: float) -> None:
    name = layout.style("section", size=9.6, leading=12)
    room = 36 * MM
    for line in layout.wrap(layout.say(row.name), name, room, 2):
        layout.pen.text(x, y + 13, line, name)
        y += 12
    y += 1
    for index, message in enumerate(row.lines):
        style = layout.style("value" if not index else "note", size=8 if not index else 7.5)
        for line in layout.wrap(layout.say(message), style, room, 2):
            layout.pen.text(x, y + 11, line, style)
            y += 10.4
    verdict = layout.style("head", size=8.4)
    sign = {"met": "✓ ", "missed": "✗ ", "unlikely": "✗ "}.get(row.check, "")
    layout.pen.text(x, y + 14, sign + layout.say(row.summary), verdict)


def _cells(
    layout: Layout, row: tree.MeasureRow, panels: list[Panel], x: float, y: float, width: float
) -> None:
    layout.pen.line(x - 4, y + ROW, x + width + 4, y + ROW, RULE, 0.6)
    for panel, cell in zip(panels, row.cells, strict=True):
        known = any(f.known for f in cell.figures)
        for tick in panel.axis.ticks if known else panel.axis.ticks[:1]:
            at = panel.axis.at(tick)
            zero = tick == 0 and not panel.column.dots
            start = y if zero or panel.triple else y + 19
            layout.pen.line(at, start, at, y + ROW, INK if zero else GRID, 0.9 if zero else 0.4)
        if panel.triple:
            _triple(layout, panel, cell, y)
        else:
            _single(layout, panel, cell, y)
        _verdict(layout, panel, cell, y)


def _triple(layout: Layout, panel: Panel, cell: tree.MeasureCell, y: float) -> None:
    """Three bars (p50, p90, p99), values in a column at the right; the last has its interval."""
    words = layout.words
    grey = layout.style("axis", size=7.5)
    value = layout.style("head", size=8, tabular=True)
    for index, figure in enumerate(cell.figures):
        top = y + 7 + index * 20
        if index < len(cell.labels):
            label = layout.say(cell.labels[index])
            layout.pen.text(panel.left - 4, top + 9, label, grey, "right")
        if figure.value is None:
            layout.pen.text(panel.left + 3, top + 9, words.missing_word(), grey)
            continue
        length = panel.axis.at(figure.value) - panel.left
        layout.pen.bar(panel.left, top, max(length, 0.5), BAR, figure.basis)
        text = MARKS[figure.basis] + words.scaled(figure.value, panel.scale, unit=False)
        layout.pen.text(panel.right, top + 9.3, text, value, "right")
        if index == len(cell.figures) - 1 and figure.low is not None and figure.high is not None:
            layout.pen.whisker(panel.axis.at(figure.low), panel.axis.at(figure.high), top + BAR / 2)
    _limit_line(layout, panel, y, y + 4, y + 7 + 2 * 20 + BAR + 3)


def _limit_line(layout: Layout, panel: Panel, y: float, top: float, bottom: float) -> None:
    """The target: thick beside the bars, a hairline through the rest of the row."""
    if panel.column.limit is None:
        return
    at = panel.axis.at(panel.column.limit)
    layout.pen.line(at, y if panel.triple else y + 19, at, y + ROW, BEFORE, 0.6)
    layout.pen.line(at, top, at, bottom, INK, 2.1)


def _single(layout: Layout, panel: Panel, cell: tree.MeasureCell, y: float) -> None:
    """One bar or dot with its value and interval above it."""
    figure = cell.figures[0]
    words = layout.words
    value = layout.style("head", size=8, tabular=True)
    grey = layout.style("axis", size=7.5)
    if figure.value is None:
        at = layout.paragraph(
            panel.left + 2, y + 5, words.missing_word(), grey, panel.right - panel.left
        )
        layout.paragraph(
            panel.left + 2, at, words.reason(figure), grey, panel.right - panel.left + 2 * MM
        )
        return
    text = MARKS[figure.basis] + words.scaled(figure.value, panel.scale, unit=False)
    taken = layout.pen.text(panel.left + 2, y + 15, text, value)
    if figure.low is not None and figure.high is not None:
        interval = words.interval(figure, panel.scale).strip()
        if taken + layout.text_width(interval, grey) + 4 < panel.right - panel.left + 5 * MM:
            layout.pen.text(panel.left + taken + 5, y + 15, interval, grey)
    top = y + 24
    at = panel.axis.at(figure.value)
    _limit_line(layout, panel, y, top - 4, top + BAR + 4)
    if not panel.column.dots:
        layout.pen.bar(panel.left, top, max(at - panel.left, 0.5), BAR, figure.basis)
    if figure.low is not None and figure.high is not None:
        layout.pen.whisker(panel.axis.at(figure.low), panel.axis.at(figure.high), top + BAR / 2)
    if panel.column.dots:
        layout.pen.mark(at, top + BAR / 2, 8.5, MARKS[figure.basis] or "●", INK)


def _verdict(layout: Layout, panel: Panel, cell: tree.MeasureCell, y: float) -> None:
    sign, word = _VERDICT[cell.check]
    text = layout.words.language.text(word)
    style = layout.style("head", size=8, colour=INK if sign else GREY)
    taken = layout.pen.text(panel.left + 3, y + ROW - 8, f"{sign} {text}" if sign else text, style)
    last = cell.figures[-1]
    if panel.triple and last.low is not None and last.high is not None:
        words = layout.words.interval(last, panel.scale).strip()
        label = layout.say(cell.labels[-1]) if cell.labels else ""
        grey = layout.style("axis", size=7.5)
        text = f"{label} {words}" if not layout.words.japanese else f"{label}{words}"
        if taken + layout.text_width(text, grey) + 6 < panel.right - panel.left:
            layout.pen.text(panel.right, y + ROW - 8, text, grey, "right")
