"""Sizes, colours and the grid of the PDF. Lengths in points unless a name says otherwise."""

from __future__ import annotations

from dataclasses import dataclass

MM = 72 / 25.4

INK = "#1A1A1A"
NAVY = "#0B3C5D"
ORANGE = "#E69F00"
ORANGE_EDGE = "#8A5A00"
GREY = "#6B6B6B"
BEFORE = "#9A9A9A"
PALE_GAIN = "#C9D6DF"
PALE_LOSS = "#D4D4D4"
RULE = "#B5B5B5"
GRID = "#E2E2E2"
TINT = "#EEF2F5"
WHITE = "#FFFFFF"

PAGE_WIDTH = 210 * MM
PAGE_HEIGHT = 297 * MM
LEFT = 18 * MM
BODY_WIDTH = 174 * MM
BODY_TOP = 22 * MM
BODY_BOTTOM = 279 * MM
GUTTER = 4 * MM
SECTION_GAP = 4.5 * MM
BLOCK_GAP = 3.2 * MM


@dataclass(frozen=True, slots=True)
class Style:
    """How text is set: size and leading in points, colour, weight, tabular digits."""

    size: float
    leading: float
    bold: bool = False
    colour: str = INK
    tabular: bool = False
    mono: bool = False


def styles(language: str) -> dict[str, Style]:
    """The text roles of one language (Latin runs wider, so English headlines are smaller)."""
    japanese = language == "ja"
    return {
        "headline": Style(16, 22, bold=True, colour=NAVY)
        if japanese
        else Style(15.5, 20.5, bold=True, colour=NAVY),
        "lead": Style(10, 16) if japanese else Style(9.6, 13.6),
        "section": Style(10.5, 15, bold=True),
        "subtitle": Style(8, 11, colour=GREY),
        "body": Style(9, 14) if japanese else Style(9, 12.6),
        "key": Style(8, 12, colour=GREY),
        "value": Style(8.8, 12.6) if japanese else Style(8.8, 12),
        "head": Style(8, 10.6, bold=True),
        "tile": Style(20, 26, bold=True, colour=NAVY, tabular=True),
        "tile_unit": Style(10, 14, bold=True, colour=NAVY),
        "chart": Style(8, 10.5),
        "axis": Style(7.5, 9.5, colour=GREY, tabular=True),
        "note": Style(7.5, 11, colour=GREY),
        "furniture": Style(7.5, 10, colour=GREY),
    }
