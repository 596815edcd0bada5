"""Linear axes with round ticks, and their drawing."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from genba.report.pdf.layout import Layout
from genba.report.pdf.style import GRID, INK
from genba.report.pdf.wording import Scale


@dataclass(frozen=True, slots=True)
class Axis:
    """Maps values from `low`..`high` to points from `start` to `end` (which may run backwards)."""

    low: float
    high: float
    start: float
    end: float
    ticks: tuple[float, ...]

    def at(self, value: float) -> float:
        """The coordinate of a value, kept inside the axis."""
        span = (self.high - self.low) or 1.0
        share = min(1.0, max(0.0, (value - self.low) / span))
        return self.start + share * (self.end - self.start)


def axis(
    values: Sequence[float], start: float, end: float, *, zero: bool = True, count: int = 5
) -> Axis:
    """An axis over these values whose ends are ticks; it contains 0 unless told otherwise."""
    numbers = [v for v in values if math.isfinite(v)] or [0.0, 1.0]
    low, high = min(numbers), max(numbers)
    if zero:
        low, high = min(low, 0.0), max(high, 0.0)
    if high - low < 1e-12 * max(1.0, abs(high)):
        high = low + (abs(low) or 1.0)
    step = nice_step((high - low) / count)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    ticks = tuple(i * step for i in range(first, last + 1))
    return Axis(first * step, last * step, start, end, ticks)


def nice_step(rough: float) -> float:
    """The next of 1, 2, 2.5, 5 × 10^n."""
    power = 10.0 ** math.floor(math.log10(rough))
    return next(m * power for m in (1.0, 2.0, 2.5, 5.0, 10.0) if m * power >= rough * 0.999)


def tick_text(layout: Layout, value: float, scale: Scale, step: float) -> str:
    """A tick's number with the decimals that its step needs."""
    scaled = abs(step / scale.factor)
    decimals = 0
    while decimals < 4 and abs(scaled * 10**decimals - round(scaled * 10**decimals)) > 1e-6:
        decimals += 1
    text = layout.words.language.fixed(value / scale.factor, decimals)
    return text.replace("−", "▲") if scale.money and layout.words.japanese else text


def draw_x(
    layout: Layout, x_axis: Axis, top: float, bottom: float, scale: Scale, *, labels: bool = True
) -> None:
    """Grid lines and tick numbers of a horizontal axis; the zero line in ink."""
    step = x_axis.ticks[1] - x_axis.ticks[0] if len(x_axis.ticks) > 1 else 1.0
    style = layout.style("axis")
    for tick in x_axis.ticks:
        zero = abs(tick) < step * 1e-6
        at = x_axis.at(tick)
        layout.pen.line(at, top, at, bottom, INK if zero else GRID, 0.9 if zero else 0.5)
        if labels:
            layout.pen.text(at, bottom + 9, tick_text(layout, tick, scale, step), style, "centre")


def draw_y(
    layout: Layout, y_axis: Axis, left: float, right: float, scale: Scale, at: float | None = None
) -> None:
    """Grid lines and tick numbers of a vertical axis."""
    step = y_axis.ticks[1] - y_axis.ticks[0] if len(y_axis.ticks) > 1 else 1.0
    style = layout.style("axis")
    for tick in y_axis.ticks:
        zero = abs(tick) < step * 1e-6
        y = y_axis.at(tick)
        layout.pen.line(left, y, right, y, INK if zero else GRID, 0.9 if zero else 0.5)
        text = tick_text(layout, tick, scale, step)
        layout.pen.text((at if at is not None else left) - 4, y + 2.7, text, style, "right")
