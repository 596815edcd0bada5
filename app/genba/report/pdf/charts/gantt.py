"""The staged plan: bars and gates over a calendar, the steps of committed money beneath."""

from __future__ import annotations

import datetime as dt

from genba.errors import N_
from genba.i18n import MARKS
from genba.report import tree
from genba.report.pdf.charts.axis import axis, draw_y
from genba.report.pdf.layout import Layout
from genba.report.pdf.style import (
    GREY,
    GRID,
    INK,
    MM,
    NAVY,
    ORANGE,
    ORANGE_EDGE,
    TINT,
    WHITE,
)

ROW, STEPS = 45.0, 118.0


class Calendar:
    """Dates on the horizontal axis, whole months, with fiscal years from April."""

    def __init__(self, first: dt.date, last: dt.date, left: float, right: float) -> None:
        self.first = first.replace(day=1)
        self.months = max(3, months_between(self.first, last) + 2)
        self.left, self.right = left, right

    def at(self, day: dt.date) -> float:
        """The coordinate of a day."""
        share = (months_between(self.first, day) + (day.day - 1) / 31) / self.months
        return self.left + share * (self.right - self.left)

    def month_at(self, index: int) -> float:
        """The left edge of the n-th month."""
        return self.left + index / self.months * (self.right - self.left)


def months_between(first: dt.date, last: dt.date) -> int:
    """Whole calendar months from one month to another."""
    return (last.year - first.year) * 12 + last.month - first.month


def gantt(
    layout: Layout, block: tree.Gantt, x: float, y: float, width: float, least: float
) -> float:
    """Calendar head, one row a stage, then the exposure steps on the same calendar."""
    if not block.stages:
        return y
    left, right = x + 34 * MM, x + width
    calendar = Calendar(block.stages[0].start, block.stages[-1].end, left, right)
    rows_top = y + 33
    rows_bottom = rows_top + ROW * len(block.stages)
    steps_top = rows_bottom + 22
    bottom = steps_top + STEPS
    with layout.pen.tag("H2"):
        layout.pen.text(x, y + 10, layout.say(block.title), layout.style("head", size=8.2))
    with layout.pen.tag("Figure", layout.say(block.alt)):
        _head(layout, calendar, y, bottom)
        for index, stage in enumerate(block.stages):
            _stage(layout, stage, index, calendar, x, rows_top + index * ROW, bottom)
        bold = layout.style("head", size=8.2)
        title = _steps_title(layout, block)
        layout.pen.rect(x, rows_bottom + 3, layout.text_width(title, bold) + 4, 12, fill=WHITE)
        layout.pen.text(x, rows_bottom + 12, title, bold)
        _steps(layout, block, calendar, steps_top, bottom)
    return bottom + 6


def _steps_title(layout: Layout, block: tree.Gantt) -> str:
    amounts = [s.spent.value or 0.0 for s in block.stages]
    amounts = amounts[: _comparable(amounts)]
    unit = layout.words.scale(amounts, block.stages[0].spent.unit).unit
    return layout.words.say_template(block.steps_title.text, unit=unit)


def _head(layout: Layout, calendar: Calendar, y: float, bottom: float) -> None:
    language = layout.words.language
    grey, bold = layout.style("axis"), layout.style("head")
    every = 1 if calendar.months <= 26 else (3 if calendar.months <= 72 else 6)
    year_start = 0
    for index in range(calendar.months + 1):
        month = (calendar.first.month - 1 + index) % 12 + 1
        year = calendar.first.year + (calendar.first.month - 1 + index) // 12
        at = calendar.month_at(index)
        last = index == calendar.months
        if (month == 4 or last) and index > year_start:
            start = calendar.month_at(year_start)
            layout.pen.rect(start, y, at - start - 1, 14, fill=TINT)
            fiscal = year - 1 if month <= 4 else year
            label = language.text(N_("FY{year}"), year=str(fiscal))
            if at - start > layout.text_width(label, bold) + 4:
                layout.pen.text((start + at) / 2, y + 10, label, bold, "centre")
            year_start = index
        if last:
            break
        if index % every == 0:
            middle = at + (calendar.month_at(index + 1) - at) / 2
            layout.pen.text(middle, y + 25, str(month), grey, "centre")
            layout.pen.line(at, y + 30, at, bottom, GRID, 0.45)


