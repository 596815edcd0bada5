"""The catalogue tool of packaging/, and the catalogue itself: complete in every language."""

from __future__ import annotations

import gettext
import json
from pathlib import Path

import pytest

import messages
import translations


def source_tree(root: Path, code: str) -> Path:
    """A tree with one source file under ``app``."""
    (root / "app").mkdir()
    (root / "app" / "page.py").write_text(code, encoding="utf-8")
    return root


def japanese(*pairs: tuple[str, str]) -> translations.Catalog:
    """A Japanese catalogue with these translations."""
    catalogue = translations.updated(
        translations.load(Path("absent"), "ja"), [text for text, _ in pairs]
    )
    translations.merge(catalogue, {text: word for text, word in pairs if word})
    return catalogue


def problems(catalogue: translations.Catalog, *wanted: str) -> list[str]:
    return [finding.problem for finding in translations.check(catalogue, wanted)]


class TestExtract:
    def test_finds_marked_nested_and_joined_texts(self, tmp_path: Path) -> None:
        root = source_tree(
            tmp_path,
            'a = language.text(N_("nested"))\n'
            'b = N_("joined "\n       "text")\n'
            'c = language.text("direct {n}", n=1)\n'
            "d = label.text()\n",
        )
        found = messages.extract(root, ["app"], {})
        assert found == {
            "direct {n}": ["app/page.py"],
            "joined text": ["app/page.py"],
            "nested": ["app/page.py"],
        }

    @pytest.mark.parametrize("argument", ['f"{n} runs"', "name", '"a" + tail'])
    def test_refuses_a_marker_that_no_catalogue_can_hold(
        self, tmp_path: Path, argument: str
    ) -> None:
        root = source_tree(tmp_path, f"\nx = N_({argument})\n")
        with pytest.raises(messages.MarkedWrongly, match=r"page\.py:2"):
            messages.extract(root, ["app"], {})

    def test_reads_the_shown_texts_of_data_files_at_any_depth(self, tmp_path: Path) -> None:
        data = {"id": "x", "name": "Balanced", "list": [{"name": "Inner"}], "note": ""}
        (tmp_path / "one.json").write_text(json.dumps(data), encoding="utf-8")
        found = messages.extract(tmp_path, [], {"*.json": frozenset({"name", "note"})})
        assert list(found) == ["Balanced", "Inner"]


class TestUpdate:
    def test_keeps_translations_and_adds_what_is_new(self) -> None:
        new = translations.updated(japanese(("Start", "開始")), ["Start", "Stop"])
        assert {m.id: m.string for m in new if m.id} == {"Start": "開始", "Stop": ""}

    def test_a_translation_survives_the_absence_of_its_message(self, tmp_path: Path) -> None:
        path = tmp_path / "genba.po"
        translations.save(translations.updated(japanese(("Start", "開始")), ["Stop"]), path)
        back = translations.updated(translations.load(path, "ja"), ["Start"])
        assert back.get("Start").string == "開始"

    def test_a_second_update_changes_nothing(self, tmp_path: Path) -> None:
        path = tmp_path / "genba.po"
        translations.save(japanese(("{n} runs", "{n} 件の計測"), ("Stop", "")), path)
        before = path.read_bytes()
        again = translations.updated(translations.load(path, "ja"), ["Stop", "{n} runs"])
        translations.save(again, path)
        assert path.read_bytes() == before

    def test_merge_names_the_texts_that_the_program_does_not_have(self) -> None:
        catalogue = japanese(("Stop", ""))
        assert translations.merge(catalogue, {"Stop": "停止", "Halt": "停止"}) == ["Halt"]
        assert catalogue.get("Stop").string == "停止"


class TestCheck:
    def test_a_whole_catalogue_has_no_findings(self) -> None:
        assert problems(japanese(("{n} runs", "計測 {n} 件")), "{n} runs") == []

    def test_names_what_is_missing_untranslated_and_left_over(self) -> None:
        catalogue = japanese(("Start", ""), ("Old", "古い"))
        assert problems(catalogue, "Start", "New") == [
            "not in the catalogue: update it",
            "no longer used: update the catalogue",
            "not translated",
        ]

    @pytest.mark.parametrize("translation", ["計測 {m} 件", "計測", "計測 {n 件"])
    def test_fields_must_be_the_same_on_both_sides(self, translation: str) -> None:
        (problem,) = problems(japanese(("{n} runs", translation)), "{n} runs")
        assert "other fields" in problem

    def test_a_ruled_out_word_is_named_with_the_right_one(self) -> None:
        (problem,) = problems(japanese(("Latency", "レイテンシ")), "Latency")
        assert "応答時間" in problem
        assert problems(japanese(("Gateway", "ゲートウェイ")), "Gateway") == []

    def test_a_fuzzy_entry_is_not_a_translation(self) -> None:
        catalogue = japanese(("Start", "開始"))
        catalogue.get("Start").flags.add("fuzzy")
        assert problems(catalogue, "Start") == ["marked fuzzy"]


def test_a_compiled_catalogue_translates(tmp_path: Path) -> None:
    path = tmp_path / "genba.po"
    translations.save(japanese(("Start", "開始"), ("Stop", "")), path)
    with translations.compile_catalogue(path).open("rb") as stream:
        compiled = gettext.GNUTranslations(stream)
    assert compiled.gettext("Start") == "開始"
    assert compiled.gettext("Stop") == "Stop"


@pytest.mark.parametrize("language", translations.TRANSLATED)
def test_every_message_of_the_program_is_translated(language: str) -> None:
    catalogue = translations.load(translations.catalogue_path(language), language)
    findings = translations.check(catalogue, messages.extract())
    assert [str(finding) for finding in findings] == []
