"""The bundled fonts: Inter for Latin and digits, BIZ UDPGothic for Japanese."""

from __future__ import annotations

from functools import cache

from PySide6.QtGui import QFont, QFontDatabase

from genba.gui.theme.tokens import tokens
from genba.resources import asset

FAMILIES = ("Inter", "BIZ UDPGothic")
CODE_FAMILY = "BIZ UDGothic"
_EXTRA_ROLES = {"number": (17, 24, 700), "body_bold": (13, 20, 700), "small_bold": (12, 18, 700)}


@cache
def load_fonts() -> tuple[str, ...]:
    """Register the bundled fonts with Qt, once; returns the families that were found."""
    families: list[str] = []
    for file in sorted(asset("fonts").glob("*.ttf")):
        number = QFontDatabase.addApplicationFont(str(file))
        families += QFontDatabase.applicationFontFamilies(number)
    return tuple(dict.fromkeys(families))


def font(role: str) -> QFont:
    """The font of a role: ``headline title body card_title small caption number code``.

    Sizes are logical pixels; digits are tabular, so that numbers in a column line up. The caller
    gets its own copy, which it may change.
    """
    return QFont(_font(role))


@cache
def _font(role: str) -> QFont:
    if role == "code":
        code = QFont([CODE_FAMILY, *FAMILIES])
        code.setPixelSize(12)
        return code
    pixels, _, weight = _EXTRA_ROLES.get(role) or tokens()["type"][role]
    result = QFont(list(FAMILIES))
    result.setPixelSize(int(pixels))
    result.setWeight(QFont.Weight(int(weight)))
    result.setFeature(QFont.Tag("tnum"), 1)
    return result
