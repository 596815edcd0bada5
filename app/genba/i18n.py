"""The catalogue and all formatting. The language is an argument, never global.

`Language("ja").text("{n} runs", n=3)` translates and fills; `format_figure` is the only place where
a Figure becomes text. Units stand in one table, `_UNITS`, with their scales.
"""

from __future__ import annotations

import datetime as dt
import gettext
import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Any

from genba.errors import N_, Message
from genba.figures import Basis, Figure
from genba.resources import asset

LANGUAGES = ("en", "ja")
MARKS = {Basis.EXACT: "", Basis.MEASURED: "●", Basis.PREDICTED: "◐", Basis.ASSUMED: "○"}
BASIS_WORDS = {
    Basis.EXACT: N_("exact"),
    Basis.MEASURED: N_("measured"),
    Basis.PREDICTED: N_("predicted"),
    Basis.ASSUMED: N_("assumed"),
}
NOT_MEASURED = N_("not measured")

REASONS = {
    "no_power_sensor": N_("the device has no power sensor that can be read"),
    "no_temperature_sensor": N_("the device has no temperature sensor that can be read"),
    "no_evaluation_data": N_("no evaluation data was given"),
    "not_run": N_("it has not been run"),
    "too_few_samples": N_("too few samples for a sound statement"),
    "not_applicable": N_("it does not apply here"),
    "not_generating": N_("the model does not generate token by token"),
    "no_device_facts": N_("the device profile lacks the facts for it"),
    "no_price": N_("no price is known"),
    "not_recovered": N_("not recovered within the horizon"),
    "no_break_even": N_("a request costs no less on the edge than in the cloud"),
    "no_single_rate": N_("the cash flow changes its sign more than once"),
    "no_data": N_("the data for it is missing"),
}

_SI_BYTES = ((1e9, "GB"), (1e6, "MB"), (1e3, "KB"), (1.0, "B"))
_UNITS: Mapping[str, tuple[tuple[float, str], ...]] = {
    "ms": ((60_000.0, "min"), (1000.0, "s"), (1.0, "ms"), (1e-3, "µs")),
    "s": ((3600.0, "h"), (60.0, "min"), (1.0, "s"), (1e-3, "ms")),
    "byte": _SI_BYTES,
    "mJ": ((1000.0, "J"), (1.0, "mJ"), (1e-3, "µJ")),
    "MAC": ((1e9, "GMAC"), (1e6, "MMAC"), (1.0, "MAC")),
    "degC": ((1.0, "°C"),),
    "W": ((1.0, "W"), (1e-3, "mW")),
    "ratio": ((0.01, "%"),),
    "times": ((1.0, "×"),),
    "1": ((1.0, ""),),
    "dB": ((1.0, "dB"),),
}
_WORD_UNITS: Mapping[str, str] = {
    "month": N_("months"),
    "year": N_("years"),
    "hour": N_("hours"),
    "1/year": N_("/year"),
    "1/s": N_("/s"),
    "token/s": N_("tokens/s"),
    "token": N_("tokens"),
}
_CURRENCIES = frozenset({"JPY", "USD", "EUR"})


@dataclass(frozen=True, slots=True)
class FigureText:
    """A Figure as text, in parts, so that a face can set number, unit and mark in its own way."""

    value: str
    unit: str
    interval: str
    mark: str
    basis: str

    @property
    def plain(self) -> str:
        """One line: number, unit, mark; a currency code stands before its amount."""
        if self.unit in _CURRENCIES:
            return f"{self.unit} {self.value} {self.mark}".rstrip()
        number = f"{self.value} {self.unit}" if self.unit else self.value
        return f"{number} {self.mark}".rstrip()


