"""Text blocks and boxes."""

from __future__ import annotations

from genba.report import tree
from genba.report.pdf.layout import Layout
from genba.report.pdf.style import (
    BLOCK_GAP,
    GREY,
    GUTTER,
    INK,
    MM,
    NAVY,
    RULE,
    SECTION_GAP,
    TINT,
    WHITE,
)


def section(
    layout: Layout, block: tree.Section, x: float, y: float, width: float, least: float
) -> float:
    """A section title with its grey unit line on the same line while it fits."""
    title, sub = layout.say(block.title), layout.say(block.subtitle)
    return title_line(layout, title, sub, x, y, width)


def title_line(layout: Layout, title: str, sub: str, x: float, y: float, width: float) -> float:
    """Title in bold, subtitle in grey beside it (below when there is no room)."""
    style, grey = layout.style("section"), layout.style("subtitle")
    with layout.pen.tag("H2"):
        taken = layout.pen.text(x, y + 11, title, style)
    y += style.leading
    if sub:
        lines = layout.wrap(sub, grey, width - taken - 6)
        if len(lines) == 1:
            with layout.pen.tag("P"):
                layout.pen.text(x + taken + 6, y - style.leading + 11, sub, grey)
        else:
            y = layout.paragraph(x, y, sub, grey, width)
    return y + 1.5


def note(layout: Layout, block: tree.Note, x: float, y: float, width: float, least: float) -> float:
    """Small grey text."""
    return layout.paragraph(x, y, layout.say(block.text), layout.style("note"), width)


def paragraph(
    layout: Layout, block: tree.Paragraph, x: float, y: float, width: float, least: float
) -> float:
    """Body text."""
    return layout.paragraph(x, y, layout.say(block.text), layout.style("body"), width)


def takeaway(
    layout: Layout, block: tree.Takeaway, x: float, y: float, width: float, least: float
) -> float:
    """The page's message beside a navy bar."""
    strong, rest = layout.say(block.strong), layout.say(block.text)
    if rest and not layout.words.japanese:
        rest = " " + rest
    bottom = layout.rich(x + 4 * MM, y, strong, rest, layout.style("lead"), width - 6 * MM)
    with layout.pen.artifact():
        layout.pen.rect(x, y, 0.8 * MM, bottom - y, fill=NAVY)
    return bottom


def key_values(
    layout: Layout, block: tree.KeyValueBox, x: float, y: float, width: float, least: float
) -> float:
    """Keys and values, separated by rules, in a frame or open."""
    top, pad = y, 3.2 * MM if block.framed else 0.0
    key_style, value_style = layout.style("key"), layout.style("value")
    title = layout.style("section", colour=NAVY if block.framed else INK)
    inner = width - 2 * pad
    key_width = inner * (0.235 if block.framed else 0.31)
    y = layout.lines(x + pad, y + pad * 0.7, [layout.say(block.title)], title, role="H2")
    for index, row in enumerate(block.rows):
        y += 1.3
        bottom = layout.paragraph(x + pad, y, layout.say(row.key), key_style, key_width - 6)
        style = layout.style("value", bold=True) if row.strong else value_style
        right = layout.paragraph(
            x + pad + key_width, y, layout.say(row.value), style, inner - key_width
        )
        y = max(bottom, right) + 1.3
        if index + 1 < len(block.rows) or not block.framed:
            with layout.pen.artifact():
                layout.pen.line(x + pad, y, x + width - pad, y, RULE, 0.4)
    bottom = max(y + pad * 0.6, top + least)
    if block.framed:
        with layout.pen.artifact():
            layout.pen.rect(x, top, width, bottom - top, stroke=NAVY, line=0.9)
    return bottom


def recommendation(
    layout: Layout, block: tree.Recommendation, x: float, y: float, width: float, least: float
) -> float:
    """Navy box to go, framed box to stop."""
    stop = block.level in ("stop", "none")
    pad, inner = 3.6 * MM, width - 7.2 * MM
    colour = INK if stop else WHITE
    with layout.dry():
        height = _recommendation_text(layout, block, x + pad, 0, inner, colour, stop)
    bottom = max(y + height + pad, y + least)
    with layout.pen.artifact():
        if stop:
            layout.pen.rect(
                x + 1.5, y + 1.5, width - 3, bottom - y - 3, fill=WHITE, stroke=INK, line=3.1
            )
        else:
            layout.pen.rect(x, y, width, bottom - y, fill=NAVY)
    _recommendation_text(layout, block, x + pad, y, inner, colour, stop)
    return bottom


