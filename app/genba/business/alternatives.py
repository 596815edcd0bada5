"""The two alternatives to doing nothing, edge and cloud, as lines with declared drivers.

Input keys and units: money in the case's currency; ``energy_mj`` mJ per request, gross at the
board while busy; ``latency_mean_ms`` ms; ``idle_w`` W per device; ``powered_hours`` hours per
device and year; token prices per million tokens; ``egress_kb`` kB per request (1 GB = 10^6 kB).
"""

from __future__ import annotations

import numpy as np

from genba.business.cashflow import Alternative, Array, Asset, Horizon, Line, Values

MJ_PER_KWH = 3.6e9  # millijoules in a kilowatt hour
MS_PER_HOUR = 3.6e6
KB_PER_GB = 1e6
MONTHS = 12


def requests(v: Values, h: Horizon) -> Array:
    """Requests of the whole fleet per year."""
    return v["requests_per_year"] * h.use


def energy_kwh(v: Values, h: Horizon) -> Array:
    """Energy at the wall per year: busy at `energy_mj` a request, idle for the rest, over η."""
    n = requests(v, h)
    busy_hours = n * v["latency_mean_ms"] / MS_PER_HOUR
    powered = v["devices"] * v["powered_hours"] * h.operating
    idle_kwh = v["idle_w"] * np.maximum(powered - busy_hours, 0.0) / 1000.0
    total: Array = (n * v["energy_mj"] / MJ_PER_KWH + idle_kwh) / v["psu_efficiency"]
    return total


def fleet_capacity(v: Values) -> Array:
    """Requests per year that the powered devices can serve at their mean latency."""
    capacity: Array = np.asarray(v["devices"]) * v["powered_hours"] * MS_PER_HOUR
    return capacity / v["latency_mean_ms"]


def hardware_cost(v: Values) -> Array:
    """The first purchase of devices and spares."""
    return np.asarray(v["unit_price"] * (v["devices"] + v["spares"]), dtype=np.float64)


def _labour(v: Values, h: Horizon) -> Array:
    hours = v["devices"] * v["hours_saved_per_device_day"] * v["days"]
    return hours * v["cashable_share"] * v["wage"] * h.growth(v["wage_growth"]) * h.use


def _downtime(v: Values, h: Horizon) -> Array:
    return v["downtime_hours_avoided"] * v["downtime_cost_per_hour"] * h.use


def _scrap(v: Values, h: Horizon, recall: str) -> Array:
    return v["scrap_cost"] * v["avoidable_share"] * v[recall] * h.use


def _false_alarms(v: Values, h: Horizon, rate: str) -> Array:
    return requests(v, h) * v[rate] * v["review_cost"] * h.growth(v["wage_growth"])


def _operations(v: Values, h: Horizon, hours_month: str) -> Array:
    return MONTHS * v[hours_month] * v["ops_wage"] * h.growth(v["wage_growth"])


def _energy(v: Values, h: Horizon) -> Array:
    return energy_kwh(v, h) * v["energy_price"] * h.growth(v["energy_price_growth"])


def _yearly(key: str) -> Line:
    return Line(key, "cost", (key,), lambda v, h: v[key] * h.operating)


def _once(identifier: str, key: str, *, shared: bool = False) -> Line:
    return Line(
        identifier, "cost", (key,), lambda v, h: v[key] * (1.0 - h.operating),
        once=True, group="one_off", shared=shared,
    )  # fmt: skip


_LABOUR = ("hours_saved_per_device_day", "cashable_share", "wage")
_DOWNTIME = ("downtime_hours_avoided", "downtime_cost_per_hour")
_LABOUR_TERMS = ("devices", "days", "wage_growth")
_ENERGY_TERMS = (
    "requests_per_year", "devices", "powered_hours", "latency_mean_ms", "psu_efficiency",
    "energy_price_growth",
)  # fmt: skip
_SHARED = (_once("poc", "poc_cost", shared=True), _once("training", "training", shared=True))

