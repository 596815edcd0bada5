"""Checks a case document against the rules and turns it into a `Case`."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from genba.business.case import Case
from genba.business.cashflow import Horizon, Structure
from genba.business.rules import (
    ALL_RULES,
    RULES,
    CaseUnreadable,
    InvalidInput,
    MissingInput,
    MixedCurrencies,
    Rule,
    TaxInclusivePrices,
    hardware_method,
    number,
    ordered_range,
    ramp_shares,
    unknown,
)
from genba.business.staging import Stage
from genba.business.triangular import Triangular
from genba.errors import N_, Message
from genba.figures import Basis

PARTS = ("inputs", "uncertain", "poc_test", "stage_plan")
_TEXTS = ("name", "currency", "tax_basis", "price_date", "note", "comment", "description")
_OTHER = ("ramp", "hw_method", "good_direction", "line_basis")
_SHARE = Rule(high=1.0)
_ANY = Rule(low=float("-inf"))
_POC_TEST = {
    "p_success": _SHARE,
    "npv_success": _ANY,
    "npv_failure": _ANY,
    "sensitivity": _SHARE,
    "specificity": _SHARE,
    "poc_cost_after_tax": Rule(),
}
_STAGE = {
    "cost": Rule(),
    "months": Rule(high=600),
    "p_go": _SHARE,
    "exit_cost": Rule(),
    "payoff": _ANY,
}


@dataclass(frozen=True)
class CaseDocument:
    """A checked document."""

    case: Case
    currency: str
    price_date: str
    line_basis: dict[str, tuple[Basis, ...]]
    poc_test: dict[str, float] | None
    stages: tuple[Stage, ...]


def parse(document: Mapping[str, Any]) -> CaseDocument:
    """Check every part of the document; raises a `CaseError` that names the field and the rule.

    The plan uses the most likely value of an uncertain input.
    """
    if not isinstance(document, Mapping):
        reason = Message(text=N_("it is not an object"))
        raise CaseUnreadable(path=N_("the document"), reason=reason)
    for key in document:
        # Other top-level keys (conventions, notes) may stand beside the parts; typing errors not.
        if key not in PARTS and difflib.get_close_matches(str(key), PARTS, cutoff=0.8):
            raise unknown(str(key), PARTS)
    inputs = _object(document.get("inputs"), "inputs")
    plan = _numbers(inputs)
    uncertain = _ranges(document.get("uncertain"))
    plan.update({key: t.mode for key, t in uncertain.items()})
    years = int(plan["years"])
    structure = Structure(
        horizon=Horizon(years, ramp_shares(inputs.get("ramp", []), years)),
        hw_method=hardware_method(inputs.get("hw_method")),
        hw_life=int(plan["hw_life"]),
        replacement_years=int(plan["replacement_years"]),
    )
    currency = str(inputs.get("currency", "JPY"))
    _money_conventions(document, inputs, currency)
    directions = _object(inputs.get("good_direction", {}), "good_direction")
    for key, side in directions.items():
        if side not in (-1, 1):
            rule = Message(text=N_("1 or −1"))
            raise InvalidInput(field=f"good_direction.{key}", value=side, rule=rule)
    return CaseDocument(
        case=Case(plan, structure, uncertain, {k: int(v) for k, v in directions.items()}),
        currency=currency,
        price_date=str(inputs.get("price_date", "")),
        line_basis=_line_basis(inputs.get("line_basis", {})),
        poc_test=_poc_test(document.get("poc_test")),
        stages=_stages(document.get("stage_plan")),
    )


def _numbers(inputs: Mapping[str, Any]) -> dict[str, float]:
    known = (*ALL_RULES, *_TEXTS, *_OTHER)
    for key in inputs:
        if key not in known:
            raise unknown(key, known)
    missing = [key for key in (*RULES, "hw_method") if key not in inputs]
    if missing:
        raise MissingInput(fields=", ".join(missing))
    return {key: number(key, inputs[key]) for key in ALL_RULES if key in inputs}


def _ranges(part: Any) -> dict[str, Triangular]:
    out = {}
    for key, ends in _object(part or {}, "uncertain").items():
        if key not in ALL_RULES:
            raise unknown(key, ALL_RULES)
        if ALL_RULES[key].fixed:
            rule = Message(text=N_("a single value, because it shapes the case"))
            raise InvalidInput(field=key, value=str(ends), rule=rule)
        if not isinstance(ends, list | tuple) or len(ends) != 3:
            rule = Message(text=N_("three numbers: low, most likely, high"))
            raise InvalidInput(field=key, value=str(ends), rule=rule)
        low, mode, high = (number(key, end) for end in ends)
        ordered_range(key, low, mode, high)
        out[key] = Triangular(low, mode, high)
    return out


def _money_conventions(document: Mapping[str, Any], inputs: Mapping[str, Any], own: str) -> None:
    if inputs.get("tax_basis", "exclusive") != "exclusive":
        raise TaxInclusivePrices(tax_basis=inputs["tax_basis"])
    if len(own) != 3 or not own.isalpha() or not own.isupper():
        rule = Message(text=N_("a currency code of three capital letters"))
        raise InvalidInput(field="currency", value=own, rule=rule)
    poc = document.get("poc_test")
    plan = document.get("stage_plan")
    parts = [poc] if isinstance(poc, Mapping) else []
    parts += [s for s in plan if isinstance(s, Mapping)] if isinstance(plan, list) else []
    for part in parts:
        if part.get("currency", own) != own:
            name = str(part.get("stage", "poc_test"))
            raise MixedCurrencies(field=name, currency=part["currency"], expected=own)


def _line_basis(part: Any) -> dict[str, tuple[Basis, ...]]:
    out = {}
    for line, bases in _object(part, "line_basis").items():
        try:
            out[line] = tuple(Basis(b) for b in bases)
        except (TypeError, ValueError) as error:
            rule = Message(text=N_("a list of “measured”, “predicted” and “assumed”"))
            raise InvalidInput(field=f"line_basis.{line}", value=str(bases), rule=rule) from error
    return out


def _poc_test(part: Any) -> dict[str, float] | None:
    if part is None:
        return None
    return _fields(_object(part, "poc_test"), _POC_TEST, "poc_test", {"poc_cost_after_tax"})


def _stages(part: Any) -> tuple[Stage, ...]:
    if part is None:
        return ()
    if not isinstance(part, list):
        rule = Message(text=N_("a list of stages"))
        raise InvalidInput(field="stage_plan", value=str(part), rule=rule)
    stages = []
    for position, item in enumerate(part):
        where = f"stage_plan[{position}]"
        numbers = _fields(_object(item, where), _STAGE, where, set())
        stages.append(Stage(name=str(item.get("stage", position)), **numbers))
    return tuple(stages)


def _fields(
    part: Mapping[str, Any], rules: Mapping[str, Rule], where: str, optional: set[str]
) -> dict[str, float]:
    missing = [f"{where}.{key}" for key in rules if key not in part and key not in optional]
    if missing:
        raise MissingInput(fields=", ".join(missing))
    return {k: number(f"{where}.{k}", part[k], rule) for k, rule in rules.items() if k in part}


def _object(part: Any, where: str) -> Mapping[str, Any]:
    if part is None and where == "inputs":
        raise MissingInput(fields="inputs")
    if not isinstance(part, Mapping):
        rule = Message(text=N_("an object"))
        raise InvalidInput(field=where, value=str(part), rule=rule)
    return part
