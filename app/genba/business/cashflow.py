"""Cash flow of one alternative against doing nothing: lines, assets, tax, residual value.

Every formula works on plain numbers and on arrays of simulated draws alike. Yearly quantities have
the shape ``(years + 1, m)``: a row per year from t = 0, a column per draw (``m = 1`` for a plan).
Money is nominal and without consumption tax, in one currency; yearly flows fall at year end.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from genba.business import depreciation

Array = NDArray[np.float64]
Values = Mapping[str, "float | Array"]
"""Inputs by key: a number, or one value per draw (shape ``(m,)``)."""


@dataclass(frozen=True)
class Horizon:
    """The years of a case. `ramp` is the share of full use per operating year (0..1).

    A ramp shorter than the horizon continues with its last value; an empty one means full use.
    """

    years: int
    ramp: tuple[float, ...] = ()

    @cached_property
    def year(self) -> Array:
        """0, 1, … as a column, shape ``(years + 1, 1)``."""
        return np.arange(self.years + 1, dtype=np.float64)[:, None]

    @cached_property
    def operating(self) -> Array:
        """1 in every year of operation, 0 at t = 0."""
        return (self.year >= 1).astype(np.float64)

    @cached_property
    def use(self) -> Array:
        """The ramp as a column; 0 at t = 0."""
        shares = list(self.ramp[: self.years]) or [1.0]
        shares += [shares[-1]] * (self.years - len(shares))
        return np.array([0.0, *shares], dtype=np.float64)[:, None]

    def growth(self, rate: float | Array) -> Array:
        """``(1 + rate)^(t − 1)`` from year 1 on: growth applies from year 2. 0 at t = 0."""
        step = 1.0 + np.atleast_1d(np.asarray(rate, dtype=np.float64))
        factor = np.ones((self.years + 1, step.size))
        factor[0] = 0.0
        for t in range(2, self.years + 1):  # products: a power of arrays costs ten times as much
            np.multiply(factor[t - 1], step, out=factor[t])
        return factor

    def discount(self, rate: float | Array) -> Array:
        """``(1 + rate)^−t``, the factor that brings a flow of year t to the decision date."""
        factor: Array = (1.0 + np.asarray(rate)) ** -self.year
        return factor


Formula = Callable[[Values, Horizon], Array]


@dataclass(frozen=True)
class Line:
    """One line of operating money, positive as written; `kind` gives the sign.

    `drivers` are the inputs that carry evidence; the formula's result takes their weakest basis.
    `terms` are the plan's own decisions and calendar terms that it also reads. An `optional` line
    is left out of a case that lacks one of its inputs. `once` lines fall at t = 0 and are expensed.
    `shared` costs are the same for edge and cloud; they, and lines with ``break_even=False``, do
    not move the break-even volume.
    """

    id: str
    kind: Literal["benefit", "cost"]
    drivers: tuple[str, ...]
    formula: Formula
    terms: tuple[str, ...] = ()
    once: bool = False
    group: str = ""
    shared: bool = False
    break_even: bool = True
    optional: bool = False

    @property
    def shown_as(self) -> str:
        """The name under which yearly tables show this line."""
        return self.group or self.id


@dataclass(frozen=True)
class Asset:
    """Something capitalised at t = 0: hardware (bought again in cycles) or software (once)."""

    id: str
    kind: Literal["hardware", "software"]
    drivers: tuple[str, ...]
    cost: Callable[[Values], Array]
    terms: tuple[str, ...] = ()


@dataclass(frozen=True)
class Alternative:
    """A named set of lines and assets, compared with doing nothing."""

    id: str
    lines: tuple[Line, ...]
    assets: tuple[Asset, ...]

    def lines_for(self, values: Values) -> tuple[Line, ...]:
        """The lines of a case with these inputs; optional ones only with all their inputs."""
        return tuple(
            line
            for line in self.lines
            if not line.optional or all(key in values for key in (*line.drivers, *line.terms))
        )

    def parts(self, values: Values) -> tuple[Line | Asset, ...]:
        """The lines and assets of a case with these inputs."""
        return *self.lines_for(values), *self.assets

    def inputs(self, values: Values) -> tuple[str, ...]:
        """Every input key that this alternative reads."""
        keys: dict[str, None] = {"rate": None, "tax": None}
        for item in self.parts(values):
            keys.update(dict.fromkeys((*item.drivers, *item.terms)))
        return tuple(keys)


@dataclass(frozen=True)
class Structure:
    """What shapes a case and is never uncertain: horizon, write-off and replacement."""

    horizon: Horizon
    hw_method: str
    hw_life: int
    replacement_years: int

    def schedule(self, asset: Asset) -> tuple[Array, int | None]:
        """(shares of the cost per year of holding, years until replacement or None)."""
        if asset.kind == "hardware":
            return depreciation.shares(self.hw_method, self.hw_life), self.replacement_years
        return depreciation.shares("straight_line", depreciation.software_life_years()), None


@dataclass(frozen=True)
class Flows:
    """One alternative's yearly money, each of shape ``(years + 1, m)``; costs are negative.

    `lines` holds single lines by id, `capex` purchases per asset (positive).
    """

    lines: dict[str, Array]
    groups: dict[str, Array]
    capex_by_asset: dict[str, Array]
    capex: Array
    depreciation: Array
    operating: Array
    tax: Array
    residual_after_tax: Array
    net: Array
    costs: Array
    """Costs before tax, purchases included, residual value left out; positive."""
    benefits: Array

    def npv(self, discount: Array) -> Array:
        """Net present value per draw, shape ``(m,)``."""
        return present_value(self.net, discount)


def present_value(yearly: Array, discount: Array) -> Array:
    """Σ yearly_t · discount_t over the years, shape ``(m,)``."""
    total: Array = (yearly * discount).sum(axis=0)
    return total


def flows(alternative: Alternative, values: Values, structure: Structure) -> Flows:
    """Evaluate every formula of `alternative` for `values` (numbers or draws).

    tax = rate · (operating − depreciation) in the same year, which may be negative: the company
    is taken to be profitable elsewhere.
    """
    horizon = structure.horizon
    zero = np.zeros((horizon.years + 1, 1))
    lines: dict[str, Array] = {}
    groups: dict[str, Array] = {}
    benefits, costs = zero, zero
    for line in alternative.lines_for(values):
        amount = line.formula(values, horizon)
        signed = amount if line.kind == "benefit" else -amount
        lines[line.id] = signed
        groups[line.shown_as] = groups[line.shown_as] + signed if line.group in groups else signed
        if line.kind == "benefit":
            benefits = benefits + amount
        else:
            costs = costs + amount
    operating = benefits - costs

    capex_by_asset, capex, written_off, residual = {}, zero, zero, zero
    for asset in alternative.assets:
        bought, deducted, left = _asset_flows(asset, values, structure)
        capex_by_asset[asset.id] = bought
        capex, written_off, residual = capex + bought, written_off + deducted, residual + left
    tax = np.asarray(values["tax"]) * (operating - written_off)
    net = operating - tax - capex + residual
    return Flows(
        lines, groups, capex_by_asset, capex, written_off, operating, tax, residual, net,
        costs + capex, benefits,
    )  # fmt: skip


def _asset_flows(asset: Asset, values: Values, structure: Structure) -> tuple[Array, Array, Array]:
    """(purchases, deductions, residual after tax) of one asset.

    Hardware is scrapped for nothing at the end of each cycle and its book loss deducted then; a
    cycle that the horizon cuts short is sold for `residual_share` of its cost, gain or loss taxed.
    Software is worth nothing at the horizon; what is left in the books is deducted.
    """
    years = structure.horizon.years
    per_year, cycle = structure.schedule(asset)
    first = np.atleast_1d(np.asarray(asset.cost(values), dtype=np.float64))
    again = np.asarray(values["replacement_price_share"]) if asset.kind == "hardware" else 1.0
    sold = np.asarray(values["residual_share"]) if asset.kind == "hardware" else 0.0
    tax = np.asarray(values["tax"])
    width = np.broadcast(first, again, sold, tax).size
    bought, deducted, residual = (np.zeros((years + 1, width)) for _ in range(3))
    for start in range(0, years, cycle or years):
        cost = first if start == 0 else first * again
        bought[start] += cost
        end = start + cycle if cycle else None
        held = (end if end is not None and end <= years else years) - start
        for age, share in enumerate(per_year[:held]):
            deducted[start + 1 + age] += cost * share
        book = cost * max(0.0, 1.0 - float(per_year[:held].sum()))
        if end is not None and end <= years:
            deducted[end] += book
        else:
            residual[years] += sold * cost - tax * (sold * cost - book)
    return bought, deducted, residual