class Language:
    """One language's catalogue and number formats."""

    def __init__(self, code: str) -> None:
        if code not in LANGUAGES:
            code = "en"
        self.code = code

    @property
    def locale(self) -> str:
        """The Babel locale, for example ``ja_JP``."""
        return {"en": "en_GB", "ja": "ja_JP"}[self.code]

    def text(self, template: str, /, **params: Any) -> str:
        """Translate a template and fill its fields, each formatted for this language."""
        if not template:
            return ""
        translated = _catalogue(self.code).gettext(template)
        if not params:
            return translated if "{" not in translated else translated.format_map(_Fields({}, self))
        return translated.format_map(_Fields(params, self))

    def message(self, message: Message) -> str:
        """Render a Message."""
        return self.text(message.text, **dict(message.params))

    def number(self, value: float, digits: int = 3) -> str:
        """A number with `digits` significant digits; integers of more digits stay whole."""
        from babel.numbers import format_decimal

        if isinstance(value, int) or (abs(value) >= 10**digits and float(value).is_integer()):
            return str(format_decimal(int(value), locale=self.locale)).replace("-", "−")
        text = format_decimal(
            _significant(value, digits), format=_pattern(value, digits), locale=self.locale
        )
        return str(text).replace("-", "−")

    def percent(self, share: float, digits: int = 0) -> str:
        """A share (0..1) as percent."""
        return f"{share * 100:.{digits}f} %".replace("-", "−")

    def money(self, amount: float, currency: str, digits: int = 3) -> str:
        """An amount as ``517 万円`` or ``JPY 5.17 M``; negative Japanese money carries ▲."""
        value, unit = self.money_parts(amount, currency, digits)
        return f"{value} {unit}" if self.code == "ja" and currency == "JPY" else f"{unit} {value}"

    def money_parts(self, amount: float, currency: str, digits: int = 3) -> tuple[str, str]:
        """An amount as (number, unit): ``("▲221", "万円")``, ``("−2.21 M", "JPY")``."""
        if self.code == "ja" and currency == "JPY":
            if abs(amount) >= 1e10:
                text, unit = self.number(abs(amount) / 1e8, digits), "億円"
            elif abs(amount) >= 1e4 or amount == 0:
                text, unit = self.number(_significant(abs(amount) / 1e4, digits), digits), "万円"
            else:
                text, unit = self.number(abs(amount), digits), "円"
            return ("▲" + text if amount < 0 and text.strip("0.") else text), unit
        for scale, suffix in ((1e9, " bn"), (1e6, " M"), (1e3, " k"), (1.0, "")):
            if abs(amount) >= scale or scale == 1.0:
                text = self.number(abs(amount) / scale, digits) + suffix
                return ("−" + text if amount < 0 and text.strip("0.") else text), currency
        raise AssertionError("unreachable")

    def fixed(self, value: float, decimals: int) -> str:
        """A number with exactly `decimals` decimals, for columns and axes of one scale."""
        from babel.numbers import format_decimal

        pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
        text = str(format_decimal(round(value, decimals), format=pattern, locale=self.locale))
        return text.replace("-", "−") if text.strip("-0.,") else text.lstrip("-")

    def money_scale(self, largest: float, currency: str) -> tuple[float, str]:
        """The scale and unit that the amounts of one table or axis share: ``(1e4, "万円")``."""
        if self.code == "ja" and currency == "JPY":
            return (1e8, "億円") if abs(largest) >= 1e10 else (1e4, "万円")
        if abs(largest) >= 1e9:
            return 1e9, f"{currency} bn"
        return (1e6, f"{currency} M") if abs(largest) >= 1e5 else (1e3, f"{currency} k")

    def date(self, day: dt.date, *, sentence: bool = False) -> str:
        """ISO in tables; ``24 November 2026`` or ``2026年11月24日`` in sentences."""
        if not sentence:
            return day.isoformat()[:10]
        if self.code == "ja":
            return f"{day.year}年{day.month}月{day.day}日"
        return f"{day.day} {day:%B} {day.year}"

    def duration(self, seconds: float) -> str:
        """A span in its best unit."""
        return self.quantity(seconds, "s")

    def quantity(self, value: float, unit: str, digits: int = 3) -> str:
        """A plain value with its unit, scaled: ``quantity(1.3e9, "byte")`` is ``1.30 GB``."""
        number, shown = self.quantity_parts(value, unit, digits)
        return f"{number} {shown}" if shown else number

    def quantity_parts(self, value: float, unit: str, digits: int = 3) -> tuple[str, str]:
        """A plain value as (number, unit)."""
        if unit in _CURRENCIES:
            return self.money_parts(value, unit, digits)
        scale, shown = self.scale(value, unit)
        number = value / scale
        if unit == "byte" and scale == 1.0:
            number = int(number)
        return self.number(number, digits), shown

    def scale(self, value: float, unit: str) -> tuple[float, str]:
        """The scale and the unit in which `value` reads best (for axes: that of the largest)."""
        steps = _UNITS.get(unit)
        if steps is None:
            return 1.0, self.text(_WORD_UNITS.get(unit, unit))
        if value == 0:
            return next((s for s in steps if s[0] == 1.0), steps[0])
        return next((s for s in steps if abs(value) >= s[0]), steps[-1])


