"""Tables: common scales per column, wrapped cells, continuation with a repeated head."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from genba.errors import Message
from genba.figures import Figure
from genba.i18n import MARKS
from genba.report import tree
from genba.report.pdf.blocks import title_line
from genba.report.pdf.layout import Layout
from genba.report.pdf.style import GREY, INK, MM, NAVY, RULE, TINT, Style
from genba.report.pdf.wording import Scale

PAD = 1.1 * MM
_SIGNS = {"met": "✓", "missed": "✗", "likely": "✓", "unlikely": "✗"}


@dataclass(frozen=True, slots=True)
class Written:
    """One cell in words, not yet broken into lines."""

    text: str
    notes: list[str]
    style: Style


@dataclass(frozen=True, slots=True)
class Placed:
    """One cell ready to draw: main lines, small lines, styles and the bar."""

    lines: list[str]
    notes: list[str]
    style: Style
    cell: tree.Cell


def table(
    layout: Layout, block: tree.Table, x: float, y: float, width: float, least: float
) -> float:
    """The whole table on one sheet."""
    scales = column_scales(layout, block)
    y = head(layout, block, scales, x, y, width)
    with layout.pen.group("Table"):
        for row in block.rows:
            y = draw_row(layout, block, row, scales, x, y, width)
    return reasons(layout, block, x, y, width)


def reasons(layout: Layout, block: tree.Table, x: float, y: float, width: float) -> float:
    """Why cells are not measured, once for each reason, under the table."""
    letters = _letters(layout, block)
    if not letters:
        return y
    text = "  ".join(f"{letter}) {reason}" for reason, letter in letters.items())
    return layout.paragraph(x, y + 2, text, layout.style("note"), width)


def _letters(layout: Layout, block: tree.Table) -> dict[str, str]:
    """A letter for each reason, in the order of the cells."""
    key = ("letters", id(block))
    found: dict[str, str] = layout.memory.get(key, {})
    if key in layout.memory:
        return found
    layout.memory[key] = found
    for row in block.rows:
        for cell in row.cells:
            if cell.figure is not None and cell.figure.value is None and cell.bar is None:
                reason = layout.words.reason(cell.figure)
                found.setdefault(reason, "abcdefghijklm"[min(len(found), 12)])
    return found


def column_scales(layout: Layout, block: tree.Table) -> dict[str, Scale]:
    """One scale for all figures of the columns that share a scale name."""
    values: dict[str, list[Figure]] = {}
    for row in block.rows:
        for column, cell in zip(block.columns, row.cells, strict=True):
            if column.scale and cell.figure is not None and cell.show == "value":
                values.setdefault(column.scale, []).append(cell.figure)
    scales = {}
    for name, figures in values.items():
        known = [f.value for f in figures if f.value is not None]
        scales[name] = layout.words.scale(known, figures[0].unit)
    return scales


def head(
    layout: Layout,
    block: tree.Table,
    scales: Mapping[str, Scale],
    x: float,
    y: float,
    width: float,
    continued: Message | None = None,
) -> float:
    """Title, unit line and column heads; repeated on a continuation sheet."""
    if block.title is not None:
        sub = layout.say(_with_unit(block.subtitle, scales, block.unit_in_subtitle))
        title = layout.say(block.title) + (layout.say(continued) if continued else "")
        y = title_line(layout, title, sub, x, y, width)
    style = layout.style("head")
    widths = column_widths(layout, block, scales, width)
    texts = [
        layout.wrap(layout.say(_with_unit(c.head, scales, c.scale)), style, w - PAD, phrases=True)
        for c, w in zip(block.columns, widths, strict=True)
    ]
    rows = max((len(t) for t in texts), default=1)
    bottom = y + rows * style.leading + 2
    left = x
    with layout.pen.group("TR"):
        for index, (column, lines, each) in enumerate(
            zip(block.columns, texts, widths, strict=True)
        ):
            top = bottom - 2 - len(lines) * style.leading
            at = _anchor(block, index, left, each)
            with layout.pen.tag("TH", scope="Column"):
                layout.lines(at, top, lines, style, column.align)
            left += each
    with layout.pen.artifact():
        layout.pen.line(x, bottom, x + width, bottom, INK, 0.9)
    return bottom


def column_widths(
    layout: Layout, block: tree.Table, scales: Mapping[str, Scale], width: float
) -> list[float]:
    """Widths by weight, but no column narrower than its widest unbreakable piece."""
    key = ("widths", id(block), width)
    if key not in layout.memory:
        layout.memory[key] = _column_widths(layout, block, scales, width)
    widths: list[float] = layout.memory[key]
    return widths


def _column_widths(
    layout: Layout, block: tree.Table, scales: Mapping[str, Scale], width: float
) -> list[float]:
    needs = [0.0] * len(block.columns)
    head_style, small = layout.style("head"), layout.style("note", leading=9.5)
    for index, column in enumerate(block.columns):
        head_text = layout.say(_with_unit(column.head, scales, column.scale))
        needs[index] = layout.widest_piece(head_text, head_style, phrases=True) + PAD
        for row in block.rows:
            placed = _words(layout, block, row, row.cells[index], scales.get(column.scale))
            pieces = [layout.widest_piece(placed.text, placed.style)]
            pieces += [layout.widest_piece(note, small) for note in placed.notes]
            needs[index] = max(needs[index], max(pieces) + PAD * 1.5)
    needs = [min(need, width * 0.4) for need in needs]
    return _share(needs, [column.weight for column in block.columns], width)


def _share(needs: list[float], weights: list[float], width: float) -> list[float]:
    """Columns that need more than their share get it; the others share the rest by weight."""
    if sum(needs) >= width:
        return [width * need / sum(needs) for need in needs]
    fixed: set[int] = set()
    while True:
        free = width - sum(needs[i] for i in fixed)
        total = sum(w for i, w in enumerate(weights) if i not in fixed) or 1.0
        tight = {
            i
            for i, need in enumerate(needs)
            if i not in fixed and free * weights[i] / total < need - 1e-6
        }
        if not tight:
            return [needs[i] if i in fixed else free * w / total for i, w in enumerate(weights)]
        fixed |= tight


def draw_row(
    layout: Layout,
    block: tree.Table,
    row: tree.TableRow,
    scales: Mapping[str, Scale],
    x: float,
    y: float,
    width: float,
) -> float:
    """One row; returns its bottom."""
    widths = column_widths(layout, block, scales, width)
    placed = [
        _place(layout, block, row, cell, scales.get(column.scale), each)
        for column, cell, each in zip(block.columns, row.cells, widths, strict=True)
    ]
    small = layout.style("note", leading=9.5)
    height = 5.2 + max(
        len(p.lines) * p.style.leading + len(p.notes) * small.leading for p in placed
    )
    if row.tinted:
        with layout.pen.artifact():
            layout.pen.rect(x, y, width, height, fill=TINT)
    left = x
    with layout.pen.group("TR"):
        for index, (column, cell, each) in enumerate(
            zip(block.columns, placed, widths, strict=True)
        ):
            at = _anchor(block, index, left, each)
            with layout.pen.tag("TD"):
                below = layout.lines(at, y + 2.6, cell.lines, cell.style, column.align)
                layout.lines(at, below, cell.notes, small, column.align)
                _bar(layout, cell.cell, left, y, each, height)
            left += each
    with layout.pen.artifact():
        layout.pen.line(x, y + height, x + width, y + height, RULE, 0.4)
    return y + height


def _anchor(block: tree.Table, index: int, left: float, width: float) -> float:
    """Where a cell's text is anchored; a left column keeps away from a right one before it."""
    if block.columns[index].align == "right":
        return left + width - PAD
    after_right = index > 0 and block.columns[index - 1].align == "right"
    return left + (PAD * 0.8 if after_right else PAD * 0.2)


