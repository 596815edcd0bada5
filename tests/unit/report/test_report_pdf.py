"""The PDF: same figures in both languages, embedded fonts, nothing outside the page."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from genba.errors import DiskFull, NotWritable
from genba.report import build
from genba.report.pdf import fonts, writer
from genba.report.pdf.style import PAGE_HEIGHT, PAGE_WIDTH, Style
from genba.report.pdf.writer import write_pdf
from genba.report.tree import Report
from unit.report.snapshot import samples_ms, snapshot


@pytest.fixture(scope="module")
def report() -> Report:
    study = snapshot(demo=True)
    run = study.runs[-1]
    return build(study, samples_ms={run.run_id: samples_ms(run)})


@pytest.fixture(scope="module", params=["en", "ja"])
def pdf(request: Any, report: Report, tmp_path_factory: Any) -> Iterator[PdfReader]:
    path = write_pdf(report, tmp_path_factory.mktemp("pdf") / "r.pdf", request.param)
    with path.open("rb") as stream:
        yield PdfReader(stream)


def text_of(pdf: PdfReader, page: int) -> str:
    return re.sub(r"\s+", " ", pdf.pages[page].extract_text())


def test_every_page_says_demo_in_its_foot(pdf: PdfReader) -> None:
    for page in range(len(pdf.pages)):
        assert text_of(pdf, page).count("DEMO") >= 2, page  # the watermark and the foot


def test_language_title_bookmarks_and_structure(pdf: PdfReader) -> None:
    root = pdf.trailer["/Root"]
    assert root["/Lang"] in ("en-GB", "ja-JP")  # type: ignore[index]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]  # type: ignore[index]
    assert root["/MarkInfo"]["/Marked"]  # type: ignore[index]
    assert pdf.metadata is not None
    assert "Maintenance assistant" in (pdf.metadata.title or "")
    assert len(pdf.outline) == 8


def test_figures_have_alternative_texts(pdf: PdfReader) -> None:
    figures = [e for e in elements(pdf) if e.get("/S") == "/Figure"]
    assert len(figures) >= 8
    assert all(e.get("/Alt") for e in figures)


def elements(pdf: PdfReader) -> Iterator[Any]:
    pending = [pdf.trailer["/Root"]["/StructTreeRoot"]["/K"][0].get_object()]  # type: ignore[index]
    while pending:
        node = pending.pop()
        yield node
        children = node.get("/K", [])
        if not isinstance(children, int):
            pending += [c.get_object() for c in children]


def test_all_fonts_are_embedded_subsets(pdf: PdfReader) -> None:
    seen = set()
    for page in pdf.pages:
        for font in page["/Resources"]["/Font"].values():  # type: ignore[index]
            font = font.get_object()
            seen.add(font["/BaseFont"])
            assert "/FontFile2" in font["/FontDescriptor"], font["/BaseFont"]
            assert re.match(r"/[A-Z]{6}\+", font["/BaseFont"]), font["/BaseFont"]
    assert any("Inter" in name for name in seen)


def test_no_text_stands_outside_the_page(pdf: PdfReader) -> None:
    for page in pdf.pages:
        places: list[tuple[float, float, str]] = []

        def visit(
            text: str, cm: Any, tm: Any, font: Any, size: float, places: Any = places
        ) -> None:
            if text.strip():
                places.append((tm[4] + cm[4], tm[5] + cm[5], text))

        page.extract_text(visitor_text=visit)
        for x, y, text in places:
            if "DEMO" in text:
                continue  # the watermark is turned and drawn in its own coordinates
            assert 0 < x < PAGE_WIDTH, text
            assert 0 < y < PAGE_HEIGHT, text


def test_both_languages_hold_the_same_numbers(report: Report, tmp_path: Path) -> None:
    """Technical values look alike in both; money differs in its unit only."""
    texts = []
    for code in ("en", "ja"):
        reader = PdfReader(write_pdf(report, tmp_path / f"{code}.pdf", code))
        texts.append(" ".join(text_of(reader, p) for p in range(len(reader.pages))))
    english, japanese = texts
    for number in ("832", "0.66", "26 %", "62.1", "269", "1.24", "2027-02-01"):
        assert number in english, number
        assert number in japanese, number
    for pair in (("5.17", "517"), ("2.42", "242"), ("1.90", "190"), ("22.48", "2,248")):
        assert pair[0] in english
        assert pair[1] in japanese


def test_names_and_numbers_beyond_all_reason_do_not_overflow(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """24 candidates with long names: tables continue, and every line stays in the body."""
    study = snapshot(demo=False)
    long = "保全アシスタントの長い長い名前のバリアント-weights-int4-block-32-symmetric"
    many = tuple(
        c.model_copy(update={"candidate_id": f"c{i}", "variant_name": f"{long}-{i}",
                             "device_name": "Industrial gateway with an endless product name"})
        for i in range(3) for c in study.candidates[:8]
    )  # fmt: skip
    crowded = study.model_copy(
        update={
            "candidates": many,
            "study": study.study.model_copy(update={"name": "長い検討名" * 30}),
        }
    )
    spans = record_spans(monkeypatch)
    for code in ("en", "ja"):
        reader = PdfReader(write_pdf(build(crowded), tmp_path / f"{code}.pdf", code))
        assert len(reader.pages) > 10
    outside = [s for s in spans if s[0] < 40 or s[1] > PAGE_WIDTH - 40 or not 20 < s[2] < 832]
    assert outside == []


def record_spans(monkeypatch: pytest.MonkeyPatch) -> list[tuple[float, float, float, str]]:
    """Every line that is really drawn: left, right, baseline, text."""
    from genba.report.pdf.pen import Pen

    spans: list[tuple[float, float, float, str]] = []
    draw = Pen.text

    def text(self: Pen, x: float, y: float, line: str, style: Style, align: Any = "left") -> float:
        width = draw(self, x, y, line, style, align)
        left = {"left": x, "right": x - width, "centre": x - width / 2}[align]
        spans.append((left, left + width, y, line))
        assert style.size >= 7.5
        return width

    monkeypatch.setattr(Pen, "text", text)
    return spans


def test_tabular_digits_are_of_one_width() -> None:
    fonts.register()
    widths = {round(fonts.width(d, fonts.LATIN_TABULAR, 10), 4) for d in "0123456789"}
    assert len(widths) == 1
    assert fonts.width("1", fonts.LATIN, 10) < fonts.width("0", fonts.LATIN, 10)


def test_the_same_report_gives_the_same_bytes(report: Report, tmp_path: Path) -> None:
    first = write_pdf(report, tmp_path / "a.pdf", "en").read_bytes()
    assert write_pdf(report, tmp_path / "b.pdf", "en").read_bytes() == first


def test_a_failed_write_leaves_the_old_file_and_nothing_else(
    report: Report, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "r.pdf"
    path.write_bytes(b"old")

    def full(*args: Any) -> None:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(writer, "_write", full)
    with pytest.raises(DiskFull):
        write_pdf(report, path, "en")
    assert path.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["r.pdf"]


def test_an_unwritable_place_is_one_clear_error(report: Report, tmp_path: Path) -> None:
    with pytest.raises(NotWritable):
        write_pdf(report, tmp_path / "missing" / "r.pdf", "en")
    with pytest.raises(NotWritable):
        write_pdf(report, tmp_path, "en")
