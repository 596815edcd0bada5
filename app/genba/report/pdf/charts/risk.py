"""Tornado of the inputs and histogram of the simulated NPV."""

from __future__ import annotations

from genba.errors import N_, Message
from genba.figures import Figure
from genba.i18n import MARKS
from genba.report import tree
from genba.report.pdf.charts.axis import Axis, axis, draw_x
from genba.report.pdf.layout import Layout
from genba.report.pdf.pen import Align
from genba.report.pdf.style import (
    INK,
    NAVY,
    ORANGE,
    ORANGE_EDGE,
    PALE_GAIN,
    WHITE,
)
from genba.report.pdf.wording import Scale

ROW = 30.0


def tornado(
    layout: Layout, block: tree.Tornado, x: float, y: float, width: float, least: float
) -> float:
    """Bars from the plan's NPV to either side; input values at the ends."""
    plan = block.plan.value or 0.0
    values = [plan, *(v for r in block.rows for v in (r.npv_at_p10, r.npv_at_p90))]
    scale = layout.words.scale(values, block.plan.unit)
    title = layout.style("head", size=8.2)
    y = layout.paragraph(x, y, _titled(layout, block.title, scale), title, width, role="H2")
    left, right = x + width * 0.385, x + width * 0.765
    horizontal = axis(values, left, right, count=4)
    top = y + 26
    bottom = top + ROW * len(block.rows)
    switching = layout.words.language.text(N_("NPV = 0 at"))
    with layout.pen.tag("Figure", layout.say(block.alt)):
        layout.pen.text(x + width, y + 19, switching, layout.style("head", size=7.6), "right")
        draw_x(layout, horizontal, top, bottom, scale)
        for index, row in enumerate(block.rows):
            _row(layout, row, plan, horizontal, x, top + index * ROW, width)
        at = horizontal.at(plan)
        layout.pen.line(at, top - 5, at, bottom, INK, 2.0)
        label = layout.words.language.text(N_("plan {amount}"), amount=_short(layout, plan, scale))
        layout.pen.text(at, y + 19, label, layout.style("head", size=7.8), "centre")
    return _legend(layout, left, bottom + 22)


def _row(
    layout: Layout,
    row: tree.TornadoRow,
    plan: float,
    horizontal: Axis,
    x: float,
    y: float,
    width: float,
) -> None:
    words = layout.words
    name = layout.style("value", size=8, leading=9.5)
    sign = MARKS[row.p10.basis]
    ends_of_input = [f.value for f in (row.p10, row.p90) if f.value is not None]
    scale = words.scale(ends_of_input, row.p10.unit)
    lines = layout.wrap(sign + layout.say(row.label), name, horizontal.start - x - 26, 2)
    top = y + ROW / 2 + 3 - (len(lines) - 1) * 4.8
    for line in lines:
        layout.pen.text(x, top, line, name)
        top += 9.5
    ends = sorted(((row.npv_at_p10, row.p10), (row.npv_at_p90, row.p90)), key=lambda e: e[0])
    middle = y + ROW / 2
    base = horizontal.at(plan)
    (bad, bad_input), (good, good_input) = ends
    if bad < plan:
        at = horizontal.at(bad)
        layout.pen.rect(at, middle - 5.5, base - at, 11, fill=ORANGE, stroke=ORANGE_EDGE)
        _end_label(layout, at - 3, middle, _input(layout, bad_input, scale), "right")
    if good > plan:
        at = horizontal.at(good)
        layout.pen.rect(base, middle - 5.5, at - base, 11, fill=NAVY)
        _end_label(layout, at + 3, middle, _input(layout, good_input, scale), "left")
    if row.switching.value is None:
        switch = words.language.text(N_("none"))
    else:
        switch = _input(layout, row.switching, scale)
    layout.pen.text(
        x + width, middle + 2.8, switch, layout.style("value", size=8, tabular=True), "right"
    )


def _end_label(layout: Layout, x: float, middle: float, text: str, align: Align) -> None:
    """An input's value beside its bar, on white so that no grid line runs through it."""
    style = layout.style("axis")
    wide = layout.text_width(text, style)
    left = x - wide if align == "right" else x
    layout.pen.rect(left - 0.5, middle - 4.5, wide + 1, 9, fill=WHITE)
    layout.pen.text(x, middle + 2.8, text, style, align)


