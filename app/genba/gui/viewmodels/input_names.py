"""The inputs of the business case in words. A key without a name here is shown as it is."""

from __future__ import annotations

from genba.errors import N_

INPUT_NAMES: dict[str, str] = {
    "rate": N_("Discount rate"),
    "tax": N_("Tax rate"),
    "devices": N_("Devices"),
    "spares": N_("Spare devices"),
    "unit_price": N_("Price of one device"),
    "hw_life": N_("Depreciation life"),
    "replacement_years": N_("Replaced after"),
    "replacement_price_share": N_("Price at replacement, share of the first"),
    "residual_share": N_("Residual value, share of the price"),
    "integration": N_("Integration work"),
    "poc_cost": N_("Cost of the PoC"),
    "training": N_("Training"),
    "security_once": N_("Security, once"),
    "security_yearly": N_("Security, a year"),
    "automation_once": N_("Operations automation, once"),
    "automation_licence": N_("Operations automation, a year"),
    "maintenance_rate": N_("Maintenance, share of the price a year"),
    "requests_per_year": N_("Requests a year"),
    "days": N_("Working days a year"),
    "wage": N_("Labour cost"),
    "wage_growth": N_("Growth of labour cost"),
    "hours_saved_per_device_day": N_("Hours saved per device and day"),
    "cashable_share": N_("Share of saved hours that becomes cash"),
    "scrap_cost": N_("Cost of scrap"),
    "avoidable_share": N_("Avoidable share of scrap"),
    "recall_edge": N_("Recall, edge"),
    "recall_cloud": N_("Recall, cloud"),
    "false_positive_rate_edge": N_("False alarms, edge"),
    "false_positive_rate_cloud": N_("False alarms, cloud"),
    "review_cost": N_("Cost of reviewing an alarm"),
    "downtime_hours_avoided": N_("Downtime avoided a year"),
    "downtime_cost_per_hour": N_("Cost of downtime"),
    "energy_mj": N_("Energy per request"),
    "latency_mean_ms": N_("Mean latency"),
    "idle_w": N_("Idle power"),
    "powered_hours": N_("Hours powered a year"),
    "psu_efficiency": N_("Efficiency of the power supply"),
    "energy_price": N_("Price of electricity"),
    "energy_price_growth": N_("Growth of the electricity price"),
    "ops_wage": N_("Labour cost of operations"),
    "ops_hours_before": N_("Operating work before"),
    "ops_hours_after": N_("Operating work after"),
    "cloud_usable_share": N_("Share of requests the cloud may serve"),
    "tokens_in": N_("Tokens in per request"),
    "tokens_out": N_("Tokens out per request"),
    "price_in_per_m": N_("Cloud price, a million tokens in"),
    "price_out_per_m": N_("Cloud price, a million tokens out"),
    "cloud_price_growth": N_("Growth of the cloud price"),
    "egress_kb": N_("Data sent per request"),
    "egress_price_gb": N_("Price of data sent"),
    "line_fee_month": N_("Line fee"),
    "cloud_ops_hours": N_("Operating work with the cloud"),
    "cloud_integration": N_("Integration of the cloud"),
}

UNIT_NAMES: dict[str, str] = {
    "ratio": "%",
    "hour": N_("h"),
    "hour/month": N_("h/month"),
    "hour/year": N_("h/year"),
    "month": N_("months"),
    "year": N_("years"),
    "1/year": N_("/year"),
    "day/year": N_("days/year"),
    "1": "",
}


def input_name(key: str) -> str:
    """The template for an input's name."""
    return INPUT_NAMES.get(key, key)
