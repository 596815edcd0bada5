"""The evaluation of a study's case, with Figures."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from genba.business.case_file import evaluate_case
from genba.business.prices import load_prices
from genba.business.study_case import defaults, evaluate
from genba.figures import Basis
from genba.i18n import REASONS
from genba.study.business import BusinessInput, BusinessInputs, BusinessResult
from genba.study.workload import Task
from unit.business.example import example
from unit.business.studies import (
    DRAWS,
    TODAY,
    candidate,
    changed,
    device,
    field_record,
    inputs,
    latency,
    workload,
)


def as_study(document: dict[str, object]) -> BusinessInputs:
    """A case file's inputs as those of a study."""
    given, ranges = document["inputs"], document.get("uncertain", {})
    skip = {"years"}
    values = {
        key: BusinessInput(
            key=key,
            value=value,
            unit="1",
            low=ranges.get(key, (None,))[0],
            high=ranges.get(key, (None, None, None))[2],
            source="worked example",
        )
        for key, value in given.items()
        if isinstance(value, int | float) and key not in skip
    }
    return BusinessInputs(
        price_date=given["price_date"],
        years=given["years"],
        ramp=tuple(given["ramp"]),
        values=values,
        hw_method=given["hw_method"],
        good_direction=given["good_direction"],
    )


@pytest.fixture(scope="module")
def result() -> BusinessResult:
    return evaluate(inputs(), draws=DRAWS, today=TODAY)


def test_a_study_and_a_case_file_agree_on_the_worked_example() -> None:
    found = evaluate(as_study(example()), draws=131_072, today=TODAY)
    expected = example()["outputs"]
    for name in ("edge", "cloud"):
        alternative = found.alternative(name)  # type: ignore[arg-type]
        assert alternative.npv.value == pytest.approx(expected[name]["npv"], rel=1e-9)
        assert alternative.irr.value == pytest.approx(expected[name]["irr"], rel=1e-9)
        assert alternative.payback_months.value == pytest.approx(
            12 * expected[name]["payback_years"]
        )
        assert alternative.tco["pv"] == pytest.approx(expected[name]["tco"]["pv"])
    edge, simulated = found.alternative("edge"), expected["monte_carlo_rho_0_3"]
    for key in ("p10", "p50", "p90", "mean"):
        assert abs(edge.risk[key].value - simulated[key]) <= 0.02 * simulated["sd"]
    assert edge.npv.low == pytest.approx(edge.risk["p10"].value, rel=1e-3)
    alone = expected["monte_carlo_independent"]["probability_of_loss"]
    assert edge.risk_independent["probability_of_loss"].value == pytest.approx(alone, abs=0.005)
    assert found.correlation == 0.3
    assert found.break_even_requests_per_year.value == pytest.approx(
        expected["break_even"]["requests_per_year"]
    )
    assert [b.input for b in found.tornado] == [b["input"] for b in expected["tornado"]]


def test_the_study_gives_what_the_formulas_of_a_case_file_give(result: BusinessResult) -> None:
    base = inputs()
    document = {
        "inputs": {
            **{key: value.value for key, value in base.values.items()},
            "years": base.years,
            "ramp": list(base.ramp),
            "hw_method": base.hw_method,
        }
    }
    assert evaluate_case(document)["edge"]["npv"] == pytest.approx(
        result.alternative("edge").npv.value
    )


def test_doing_nothing_is_the_zero_that_others_are_compared_with(result: BusinessResult) -> None:
    nothing = result.alternative("nothing")
    assert nothing.net == (0.0,) * 6
    assert nothing.npv.value == 0.0
    assert not nothing.irr.known


