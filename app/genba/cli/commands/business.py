"""`genba business`: what a study is worth, and plain cases from a file."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from genba.cli.parser import Commands
from genba.cli.terminal import Terminal
from genba.errors import N_, InvalidValue, Message
from genba.study.business import AlternativeResult, BusinessResult


def register(commands: Commands) -> None:
    """Declare the command."""
    parser = commands.add("business", N_("price a study: nothing, cloud and edge"), run)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("study", metavar="STUDY", nargs="?")
    what.add_argument(
        "--case",
        type=Path,
        metavar="FILE",
        help=commands.t(N_("evaluate a case file instead of a study")),
    )
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help=commands.t(N_("change an input for this evaluation")),
    )


def run(options: argparse.Namespace, terminal: Terminal) -> None:
    """Evaluate a study's case or a case file."""
    from genba.usecases import business

    if options.case is not None:
        outputs = terminal.work(business.evaluate_case, options.case)
        terminal.answer({"outputs": outputs}, lambda: _tell_case(outputs))
        return
    result = terminal.work(business.evaluate, options.study, overrides=_overrides(options))
    for warning in result.warnings:
        terminal.note(warning)
    terminal.answer(_document(result, terminal), lambda: _tell(result, terminal))


def _overrides(options: argparse.Namespace) -> dict[str, float]:
    overrides = {}
    for text in options.set:
        key, equals, number = text.partition("=")
        try:
            overrides[key] = float(number)
        except ValueError:
            equals = ""
        if not equals:
            raise InvalidValue(value=text, field="--set", rule="it must read KEY=NUMBER")
    return overrides


def _document(result: BusinessResult, terminal: Terminal) -> dict[str, Any]:
    message = terminal.language.message
    edge = result.alternative("edge")
    return {
        "currency": result.currency,
        "npv": edge.npv.to_json(),
        "irr": edge.irr.to_json(),
        "payback_months": edge.payback_months.to_json(),
        "tco_per_year": {a.id: a.tco_per_year.to_json() for a in result.alternatives},
        "alternatives": [_alternative(a, terminal) for a in result.alternatives],
        "edge_minus_cloud_npv": result.edge_minus_cloud_npv.to_json(),
        "break_even_requests_per_year": result.break_even_requests_per_year.to_json(),
        "stages": [
            {
                "id": s.id,
                "name": message(s.name),
                "cost": s.cost.to_json(),
                "months": s.months,
                "expected_value": s.expected_value.to_json(),
                "max_loss_if_stopped": s.max_loss_if_stopped.to_json(),
                "criteria": [c.model_dump(mode="json", exclude={"current"}) for c in s.criteria],
            }
            for s in result.stages
        ],
        "sensitivity": [bar.model_dump(mode="json") for bar in result.tornado],
        "risk": {name: f.to_json() for name, f in edge.risk.items()},
        "evidence_share": result.evidence_share,
        "recommendation": result.recommendation,
        "recommendation_level": result.recommendation_level,
        "reasons": [message(m) for m in result.reasons],
        "warnings": [message(m) for m in result.warnings],
    }


def _alternative(alternative: AlternativeResult, terminal: Terminal) -> dict[str, Any]:
    return {
        "id": alternative.id,
        "excluded": terminal.language.message(alternative.excluded)
        if alternative.excluded
        else None,
        "npv": alternative.npv.to_json(),
        "irr": alternative.irr.to_json(),
        "payback_months": alternative.payback_months.to_json(),
        "roi": alternative.roi.to_json(),
        "net": list(alternative.net),
    }


def _tell(result: BusinessResult, terminal: Terminal) -> None:
    names = {"nothing": N_("do nothing"), "cloud": N_("cloud"), "edge": N_("edge")}
    terminal.table(
        [N_("Alternative"), N_("NPV"), N_("IRR"), N_("Payback"), N_("TCO per year"), N_("P(loss)")],
        [
            [
                terminal.language.text(names[a.id]),
                a.npv,
                a.irr,
                a.payback_months,
                a.tco_per_year,
                a.risk.get("probability_of_loss", ""),
            ]
            for a in result.alternatives
        ],
    )
    excluded = result.alternative("cloud").excluded
    if excluded is not None:
        terminal.tell(excluded)
    terminal.tell(_verdict(result))
    for reason in result.reasons:
        terminal.tell(reason)


def _verdict(result: BusinessResult) -> Message:
    names = {"nothing": N_("do nothing"), "cloud": N_("cloud"), "edge": N_("edge")}
    levels = {
        "go": N_("Recommended: {name}."),
        "conditional": N_("Recommended with conditions: {name}."),
        "stop": N_("Recommended: do not proceed."),
    }
    if result.recommendation == "none" or result.recommendation_level not in levels:
        return Message(text=N_("No recommendation."))
    name = Message(text=names[result.recommendation])
    return Message(text=levels[result.recommendation_level], params={"name": name})


def _tell_case(outputs: dict[str, Any]) -> None:
    import json

    print(json.dumps(outputs, indent=1, ensure_ascii=False))
