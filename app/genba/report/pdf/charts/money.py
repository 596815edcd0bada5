"""Waterfall of present values, and the cumulative line with the payback point."""

from __future__ import annotations

from genba.errors import N_
from genba.figures import Basis
from genba.i18n import MARKS
from genba.report import tree
from genba.report.pdf.charts.axis import Axis, axis, draw_x, draw_y
from genba.report.pdf.layout import Layout
from genba.report.pdf.style import (
    BEFORE,
    GREY,
    INK,
    MM,
    NAVY,
    ORANGE,
    ORANGE_EDGE,
    WHITE,
)
from genba.report.pdf.wording import Scale

ROW, BAR = 17.2, 12.2
_ORDER = (Basis.MEASURED, Basis.PREDICTED, Basis.ASSUMED)


def waterfall(
    layout: Layout, block: tree.Waterfall, x: float, y: float, width: float, least: float
) -> float:
    """Horizontal bars from the first benefit to the NPV, values and driver shares at the right."""
    ends = _ends(block.lines)
    values = [line.figure.value or 0.0 for line in block.lines]
    unit = block.lines[0].figure.unit if block.lines else "JPY"
    scale = layout.words.scale([*values, *(v for pair in ends for v in pair)], unit)
    left, right = x + width * 0.265, x + width * 0.795
    horizontal = axis([v for pair in ends for v in pair], left, right)
    top = y + 27
    bottom = top + ROW * len(block.lines)
    with layout.pen.tag("H2"):
        layout.pen.text(x, y + 9, layout.say(block.title), layout.style("head", size=8.2))
    with layout.pen.tag("Figure", layout.say(block.alt)):
        draw_x(layout, horizontal, top, bottom, scale)
        axis_style = layout.style("axis")
        layout.pen.text(x + width * 0.9, top - 5, scale.unit, axis_style, "right")
        layout.pen.text(x + width, top - 5, "●◐○ %", layout.style("axis", colour=INK), "right")
        for index, (line, pair) in enumerate(zip(block.lines, ends, strict=True)):
            at = top + index * ROW
            _line(layout, line, pair, horizontal, scale, x, at, width)
            if index + 1 < len(block.lines) and line.role != "total":
                link = horizontal.at(pair[1])
                layout.pen.line(link, at + (ROW + BAR) / 2, link, at + ROW * 1.5, INK, 0.55)
    return bottom + 12


def _ends(lines: tuple[tree.WaterfallLine, ...]) -> list[tuple[float, float]]:
    """Start and end of each bar; a total starts at zero."""
    running, ends = 0.0, []
    for line in lines:
        value = line.figure.value or 0.0
        if line.role == "total":
            ends.append((0.0, value))
            continue
        ends.append((running, running + value))
        running += value
    return ends


def _line(
    layout: Layout,
    line: tree.WaterfallLine,
    pair: tuple[float, float],
    horizontal: Axis,
    scale: Scale,
    x: float,
    y: float,
    width: float,
) -> None:
    words = layout.words
    total = line.role == "total"
    name = layout.style("head" if total else "value", size=8.4)
    label = layout.wrap(layout.say(line.label), name, horizontal.start - x - 6, 1)[0]
    middle = y + ROW / 2 + 3
    if total:
        layout.pen.line(x, y, x + width, y, INK, 0.9)
    layout.pen.text(horizontal.start - 6, middle, label, name, "right")
    start, end = horizontal.at(pair[0]), horizontal.at(pair[1])
    top = y + (ROW - BAR) / 2
    if total:
        layout.pen.rect(min(start, end), top, abs(end - start), BAR, fill=INK)
    elif line.role == "tax":
        layout.pen.rect(
            min(start, end), top, abs(end - start), BAR, fill=BEFORE, stroke=GREY, line=0.6
        )
    else:
        gain = (line.figure.value or 0.0) >= 0
        _split(layout, line, min(start, end), abs(end - start), top, gain)
    number = layout.style("head" if total else "value", size=8.2, tabular=True)
    mark = MARKS[line.figure.basis]
    value = words.scaled(line.figure.value or 0.0, scale, unit=False)
    column = x + width * 0.81
    wide = layout.text_width(value, number)
    layout.pen.text(min(column, x + width * 0.9 - wide - 11), middle, mark, number)
    layout.pen.text(x + width * 0.9, middle, value, number, "right")
    small = layout.style("axis")
    if line.shares is not None:
        shares = "/".join(str(round(100 * s)) for s in line.shares)
        layout.pen.text(x + width, middle, shares, small, "right")
    elif line.note is not None and not total:
        layout.pen.text(x + width, middle, layout.say(line.note), small, "right")
    if total and line.note is not None:
        note = layout.say(line.note)
        at = max(start, end) + 6
        bold = layout.style("head", size=8)
        if at + layout.text_width(note, bold) < column - 4:
            layout.pen.text(at, middle, note, bold)


def _split(
    layout: Layout, line: tree.WaterfallLine, left: float, long: float, top: float, gain: bool
) -> None:
    """Parts ● ◐ ○ from the left, by the drivers' shares."""
    colour, edge = (NAVY, NAVY) if gain else (ORANGE, ORANGE_EDGE)
    shares = line.shares or tuple(float(b is line.figure.basis) for b in _ORDER)
    at = left
    for basis, share in zip(_ORDER, shares, strict=True):
        if share > 0.004:
            layout.pen.bar(at, top, max(long * share, 0.4), BAR, basis, colour, edge)
            at += long * share


def cumulative(
    layout: Layout, block: tree.CumulativeLine, x: float, y: float, width: float, least: float
) -> float:
    """The cumulative net flow; the payback point is the orange diamond."""
    language, words = layout.words.language, layout.words
    title = layout.style("head", size=8.2)
    scale = words.scale(list(block.values), block.currency)
    heading = f"{layout.say(block.title)} ({scale.unit})"
    if words.japanese:
        heading = heading.replace(" (", "（").replace(")", "）")
    y = layout.paragraph(x, y, heading, title, width, role="H2") + 8
    height = 108.0
    left, right = x + 15 * MM, x + width - 3 * MM
    vertical = axis(list(block.values), y + height, y, count=5)
    years = len(block.values) - 1
    step = (right - left) / max(1, years)
    with layout.pen.tag("Figure", layout.say(block.alt)):
        draw_y(layout, vertical, left - 4, right, scale)
        points = [(left + i * step, vertical.at(v)) for i, v in enumerate(block.values)]
        layout.pen.polyline(points, NAVY, 1.9)
        for index, (at, value) in enumerate(points):
            layout.pen.circle(at, value, 2.7, fill=WHITE, stroke=NAVY, line=1.1)
            if index % max(1, -(-years // 8)) == 0:
                label = language.text(N_("y{n}"), n=index)
                layout.pen.text(at, y + height + 12, label, layout.style("axis"), "centre")
        payback = block.payback_months
        if payback.value is not None and payback.value / 12 <= years:
            at, zero = left + payback.value / 12 * step, vertical.at(0)
            layout.pen.diamond(at, zero, 5, ORANGE, ORANGE_EDGE)
            text = words.say_template(N_("payback {figure}"), figure=payback)
            anchor = "right" if at - left > layout.text_width(text, title) + 8 else "left"
            shift = -8 if anchor == "right" else 8
            above = zero - 8 if anchor == "right" else zero + 14
            layout.pen.text(at + shift, above, text, title, "right" if shift < 0 else "left")
    return y + height + 17
