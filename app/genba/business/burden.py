"""The operating burden: hours before and after automation, and when the automation is repaid."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from genba.business.alternatives import MONTHS


@dataclass(frozen=True)
class Burden:
    """Hours and money a year; no payback where automation saves less than its licence costs."""

    before_hours_year: float
    after_hours_year: float
    saved_yen_year: float
    automation_payback_years: float | None


def operating_burden(plan: Mapping[str, float]) -> Burden:
    """What automation does to the hours of operation, and in how many years it pays for itself."""
    before, after = MONTHS * plan["ops_hours_before"], MONTHS * plan["ops_hours_after"]
    saved = (before - after) * plan["ops_wage"]
    gain = saved - plan["automation_licence"]
    return Burden(
        before_hours_year=before,
        after_hours_year=after,
        saved_yen_year=saved,
        automation_payback_years=plan["automation_once"] / gain if gain > 0 else None,
    )
