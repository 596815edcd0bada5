"""The help pages of the window: one a page of the window and three more, alike in each language."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from genba.i18n import LANGUAGES
from genba.resources import asset

PAGES = {
    "start", "workload", "model", "device", "compress", "measure", "business", "report",
    "first-steps", "marks", "ssh-targets",
}  # fmt: skip


def read(language: str, page: str) -> str:
    return asset("help", language, f"{page}.md").read_text(encoding="utf-8")


def build(text: str) -> list[str]:
    """The kinds of a page's lines in order: headings, list items, table rows, commands."""
    starts = (re.match(r"(#+ |- |\d+\. |\||    .*)", line) for line in text.splitlines())
    return [re.sub(r"^\d+", "1", start[1]) for start in starts if start]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_is_there(language: str) -> None:
    assert {path.stem for path in asset("help", language).glob("*.md")} == PAGES


@pytest.mark.parametrize("page", sorted(PAGES))
def test_both_languages_are_built_alike(page: str) -> None:
    english, japanese = (build(read(code, page)) for code in LANGUAGES)
    assert english == japanese
    assert len(english) > 5


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", sorted(PAGES))
def test_links_lead_to_a_page(page: str, language: str) -> None:
    for target in re.findall(r"\]\(([^)]+)\)", read(language, page)):
        assert Path(target).suffix == ".md"
        assert Path(target).stem in PAGES


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", sorted(PAGES))
def test_a_page_fits_a_help_panel(page: str, language: str) -> None:
    assert 20 <= len(read(language, page).splitlines()) <= 60


def test_the_japanese_pages_use_the_words_of_the_word_list() -> None:
    import translations

    for page in sorted(PAGES):
        text = read("ja", page)
        found = [trap for trap in translations.TRAPS["ja"] if re.search(trap, text)]
        assert found == [], page