EDGE = Alternative(
    "edge",
    lines=(
        Line("labour", "benefit", _LABOUR, _labour, _LABOUR_TERMS),
        Line(
            "scrap", "benefit", ("scrap_cost", "avoidable_share", "recall_edge"),
            lambda v, h: _scrap(v, h, "recall_edge"),
        ),
        Line(
            "false_alarms", "cost",
            ("requests_per_year", "false_positive_rate_edge", "review_cost"),
            lambda v, h: _false_alarms(v, h, "false_positive_rate_edge"), ("wage_growth",),
            break_even=False,
        ),
        Line("downtime", "benefit", _DOWNTIME, _downtime),
        Line("energy", "cost", ("energy_mj", "idle_w", "energy_price"), _energy, _ENERGY_TERMS),
        Line(
            "maintenance", "cost", ("maintenance_rate", "unit_price"),
            lambda v, h: v["maintenance_rate"] * hardware_cost(v) * h.operating,
            ("devices", "spares"),
        ),
        Line(
            "operations", "cost", ("ops_hours_after", "ops_wage"),
            lambda v, h: _operations(v, h, "ops_hours_after"), ("wage_growth",),
        ),
        _yearly("automation_licence"),
        Line(
            "security", "cost", ("security_yearly",),
            lambda v, h: v["security_yearly"] * h.operating,
        ),
        Line(
            "connectivity", "cost", ("sim_fee_month",),
            lambda v, h: MONTHS * v["sim_fee_month"] * v["devices"] * h.operating,
            ("devices",), optional=True,
        ),
        Line(
            "updates", "cost", ("update_mb", "data_price_mb"),
            lambda v, h: v["update_mb"] * v["updates_per_year"] * v["data_price_mb"]
            * v["devices"] * h.operating,
            ("devices", "updates_per_year"), optional=True,
        ),
        *_SHARED,
        _once("security_once", "security_once"),
        _once("automation_once", "automation_once"),
    ),
    assets=(
        Asset("integration", "software", ("integration",), lambda v: np.asarray(v["integration"])),
        Asset(
            "hardware", "hardware", ("unit_price",), hardware_cost,
            ("devices", "spares", "replacement_price_share", "residual_share"),
        ),
    ),
)  # fmt: skip


def _retained(line: Line) -> Line:
    """A benefit of the edge as far as the cloud keeps it (latency, outages, data rules)."""
    return Line(
        line.id, "benefit", (*line.drivers, "cloud_usable_share"),
        lambda v, h: line.formula(v, h) * v["cloud_usable_share"], line.terms,
    )  # fmt: skip


def _tokens(v: Values, h: Horizon) -> Array:
    per_request = (
        v["tokens_in"] * v["price_in_per_m"] + v["tokens_out"] * v["price_out_per_m"]
    ) / 1e6
    return requests(v, h) * per_request * h.growth(v["cloud_price_growth"])


def _egress(v: Values, h: Horizon) -> Array:
    gigabytes = requests(v, h) * v["egress_kb"] / KB_PER_GB
    return gigabytes * v["egress_price_gb"] * h.growth(v["cloud_price_growth"])


def _instances(v: Values, h: Horizon) -> Array:
    hours = v["cloud_instances"] * v["cloud_instance_hours"]
    return hours * v["cloud_instance_price"] * h.growth(v["cloud_price_growth"])


_BY_ID = {line.id: line for line in EDGE.lines}

CLOUD = Alternative(
    "cloud",
    lines=(
        _retained(_BY_ID["labour"]),
        Line(
            "scrap", "benefit",
            ("scrap_cost", "avoidable_share", "recall_cloud", "cloud_usable_share"),
            lambda v, h: _scrap(v, h, "recall_cloud") * v["cloud_usable_share"],
        ),
        Line(
            "false_alarms", "cost",
            ("requests_per_year", "false_positive_rate_cloud", "review_cost"),
            lambda v, h: _false_alarms(v, h, "false_positive_rate_cloud"), ("wage_growth",),
            break_even=False,
        ),
        _retained(_BY_ID["downtime"]),
        Line(
            "tokens", "cost", ("tokens_in", "tokens_out", "price_in_per_m", "price_out_per_m"),
            _tokens, ("requests_per_year", "cloud_price_growth"),
        ),
        Line(
            "egress", "cost", ("egress_kb", "egress_price_gb"), _egress,
            ("requests_per_year", "cloud_price_growth"),
        ),
        Line(
            "line", "cost", ("line_fee_month",),
            lambda v, h: MONTHS * v["line_fee_month"] * h.operating,
        ),
        Line(
            "instances", "cost", ("cloud_instance_price",), _instances,
            ("cloud_instances", "cloud_instance_hours", "cloud_price_growth"), optional=True,
        ),
        Line(
            "operations", "cost", ("cloud_ops_hours", "ops_wage"),
            lambda v, h: _operations(v, h, "cloud_ops_hours"), ("wage_growth",),
        ),
        *_SHARED,
    ),
    assets=(
        Asset(
            "cloud_integration", "software", ("cloud_integration",),
            lambda v: np.asarray(v["cloud_integration"]),
        ),
    ),
)  # fmt: skip
