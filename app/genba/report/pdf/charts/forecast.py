"""Measured against predicted: deviation in percent, the interval as a hatched band."""

from __future__ import annotations

from genba.errors import N_
from genba.i18n import MARKS
from genba.report import tree
from genba.report.pdf.charts.axis import Axis, axis
from genba.report.pdf.layout import Layout
from genba.report.pdf.style import GRID, INK, NAVY, RULE

ROW = 19.0


def forecast(
    layout: Layout, block: tree.ForecastChart, x: float, y: float, width: float, least: float
) -> float:
    """Head, one line per predicted quantity, zero = the prediction."""
    rows = [r for r in block.rows if r.predicted.value and r.measured.value is not None]
    with layout.pen.tag("H2"):
        layout.pen.text(x, y + 9, layout.say(block.title), layout.style("head", size=8.2))
    y += 14
    left, right = x + width * 0.50, x + width * 0.765
    ends = [d for row in rows for d in _ends(row)]
    horizontal = axis([-0.4, 0.4, *ends], left, right, count=4)
    bottom = y + 15 + ROW * len(rows)
    with layout.pen.tag("Figure", layout.say(block.alt)):
        _head(layout, horizontal, x, y, width, bottom)
        group = ""
        for index, row in enumerate(rows):
            top = y + 15 + index * ROW
            name = layout.say(row.group)
            _row(layout, row, horizontal, x, top, width, name if name != group else "")
            if name != group and index:
                layout.pen.line(x, top, x + width, top, RULE, 0.9)
            group = name
    return bottom + 2


def _ends(row: tree.ForecastRow) -> list[float]:
    predicted = row.predicted.value or 1.0
    ends = [row.measured.value, row.predicted.low, row.predicted.high]
    return [min(2.0, v / predicted - 1) for v in ends if v is not None]


def _head(
    layout: Layout, horizontal: Axis, x: float, y: float, width: float, bottom: float
) -> None:
    language = layout.words.language
    bold, grey = layout.style("head"), layout.style("axis")
    layout.pen.text(x, y + 10, language.text(N_("Candidate and measure")), bold)
    layout.pen.text(x + width * 0.455, y + 10, language.text(N_("predicted")), bold, "right")
    layout.pen.text(x + width * 0.87, y + 10, language.text(N_("measured")), bold, "right")
    layout.pen.text(x + width, y + 10, language.text(N_("deviation")), bold, "right")
    for tick in horizontal.ticks:
        at = horizontal.at(tick)
        zero = abs(tick) < 1e-9
        layout.pen.line(at, y + 15, at, bottom, INK if zero else GRID, 1.0 if zero else 0.5)
        layout.pen.text(at, y + 10, _percent(layout, tick), grey, "centre")
    layout.pen.line(x, y + 15, x + width, y + 15, INK, 0.9)


def _row(
    layout: Layout,
    row: tree.ForecastRow,
    horizontal: Axis,
    x: float,
    y: float,
    width: float,
    name: str,
) -> None:
    words = layout.words
    predicted, measured = row.predicted, row.measured
    base, value = predicted.value or 1.0, measured.value or 0.0
    middle = y + ROW / 2
    text, number = layout.style("value", size=8.2), layout.style("value", size=8.2, tabular=True)
    if name:
        bold = layout.style("head", size=8.2)
        line = layout.wrap(name, bold, width * 0.2, 1)[0]
        layout.pen.text(x, middle + 3, line, bold)
    scale = words.scale([base, value], predicted.unit)
    measure = f"{layout.say(row.measure)} ({scale.unit})" if scale.unit else layout.say(row.measure)
    if words.japanese:
        measure = measure.replace(" (", "（").replace(")", "）")
    layout.pen.text(x + width * 0.205, middle + 3, measure, text)
    shown = MARKS[predicted.basis] + words.scaled(base, scale, unit=False)
    layout.pen.text(x + width * 0.455, middle + 3, shown, number, "right")
    low, high = predicted.low, predicted.high
    if low is not None and high is not None:
        start, end = horizontal.at(low / base - 1), horizontal.at(high / base - 1)
        layout.pen.bar(start, middle - 4, end - start, 8, predicted.basis, NAVY)
    zero = horizontal.at(0)
    layout.pen.line(zero, y, zero, y + ROW, INK, 1.0)
    deviation = value / base - 1
    at = horizontal.at(deviation)
    layout.pen.circle(at, middle, 4.6, fill="#FFFFFF")
    layout.pen.mark(at, middle, 7.2, MARKS[measured.basis] or "●")
    shown = MARKS[measured.basis] + words.scaled(value, scale, unit=False)
    layout.pen.text(x + width * 0.87, middle + 3, shown, number, "right")
    inside = low is not None and high is not None and low <= value <= high
    layout.pen.text(x + width * 0.93, middle + 3, _percent(layout, deviation), number, "right")
    verdict = "✓" if inside else words.language.text(N_("outside"))
    bold = layout.style("head", size=7.5)
    layout.pen.text(x + width, middle + 3, verdict, bold, "right")
    layout.pen.line(x, y + ROW, x + width, y + ROW, GRID, 0.5)


def _percent(layout: Layout, share: float) -> str:
    words = layout.words
    text = words.language.percent(abs(share)).replace(" %", "%")
    if round(share * 100) == 0:
        return "0%"
    if share > 0:
        return "+" + text
    return ("▲" if words.japanese else "−") + text