def test_every_figure_has_its_own_id_its_unit_and_a_known_reason(result: BusinessResult) -> None:
    edge = result.alternative("edge")
    figures = [
        edge.npv, edge.irr, edge.mirr, edge.payback_months, edge.roi, edge.tco_per_year,
        *edge.lines_pv.values(), *edge.risk.values(), *edge.risk_independent.values(),
        *result.evppi.values(), *result.poc_value.values(), result.evpi,
        result.break_even_requests_per_year, result.edge_minus_cloud_npv,
    ]  # fmt: skip
    ids = [f.ref for f in figures if f is not None]
    assert len(set(ids)) == len(ids)
    assert all(identifier.startswith("business/") for identifier in ids)
    for figure in figures:
        assert figure is not None
        assert figure.basis is Basis.ASSUMED
        assert figure.known or figure.not_measured in REASONS
    assert edge.npv.ref == "business/npv_edge"
    assert edge.npv.level == 0.8


def test_a_line_takes_the_weakest_basis_of_its_drivers() -> None:
    base = field_record(inputs(), "hours_saved_per_device_day", "cashable_share")
    found = evaluate(base, draws=DRAWS, today=TODAY).alternative("edge").lines_pv["labour"]
    assert found.basis is Basis.ASSUMED
    base = field_record(base, "wage")
    result = evaluate(base, draws=DRAWS, today=TODAY)
    labour = result.alternative("edge").lines_pv["labour"]
    assert labour.basis is Basis.MEASURED
    assert "business/input/wage" in labour.inputs
    assert result.evidence_share["measured"] > 0.2
    assert result.evidence_share["strict_measured_lines"] > 0.2
    assert result.inputs.line_drivers["labour"] == (
        "hours_saved_per_device_day", "cashable_share", "wage",
    )  # fmt: skip


def test_figures_of_the_demo_device_support_no_decision() -> None:
    chosen = candidate(demo=True, latency_mean_ms=latency(demo=True))
    case = defaults(workload(), chosen, device(), load_prices(), today=TODAY)
    found = evaluate(case, draws=DRAWS, today=TODAY)
    assert (found.recommendation, found.recommendation_level) == ("none", "none")
    assert [m.code for m in found.reasons] == ["demo"]
    assert found.energy_kwh_full_year is not None
    assert found.energy_kwh_full_year.demo


def test_private_data_rules_the_cloud_out_without_making_it_dear() -> None:
    case = defaults(workload(private_data=("faces",)), None, None, load_prices(), today=TODAY)
    found = evaluate(case, draws=DRAWS, today=TODAY)
    cloud = found.alternative("cloud")
    assert cloud.excluded is not None
    assert cloud.npv.value == pytest.approx(
        evaluate(inputs(), draws=DRAWS, today=TODAY).alternative("cloud").npv.value
    )
    assert found.recommendation != "cloud"


def test_money_that_never_comes_back_is_said_so() -> None:
    poor = changed(
        inputs(), hours_saved_per_device_day=0.0, scrap_cost=0.0, downtime_hours_avoided=0.0
    )
    found = evaluate(poor, draws=DRAWS, today=TODAY)
    edge = found.alternative("edge")
    assert edge.payback_months.not_measured == "not_recovered"
    assert edge.irr.not_measured == "no_single_rate"
    assert edge.risk["probability_of_loss"].value == 1.0
    assert edge.risk["probability_not_recovered"].value == 1.0
    assert (found.recommendation, found.recommendation_level) == ("nothing", "stop")


def test_stage_budgets_add_up_to_the_outlay_of_the_case(result: BusinessResult) -> None:
    planned = [s.cost.value for s in result.stages if not s.option]
    assert sum(planned) == pytest.approx(result.staging["outlay"].value)
    edge = result.alternative("edge")
    assert sum(planned) == pytest.approx(edge.tco["per_year"][0])


def test_stages_run_one_after_the_other_and_losses_grow(result: BusinessResult) -> None:
    assert [s.id for s in result.stages] == ["poc", "pilot", "rollout", "asic"]
    assert [s.start_month for s in result.stages] == [0, 2, 7, 16]
    losses = [s.max_loss_if_stopped.value for s in result.stages]
    assert losses[:3] == sorted(losses[:3])
    assert result.staging["max_loss"].value == losses[0]


def test_an_asic_is_not_worth_it_by_default(result: BusinessResult) -> None:
    asic = result.stages[-1]
    assert asic.expected_value.value < 0
    assert result.stages[-2].next_is == "stop here and keep payoff"