def _input(layout: Layout, figure: Figure, scale: Scale) -> str:
    if figure.value is None:
        return ""
    return layout.words.scaled(figure.value, scale, unit=scale.money or figure.unit == "ratio")


def _short(layout: Layout, value: float, scale: Scale) -> str:
    return layout.words.scaled(value, scale, unit=False)


def _legend(layout: Layout, x: float, y: float) -> float:
    style = layout.style("chart", size=7.6)
    with layout.pen.tag("P"):
        for colour, edge, word in (
            (ORANGE, ORANGE_EDGE, N_("worse")),
            (NAVY, NAVY, N_("better")),
        ):
            layout.pen.rect(x, y, 8, 8, fill=colour, stroke=edge)
            x += 12 + layout.pen.text(x + 11, y + 7, layout.words.language.text(word), style) + 14
    return y + 10


def _titled(layout: Layout, title: Message, scale: Scale) -> str:
    return layout.say(Message(text=title.text, params={**title.params, "unit": scale.unit}))


def histogram(
    layout: Layout, block: tree.Histogram, x: float, y: float, width: float, least: float
) -> float:
    """Counts per bin, the loss part orange; P10, P50, P90 dashed, the plan solid."""
    words = layout.words
    values = [v for low, high, _ in block.bins for v in (low, high)]
    scale = words.scale(values or [1.0], block.plan.unit)
    title = layout.style("head", size=8.2)
    y = layout.paragraph(x, y, _titled(layout, block.title, scale), title, width, role="H2")
    top, bottom = y + 50, y + 26 + 186
    horizontal = axis(values or [0.0, 1.0], x + 14, x + width - 10, count=4)
    most = max((count for _, _, count in block.bins), default=1) or 1
    with layout.pen.tag("Figure", layout.say(block.alt)):
        for low, high, count in block.bins:
            left, right = horizontal.at(low), horizontal.at(high)
            height = (bottom - top) * count / most
            loss = (low + high) / 2 < 0
            layout.pen.rect(
                left,
                bottom - height,
                right - left,
                height,
                fill=ORANGE if loss else PALE_GAIN,
                stroke=ORANGE_EDGE if loss else "#7F97A8",
                line=0.35,
            )
        layout.pen.line(x, bottom, x + width, bottom, INK, 0.8)
        draw_x(layout, horizontal, bottom, bottom + 1.5, scale)
        zero = horizontal.at(0)
        layout.pen.line(zero, top, zero, bottom, INK, 1.0)
        _quantiles(layout, block, horizontal, scale, top, bottom)
        loss_style = layout.style("head", size=13)
        layout.pen.text(x, top + 22, words.language.text(N_("loss")), layout.style("head"))
        layout.pen.text(x, top + 37, words.figure(block.loss, mark=False), loss_style)
    return layout.paragraph(x, bottom + 14, layout.say(block.note), layout.style("note"), width)


def _quantiles(
    layout: Layout,
    block: tree.Histogram,
    horizontal: Axis,
    scale: Scale,
    top: float,
    bottom: float,
) -> None:
    language, style = layout.words.language, layout.style("head", size=7.6)
    marks = [("P10", block.p10), ("P50", block.p50), ("P90", block.p90)]
    marks.append((language.text(N_("plan")), block.plan))
    taken: list[tuple[float, float, float]] = []
    labels: list[tuple[float, float, str]] = []
    for name, figure in sorted(marks, key=lambda m: m[1].value or 0.0):
        if figure.value is None:
            continue
        at = horizontal.at(figure.value)
        text = f"{name} {_short(layout, figure.value, scale)}"
        wide = layout.text_width(text, style)
        left = min(max(at - wide / 2, horizontal.start - 4), horizontal.end + 10 - wide)
        row = 0
        while any(
            r == row and left < end + 3 and left + wide > start - 3 for start, end, r in taken
        ):
            row += 1
        taken.append((left, left + wide, row))
        labels.append((left, top - 8 - row * 10.5, text))
        plan = figure is block.plan
        layout.pen.line(
            at,
            top - 5 - row * 10.5,
            at,
            bottom,
            NAVY if plan else INK,
            1.6 if plan else 0.8,
            () if plan else (2.4, 1.8),
        )
    for left, y, text in labels:
        layout.pen.rect(left - 1, y - 7.5, layout.text_width(text, style) + 2, 9.5, fill=WHITE)
        layout.pen.text(left, y, text, style)
