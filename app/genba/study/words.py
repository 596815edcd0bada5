"""What people call measures, inputs, lines, stages and alternatives (catalogue keys)."""

from __future__ import annotations

from collections.abc import Mapping

from genba.errors import N_, Message

MEASURES: Mapping[str, str] = {
    "latency_ms": N_("latency"),
    "latency_p50_ms": N_("latency p50"),
    "latency_p90_ms": N_("latency p90"),
    "latency_p99_ms": N_("latency p99"),
    "latency_mean_ms": N_("mean latency"),
    "throughput_per_s": N_("throughput"),
    "ttft_ms": N_("time to first token (TTFT)"),
    "tpot_ms": N_("time per output token (TPOT)"),
    "decode_tokens_per_s": N_("tokens per second"),
    "memory_bytes": N_("peak memory"),
    "energy_mj": N_("energy per request"),
    "energy_net_mj": N_("energy per request, idle left out"),
    "power_w": N_("power"),
    "temperature_c": N_("temperature"),
    "quality": N_("quality"),
    "quality_drop": N_("loss of quality"),
    "budget": N_("budget"),
    "probability_of_loss": N_("chance of a loss"),
    "p_loss": N_("chance of a loss"),
    "availability": N_("availability"),
    "hours_saved_per_device_day": N_("hours saved per device and day"),
    "ops_hours_month": N_("operating hours per month"),
    "coverage_measured": N_("share of evidence that is measured"),
    "prediction_error": N_("error of the prediction"),
    "forecast_error": N_("error of the prediction"),
    "evidence_measured": N_("share of evidence that is measured"),
    "edge_cost_per_cloud_cost": N_("cost of a request against the cloud"),
    "nre_payback_years": N_("years until the chip's development is repaid"),
    "frozen_model_years": N_("years that the model stays the same"),
    "ops_hours_after": N_("operating hours per month"),
    "throughput_loss": N_("loss of throughput in 30 minutes"),
    "memory_share": N_("share of the memory in use"),
}

INPUTS: Mapping[str, str] = {
    "devices": N_("Number of devices"),
    "spares": N_("Number of spare devices"),
    "unit_price": N_("Price per device"),
    "hw_life": N_("Depreciation period of the devices"),
    "replacement_years": N_("Years until replacement"),
    "replacement_price_share": N_("Price of a replacement, share of the first"),
    "residual_share": N_("Residual value, share of the price"),
    "integration": N_("Integration and development"),
    "poc_cost": N_("Cost of the PoC"),
    "training": N_("Training"),
    "security_once": N_("Security (once)"),
    "security_yearly": N_("Security (yearly)"),
    "automation_once": N_("Automation (once)"),
    "automation_licence": N_("Automation licence"),
    "maintenance_rate": N_("Maintenance rate"),
    "requests_per_year": N_("Requests per year"),
    "days": N_("Working days per year"),
    "wage": N_("Wage per hour"),
    "wage_growth": N_("Growth of wages"),
    "hours_saved_per_device_day": N_("Hours saved per device and day"),
    "cashable_share": N_("Share of hours that becomes cash"),
    "scrap_cost": N_("Yearly loss from scrap"),
    "avoidable_share": N_("Avoidable share of scrap"),
    "recall_edge": N_("Recall at the edge"),
    "recall_cloud": N_("Recall in the cloud"),
    "false_positive_rate_edge": N_("False alarm rate at the edge"),
    "false_positive_rate_cloud": N_("False alarm rate in the cloud"),
    "review_cost": N_("Cost of checking one alarm"),
    "downtime_hours_avoided": N_("Downtime avoided per year"),
    "downtime_cost_per_hour": N_("Cost of downtime per hour"),
    "energy_mj": N_("Energy per request"),
    "latency_mean_ms": N_("Mean latency"),
    "idle_w": N_("Idle power"),
    "powered_hours": N_("Powered hours per year"),
    "psu_efficiency": N_("Efficiency of the power supply"),
    "energy_price": N_("Price of electricity"),
    "energy_price_growth": N_("Growth of the electricity price"),
    "ops_wage": N_("Hourly wage of operations"),
    "ops_hours_before": N_("Operating hours per month, before"),
    "ops_hours_after": N_("Operating hours per month, after"),
    "cloud_usable_share": N_("Share of the benefit that the cloud keeps"),
    "tokens_in": N_("Input tokens per request"),
    "tokens_out": N_("Output tokens per request"),
    "price_in_per_m": N_("Price of a million input tokens"),
    "price_out_per_m": N_("Price of a million output tokens"),
    "cloud_price_growth": N_("Growth of cloud prices"),
    "egress_kb": N_("Transferred data per request"),
    "egress_price_gb": N_("Price of transferred data"),
    "line_fee_month": N_("Line fee per month"),
    "cloud_ops_hours": N_("Operating hours per month, cloud"),
    "cloud_integration": N_("Cloud integration"),
    "sim_fee_month": N_("SIM fee per month"),
    "update_mb": N_("Size of an update"),
    "updates_per_year": N_("Updates per year"),
    "data_price_mb": N_("Price of mobile data"),
    "rate": N_("Discount rate"),
    "tax": N_("Tax rate"),
    "cloud_instances": N_("Cloud instances"),
    "cloud_instance_hours": N_("Hours per cloud instance and year"),
    "cloud_instance_price": N_("Price per cloud instance hour"),
}

LINES: Mapping[str, str] = {
    "labour": N_("Labour saved"),
    "scrap": N_("Scrap avoided"),
    "false_alarms": N_("Checking false alarms"),
    "downtime": N_("Downtime avoided"),
    "energy": N_("Electricity"),
    "maintenance": N_("Device maintenance"),
    "operations": N_("Operation work"),
    "automation_licence": N_("Automation licence"),
    "security": N_("Security (yearly)"),
    "one_off": N_("One-off (PoC, training …)"),
    "poc": N_("PoC"),
    "training": N_("Training"),
    "security_once": N_("Security (once)"),
    "automation_once": N_("Automation (once)"),
    "integration": N_("Integration and development"),
    "hardware": N_("Hardware"),
    "connectivity": N_("Mobile data and VPN"),
    "updates": N_("Update traffic"),
    "tokens": N_("Cloud tokens"),
    "egress": N_("Data transfer"),
    "line": N_("Leased line"),
    "residual": N_("Residual value (after tax)"),
    "tax": N_("Tax"),
    "capital": N_("Capital expenditure"),
    "instances": N_("Cloud instances"),
    "cloud_integration": N_("Cloud integration"),
}

CHIP_STAGES: Mapping[str, str] = {
    "existing_edge_chip": N_("chips at hand"),
    "low_power_accelerator_or_fpga": N_("low-power accelerator or FPGA"),
    "dedicated_asic": N_("dedicated ASIC"),
    "cloud": N_("cloud"),
    "demo": N_("demo device"),
}

STAGES: Mapping[str, str] = {
    "poc": N_("PoC on chips at hand"),
    "pilot": N_("Pilot on one line"),
    "rollout": N_("Roll-out on low-power accelerators or FPGA"),
    "asic": N_("ASIC"),
}

ALTERNATIVES: Mapping[str, str] = {
    "nothing": N_("Do nothing"),
    "cloud": N_("Cloud"),
    "edge": N_("Edge"),
}


def label(names: Mapping[str, str], key: str) -> Message:
    """The name of a key; an unknown key (of a plugin, of a newer study) is shown as it is."""
    known = names.get(key)
    if known is None:
        return Message(text="{text}", params={"text": key})
    return Message(text=known)
