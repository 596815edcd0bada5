"""The tree: which pages, which words at which condition, and what it never says."""

from __future__ import annotations

import pytest

from genba.errors import Message
from genba.figures import Basis
from genba.report import build
from genba.report.content.basics import add_months, figures_in
from genba.report.content.facts import Facts
from genba.report.content.money import present_value, waterfall_lines
from genba.report.tree import Page, Recommendation, Report
from unit.report.snapshot import business_result, snapshot


def headline(page: Page) -> list[str]:
    return [clause.text for clause in page.headline]


def recommendation(report: Report) -> Recommendation:
    side = report.pages[0].blocks[0]
    assert side.kind == "side"
    box = side.columns[1][0]
    assert isinstance(box, Recommendation)
    return box


@pytest.mark.parametrize(
    ("template", "pages"),
    [
        ("manager", ["decision", "measures", "money", "stages", "risk", "register"]),
        ("engineer", ["decision", "measures", "forecast", "evidence"]),
    ],
)
def test_templates_hold_their_pages(template: str, pages: list[str]) -> None:
    report = build(snapshot(), template)  # type: ignore[arg-type]
    assert [page.id for page in report.pages] == pages


def test_the_demo_device_never_supports_a_recommendation_and_says_why() -> None:
    report = build(snapshot(demo=True))
    box = recommendation(report)
    assert report.level == "none"
    assert box.level == "none"
    assert "demo device" in box.paragraphs[0].text
    assert headline(report.pages[0])[0].startswith("Demonstration")


def test_an_engine_that_says_go_for_demo_figures_is_still_not_followed() -> None:
    study = snapshot(demo=True)
    assert study.business is not None
    forged = study.business.model_copy(
        update={"recommendation": "edge", "recommendation_level": "go"}
    )
    assert build(study.model_copy(update={"business": forged})).level == "none"


def test_every_page_that_rests_on_demo_figures_is_marked() -> None:
    report = build(snapshot(demo=True))
    for page in report.pages:
        assert page.demo == any(figure.demo for figure in figures_in(page))
    assert all(page.demo for page in report.pages)
    assert not any(page.demo for page in build(snapshot(demo=False)).pages)


def test_go_becomes_conditional_while_little_is_measured() -> None:
    study = snapshot(demo=False)
    assert study.business is not None
    go = study.business.model_copy(update={"recommendation_level": "go"})
    report = build(study.model_copy(update={"business": go}))
    assert report.level == "conditional"
    assert headline(report.pages[0])[0] == "Approve “{stage}” ({amount}) with conditions."


def test_stop_is_said_in_the_first_words_and_asks_for_no_money() -> None:
    report = build(snapshot(demo=False, level="stop"))
    assert report.level == "stop"
    assert headline(report.pages[0])[0].startswith("Do not proceed")
    assert recommendation(report).level == "stop"


def test_the_cloud_is_recommended_when_the_engine_says_so() -> None:
    study = snapshot(demo=False)
    assert study.business is not None
    cloud = study.business.model_copy(update={"recommendation": "cloud"})
    report = build(study.model_copy(update={"business": cloud}))
    assert headline(report.pages[0])[0] == "Choose the cloud."


def test_without_a_business_case_the_money_pages_are_absent() -> None:
    report = build(snapshot(business=False))
    assert [page.id for page in report.pages] == ["decision", "measures", "forecast", "evidence"]


def test_without_runs_the_forecast_page_lists_what_is_not_verified() -> None:
    study = snapshot(demo=False)
    predicted = tuple(c for c in study.candidates if not c.run_ids)
    report = build(study.model_copy(update={"runs": (), "candidates": predicted}))
    page = next(p for p in report.pages if p.id == "forecast")
    assert "No prediction has been verified" in headline(page)[0]
    assert not any(block.kind == "forecast" for block in page.blocks)
    assert Facts(study.model_copy(update={"candidates": predicted})).thin_evidence


def test_the_waterfall_ends_where_its_bars_lead() -> None:
    """Example B: the present values of all lines sum to the documented NPV of 5,169,460."""
    business = business_result(demo=False)
    lines = waterfall_lines(business, business.alternative("edge"))
    total = sum(line.figure.value or 0.0 for line in lines[:-1])
    assert lines[-1].figure.value == 5169460.0
    assert total == pytest.approx(5169460.3, abs=5.0)


def test_shares_of_a_line_come_from_its_declared_drivers() -> None:
    business = business_result(demo=False)
    labour = waterfall_lines(business, business.alternative("edge"))[0]
    assert labour.shares == pytest.approx((0.0, 1 / 3, 2 / 3))
    assert labour.figure.basis is Basis.ASSUMED


def test_present_value_discounts_from_the_second_flow_on() -> None:
    assert present_value((-100.0, 0.0, 121.0), 0.10) == pytest.approx(0.0)


def test_the_best_of_each_device_is_shown_among_the_four() -> None:
    report = build(snapshot())
    page = next(p for p in report.pages if p.id == "measures")
    chart = page.blocks[0]
    assert chart.kind == "bullets"
    devices = [row.lines[0].params["text"] for row in chart.rows]
    assert devices == ["Demo device (this computer)", "Jetson Orin NX 16GB",
                       "Core Ultra 7 258V", "RK3588 16GB"]  # fmt: skip
    assert [row.chosen for row in chart.rows] == [True, False, False, False]


def test_the_register_is_sorted_by_swing() -> None:
    page = next(p for p in build(snapshot()).pages if p.id == "register")
    table = page.blocks[0]
    assert table.kind == "table"
    swings = [row.cells[-1].figure.value for row in table.rows if row.cells[-1].figure]
    assert swings == sorted(swings, reverse=True)  # type: ignore[type-var]
    assert len(table.rows) == 17


def test_months_are_added_by_the_calendar() -> None:
    import datetime as dt

    assert add_months(dt.date(2026, 12, 31), 2) == dt.date(2027, 2, 28)
    assert add_months(dt.date(2026, 1, 1), 1.5) == dt.date(2026, 2, 16)


def test_nothing_in_the_tree_is_formatted_text() -> None:
    def strings(node: object) -> list[str]:
        if isinstance(node, Message):
            return []
        if isinstance(node, list | tuple):
            return [s for item in node for s in strings(item)]
        if hasattr(node, "model_fields_set"):
            fields = type(node).model_fields  # type: ignore[attr-defined]
            return [s for f in fields if f not in _NAMES for s in strings(getattr(node, f))]
        return [node] if isinstance(node, str) else []

    found = strings(build(snapshot()))
    assert all(text.startswith("genba ") for text in found), found


_NAMES = {
    "kind", "id", "unit", "align", "scale", "show", "level", "operator", "check", "role",
    "template",
    "price_date", "study_hash", "program_version", "currency", "basis", "ref", "inputs",
    "not_measured", "unit_in_subtitle",
}  # fmt: skip
