"""Dated price lists, exchange and tax rates from `assets/prices/`; all of them assumptions."""

from __future__ import annotations

import datetime as dt
import difflib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError

from genba.errors import N_, GenbaError, Message
from genba.files import reason_of
from genba.resources import asset
from genba.study.base import Data, first_problem
from genba.study.business import STALE_AFTER_DAYS
from genba.study.device import Confidence


class PriceFileInvalid(GenbaError):
    """A price file breaks its format."""

    code = "price_file_invalid"
    what = N_("The price file {path} cannot be used: {reason}.")
    fix = N_("Correct the file or restore the one that came with Genba.")


class UnknownPrice(GenbaError):
    """No price has this id."""

    code = "unknown_price"
    what = N_("There is no price called “{id}”.")
    fix = N_("The nearest are: {nearest}.")


class NoExchangeRate(GenbaError):
    """Two currencies without a dated rate between them."""

    code = "no_exchange_rate"
    what = N_("There is no exchange rate from {source} to {target}.")
    fix = N_("Add a dated rate to the price file.")


class Price(Data):
    """One price without consumption tax. `date` is as exact as its source (``2026-01``)."""

    id: str
    group: str
    label: str
    amount: float = Field(ge=0)
    unit: str
    currency: str = Field(pattern="^[A-Z]{3}$")
    date: str
    source: str
    confidence: Confidence | Literal["official_statistics"]
    region: str | None = None
    note: str | None = None
    is_assumption: bool = True
    editable: bool = True
    tax_inclusive: bool = False


class TaxRate(Data):
    """An effective tax rate and the days between which it holds (empty: open)."""

    id: str
    label: str
    rate: float = Field(ge=0, lt=1)
    valid_from: str = ""
    valid_until: str = ""
    source: str
    confidence: str

    def holds(self, day: dt.date) -> bool:
        """Whether the rate is in force on `day`."""
        text = day.isoformat()
        return (not self.valid_from or self.valid_from <= text) and (
            not self.valid_until or text <= self.valid_until
        )


@dataclass(frozen=True)
class PriceBook:
    """All prices, rates and rules of one folder."""

    items: dict[str, Price]
    tax_rates: dict[str, TaxRate]
    default_tax: str
    tax_date: str

    def price(self, identifier: str) -> Price:
        """One price; raises `UnknownPrice`."""
        if identifier not in self.items:
            near = difflib.get_close_matches(identifier, self.items, n=4, cutoff=0.3)
            raise UnknownPrice(id=identifier, nearest=", ".join(near or sorted(self.items)[:4]))
        return self.items[identifier]

    def exchange(self, source: str, target: str) -> float:
        """How much of `target` one unit of `source` buys; raises `NoExchangeRate`."""
        if source == target:
            return 1.0
        for item in self.items.values():
            pair = re.fullmatch(r"([A-Z]{3}) per ([A-Z]{3})", item.unit)
            if pair and pair.groups() == (target, source):
                return item.amount
            if pair and pair.groups() == (source, target) and item.amount > 0:
                return 1.0 / item.amount
        raise NoExchangeRate(source=source, target=target)

    def amount(self, identifier: str, currency: str) -> float:
        """One price in `currency`; raises `UnknownPrice` or `NoExchangeRate`."""
        price = self.price(identifier)
        return price.amount * self.exchange(price.currency, currency)

    def tax(self, day: dt.date) -> TaxRate:
        """The default rate if it holds on `day`, else the first of its kind that does."""
        default = self.tax_rates[self.default_tax]
        kind = default.id.split("-")[0]
        candidates = [default, *(r for r in self.tax_rates.values() if r.id.startswith(kind))]
        return next((rate for rate in candidates if rate.holds(day)), default)

    def warnings(self, used: Iterable[str], today: dt.date) -> tuple[Message, ...]:
        """What to say about the prices that were used: old, or without a date."""
        stale = [i for i in used if _age_days(self.price(i).date, today) is not None]
        old = [i for i in stale if (_age_days(self.price(i).date, today) or 0) > STALE_AFTER_DAYS]
        undated = [i for i in used if _age_days(self.price(i).date, today) is None]
        out = []
        if old:
            out.append(
                Message(
                    text=N_("These prices are older than {days} days: {names}."),
                    params={"days": STALE_AFTER_DAYS, "names": sorted(old)},
                    code="price_old",
                )
            )
        if undated:
            out.append(
                Message(
                    text=N_("These prices have no date: {names}."),
                    params={"names": sorted(undated)},
                    code="price_undated",
                )
            )
        if not self.tax_rates[self.default_tax].holds(today):
            out.append(
                Message(
                    text=N_("The default tax rate “{name}” is not in force on {day}."),
                    params={"name": self.default_tax, "day": today},
                    code="tax_expired",
                )
            )
        return tuple(out)


