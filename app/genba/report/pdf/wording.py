"""Messages and Figures as words of one language, for the report's own typography.

Marks stand before the number, intervals in brackets after it; amounts of one table share a scale.
All digits are formatted by `genba.i18n.Language`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from genba.errors import N_, Message
from genba.figures import Figure
from genba.i18n import MARKS, NOT_MEASURED, REASONS, Language
from genba.report.tree import Precise, Range

_CURRENCIES = frozenset({"JPY", "USD", "EUR"})
_WHOLE_UNITS = frozenset({"1/s", "token/s"})
_PER: Mapping[str, str] = {
    "hour": N_("hour"),
    "day": N_("day"),
    "month": N_("month"),
    "year": N_("year"),
}
_COUNTED = frozenset({"year", "hour", "1", "token"})


@dataclass(frozen=True, slots=True)
class Scale:
    """What values of one column or axis are divided by, their unit and their decimals."""

    factor: float
    unit: str
    decimals: int
    money: bool = False


class Words:
    """The words of one language."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self.japanese = language.code == "ja"

    def say(self, message: Message | None) -> str:
        """Render a Message; Figures in it appear without mark (sentences carry none)."""
        if message is None:
            return ""
        params = {key: self._param(value) for key, value in message.params.items()}
        return self.language.text(message.text, **params)

    def say_template(self, template: str, **params: Any) -> str:
        """Render a template of the writer's own."""
        return self.say(Message(text=template, params=params))

    def _param(self, value: Any) -> Any:
        if isinstance(value, Figure):
            return self.figure(value, mark=False)
        if isinstance(value, Message):
            return self.say(value)
        if isinstance(value, Precise):
            return self._precise(value)
        if isinstance(value, Range):
            return self._range(value)
        if isinstance(value, dt.datetime | dt.date):
            return self.language.date(value, sentence=True)
        if isinstance(value, tuple | list):
            return self.language.text(N_(", ")).join(str(self._param(v)) for v in value)
        return value

    def figure(
        self, figure: Figure, *, mark: bool = True, interval: bool = False, unit: bool = True
    ) -> str:
        """``○ 5.17 M``: mark, number, unit, interval; or *not measured* and why."""
        if figure.value is None:
            return self.missing(figure)
        scale = self.scale([figure.value], figure.unit)
        text = self.scaled(figure.value, scale, unit=unit)
        if interval and figure.low is not None and figure.high is not None:
            text += self.interval(figure, scale)
        sign = MARKS[figure.basis] if mark else ""
        return f"{sign}{text}"

    def _precise(self, value: Precise) -> str:
        if value.figure.value is None:
            return self.missing(value.figure)
        scale = self.scale([value.figure.value], value.figure.unit)
        return self.scaled(value.figure.value, replace(scale, decimals=value.decimals))

    def _range(self, value: Range) -> str:
        """``JPY −2.21 M to 7.10 M`` and ``▲221 to 710 万円``: the unit stands once."""
        ends = [f.value for f in (value.low, value.high) if f.value is not None]
        if len(ends) < 2:
            return self.missing_word()
        scale = self.scale(ends, value.low.unit)
        low, high = (self.scaled(end, scale, unit=False) for end in ends)
        text = self.language.text(N_("{low} to {high}"), low=low, high=high)
        if scale.money and not self.japanese:
            currency, _, suffix = scale.unit.partition(" ")
            return f"{currency} {text} {suffix}".rstrip()
        return f"{text} {scale.unit}".rstrip()

    def missing(self, figure: Figure) -> str:
        """Why there is no value."""
        reason = self.language.text(REASONS.get(figure.not_measured or "", ""))
        if not reason:
            return self.language.text(NOT_MEASURED)
        return self.language.text(
            N_("{not_measured}: {reason}"),
            not_measured=self.language.text(NOT_MEASURED),
            reason=reason,
        )

    def missing_word(self) -> str:
        """*not measured*."""
        return self.language.text(NOT_MEASURED)

    def reason(self, figure: Figure) -> str:
        """The reason alone."""
        return self.language.text(REASONS.get(figure.not_measured or "", NOT_MEASURED))

    def interval(self, figure: Figure, scale: Scale) -> str:
        """`` (13.1–14.2)``; with negative ends the dash becomes a word."""
        low, high = figure.low or 0.0, figure.high or 0.0
        ends = {
            "low": self.scaled(low, scale, unit=False),
            "high": self.scaled(high, scale, unit=False),
        }
        if min(low, high) < 0:
            return self.language.text(N_(" ({low} to {high})"), **ends)
        return self.language.text(N_(" ({low}–{high})"), **ends)

    def scale(self, values: Iterable[float], unit: str) -> Scale:
        """The scale that these values share: chosen by the largest."""
        sizes = [abs(v) for v in values if v is not None]
        largest, smallest = max(sizes, default=0.0), min((s for s in sizes if s), default=0.0)
        if unit in _CURRENCIES:
            return self._money_scale(largest, unit)
        base, _, per = unit.partition("/")
        if per and unit not in _WHOLE_UNITS:
            return self._rate_scale(sizes, base, per)
        if unit == "ratio":
            percent = 100 * largest
            return Scale(0.01, "%", 0 if percent >= 1 or percent == 0 else _decimals(percent))
        if unit == "1" and largest >= 1e6:
            return Scale(1e4, "万", 0) if self.japanese else Scale(1e6, "M", 2)
        factor, shown = self.language.scale(largest, unit)
        if unit == "month" or (unit in _COUNTED and all(s >= 1 and s == round(s) for s in sizes)):
            return Scale(factor, shown, 0)
        if len(sizes) > 1 and largest / factor < 20 and smallest / factor < 0.02:
            factor, shown = self.language.scale(smallest, unit)
        return Scale(factor, shown, _decimals(largest / factor))

    def _rate_scale(self, sizes: list[float], base: str, per: str) -> Scale:
        """Amounts per time, energy or data: ``3,600 JPY/hour``, ``16.0 M/year``."""
        per = self.language.text(_PER.get(per, per))
        part = self.scale(sizes, base)
        unit = self.language.text(_PER.get(part.unit, part.unit)) if part.unit else ""
        decimals = part.decimals
        if base in _CURRENCIES and part.factor == 1.0 and max(sizes, default=0.0) < 100:
            decimals = _decimals(max(sizes, default=0.0))
        return Scale(part.factor, f"{unit}/{per}", decimals)

    def _money_scale(self, largest: float, currency: str) -> Scale:
        if largest < 1e5:
            return Scale(1.0, "円" if self.japanese and currency == "JPY" else currency, 0, True)
        factor, shown = self.language.money_scale(largest, currency)
        if self.japanese and factor == 1e4:
            return Scale(factor, shown, 0, money=True)
        return Scale(factor, shown, 2 if largest / factor < 100 else 1, money=True)

    def scaled(self, value: float, scale: Scale, *, unit: bool = True) -> str:
        """A value on a scale: ``▲221 万円``, ``JPY −2.21 M``, ``13.6 s``."""
        number = value / scale.factor
        text = self.language.fixed(number, scale.decimals)
        if scale.money and self.japanese and number < 0 and text.startswith("−"):
            text = "▲" + text[1:]
        if number and not text.strip("0.,▲−"):
            text = "<" + self.language.fixed(10.0**-scale.decimals, scale.decimals)
        if not unit or not scale.unit:
            return text
        if scale.money and not self.japanese:
            currency, _, suffix = scale.unit.partition(" ")
            return f"{currency} {text} {suffix}".rstrip()
        return f"{text} {scale.unit}"


def _decimals(largest: float) -> int:
    """Decimals that give the largest about three significant digits."""
    if largest >= 99.95:
        return 0
    return 1 if largest >= 9.995 else 2
