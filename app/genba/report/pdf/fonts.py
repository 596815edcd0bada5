"""The bundled fonts as ReportLab fonts, with Inter's tabular digits as faces of their own.

ReportLab knows no OpenType features. `_tabular` therefore reads the single substitutions of
the font's ``tnum`` feature and lets the digits of a second face point at those glyphs; the file
on disk stays as it was published.
"""

from __future__ import annotations

import struct
import threading
from functools import lru_cache
from typing import Any

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from genba.resources import asset

LATIN, LATIN_TABULAR, JAPANESE, MONO = "Inter", "InterTabular", "BIZUDPGothic", "BIZUDGothic"
BOLD = "-Bold"
_TABULAR_CHARACTERS = "0123456789.,:+-−–%() "
_lock = threading.Lock()
_done: set[str] = set()


def register() -> None:
    """Make the fonts known to ReportLab, once a process."""
    with _lock:
        if _done:
            return
        for suffix, weight in (("", "Regular"), (BOLD, "Bold")):
            inter = str(asset("fonts", f"Inter-{weight}.ttf"))
            pdfmetrics.registerFont(TTFont(LATIN + suffix, inter))
            pdfmetrics.registerFont(_tabular(LATIN_TABULAR + suffix, inter))
            for name in (JAPANESE, MONO):
                path = str(asset("fonts", f"{name}-{weight}.ttf"))
                pdfmetrics.registerFont(TTFont(name + suffix, path))
        _done.add("all")


@lru_cache(maxsize=65536)
def width(text: str, font: str, size: float) -> float:
    """The advance of `text` in points."""
    return float(pdfmetrics.stringWidth(text, font, size))


@lru_cache(maxsize=8192)
def has(font: str, character: str) -> bool:
    """Whether a face holds a glyph for this character."""
    return ord(character) in pdfmetrics.getFont(font).face.charToGlyph


def _tabular(name: str, path: str) -> Any:
    font = TTFont(name, path)
    face = font.face
    # registerFont takes two fonts of one face name for the same; this one differs in its digits.
    face.name += b"-Tabular"
    substitutes = _single_substitutions(face.get_table("GSUB"), b"tnum")
    metrics = face.get_table("hmtx")
    count = struct.unpack(">H", face.get_table("hhea")[34:36])[0]
    units = struct.unpack(">H", face.get_table("head")[18:20])[0]
    for character in _TABULAR_CHARACTERS:
        code = ord(character)
        glyph = substitutes.get(face.charToGlyph.get(code, 0))
        if glyph is not None:
            face.charToGlyph[code] = glyph
            at = 4 * min(glyph, count - 1)
            face.charWidths[code] = struct.unpack(">H", metrics[at : at + 2])[0] * 1000 / units
    return font


def _single_substitutions(gsub: bytes, feature: bytes) -> dict[int, int]:
    """Glyph to glyph of a feature's single substitutions (OpenType 1.9, GSUB lookup type 1)."""
    features, lookups = struct.unpack(">HH", gsub[6:10])
    found: dict[int, int] = {}
    for index in range(_u16(gsub, features)):
        record = features + 2 + 6 * index
        if gsub[record : record + 4] != feature:
            continue
        table = features + _u16(gsub, record + 4)
        for k in range(_u16(gsub, table + 2)):
            lookup = lookups + _u16(gsub, lookups + 2 + 2 * _u16(gsub, table + 4 + 2 * k))
            found.update(_lookup(gsub, lookup))
    return found


def _lookup(gsub: bytes, lookup: int) -> dict[int, int]:
    kind, found = _u16(gsub, lookup), {}
    for k in range(_u16(gsub, lookup + 4)):
        table = lookup + _u16(gsub, lookup + 6 + 2 * k)
        real = kind
        if kind == 7:  # an extension holds the real type and a 32-bit offset
            real = _u16(gsub, table + 2)
            table += struct.unpack(">I", gsub[table + 4 : table + 8])[0]
        if real != 1:
            continue
        covered = _coverage(gsub, table + _u16(gsub, table + 2))
        if _u16(gsub, table) == 1:
            delta = struct.unpack(">h", gsub[table + 4 : table + 6])[0]
            found.update({g: (g + delta) & 0xFFFF for g in covered})
        else:
            found.update({g: _u16(gsub, table + 6 + 2 * i) for i, g in enumerate(covered)})
    return found


def _coverage(data: bytes, at: int) -> list[int]:
    count = _u16(data, at + 2)
    if _u16(data, at) == 1:
        return [_u16(data, at + 4 + 2 * i) for i in range(count)]
    glyphs: list[int] = []
    for i in range(count):
        first, last = struct.unpack(">HH", data[at + 4 + 6 * i : at + 8 + 6 * i])
        glyphs.extend(range(first, last + 1))
    return glyphs


def _u16(data: bytes, at: int) -> int:
    return int(struct.unpack(">H", data[at : at + 2])[0])
