"""The units of the business case's inputs in words."""

from __future__ import annotations

from genba.errors import N_

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
