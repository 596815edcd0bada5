"""From a study's inputs to a `Case`, with the checks; and changing single inputs by key."""

from __future__ import annotations

from collections.abc import Mapping

from genba.business.case import Case
from genba.business.cashflow import Horizon, Structure
from genba.business.rules import (
    ALL_RULES,
    OPTIONAL_RULES,
    RULES,
    InvalidInput,
    MissingInput,
    hardware_method,
    number,
    ordered_range,
    ramp_shares,
    unknown,
)
from genba.business.triangular import Triangular
from genba.errors import N_, Message
from genba.figures import Basis, Figure
from genba.study.business import BusinessInput, BusinessInputs, StageInput

_OUTSIDE = ("years",)  # fields of BusinessInputs itself, not entries of `values`
_STAGE_FIELDS = ("cost", "months", "p_go", "exit_cost", "payoff")


def to_case(inputs: BusinessInputs) -> Case:
    """Check every input and build the case; raises a `CaseError`.

    A measured value must name its Run or field record, a range must hold the value, and what
    shapes the case (lives, replacement) must be a single whole number.
    """
    years = int(number("years", inputs.years))
    missing = [k for k in RULES if k not in inputs.values and k not in _OUTSIDE]
    if missing:
        raise MissingInput(fields=", ".join(missing))
    plan, uncertain = {"years": float(years)}, {}
    for key, value in inputs.values.items():
        _check(key, value)
        plan[key] = value.value
        if value.low is not None and value.high is not None and value.low < value.high:
            uncertain[key] = Triangular(value.low, value.value, value.high)
    structure = Structure(
        horizon=Horizon(years, ramp_shares(list(inputs.ramp), years)),
        hw_method=hardware_method(inputs.hw_method),
        hw_life=int(plan["hw_life"]),
        replacement_years=int(plan["replacement_years"]),
    )
    return Case(plan, structure, uncertain, inputs.good_direction)


def _check(key: str, value: BusinessInput) -> None:
    if key not in ALL_RULES:
        raise unknown(key, ALL_RULES)
    number(key, value.value)
    if (value.low is None) != (value.high is None):
        rule = Message(text=N_("a range needs both ends"))
        raise InvalidInput(field=key, value=value.value, rule=rule)
    if value.low is not None and value.high is not None:
        if ALL_RULES[key].fixed and value.low < value.high:
            rule = Message(text=N_("a single value, because it shapes the case"))
            raise InvalidInput(field=key, value=value.value, rule=rule)
        ordered_range(key, value.low, value.value, value.high)
    if value.basis is Basis.MEASURED and not (value.ref or value.source):
        rule = Message(text=N_("a measured value names its Run or its field record"))
        raise InvalidInput(field=key, value=value.value, rule=rule)


def input_figure(value: BusinessInput) -> Figure:
    """The input as a Figure; its id is that of the Figure behind it, or its own."""
    return Figure(
        value=value.value,
        unit=value.unit,
        basis=value.basis,
        ref=value.ref or f"business/input/{value.key}",
        low=value.low,
        high=value.high,
        demo=value.demo,
    )


def apply_overrides(inputs: BusinessInputs, overrides: Mapping[str, float]) -> BusinessInputs:
    """`inputs` with single values replaced; what a person typed is an assumption from then on.

    Keys: those of `values`, ``years``, and ``stages.<id>.<field>`` for a stage. A range that does
    not hold the new value moves with it, keeping its relative width.
    Raises `UnknownInput` (with the nearest keys) or `InvalidInput`.
    """
    for key, value in overrides.items():
        if key == "years":
            inputs = _with_years(inputs, value)
        elif key.startswith("stages."):
            inputs = _with_stage(inputs, key, value)
        else:
            inputs = _with_value(inputs, key, value)
    return inputs


def _with_years(inputs: BusinessInputs, value: float) -> BusinessInputs:
    years = int(number("years", value))
    return inputs.model_copy(update={"years": years, "ramp": inputs.ramp[:years]})


def _with_value(inputs: BusinessInputs, key: str, value: float) -> BusinessInputs:
    if key not in ALL_RULES or (key not in inputs.values and key not in OPTIONAL_RULES):
        stages = (f"stages.{s.id}.{f}" for s in inputs.stages for f in _STAGE_FIELDS)
        raise unknown(key, (*inputs.values, *OPTIONAL_RULES, *_OUTSIDE, *stages))
    number(key, value)
    old = inputs.values.get(key) or BusinessInput(key=key, value=value, unit="1")
    low, high = _moved_range(key, old, value)
    new = old.model_copy(
        update={
            "value": float(value),
            "low": low,
            "high": high,
            "basis": Basis.ASSUMED,
            "source": N_("set by the user"),
            "date": "",
            "ref": "",
            "demo": False,
        }
    )
    return inputs.model_copy(update={"values": {**inputs.values, key: new}})


def _moved_range(key: str, old: BusinessInput, value: float) -> tuple[float | None, float | None]:
    """The old range, if it holds the new value; else scaled with it (shifted where it was zero)."""
    if old.low is None or old.high is None:
        return None, None
    if old.low <= value <= old.high:
        return old.low, old.high
    if old.value != 0:
        ends = (old.low * value / old.value, old.high * value / old.value)
    else:
        ends = (old.low + value, old.high + value)
    rule = ALL_RULES[key]
    low = max(min(*ends, value), rule.low)
    high = min(max(*ends, value), rule.high)
    return (value if rule.over and low <= rule.low else low), high


def _with_stage(inputs: BusinessInputs, key: str, value: float) -> BusinessInputs:
    _, _, rest = key.partition(".")
    identifier, _, name = rest.rpartition(".")
    known = [f"stages.{s.id}.{f}" for s in inputs.stages for f in _STAGE_FIELDS]
    if key not in known:
        raise unknown(key, known or inputs.values)
    if name == "p_go" and not 0 <= value <= 1:
        rule = Message(text=N_("a number from {low} to {high}"), params={"low": 0.0, "high": 1.0})
        raise InvalidInput(field=key, value=value, rule=rule)
    if name != "payoff":
        number(key, value)
    change: dict[str, object] = {name: float(value)}
    if name == "cost":
        change["cost_parts"] = {}  # a typed budget replaces the one derived from the outlay
    if name == "payoff":
        change["payoff_share"] = 0.0

    def changed(stage: StageInput) -> StageInput:
        return stage.model_copy(update=change) if stage.id == identifier else stage

    return inputs.model_copy(update={"stages": tuple(changed(s) for s in inputs.stages)})
