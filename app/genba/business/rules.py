"""What an input may be: one table of rules for case files and studies, and its errors."""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from genba.business.depreciation import METHODS
from genba.errors import N_, GenbaError, InvalidValue, Message


class CaseError(GenbaError):
    """A business case that cannot be evaluated."""

    code = "case"


class CaseUnreadable(CaseError):
    """The file is no JSON object."""

    code = "case_unreadable"
    what = N_("{path} is not a business case: {reason}.")
    fix = N_("A case is a JSON object with the key “inputs”.")


class MissingInput(CaseError):
    """An input that the formulas need is not there."""

    code = "missing_input"
    what = N_("The business case lacks: {fields}.")
    fix = N_("Add each with a number.")


class UnknownInput(CaseError):
    """No input has this key."""

    code = "unknown_input"
    what = N_("There is no business input called “{key}”.")
    fix = N_("The nearest are: {nearest}.")


class InvalidInput(CaseError, InvalidValue):
    """An input breaks its rule."""

    code = "invalid_input"


class RangeOutOfOrder(CaseError):
    """A range does not read low ≤ most likely ≤ high."""

    code = "range_out_of_order"
    what = N_("The range of {field} is out of order: low {low}, most likely {mode}, high {high}.")
    fix = N_("Give them so that low ≤ most likely ≤ high.")


class MixedCurrencies(CaseError):
    """Amounts in more than one currency."""

    code = "mixed_currencies"
    what = N_("{field} is in {currency}, but the case is in {expected}.")
    fix = N_("Convert it at a dated rate and give all amounts in {expected}.")


class TaxInclusivePrices(CaseError):
    """Consumption tax is in the prices."""

    code = "tax_inclusive"
    what = N_("The case must be free of consumption tax, but its tax basis is “{tax_basis}”.")
    fix = N_("Take consumption tax out of every amount and set the tax basis to “exclusive”.")


@dataclass(frozen=True)
class Rule:
    """The span of an input; `over` excludes the low end itself."""

    low: float = 0.0
    high: float = math.inf
    over: bool = False
    integer: bool = False
    fixed: bool = False
    """Never uncertain: it shapes the case."""

    @property
    def text(self) -> Message:
        """The rule as a clause for an error."""
        params = {"low": self.low, "high": self.high}
        if self.integer:
            if self.high == math.inf:
                return Message(text=N_("a whole number of at least {low}"), params=params)
            return Message(text=N_("a whole number from {low} to {high}"), params=params)
        if self.over and self.high == math.inf:
            return Message(text=N_("a number above {low}"), params=params)
        if self.over:
            return Message(text=N_("a number above {low} and up to {high}"), params=params)
        if self.high == math.inf:
            return Message(text=N_("a number of at least {low}"), params=params)
        return Message(text=N_("a number from {low} to {high}"), params=params)

    def allows(self, value: float) -> bool:
        """Whether `value` keeps the rule."""
        if self.integer and value != int(value):
            return False
        return (value > self.low if self.over else value >= self.low) and value <= self.high


_AMOUNT, _SHARE = Rule(), Rule(high=1.0)
_GROWTH = Rule(low=-0.9, high=1.0)
_POSITIVE = Rule(over=True)

RULES: dict[str, Rule] = {
    "years": Rule(1, 30, integer=True, fixed=True),
    "hw_life": Rule(1, 50, integer=True, fixed=True),
    "replacement_years": Rule(1, 50, integer=True, fixed=True),
    "rate": Rule(0.0, 0.4),
    "tax": Rule(0.0, 0.99),
    "devices": Rule(low=1.0),
    "spares": _AMOUNT,
    "days": Rule(0.0, 366.0),
    "powered_hours": Rule(0.0, 8784.0),
    "psu_efficiency": Rule(0.0, 1.0, over=True),
    "latency_mean_ms": _POSITIVE,
    "hours_saved_per_device_day": Rule(0.0, 24.0),
    "maintenance_rate": _SHARE,
    **dict.fromkeys(
        (
            "residual_share", "cashable_share", "avoidable_share", "recall_edge", "recall_cloud",
            "false_positive_rate_edge", "false_positive_rate_cloud", "cloud_usable_share",
        ),
        _SHARE,
    ),
    "replacement_price_share": Rule(0.0, 5.0),
    **dict.fromkeys(("wage_growth", "energy_price_growth", "cloud_price_growth"), _GROWTH),
    **dict.fromkeys(
        (
            "unit_price", "integration", "poc_cost", "training", "security_once",
            "security_yearly", "automation_once", "automation_licence", "requests_per_year", "wage",
            "scrap_cost", "review_cost", "downtime_hours_avoided", "downtime_cost_per_hour",
            "energy_mj", "idle_w", "energy_price", "ops_wage", "ops_hours_before",
            "ops_hours_after", "tokens_in", "tokens_out", "price_in_per_m", "price_out_per_m",
            "egress_kb", "egress_price_gb", "line_fee_month", "cloud_ops_hours",
            "cloud_integration",
        ),
        _AMOUNT,
    ),
}  # fmt: skip
OPTIONAL_RULES: dict[str, Rule] = dict.fromkeys(
    (
        "sim_fee_month", "update_mb", "updates_per_year", "data_price_mb", "cloud_instances",
        "cloud_instance_hours", "cloud_instance_price",
    ),
    _AMOUNT,
)  # fmt: skip
ALL_RULES = RULES | OPTIONAL_RULES


def number(field: str, value: Any, rule: Rule | None = None) -> float:
    """`value` as a finite number that keeps its rule; raises `InvalidInput`."""
    rule = rule or ALL_RULES.get(field, _AMOUNT)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise InvalidInput(field=field, value=value, rule=Message(text=N_("a finite number")))
    if not rule.allows(value):
        raise InvalidInput(field=field, value=value, rule=rule.text)
    return float(value)


def ordered_range(field: str, low: float, mode: float, high: float) -> None:
    """Raise `RangeOutOfOrder`, or `InvalidInput` where an end breaks the input's rule."""
    for end in (low, mode, high):
        number(field, end)
    if not low <= mode <= high:
        raise RangeOutOfOrder(field=field, low=low, mode=mode, high=high)


def hardware_method(value: Any) -> str:
    """A known depreciation method; raises `InvalidInput`."""
    if value not in METHODS:
        rule = Message(text=N_("one of {known}"), params={"known": ", ".join(METHODS)})
        raise InvalidInput(field="hw_method", value=value, rule=rule)
    return str(value)


def ramp_shares(value: Any, years: int) -> tuple[float, ...]:
    """The ramp: shares of full use, no longer than the horizon; raises `InvalidInput`."""
    if not isinstance(value, list | tuple):
        raise InvalidInput(field="ramp", value=value, rule=Message(text=N_("a list of shares")))
    if len(value) > years:
        rule = Message(text=N_("at most one share per year ({years})"), params={"years": years})
        raise InvalidInput(field="ramp", value=str(list(value)), rule=rule)
    return tuple(number("ramp", share, _SHARE) for share in value)


def unknown(key: str, known: Iterable[str]) -> UnknownInput:
    """The error for an unknown key, naming the nearest known ones."""
    names = sorted(known)
    nearest = difflib.get_close_matches(key, names, n=4, cutoff=0.45) or names[:6]
    return UnknownInput(key=key, nearest=", ".join(nearest))