def load_prices(folder: Path | None = None) -> PriceBook:
    """The price book of `folder` (default: the bundled one).

    Prices that include consumption tax are freed of it. Raises `PriceFileInvalid`.
    """
    where = folder or asset("prices")
    prices, taxes = _read(where / "prices.json"), _read(where / "tax-jp.json")
    try:
        consumption = float(taxes["consumption_tax"]["rate"])
        titles = {key: s["title"] for key, s in prices["sources"].items()}
        items = [_item(raw, titles, consumption) for raw in prices["items"]]
        rates = {raw["id"]: TaxRate(**raw) for raw in taxes["rates"]}
        book = PriceBook({i.id: i for i in items}, rates, taxes["default"], taxes["date"])
        if book.default_tax not in rates:
            raise KeyError("default")
        if len(book.items) != len(items):
            raise PriceFileInvalid(path=str(where), reason=Message(text=N_("an id stands twice")))
    except (KeyError, TypeError, AttributeError, ValidationError) as error:
        raise PriceFileInvalid(path=str(where), reason=_reason(error)) from error
    return book


def _item(raw: dict[str, Any], titles: dict[str, str], consumption: float) -> Price:
    price = Price(**{**raw, "source": titles[raw["source"]]})
    if not price.tax_inclusive:
        return price
    return price.model_copy(
        update={"amount": price.amount / (1.0 + consumption), "tax_inclusive": False}
    )


def _read(path: Path) -> dict[str, Any]:
    try:
        loaded = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise PriceFileInvalid(path=str(path), reason=reason_of(error)) from error
    except ValueError as error:
        reason = Message(text=N_("it is not valid JSON"))
        raise PriceFileInvalid(path=str(path), reason=reason) from error
    if not isinstance(loaded, dict):
        raise PriceFileInvalid(path=str(path), reason=Message(text=N_("it is not an object")))
    return loaded


def _reason(error: Exception) -> Message:
    if isinstance(error, ValidationError):
        field, _ = first_problem(error)
        return Message(text=N_("the field {field} is wrong"), params={"field": field})
    return Message(text=N_("the field {field} is missing"), params={"field": str(error)})


def _age_days(date: str, today: dt.date) -> int | None:
    """Days since `date`, read at its latest possible day; None where it names no day at all."""
    day = latest_day(date)
    return None if day is None else (today - day).days


def latest_day(date: str) -> dt.date | None:
    """The last day that ``2026``, ``2026-01`` or ``2026-01-31`` may mean; None for other texts."""
    found = re.fullmatch(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?", date.strip())
    if not found:
        return None
    year, month, day = (int(part) if part else None for part in found.groups())
    try:
        if day and month and year:
            return dt.date(year, month, day)
        after = dt.date(year or 1, month, 28) if month else dt.date(year or 1, 12, 28)
    except ValueError:
        return None
    return (after + dt.timedelta(days=4)).replace(day=1) - dt.timedelta(days=1)