def format_figure(figure: Figure, language: Language, digits: int = 3) -> FigureText:
    """The only place where a Figure becomes text.

    The interval is rounded to the same unit as the value. An unknown Figure reads *not measured*
    and its `interval` holds the reason.
    """
    if figure.value is None:
        reason = language.text(REASONS.get(figure.not_measured or "", figure.not_measured or ""))
        return FigureText(language.text(NOT_MEASURED), "", reason, "", "")
    if figure.unit in _CURRENCIES:
        number, unit = language.money_parts(figure.value, figure.unit, digits)
        ends = [language.money_parts(e, figure.unit, digits)[0] for e in _ends(figure)]
    else:
        scale, unit = language.scale(figure.value, figure.unit)
        number = language.number(_whole(figure.value / scale, figure, scale), digits)
        ends = [language.number(e / scale, digits) for e in _ends(figure)]
    joiner = language.text(N_("{low} to {high}"), low=ends[0], high=ends[1]) if ends else ""
    return FigureText(
        number, unit, joiner, MARKS[figure.basis], language.text(BASIS_WORDS[figure.basis])
    )


def _ends(figure: Figure) -> list[float]:
    return [e for e in (figure.low, figure.high) if e is not None] if figure.low is not None else []


def _whole(value: float, figure: Figure, scale: float) -> float:
    counted = figure.basis is Basis.EXACT and scale == 1.0 and float(value).is_integer()
    return int(value) if counted else value


def _significant(value: float, digits: int) -> float:
    if value == 0 or not math.isfinite(value):
        return value
    return round(value, digits - 1 - math.floor(math.log10(abs(value))))


def _pattern(value: float, digits: int) -> str:
    if value == 0:
        return "0"
    magnitude = math.floor(math.log10(abs(_significant(value, digits))))
    decimals = max(0, digits - 1 - magnitude)
    return "#,##0" + ("." + "0" * decimals if decimals else "")


class _Fields(dict[str, Any]):
    """Formats each field when it is used; an unknown field stays visible instead of failing."""

    def __init__(self, params: Mapping[str, Any], language: Language) -> None:
        super().__init__(params)
        self._language = language

    def __getitem__(self, key: str) -> Any:
        if key not in self:
            return "{" + key + "}"
        return _field(super().__getitem__(key), self._language)


def _field(value: Any, language: Language) -> Any:
    if isinstance(value, Figure):
        return format_figure(value, language).plain
    if isinstance(value, Message):
        return language.message(value)
    if isinstance(value, Enum):
        return language.text(str(value.value))
    if isinstance(value, bool) or value is None:
        return str(value)
    if isinstance(value, int | float):
        return language.number(value)
    if isinstance(value, dt.date):
        return language.date(value, sentence=True)
    if isinstance(value, list | tuple):
        return language.text(N_(", ")).join(str(_field(item, language)) for item in value)
    return str(value)


@cache
def _catalogue(code: str) -> gettext.NullTranslations:
    if code == "en":
        return gettext.NullTranslations()
    folder = asset("locale", code, "LC_MESSAGES")
    compiled, source = folder / "genba.mo", folder / "genba.po"
    if compiled.is_file() and not _older(compiled, source):
        with compiled.open("rb") as stream:
            return gettext.GNUTranslations(stream)
    return _compiled_now(source)


def _older(compiled: Path, source: Path) -> bool:
    return source.is_file() and compiled.stat().st_mtime < source.stat().st_mtime


def _compiled_now(source: Path) -> gettext.NullTranslations:
    """Translations straight from the .po file, for a checkout whose catalogue is not compiled."""
    import io

    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    if not source.is_file():
        return gettext.NullTranslations()
    with source.open("rb") as stream:
        catalogue = read_po(stream)
    buffer = io.BytesIO()
    write_mo(buffer, catalogue)
    buffer.seek(0)
    return gettext.GNUTranslations(buffer)