def test_a_gate_asks_for_less_risk_than_there_is_today(result: BusinessResult) -> None:
    today = result.alternative("edge").risk["probability_of_loss"].value
    first = {c.measure: c for c in result.stages[0].criteria}
    gate = first["probability_of_loss"]
    assert gate.value < today
    assert gate.met is False
    assert gate.current is not None
    assert first["latency_p99_ms"].met is None


def test_a_measured_target_is_judged_by_its_worse_end() -> None:
    figure = latency(49.0)  # up to 51.45 ms at its upper end, against a limit of 50 ms
    chosen = candidate(latency_p99_ms=figure, latency_mean_ms=latency())
    case = defaults(workload(), chosen, device(), load_prices(), today=TODAY)
    criterion = next(c for c in case.stages[0].criteria if c.measure == "latency_p99_ms")
    assert criterion.met is False
    assert criterion.current == figure


def test_a_predicted_target_is_shown_and_not_decided() -> None:
    figure = latency(30.0).model_copy(update={"basis": Basis.PREDICTED})
    case = defaults(workload(), candidate(latency_p99_ms=figure), None, load_prices(), today=TODAY)
    criterion = next(c for c in case.stages[0].criteria if c.measure == "latency_p99_ms")
    assert criterion.met is None
    assert criterion.current == figure


def test_risk_is_shared_out_over_the_inputs(result: BusinessResult) -> None:
    assert 0.8 < sum(result.variance_share.values()) <= 1.01
    assert sum(result.variance_share_by_basis.values()) == pytest.approx(1.0)
    assert result.variance_share_by_basis["assumed"] == pytest.approx(1.0)
    assert "ops_hours_before" not in result.variance_share
    evppi = max(f.value for f in result.evppi.values())
    assert 0 <= evppi <= result.evpi.value


def test_who_wins_is_a_probability(result: BusinessResult) -> None:
    assert result.edge_better_probability is not None
    assert 0 < result.edge_better_probability.value < 1
    assert "cloud_usable_share" in result.decisive_inputs


def test_the_histogram_holds_every_draw(result: BusinessResult) -> None:
    counts = [count for _, _, count in result.alternative("edge").histogram]
    assert sum(counts) == DRAWS


def test_warnings_name_old_prices_overload_and_a_rosy_plan() -> None:
    case = changed(inputs(), requests_per_year=1e11, cloud_price_growth=0.0)
    codes = {m.code for m in evaluate(case, draws=DRAWS, today=TODAY).warnings}
    assert {"price_old", "inputs_old", "inputs_undated", "over_capacity"} <= codes
    assert "cloud_price_flat" in codes


def test_fresh_prices_raise_no_warning() -> None:
    fresh = inputs().model_copy(
        update={
            "price_date": "2026-11-01",
            "values": {
                k: v.model_copy(update={"date": "2026-11-01"}) for k, v in inputs().values.items()
            },
        }
    )
    codes = {m.code for m in evaluate(fresh, draws=DRAWS, today=dt.date(2026, 11, 24)).warnings}
    assert not codes & {"price_old", "price_undated", "inputs_old", "inputs_undated"}


@pytest.mark.parametrize("task", list(Task))
def test_every_task_is_evaluated_with_finite_numbers(task: Task) -> None:
    found = evaluate(inputs(task), draws=DRAWS, today=TODAY)
    for alternative in found.alternatives:
        assert np.isfinite(alternative.net).all()
    assert found.recommendation_level in ("go", "conditional", "stop")


def test_the_same_inputs_give_the_same_result(result: BusinessResult) -> None:
    assert evaluate(inputs(), draws=DRAWS, today=TODAY) == result


def test_inputs_and_result_survive_storage(result: BusinessResult) -> None:
    assert BusinessInputs.model_validate_json(inputs().model_dump_json()) == inputs()
    again = BusinessResult.model_validate_json(result.model_dump_json())
    assert again.alternatives == result.alternatives
    assert again.stages == result.stages
