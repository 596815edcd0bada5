"""Depreciation as shares of the cost per year of holding; the statutory rates are data."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from genba.errors import N_, GenbaError
from genba.resources import asset_json

Array = NDArray[np.float64]

METHODS = ("straight_line", "declining_200", "lump3", "immediate")


class UnknownDepreciation(GenbaError):
    """The method, or its table for that life, does not exist."""

    code = "unknown_depreciation"
    what = N_("There is no depreciation “{method}” over {life} years.")
    fix = N_("Use one of: {known}.")


@cache
def tables() -> dict[str, Any]:
    """The dated file of statutory rates (``assets/prices/depreciation-jp.json``)."""
    return asset_json("prices", "depreciation-jp.json")


def software_life_years() -> int:
    """Over how many years integration and software are written off, straight line."""
    return int(tables()["software_life_years"])


@cache
def shares(method: str, life: int) -> Array:
    """Shares of the cost that each year of holding may deduct, shape ``(life,)``, sum 1.

    Raises `UnknownDepreciation`. ``lump3`` spreads over 3 years whatever the life,
    ``immediate`` deducts all in the first year. The array is shared: do not write to it.
    """
    if method == "immediate":
        return np.ones(1)
    if method == "lump3":
        return np.full(3, 1.0 / 3.0)
    if method == "straight_line" and life >= 1:
        return np.full(life, 1.0 / life)
    rates = tables()["declining_200"]["rates"].get(str(life))
    if method != "declining_200" or rates is None:
        lives = ", ".join(sorted(tables()["declining_200"]["rates"], key=int))
        known = f"straight_line, declining_200 ({lives}), lump3, immediate"
        raise UnknownDepreciation(method=method, life=life, known=known)
    return _declining(life, rates["rate"], rates["revised"], rates["guarantee"])


def _declining(life: int, rate: float, revised: float, guarantee: float) -> Array:
    """200 % declining balance, written down to zero.

    Once the year's amount would fall below the guaranteed share of the cost, the revised rate is
    applied to the book value of that moment for the rest of the life (Japan's 改定償却率).
    """
    book, fixed, out = 1.0, None, []
    for year in range(life):
        if fixed is None and book * rate < guarantee:
            fixed = book * revised
        amount = book * rate if fixed is None else min(fixed, book)
        if year == life - 1:
            amount = book
        out.append(amount)
        book -= amount
    return np.array(out)