def _place(
    layout: Layout,
    block: tree.Table,
    row: tree.TableRow,
    cell: tree.Cell,
    scale: Scale | None,
    width: float,
) -> Placed:
    written = _words(layout, block, row, cell, scale)
    small = layout.style("note", leading=9.5)
    room = width - PAD * 1.4
    lines = layout.wrap(written.text, written.style, room) if written.text else [""]
    wrapped = [line for part in written.notes for line in layout.wrap(part, small, room)]
    return Placed(lines, wrapped, written.style, cell)


def _words(
    layout: Layout, block: tree.Table, row: tree.TableRow, cell: tree.Cell, scale: Scale | None
) -> Written:
    unknown = cell.figure is not None and cell.figure.value is None
    base = Style(block.size, block.size + 3.2, tabular=cell.figure is not None)
    style = replace(
        base,
        bold=cell.strong or row.strong,
        colour=GREY if cell.grey or (unknown and cell.text is None) else INK,
    )
    text = layout.say(cell.text) if cell.text is not None else ""
    sign = _SIGNS.get(cell.check or "", "")
    figure, note = "", ""
    if cell.figure is not None and cell.bar is None:
        figure, note = _figure(layout, block, cell, cell.figure, scale)
    words = " ".join(part for part in (sign, text, figure) if part)
    notes = [part for part in (note, layout.say(cell.note) if cell.note else "") if part]
    return Written(words, notes, style)


def _figure(
    layout: Layout, block: tree.Table, cell: tree.Cell, figure: Figure, scale: Scale | None
) -> tuple[str, str]:
    """The Figure's words and the small line beneath it."""
    words = layout.words
    if figure.value is None:
        if cell.show in ("unit", "range"):
            return "", ""
        letter = _letters(layout, block).get(words.reason(figure), "")
        return f"{words.missing_word()}\u00a0{letter})", ""
    if cell.show == "full":
        return words.figure(figure), ""
    own = words.scale([figure.value], figure.unit)
    used = scale if scale is not None and cell.show == "value" else own
    if cell.decimals is not None:
        used = replace(used, decimals=cell.decimals)
    if cell.show == "unit":
        return own.unit, ""
    if cell.show == "range":
        if figure.low is None or figure.high is None:
            return "–", ""
        return words.interval(figure, used).strip(" ()（）"), ""
    note = ""
    if cell.interval and figure.low is not None and figure.high is not None:
        note = words.interval(figure, used).strip()
    alone = cell.show == "value" and scale is None
    return MARKS[figure.basis] + words.scaled(figure.value, used, unit=alone), note


def _bar(layout: Layout, cell: tree.Cell, x: float, y: float, width: float, height: float) -> None:
    if cell.bar is None or cell.figure is None or cell.bar <= 0.004:
        return
    long = max(0.8, (width - 2 * PAD) * cell.bar)
    layout.pen.bar(x + PAD, y + height / 2 - 3.4, long, 6.8, cell.figure.basis, NAVY)


def _with_unit(message: Message | None, scales: Mapping[str, Scale], name: str) -> Message | None:
    if message is None or name not in scales:
        return message
    return Message(text=message.text, params={**message.params, "unit": scales[name].unit})
