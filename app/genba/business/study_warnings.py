"""What a reader must know about the inputs of a case: old prices, too much volume, and the like."""

from __future__ import annotations

import datetime as dt

from genba.business.alternatives import fleet_capacity
from genba.business.case import Case
from genba.business.prices import latest_day
from genba.errors import N_, Message
from genba.study.business import (
    STALE_AFTER_DAYS,
    BusinessInput,
    BusinessInputs,
    BusinessResult,
)
from genba.study.words import INPUTS, label


def input_warnings(
    inputs: BusinessInputs, case: Case, result: BusinessResult, today: dt.date
) -> tuple[Message, ...]:
    """All warnings, each with a code."""
    found = (
        _price_date(inputs, today),
        _old_inputs(inputs, today),
        _undated_inputs(inputs),
        _capacity(case),
        _break_even_capacity(result),
        _flat_cloud_price(case),
        _optimistic_plan(result),
    )
    return tuple(message for message in found if message is not None)


def _price_date(inputs: BusinessInputs, today: dt.date) -> Message | None:
    day = latest_day(inputs.price_date)
    if day is None:
        return Message(text=N_("The prices carry no date."), code="price_undated")
    if (today - day).days <= STALE_AFTER_DAYS:
        return None
    text = N_("The oldest price is of {date}, more than {days} days ago.")
    params = {"date": inputs.price_date, "days": STALE_AFTER_DAYS}
    return Message(text=text, params=params, code="price_old")


def _old_inputs(inputs: BusinessInputs, today: dt.date) -> Message | None:
    old = [
        label(INPUTS, key)
        for key, value in inputs.values.items()
        if _is_price(value)
        and (day := latest_day(value.date)) is not None
        and (today - day).days > STALE_AFTER_DAYS
    ]
    if not old:
        return None
    text = N_("These prices are older than {days} days: {names}.")
    params = {"days": STALE_AFTER_DAYS, "names": old}
    return Message(text=text, params=params, code="inputs_old")


def _undated_inputs(inputs: BusinessInputs) -> Message | None:
    undated = [
        label(INPUTS, key)
        for key, value in inputs.values.items()
        if _is_price(value) and latest_day(value.date) is None
    ]
    if not undated:
        return None
    text = N_("These prices have no exact date: {names}.")
    return Message(text=text, params={"names": undated}, code="inputs_undated")


def _is_price(value: BusinessInput) -> bool:
    return value.ref.startswith(("price/", "device/")) and value.key != "idle_w"


def _capacity(case: Case) -> Message | None:
    capacity = float(fleet_capacity(case.plan))
    asked = case.plan["requests_per_year"]
    if asked <= capacity:
        return None
    text = N_("{asked} requests a year are more than the {capacity} that the devices can serve.")
    params = {"asked": round(asked), "capacity": round(capacity)}
    return Message(text=text, params=params, code="over_capacity")


def _break_even_capacity(result: BusinessResult) -> Message | None:
    volume = result.break_even_requests_per_year.value
    capacity = result.break_even.get("fleet_capacity_requests_per_year", 0.0)
    if volume is None or volume <= capacity:
        return None
    text = N_(
        "The break-even volume is above what the devices can serve; {devices} devices would be"
        " needed."
    )
    params = {"devices": round(result.break_even.get("devices_needed", 0.0))}
    return Message(text=text, params=params, code="break_even_over_capacity")


def _flat_cloud_price(case: Case) -> Message | None:
    if case.plan["cloud_price_growth"] != 0:
        return None
    text = N_("The cloud's prices are taken to stay as they are; they have been falling.")
    return Message(text=text, code="cloud_price_flat")


def _optimistic_plan(result: BusinessResult) -> Message | None:
    edge = result.alternative("edge")
    plan, reached = edge.npv.value, edge.risk["probability_plan_reached"].value
    if plan is None or reached is None or reached >= 0.4:
        return None
    text = N_("The plan lies on the optimistic side: it is reached in {percent} % of the draws.")
    return Message(text=text, params={"percent": round(100 * reached)}, code="plan_optimistic")
