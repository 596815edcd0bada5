"""Text as runs of one font: Inter for Latin and digits, BIZ UDPGothic for Japanese.

Between Latin and Japanese stands a quarter of an em; a typed space there becomes that quarter.
The five signs ● ◐ ○ ✓ ✗ are drawn as shapes, since fonts draw them in different sizes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from genba.report.pdf import fonts
from genba.report.pdf.style import Style

SHAPES = "●◐○✓✗"
SHAPE_WIDTH_EM = 0.8
SHAPE_GAP_EM = 0.22
QUARTER_EM = 0.25
NO_BREAK_SPACE = "\u00a0"


@dataclass(frozen=True, slots=True)
class Run:
    """Characters of one font, `gap` em after the previous run; or one shape (`font` empty)."""

    text: str
    font: str
    gap: float


def japanese(character: str) -> bool:
    """Kana, kanji and full-width forms."""
    code = ord(character)
    return (
        0x3000 <= code <= 0x30FF
        or 0x3200 <= code <= 0x9FFF
        or 0xF900 <= code <= 0xFAFF
        or 0xFF00 <= code <= 0xFFEF
    )


def _letterlike(character: str) -> bool:
    """Kana or kanji: those beside which a Latin word needs air; punctuation brings its own."""
    return (
        japanese(character)
        and ("\u3040" <= character <= "\u30ff" or character >= "\u3400")
        and character not in "・゠ー（）：；，．！？～／"
    ) or character in "ー々"


def runs(text: str, style: Style) -> Iterator[Run]:
    """Split a line into runs for this style."""
    suffix = fonts.BOLD if style.bold else ""
    buffer, font, gap = "", "", 0.0
    previous, after_shape = "", False
    pieces = list(text)
    for index, character in enumerate(pieces):
        following = pieces[index + 1] if index + 1 < len(pieces) else ""
        if character in " \u00a0" and _boundary(previous, following):
            if buffer:
                yield Run(buffer, font, gap)
            buffer, gap, previous = "", QUARTER_EM, ""
            continue
        if character in SHAPES:
            if buffer:
                yield Run(buffer, font, gap)
            yield Run(character, "", 0.0)
            buffer, gap, previous, after_shape = "", 0.0, "", True
            continue
        if after_shape and character in " \u00a0":
            continue  # the shape brings its own space
        after_shape = False
        chosen = _font(character, style) + suffix
        air = QUARTER_EM if _boundary(previous, character) else 0.0
        if buffer and (chosen != font or air):
            yield Run(buffer, font, gap)
            buffer, gap = "", 0.0
        if not buffer:
            font, gap = chosen, gap + air
        buffer += " " if character == NO_BREAK_SPACE else character
        previous = character
    if buffer:
        yield Run(buffer, font, gap)


@lru_cache(maxsize=65536)
def measure(text: str, style: Style) -> float:
    """The width of one line in points."""
    total = 0.0
    for run in runs(text, style):
        total += run.gap * style.size
        if run.font:
            total += fonts.width(run.text, run.font, style.size)
        else:
            total += (SHAPE_WIDTH_EM + SHAPE_GAP_EM) * style.size
    return total


def _boundary(left: str, right: str) -> bool:
    if not left or not right or left in " \u00a0" or right in " \u00a0":
        return False
    return (_letterlike(left) and _word(right)) or (_word(left) and _letterlike(right))


def _word(character: str) -> bool:
    return not japanese(character) and (character.isalnum() or character in "%°µ")


def _font(character: str, style: Style) -> str:
    if style.mono:
        return fonts.MONO
    latin = fonts.LATIN_TABULAR if style.tabular else fonts.LATIN
    if not japanese(character) and fonts.has(latin, character):
        return latin
    if character != NO_BREAK_SPACE and fonts.has(fonts.JAPANESE, character):
        return fonts.JAPANESE
    return latin
