"""Line breaking for Japanese and English.

Japanese: characters that may not start or end a line (JIS X 4051 classes), Latin words and
numbers with their unit kept whole; headlines break between phrases. English: at spaces, numbers
kept with their unit. The breaker measures with the caller's function and returns lines.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache

from genba.report.pdf.text import SHAPES, japanese

NOT_AT_START = set(
    "、。，．・：；？！゛゜ヽヾゝゞ々ー）］｝〕〉》」』】〟～〜…‥％°℃,.:;?!)]}%°’”–"
    "ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ"
)
NOT_AT_END = set("～〜（［｛〔〈《「『【〝([{‘“#¥$▲＋±≤≥<>")
_COUNTERS = (
    "万円|億円|千円|百万円|円|か月|ヶ月|カ月|時間|段階|ページ|ポイント|分|秒|年度|年|月|日|件|台|回|人|"
    "拠点|つ|個|項目|案|社|割|倍|本|週|問|型|条件|候補|機種|行|枚|名|点|階|次|位"
)
_GLUED = re.compile(
    rf"[▲−+±]?\d[\d,.:]*[ \u00a0]?(?:{_COUNTERS}|[%°％]C?)"  # 10 万円, 26 %
    r"|(?<![A-Za-z])(?:JPY|USD|EUR|p|P)[ \u00a0]?[▲−+]?\d[\d,.]*(?:[ \u00a0](?:M|bn|k)\b)?"
    r"|[▲−+±]?\d[\d,.]*[ \u00a0](?:[A-Za-zµ°/·²]{1,9}(?:/[A-Za-z]{1,9})?)(?![A-Za-z])"
    r"|[≤≥<>][ \u00a0]?(?:JPY[ \u00a0])?[▲−+]?\d[\d,.]*(?:[ \u00a0]?(?:[A-Za-zµ°/%]{1,8}|"
    rf"{_COUNTERS}))?"
    rf"|第\d+(?:{_COUNTERS})?"
    r"|[……]{2}|[——]{2}|→[ \u00a0]?\S"
)
_ENGLISH_WORDS_AFTER_NUMBERS = {
    "and",
    "or",
    "of",
    "to",
    "in",
    "the",
    "is",
    "are",
    "at",
    "for",
    "with",
    "on",
    "by",
    "per",
    "as",
    "was",
    "were",
    "more",
    "than",
    "from",
    "that",
    "which",
    "may",
    "can",
    "will",
    "but",
    "if",
    "it",
    "we",
    "have",
    "has",
    "not",
    "no",
    "a",
    "an",
}

WIDOW = 3
Measure = Callable[[str], float]


def break_lines(text: str, width: float, measure: Measure, *, phrases: bool = False) -> list[str]:
    """Split `text` into lines no wider than `width`.

    A piece that is wider than the line by itself (a path, a hash) is cut between characters.
    With `phrases`, Japanese breaks only between phrases (headlines), while that fits.
    """
    lines: list[str] = []
    for paragraph in text.split("\n"):
        parts = pieces(paragraph, phrases)
        filled = _fill(parts, width, measure)
        lines.extend(_without_widow(filled, parts, width, measure))
    return lines or [""]


def _without_widow(
    filled: list[str], parts: Sequence[str], width: float, measure: Measure
) -> list[str]:
    """Lines evened out when the last one holds only a syllable or two of Japanese."""
    if len(filled) < 2 or len(filled[-1]) > WIDOW or not any(map(japanese, filled[-1])):
        return filled
    for step in range(1, 9):
        evened = _fill(parts, width * (1 - 0.03 * step), measure)
        if len(evened) > len(filled):
            break
        if len(evened[-1]) > WIDOW:
            return evened
    return filled


def balanced(text: str, width: float, measure: Measure) -> list[str]:
    """A headline: the fewest lines; of two lines, break where a sentence or clause ends."""
    lines = break_lines(text, width, measure, phrases=True)
    if len(lines) != 2:
        return lines
    for ends in ("。", "、", "; ", ". ", ", "):
        for match in reversed(list(re.finditer(re.escape(ends), text))):
            head, tail = text[: match.end()].strip(), text[match.end() :].strip()
            if head and tail and measure(head) <= width and measure(tail) <= width:
                if min(measure(head), measure(tail)) < 0.25 * width:
                    continue
                return [head, tail]
    return lines


def _fill(parts: Sequence[str], width: float, measure: Measure) -> list[str]:
    lines, line = [], ""
    for piece in parts:
        if line and measure((line + piece).rstrip(" ")) > width:
            lines.append(line.rstrip(" "))
            line = ""
            piece = piece.lstrip(" ")
        line += piece
        while measure(line.rstrip(" ")) > width and len(line.rstrip(" ")) > 1:
            cut = _longest(line, width, measure)
            lines.append(line[:cut])
            line = line[cut:]
    if line.strip(" "):
        lines.append(line.rstrip(" "))
    return lines or [""]


def _longest(line: str, width: float, measure: Measure) -> int:
    cut = 1
    while cut < len(line) and measure(line[: cut + 1]) <= width:
        cut += 1
    return cut


@lru_cache(maxsize=16384)
def pieces(text: str, phrases: bool = False) -> tuple[str, ...]:
    """Unbreakable pieces; a trailing space belongs to its piece."""
    breaks = [_may_break(text, i, phrases) for i in range(1, len(text))]
    for match in _GLUED.finditer(text):
        word = re.search(r"[A-Za-z]+$", match.group())
        if word and word.group() in _ENGLISH_WORDS_AFTER_NUMBERS:
            continue
        for i in range(match.start() + 1, match.end()):
            breaks[i - 1] = False
    found, start = [], 0
    for i, allowed in enumerate(breaks, 1):
        if allowed:
            found.append(text[start:i])
            start = i
    found.append(text[start:])
    return tuple(p for p in found if p)


def _may_break(text: str, index: int, phrases: bool) -> bool:
    left, right = text[index - 1], text[index]
    if right in NOT_AT_START or left in NOT_AT_END or "\u00a0" in (left, right) or right == " ":
        return False
    if left == " ":
        before = text[:index].rstrip(" ")[-1:]
        return not (before and before in SHAPES + "≤≥")
    if left in SHAPES:
        return False
    if not japanese(left) and not japanese(right):
        return left in "/-" and index > 1 and text[index - 2].isalnum() and right.isalpha()
    if not phrases:
        return True
    return _phrase_end(left, right)


def _phrase_end(left: str, right: str) -> bool:
    """Between phrases: after punctuation, or where hiragana gives way to another script.

    A heuristic: a Japanese phrase mostly ends in hiragana (a particle or an ending) and the
    next one begins with kanji, katakana, Latin or a digit.
    """
    if left in "。、）」』】・：":
        return True
    if right in "（「『【":
        return True
    return "\u3041" <= left <= "\u309f" and not ("\u3041" <= right <= "\u309f")
