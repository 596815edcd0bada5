"""The tokens: contrast, completeness, fonts."""

from __future__ import annotations

import re

import pytest
from PySide6.QtGui import QFontInfo

from genba.gui.theme.fonts import font, load_fonts
from genba.gui.theme.look import Look
from genba.gui.theme.style import style_sheet
from genba.gui.theme.tokens import THEMES, contrast, theme


def test_contrast_is_that_of_wcag():
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21.0)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("name", THEMES)
@pytest.mark.parametrize(
    ("front", "ground", "least"),
    [
        ("ink", "surface", 7.0),
        ("ink", "window", 7.0),
        ("inkSecondary", "window", 4.5),
        ("inkTertiary", "surface", 4.5),
        ("inkTertiary", "surfaceSunken", 4.5),
        ("accent", "surface", 4.5),
        ("accent", "accentSoft", 4.5),
        ("onAccent", "accent", 4.5),
        ("pass", "passSoft", 4.5),
        ("warn", "warnSoft", 4.5),
        ("fail", "failSoft", 4.5),
        ("controlBorder", "surface", 3.0),
        ("plot1", "surface", 3.0),
        ("plot2", "surface", 3.0),
        ("plot5", "surface", 3.0),
    ],
)
def test_every_pair_in_use_can_be_read(name: str, front: str, ground: str, least: float):
    colors = theme(name)
    assert contrast(colors.css(front), colors.css(ground)) >= least


def test_both_themes_name_the_same_colours():
    assert theme("light").colors.keys() == theme("dark").colors.keys()


@pytest.mark.parametrize("name", THEMES)
def test_the_style_sheet_has_no_token_left(name: str):
    assert not re.search(r"@\w+", style_sheet(theme(name)))


def test_fonts_are_the_bundled_ones(app):
    families = load_fonts()
    assert {"Inter", "BIZ UDPGothic", "BIZ UDGothic"} <= set(families)
    assert QFontInfo(font("body")).family() == "Inter"
    assert font("body").pixelSize() == 13
    assert font("title").bold()


def test_a_font_is_a_copy(app):
    font("caption").setBold(True)
    assert not font("caption").bold()


def test_a_look_speaks_its_language():
    assert Look.of("dark", "ja").language.code == "ja"
    assert Look.of("no such theme", "en").theme.name == "light"