def _stage(
    layout: Layout,
    stage: tree.GanttStage,
    index: int,
    calendar: Calendar,
    x: float,
    y: float,
    bottom: float,
) -> None:
    words, language = layout.words, layout.words.language
    name, small = layout.style("head", size=8.6), layout.style("note", leading=9.5)
    room = 31 * MM
    at = y + 14
    for line in layout.wrap(layout.say(stage.name), name, room, 2):
        layout.pen.text(x, at, line, name)
        at += 11
    rows = 2 if at < y + 30 else 1
    for line in layout.wrap(layout.say(stage.detail), small, room, rows):
        layout.pen.text(x, at, line, small)
        at += 9
    start, end = calendar.at(stage.start), calendar.at(stage.end)
    layout.pen.line(end, y + 24, end, bottom, INK, 0.6)
    box_top, box_height = y + 16, 15.0
    width = max(2.0, end - start)
    fill = TINT if stage.asked else WHITE
    if stage.optional:
        layout.pen.rect(start, box_top, width, box_height, fill=WHITE)
        corners = [(start, box_top), (end, box_top), (end, box_top + box_height)]
        corners += [(start, box_top + box_height), (start, box_top)]
        layout.pen.polyline(corners, GREY, 0.9, (3, 2.2))
    else:
        edge = 2.0 if stage.asked else 1.0
        layout.pen.rect(start, box_top, width, box_height, fill=fill, stroke=NAVY, line=edge)
    layout.pen.diamond(end, box_top + box_height / 2, 7.2, NAVY if stage.asked else WHITE)
    budget = MARKS[stage.budget.basis] + words.figure(stage.budget, mark=False)
    bold = layout.style("head", size=8)
    before = start - 0.5
    before = min(before, calendar.right - layout.text_width(budget, bold))
    layout.pen.text(before, box_top - 4, budget, bold)
    label = language.text(N_("Gate {n}"), n=index) + " " + language.date(stage.end)
    asked = "  ← " + language.text(N_("asked today")) if stage.asked else ""
    wide = layout.text_width(label, bold)
    if end + 10 + wide > calendar.right:
        base = box_top + box_height + 9.5
        layout.pen.rect(calendar.right - wide - 1, base - 7, wide + 1, 9, fill=WHITE)
        layout.pen.text(calendar.right, base, label, bold, "right")
    else:
        layout.pen.text(end + 10, box_top + 11, label, bold)
        if asked and end + 10 + wide + layout.text_width(asked, bold) < calendar.right:
            navy = layout.style("head", size=8, colour=NAVY)
            layout.pen.text(end + 10 + wide, box_top + 11, asked, navy)
    layout.pen.line(x, y + ROW, calendar.right, y + ROW, GRID, 0.6)


def _comparable(spent: list[float]) -> int:
    """How many stages fit one scale: a stage six times all before it would flatten the others."""
    for index in range(1, len(spent)):
        if spent[index] > 6 * spent[index - 1] > 0:
            return index
    return len(spent)


def _steps(
    layout: Layout, block: tree.Gantt, calendar: Calendar, top: float, bottom: float
) -> None:
    words = layout.words
    spent = [s.spent.value or 0.0 for s in block.stages]
    losses = [s.loss_if_stopped.value or 0.0 for s in block.stages]
    shown = _comparable(spent)
    vertical = axis([*spent[:shown], *losses[:shown]], bottom, top + 8, count=4)
    scale = words.scale([*spent[:shown], *losses[:shown]], block.stages[0].spent.unit)
    draw_y(layout, vertical, calendar.left, calendar.right, scale)
    points, level = [(calendar.left, vertical.at(0))], 0.0
    for stage, amount in zip(block.stages[:shown], spent, strict=False):
        at = calendar.at(stage.start)
        points += [(at, vertical.at(level)), (at, vertical.at(amount))]
        level = amount
    beyond = calendar.at(block.stages[shown].start) if shown < len(spent) else calendar.right
    points.append((beyond, vertical.at(level)))
    layout.pen.polyline(points, NAVY, 2.2)
    bold, text = layout.style("head", size=8, tabular=True), layout.style("chart", size=7.8)
    if shown < len(spent):
        rise = [(beyond, vertical.at(level)), (beyond, top), (calendar.right, top)]
        layout.pen.polyline(rise, NAVY, 1.4, (3, 2.2))
        label = words.language.text(
            N_("{amount}, beyond this scale"),
            amount=words.figure(block.stages[-1].spent, mark=False),
        )
        layout.pen.text(beyond + 5, top + 10, label, layout.style("chart", size=7.8))
    for index, stage in enumerate(block.stages[:shown]):
        start, end = calendar.at(stage.start), calendar.at(stage.end)
        total = words.scaled(spent[index], scale, unit=False)
        y = vertical.at(spent[index])
        above = y - 5 if y - 5 > top else y + 10
        layout.pen.text(start + 5, above, total, bold)
        loss = vertical.at(losses[index])
        layout.pen.circle(end, loss, 3.5, fill=ORANGE, stroke=ORANGE_EDGE, line=1)
        label = words.language.text(
            N_("loss if stopped {amount}"),
            amount=words.scaled(losses[index], scale, unit=False),
        )
        wide = layout.text_width(label, text)
        beyond = end + 7 + wide > calendar.right
        x = end - 7 - wide if beyond else end + 7
        below = loss + 11 if loss + 13 < bottom else loss - 5
        layout.pen.text(x, loss - 6 if beyond else below, label, text)
