"""The tokens: every colour and size has a name, read once from `tokens.json`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from PySide6.QtGui import QColor

THEMES = ("light", "dark")


@cache
def tokens() -> Mapping[str, Any]:
    """The whole file, as plain data."""
    text = Path(__file__).with_name("tokens.json").read_text(encoding="utf-8")
    document: Mapping[str, Any] = json.loads(text)
    return document


def size(name: str) -> int:
    """A size in logical pixels, for example ``size("table_row")``; Qt scales it for the screen."""
    return int(tokens()["size"][name])


def radius(name: str) -> int:
    """A corner radius in logical pixels."""
    return int(tokens()["radius"][name])


@dataclass(frozen=True, slots=True)
class Theme:
    """The colours of one appearance, by token name."""

    name: str
    colors: Mapping[str, str]

    def css(self, token: str) -> str:
        """A colour as ``#RRGGBB``."""
        return self.colors[token]

    def color(self, token: str, opacity: float = 1.0) -> QColor:
        """A colour for a painter; `opacity` is 0..1."""
        color = QColor(self.colors[token])
        color.setAlphaF(opacity)
        return color


@cache
def theme(name: str) -> Theme:
    """The light or the dark theme (light for an unknown name)."""
    colors = tokens()["color"]
    chosen = name if name in colors else "light"
    return Theme(chosen, colors[chosen])


def contrast(first: str, second: str) -> float:
    """Contrast ratio of two ``#RRGGBB`` colours, 1 to 21 (WCAG 2.2, relative luminance)."""
    lighter, darker = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(color: str) -> float:
    def linear(channel: int) -> float:
        share = channel / 255
        return share / 12.92 if share <= 0.04045 else float(((share + 0.055) / 1.055) ** 2.4)

    red, green, blue = (linear(int(color[i : i + 2], 16)) for i in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