def _recommendation_text(
    layout: Layout,
    block: tree.Recommendation,
    x: float,
    y: float,
    width: float,
    colour: str,
    stop: bool,
) -> float:
    label = layout.style("value", colour=colour, size=8.2)
    title = layout.style("headline", colour=colour, size=14.5, leading=20)
    text = layout.style("value", colour=colour, size=8.6)
    y = layout.lines(x, y + 5, [layout.say(block.label)], label)
    words = ("■ " if stop else "") + layout.say(block.title)
    y = layout.paragraph(x, y, words, title, width, role="H2") + 2
    for message in block.paragraphs:
        y = layout.paragraph(x, y, layout.say(message), text, width) + 2.4
    return y


def items(
    layout: Layout, block: tree.Items, x: float, y: float, width: float, least: float
) -> float:
    """Three tinted boxes of one height."""
    count = len(block.items)
    each = (width - GUTTER * (count - 1)) / count
    with layout.dry():
        bottom = max(_item(layout, item, x, y, each) for item in block.items)
    for index, item in enumerate(block.items):
        left = x + index * (each + GUTTER)
        with layout.pen.artifact():
            layout.pen.rect(left, y, each, bottom - y, fill=TINT)
        _item(layout, item, left, y, each)
    return bottom


def _item(layout: Layout, item: tree.Item, x: float, y: float, width: float) -> float:
    pad = 3 * MM
    inner = width - 2 * pad
    title = layout.style("section", colour=NAVY, leading=14)
    y = layout.lines(x + pad, y + 5, [layout.say(item.title)], title, role="H2")
    measure = layout.style("value", bold=True, size=8.4)
    y = layout.paragraph(x + pad, y, layout.say(item.measure), measure, inner) + 1
    text = layout.style("value", size=8.6)
    return layout.paragraph(x + pad, y, layout.say(item.text), text, inner) + 5


def closing(
    layout: Layout, block: tree.ClosingLine, x: float, y: float, width: float, least: float
) -> float:
    """A grey centred sentence."""
    style = layout.style("value", colour=GREY)
    lines = layout.wrap(layout.say(block.text), style, width)
    return layout.lines(x + width / 2, y, lines, style, "centre")


def approvals(
    layout: Layout, block: tree.Approvals, x: float, y: float, width: float, least: float
) -> float:
    """Empty boxes to be stamped."""
    bold, small = layout.style("head"), layout.style("value", size=8, leading=10.5)
    with layout.pen.tag("P"):
        layout.pen.text(x, y + 8, layout.say(block.title), bold)
        layout.pen.text(x + width, y + 8, layout.say(block.choices), small, "right")
    y += 11.5
    each, height = width / len(block.boxes), 14.5 * MM
    for index, name in enumerate(block.boxes):
        left = x + index * each
        with layout.pen.artifact():
            layout.pen.rect(left, y, each, height, stroke=RULE, line=0.6)
        lines = layout.wrap(layout.say(name), small, each - 6, limit=2)
        layout.lines(left + each / 2, y + 2, lines, small, "centre")
    return y + height + 1


def commands(
    layout: Layout, block: tree.Commands, x: float, y: float, width: float, least: float
) -> float:
    """Command lines on a tinted ground; long ones continue, indented."""
    y = title_line(layout, layout.say(block.title), "", x, y, width)
    style = layout.style("value", size=8, leading=11.5, mono=True)
    lines: list[str] = []
    for command in block.lines:
        first, *rest = layout.wrap(command, style, width - 10 * MM)
        lines += [first, *("    " + line for line in rest)]
    bottom = y + len(lines) * style.leading + 9
    with layout.pen.artifact():
        layout.pen.rect(x, y, width, bottom - y, fill=TINT)
    layout.lines(x + 3 * MM, y + 4.5, lines, style, role="P")
    return bottom


def side(layout: Layout, block: tree.Side, x: float, y: float, width: float, least: float) -> float:
    """Blocks beside each other; framed ones are stretched to the tallest."""
    gutter = 5 * MM
    free = width - gutter * (len(block.columns) - 1)
    widths = [free * w / sum(block.weights) for w in block.weights]
    heights = [
        stack_height(layout, column, w) for column, w in zip(block.columns, widths, strict=True)
    ]
    for column, each in zip(block.columns, widths, strict=True):
        at = y
        for index, child in enumerate(column):
            at += gap_before(child) if index else 0.0
            stretch = max(heights) if len(column) == 1 else 0.0
            at = layout.draw(child, x, at, each, stretch)
        x += each + gutter
    return y + max(heights)


def stack_height(layout: Layout, blocks: tuple[tree.Block, ...], width: float) -> float:
    """The height of blocks below each other."""
    total = 0.0
    for index, block in enumerate(blocks):
        total += (gap_before(block) if index else 0.0) + layout.height(block, width)
    return total


def gap_before(block: tree.Block) -> float:
    """The space above a block."""
    if block.kind in ("section", "table", "side", "key_values", "commands"):
        return SECTION_GAP
    return 4.0 if block.kind == "note" else BLOCK_GAP
