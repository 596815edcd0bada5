"""The empirical distribution of measured latencies (ECDF) with its quantiles and the target."""

from __future__ import annotations

import math

from genba.errors import N_
from genba.report import tree
from genba.report.pdf.charts.axis import axis, draw_x, draw_y
from genba.report.pdf.layout import Layout
from genba.report.pdf.style import INK, MM, NAVY, PALE_GAIN, WHITE
from genba.report.pdf.wording import Scale


def distribution(
    layout: Layout, block: tree.Distribution, x: float, y: float, width: float, least: float
) -> float:
    """Share of requests at or below a latency, with the 95 % DKW band.

    Band: Dvoretzky-Kiefer-Wolfowitz with Massart's constant, sqrt(ln(2/0.05)/2n).
    """
    words = layout.words
    title = layout.style("head", size=8.2)
    scale = words.scale([max(block.values, default=1.0)], "ms")
    heading = f"{layout.say(block.title)}"
    y = layout.paragraph(x, y, heading, title, width, role="H2") + 12
    height = 132.0
    left, right = x + 12 * MM, x + width - 4 * MM
    values = sorted(block.values)
    reach = [*values, *([block.limit] if block.limit is not None else [])]
    horizontal = axis(reach, left, right, count=6)
    vertical = axis([0.0, 1.0], y + height, y, count=4)
    band = math.sqrt(math.log(2 / 0.05) / (2 * max(1, len(values))))
    with layout.pen.tag("Figure", layout.say(block.alt)):
        points = _steps(values)
        upper = [(horizontal.at(v), vertical.at(min(1.0, p + band))) for v, p in points]
        lower = [(horizontal.at(v), vertical.at(max(0.0, p - band))) for v, p in points]
        layout.pen.polygon([*upper, *reversed(lower)], PALE_GAIN)
        draw_y(layout, vertical, left, right, Scale(0.01, "%", 0))
        layout.pen.text(left, y - 5, "%", layout.style("axis"), "right")
        draw_x(layout, horizontal, y, y + height, scale)
        layout.pen.polyline([(horizontal.at(v), vertical.at(p)) for v, p in points], NAVY, 1.4)
        if block.limit is not None:
            at = horizontal.at(block.limit)
            layout.pen.line(at, y - 4, at, y + height, INK, 2.1)
            label = words.language.text(
                N_("target {sign} {number}"), sign="≤", number=words.scaled(block.limit, scale)
            )
            anchor = "right" if at > (left + right) / 2 else "left"
            shift = -4 if anchor == "right" else 4
            layout.pen.text(
                at + shift, y + height - 6, label, title, "right" if shift < 0 else "left"
            )
        for share, figure in zip((0.5, 0.9, 0.99), block.quantiles, strict=False):
            if figure.value is None:
                continue
            at, level = horizontal.at(figure.value), vertical.at(share)
            layout.pen.circle(at, level, 3, fill=WHITE, stroke=INK, line=1.1)
            text = f"p{round(share * 100)} " + words.figure(figure, interval=True)
            drop = 12 if share < 0.95 else 26
            style = layout.style("chart", size=7.8)
            wide = layout.text_width(text, style)
            if at + 6 + wide > right:
                layout.pen.text(at - 6 - wide, level + (4 if share < 0.95 else 10), text, style)
            else:
                layout.pen.text(at + 7, level + min(drop, 12), text, style)
    unit = f"{words.language.text(N_('latency'))} ({scale.unit})"
    layout.pen.text(right, y + height + 21, unit, layout.style("axis"), "right")
    return y + height + 26


def _steps(values: list[float]) -> list[tuple[float, float]]:
    """At most 300 points of the distribution: enough for paper, whatever the number of samples."""
    count = len(values)
    every = max(1, count // 300)
    picked = [*range(0, count, every)]
    if picked and picked[-1] != count - 1:
        picked.append(count - 1)
    return [(values[i], (i + 1) / count) for i in picked]
