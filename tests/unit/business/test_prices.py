"""The dated price lists and what is refused in them."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from pathlib import Path

import pytest

from genba.business.prices import (
    NoExchangeRate,
    PriceFileInvalid,
    UnknownPrice,
    latest_day,
    load_prices,
)
from genba.resources import asset

TODAY = dt.date(2026, 11, 24)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the bundled price files, to be damaged."""
    for name in ("prices.json", "tax-jp.json"):
        shutil.copy(asset("prices", name), tmp_path / name)
    return tmp_path


def rewrite(path: Path, **changes: object) -> None:
    document = json.loads(path.read_text(encoding="utf-8"))
    document["items"][0].update(changes)
    path.write_text(json.dumps(document), encoding="utf-8")


def test_every_bundled_price_names_its_source_and_confidence() -> None:
    book = load_prices()
    assert len(book.items) >= 40
    for price in book.items.values():
        assert price.source
        assert price.confidence
        assert price.date
        assert price.is_assumption


def test_prices_are_converted_at_the_dated_rate() -> None:
    book = load_prices()
    dollars = book.price("cloud-aws-g6.xlarge").amount
    assert book.amount("cloud-aws-g6.xlarge", "JPY") == pytest.approx(dollars * 155.0)
    assert book.amount("electricity-jp-industrial", "USD") == pytest.approx(28.98 / 155.0)
    assert book.exchange("EUR", "JPY") == pytest.approx(178.25)


def test_consumption_tax_is_taken_out() -> None:
    assert load_prices().price("mobile-jp-base").amount == pytest.approx(300.0)


def test_there_is_no_rate_to_an_unknown_currency() -> None:
    with pytest.raises(NoExchangeRate):
        load_prices().exchange("JPY", "CHF")


def test_an_unknown_price_gets_the_nearest_ids() -> None:
    with pytest.raises(UnknownPrice) as error:
        load_prices().price("electricity-jp")
    assert "electricity-jp-industrial" in error.value.params["nearest"]


@pytest.mark.parametrize(
    ("day", "rate"), [(dt.date(2026, 3, 31), 0.2974), (dt.date(2026, 4, 1), 0.3064)]
)
def test_the_tax_rate_is_that_of_the_day(day: dt.date, rate: float) -> None:
    assert load_prices().tax(day).rate == rate


def test_old_and_undated_prices_are_named() -> None:
    book = load_prices()
    used = ("electricity-jp-industrial", "mobile-jp-base", "cloud-aws-g5.xlarge")
    found = {m.code: m.params["names"] for m in book.warnings(used, TODAY)}
    assert found == {
        "price_old": ["electricity-jp-industrial"],
        "price_undated": ["mobile-jp-base"],
    }


def test_an_expired_tax_rate_is_named() -> None:
    codes = [m.code for m in load_prices().warnings((), dt.date(2026, 3, 31))]
    assert codes == ["tax_expired"]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026", dt.date(2026, 12, 31)),
        ("2026-02", dt.date(2026, 2, 28)),
        ("2026-12", dt.date(2026, 12, 31)),
        ("2026-01-08", dt.date(2026, 1, 8)),
        ("2026-13", None),
        ("2019 or later", None),
        ("", None),
    ],
)
def test_a_date_is_read_at_its_latest_day(text: str, day: dt.date | None) -> None:
    assert latest_day(text) == day


@pytest.mark.parametrize(
    "change",
    [
        {"amount": -1},
        {"amount": "free"},
        {"currency": "yen"},
        {"confidence": "sure"},
        {"source": "nobody"},
        {"colour": "red"},
    ],
)
def test_a_damaged_price_file_is_refused(folder: Path, change: dict[str, object]) -> None:
    rewrite(folder / "prices.json", **change)
    with pytest.raises(PriceFileInvalid):
        load_prices(folder)


def test_an_id_may_stand_only_once(folder: Path) -> None:
    document = json.loads((folder / "prices.json").read_text(encoding="utf-8"))
    document["items"].append(document["items"][0])
    (folder / "prices.json").write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(PriceFileInvalid):
        load_prices(folder)


@pytest.mark.parametrize("content", ["", "[]", "{}", "nonsense"])
def test_what_is_no_price_file_is_refused(folder: Path, content: str) -> None:
    (folder / "tax-jp.json").write_text(content, encoding="utf-8")
    with pytest.raises(PriceFileInvalid):
        load_prices(folder)
    (folder / "tax-jp.json").unlink()
    with pytest.raises(PriceFileInvalid):
        load_prices(folder)
