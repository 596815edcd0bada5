"""A Figure: a value that says how far it can be trusted, and what it came from."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, model_validator


class Basis(StrEnum):
    """How a value was obtained. `EXACT` is counted from a file and carries no mark."""

    EXACT = "exact"
    MEASURED = "measured"
    PREDICTED = "predicted"
    ASSUMED = "assumed"


_STRENGTH = {Basis.EXACT: 3, Basis.MEASURED: 2, Basis.PREDICTED: 1, Basis.ASSUMED: 0}


def weakest(bases: Iterable[Basis]) -> Basis:
    """The basis of a result that rests on inputs of these bases (`EXACT` when there are none)."""
    return min(bases, key=_STRENGTH.__getitem__, default=Basis.EXACT)


class Figure(BaseModel):
    """One number with unit, interval and basis, or the reason why there is none.

    `unit` is a code that `i18n` knows: ``ms s byte mJ J W degC 1/s 1 ratio JPY USD EUR month year
    hour token/s MAC``. `low` and `high` bound the interval at `level` (0..1, for example 0.8).
    `ref` is the Figure's stable id (``run/<id>/latency_p99_ms``); `inputs` are the ids it was
    computed from. `not_measured` is a reason code, set exactly when `value` is None.
    `demo` is true when the value rests on a Run of the built-in demo device.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    value: float | None
    unit: str
    basis: Basis
    ref: str
    low: float | None = None
    high: float | None = None
    level: float | None = None
    inputs: tuple[str, ...] = ()
    not_measured: str | None = None
    demo: bool = False

    @model_validator(mode="after")
    def _value_or_reason(self) -> Self:
        if (self.value is None) == (self.not_measured is None):
            raise ValueError("a Figure has either a value or a reason why it has none")
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ValueError("the interval's low end lies above its high end")
        return self

    @property
    def known(self) -> bool:
        """Whether there is a value."""
        return self.value is not None

    def to_json(self) -> dict[str, Any]:
        """The contract form: value, low, high, level, unit, basis, ref; a reason when unknown."""
        out: dict[str, Any] = {
            "value": self.value,
            "low": self.low,
            "high": self.high,
            "level": self.level,
            "unit": self.unit,
            "basis": self.basis.value,
            "ref": self.ref,
        }
        if self.not_measured is not None:
            out["not_measured"] = self.not_measured
        if self.demo:
            out["demo"] = True
        return out


def measured(
    value: float,
    unit: str,
    ref: str,
    *,
    low: float | None = None,
    high: float | None = None,
    level: float | None = None,
    demo: bool = False,
    inputs: tuple[str, ...] = (),
) -> Figure:
    """A Figure taken on the very device, model and runtime that it speaks of."""
    return Figure(
        value=value,
        unit=unit,
        basis=Basis.MEASURED,
        ref=ref,
        low=low,
        high=high,
        level=level,
        demo=demo,
        inputs=inputs,
    )


def not_measured(reason: str, unit: str, ref: str) -> Figure:
    """A Figure that has no value; `reason` is a code such as ``no_power_sensor``."""
    return Figure(value=None, unit=unit, basis=Basis.MEASURED, ref=ref, not_measured=reason)


def derived(
    value: float,
    unit: str,
    ref: str,
    drivers: Iterable[Figure],
    *,
    low: float | None = None,
    high: float | None = None,
    level: float | None = None,
) -> Figure:
    """Wrap a step's result once: the weakest basis of its declared drivers, and their ids."""
    used = tuple(drivers)
    return Figure(
        value=value,
        unit=unit,
        basis=weakest(f.basis for f in used),
        ref=ref,
        low=low,
        high=high,
        level=level,
        inputs=tuple(f.ref for f in used),
        demo=any(f.demo for f in used),
    )
