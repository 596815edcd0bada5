"""The default case of a study: its workload and candidate, dated prices and stated assumptions.

The numbers stand in `assets/business/` (one file a task, over ``common.json``) and
`assets/prices/`; this module only knows how to put them together and what each rests on.
"""

from __future__ import annotations

import datetime as dt
import math
from functools import cache
from typing import Any

from genba.business.default_technics import TechnicalInputs
from genba.business.gates import default_stages
from genba.business.prices import PriceBook, latest_day
from genba.errors import N_
from genba.figures import Basis
from genba.resources import asset_json
from genba.study.business import BusinessInput, BusinessInputs
from genba.study.candidate import Candidate
from genba.study.device import DeviceProfile
from genba.study.workload import Task, Workload

SECONDS_PER_DAY = 86_400


def defaults(
    workload: Workload,
    chosen: Candidate | None,
    device: DeviceProfile | None,
    prices: PriceBook,
    *,
    today: dt.date | None = None,
) -> BusinessInputs:
    """Every input of a study's case with range, unit, basis, source and date.

    `requests_per_day` of the workload is per device. Latency, energy and quality come from the
    candidate's Figures, price and power from the device profile; what neither knows stays an
    assumption. Amounts are in the workload's currency. Raises `NoExchangeRate`.
    """
    today = today or dt.datetime.now(dt.UTC).date()
    facts = _facts(workload.task)
    builder = _Builder(workload, prices, facts, today)
    values = builder.values()
    values |= TechnicalInputs(workload, chosen, device, prices, facts, values).inputs()
    values |= builder.sized(values)
    inputs = BusinessInputs(
        name=f"{workload.task.value}",
        currency=workload.currency,
        price_date=_oldest(values),
        years=int(facts["years"]),
        ramp=tuple(facts["ramp"]),
        values=values,
        hw_method=facts["hw_method"],
        poc_test=dict(facts["poc_test"]),
        cloud_excluded=workload.private_data,
    )
    stages = default_stages(inputs, workload, chosen, facts["stages"], builder.exchange)
    return inputs.model_copy(update={"stages": stages})


def _oldest(values: dict[str, BusinessInput]) -> str:
    """The date of the oldest dated price."""
    priced = (v.date for v in values.values() if v.ref.startswith(("price/", "device/")))
    dated = [(day, date) for date in priced if (day := latest_day(date)) is not None]
    return min(dated, default=(dt.date.min, ""))[1]


@cache
def _facts(task: Task) -> dict[str, Any]:
    common = asset_json("business", "common.json")
    own = asset_json("business", f"{task.value}.json")
    return {**common, **own, "values": {**common["values"], **own["values"]}}


class _Builder:
    """Turns the entries of the data files into inputs, in the workload's currency."""

    def __init__(
        self, workload: Workload, prices: PriceBook, facts: dict[str, Any], today: dt.date
    ) -> None:
        self._workload, self._prices, self._facts, self._today = workload, prices, facts, today
        self._own = facts["currency"]
        self.exchange = prices.exchange(self._own, workload.currency)

    def values(self) -> dict[str, BusinessInput]:
        """The plain assumptions, the prices, and the tax rate in force today."""
        out = {key: self._entry(key, raw) for key, raw in self._facts["values"].items()}
        rate = self._prices.tax(self._today)
        out["tax"] = BusinessInput(
            key="tax",
            value=rate.rate,
            unit="ratio",
            source=f"{rate.label}: {rate.source}",
            date=self._prices.tax_date,
            ref=f"tax/{rate.id}",
        )
        return out

    def sized(self, values: dict[str, BusinessInput]) -> dict[str, BusinessInput]:
        """What follows from the volume: requests, false alarms, tokens, cloud instances."""
        per_day = self._workload.requests_per_day
        requests = per_day * values["devices"].value * values["days"].value
        out = {
            "requests_per_year": BusinessInput(
                key="requests_per_year",
                value=requests,
                low=requests * 0.7,
                high=requests * 1.3,
                unit="1/year",
                source=N_("Workload: requests per day × devices × days"),
                date=self._today.isoformat(),
            )
        }
        out |= self._alarms(per_day)
        if self._workload.task is Task.TEXT_GENERATION:
            out |= self._tokens()
        if "cloud_sizing" in self._facts:
            out |= self._instances(per_day * values["devices"].value)
        return out

    def _entry(self, key: str, raw: dict[str, Any]) -> BusinessInput:
        if "price" in raw:
            return self._price(key, raw)
        scale = self.exchange if self._own in raw["unit"] else 1.0
        return BusinessInput(
            key=key,
            value=raw["value"] * scale,
            low=None if "low" not in raw else raw["low"] * scale,
            high=None if "high" not in raw else raw["high"] * scale,
            unit=raw["unit"].replace(self._own, self._workload.currency),
            source=raw["source"],
            date=raw["date"],
        )

    def _price(self, key: str, raw: dict[str, Any]) -> BusinessInput:
        price = self._prices.price(raw["price"])
        amount = self._prices.amount(price.id, self._workload.currency)
        return BusinessInput(
            key=key,
            value=amount,
            low=amount * raw["low"],
            high=amount * raw["high"],
            unit=raw["unit"].replace(self._own, self._workload.currency),
            source=f"{price.label}: {price.source} ({price.amount:g} {price.currency})",
            date=price.date,
            ref=f"price/{price.id}",
        )

    def _alarms(self, per_day: float) -> dict[str, BusinessInput]:
        """False alarms are known per device and day; the formulas want them per request."""
        raw = self._facts["false_alarms_per_device_day"]
        out = {}
        for side, factor in (("edge", 1.0), ("cloud", raw["cloud_factor"])):
            key = f"false_positive_rate_{side}"
            low, value, high = (
                min(1.0, raw[name] * factor / per_day) if per_day > 0 else 0.0
                for name in ("low", "value", "high")
            )
            out[key] = BusinessInput(
                key=key,
                value=value,
                low=low,
                high=high,
                unit="ratio",
                source=raw["source"],
                date=self._today.isoformat(),
            )
        return out

    def _tokens(self) -> dict[str, BusinessInput]:
        spread = self._facts["token_factor"]
        counts = {
            "tokens_in": self._workload.prompt_tokens,
            "tokens_out": self._workload.generate_tokens,
        }
        return {
            key: BusinessInput(
                key=key,
                value=count,
                low=count * spread["low"],
                high=count * spread["high"],
                unit="token",
                source=N_("Workload"),
                date=self._today.isoformat(),
            )
            for key, count in counts.items()
        }

    def _instances(self, fleet_per_day: float) -> dict[str, BusinessInput]:
        """Instances = ⌈peak / throughput⌉, at least one, and the redundant ones."""
        sizing = self._facts["cloud_sizing"]
        peak_per_s = fleet_per_day / SECONDS_PER_DAY * sizing["peak_factor"]
        count = max(1, math.ceil(peak_per_s / sizing["throughput_per_s"])) + sizing["redundant"]
        return {
            "cloud_instances": BusinessInput(
                key="cloud_instances",
                value=count,
                unit="1",
                basis=Basis.ASSUMED,
                source=f"{sizing['source']} ({sizing['throughput_per_s']}/s)",
            )
        }
