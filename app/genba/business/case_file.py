"""A business case as a JSON file: read it, check it, and answer with plain numbers.

The format: ``inputs`` (numbers by key, the ramp, the depreciation method), and on request
``uncertain`` ([low, most likely, high] by key), ``poc_test`` and ``stage_plan``. The conventions
stand in `cashflow`, `alternatives` and `measures`.
"""

from __future__ import annotations

import codecs
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from genba.business.alternatives import CLOUD, EDGE, energy_kwh
from genba.business.breakeven import break_even
from genba.business.burden import operating_burden
from genba.business.case import Case, Measures, measure, poc_after_tax
from genba.business.case_schema import CaseDocument, parse
from genba.business.cashflow import Array, Horizon
from genba.business.evidence import coverage
from genba.business.expectation import Expectation
from genba.business.information import evpi, evppi, poc_value
from genba.business.risk import COMMON_FACTOR_RHO, SEED, draw, simulate, spread
from genba.business.rules import CaseUnreadable
from genba.business.staging import staging
from genba.business.tornado import tornado
from genba.errors import N_, Message
from genba.files import reason_of, strict_json

DRAWS = 262_144
_SIZE_MAX = 4_000_000  # bytes; a case file holds a page of numbers


def read_case(path: Path) -> dict[str, Any]:
    """The JSON object in `path`; raises `CaseUnreadable` for anything else."""
    try:
        with path.open("rb") as stream:
            raw = stream.read(_SIZE_MAX + 1)
        if len(raw) > _SIZE_MAX:
            raise CaseUnreadable(path=str(path), reason=Message(text=N_("it is too large")))
        document = strict_json(raw.removeprefix(codecs.BOM_UTF8))
    except OSError as error:
        raise CaseUnreadable(path=str(path), reason=reason_of(error)) from error
    except ValueError as error:
        reason = Message(text=N_("it is not valid JSON"))
        raise CaseUnreadable(path=str(path), reason=reason) from error
    if not isinstance(document, dict):
        raise CaseUnreadable(path=str(path), reason=Message(text=N_("it is not an object")))
    return document


def evaluate_case(
    document: Mapping[str, Any], *, draws: int = DRAWS, seed: int = SEED
) -> dict[str, Any]:
    """The outputs of a case as plain numbers; None where a quantity does not exist.

    Answers ``edge cloud edge_minus_cloud break_even energy_kwh_full_year operating_burden`` always;
    ``basis_share basis_lines_abs_pv`` with ``line_basis``; ``tornado monte_carlo_independent
    monte_carlo_rho_0_3 evppi npv_mean_exact_independent`` with ``uncertain``; ``poc_value`` and
    ``staging`` with theirs. Raises a `CaseError` for a document that breaks a rule.
    """
    parsed = parse(document)
    case = parsed.case
    edge, cloud = measure(case, EDGE), measure(case, CLOUD)
    lead = [a - b for a, b in zip(edge.net, cloud.net, strict=True)]
    outputs: dict[str, Any] = {
        "edge": _alternative(edge),
        "cloud": _alternative(cloud),
        "edge_minus_cloud": {"net": lead, "npv": edge.npv - cloud.npv},
        "break_even": asdict(break_even(case.plan, case.structure)),
        "energy_kwh_full_year": float(energy_kwh(case.plan, Horizon(1))[1].item()),
        "operating_burden": asdict(operating_burden(case.plan)),
    }
    if parsed.line_basis:
        outputs |= _evidence(edge, parsed)
    if case.uncertain:
        outputs |= _risk(case, draws, seed)
    if parsed.poc_test is not None:
        test = {"poc_cost_after_tax": float(poc_after_tax(case.plan)), **parsed.poc_test}
        outputs["poc_value"] = asdict(poc_value(**test))
    if parsed.stages:
        outputs["staging"] = _lists(asdict(staging(parsed.stages, case.plan["rate"])))
    return outputs


def _alternative(m: Measures) -> dict[str, Any]:
    tco = asdict(m.tco)
    out: dict[str, Any] = {
        "net": list(m.net),
        "npv": m.npv,
        "irr": m.irr,
        "sign_changes": m.sign_changes,
        "mirr": m.mirr,
        "payback_years": m.payback_years,
        "discounted_payback_years": m.discounted_payback_years,
        "profitability_index": m.profitability_index,
        "lines_pv": m.groups_pv,
        "lines": {key: _column(amounts) for key, amounts in m.flows.groups.items()},
        "capex": _column(m.flows.capex),
        "depreciation": _column(m.flows.depreciation),
        "tax": _column(m.flows.tax),
        "residual_after_tax": _column(m.flows.residual_after_tax),
        "tco": _lists(tco),
    }
    if m.irr is None:
        out["irr_reason"] = "no_single_rate" if m.sign_changes != 1 else "no_root"
    if m.payback_years is None:
        out["payback_reason"] = "not_recovered"
    return out


def _column(yearly: Array) -> list[float]:
    column: list[float] = yearly[:, 0].tolist()
    return column


def _lists(value: dict[str, Any]) -> dict[str, Any]:
    return {k: list(v) if isinstance(v, tuple) else v for k, v in value.items()}


def _evidence(edge: Measures, parsed: CaseDocument) -> dict[str, Any]:
    amounts = {**edge.lines_pv, **edge.capex_pv}
    absolute = {key: abs(amounts[key]) for key in parsed.line_basis if key in amounts}
    share = coverage(absolute, parsed.line_basis)
    return {"basis_share": asdict(share), "basis_lines_abs_pv": absolute}


def _risk(case: Case, draws: int, seed: int) -> dict[str, Any]:
    value = case.edge_npv
    at_gate = Expectation(case.edge_npv_at_gate, case.plan, case.uncertain)
    return {
        "tornado": [bar.model_dump() for bar in tornado(value, case.plan, case.uncertain)],
        "monte_carlo_independent": _monte_carlo(case, draws, seed, 0.0),
        "monte_carlo_rho_0_3": _monte_carlo(case, draws, seed, COMMON_FACTOR_RHO),
        "evppi": {
            "expected_npv_after_poc": at_gate.mean(),
            "by_input": {key: evppi(at_gate, key) for key in case.uncertain},
        },
        "npv_mean_exact_independent": Expectation(value, case.plan, case.uncertain).mean(),
    }


def _monte_carlo(case: Case, draws: int, seed: int, rho: float) -> dict[str, float]:
    directions = case.directions() if rho else None
    drawn = draw(case.uncertain, draws, rho=rho, good_direction=directions, seed=seed)
    npv = simulate(case.edge_npv, case.plan, drawn)
    summary = asdict(spread(npv))
    samples = summary.pop("samples")
    at_gate = evpi(npv + poc_after_tax({**case.plan, **drawn}))
    return {**summary, "evpi_at_gate_after_poc": at_gate, "samples": samples}
