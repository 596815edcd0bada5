"""The default case of a study says where each number comes from."""

from __future__ import annotations

import pytest

from genba.business.prices import NoExchangeRate, load_prices
from genba.business.study_case import defaults
from genba.business.study_inputs import to_case
from genba.figures import Basis, Figure, measured, not_measured
from genba.study.workload import Task
from unit.business.studies import TODAY, candidate, device, inputs, latency, workload

PRICES = load_prices()


def made(chosen: object = None, profile: object = None, **changes: object) -> dict[str, object]:
    case = defaults(workload(**changes), chosen, profile, PRICES, today=TODAY)  # type: ignore[arg-type]
    return dict(case.values)


@pytest.mark.parametrize("task", list(Task))
def test_every_task_has_a_complete_case_with_sources(task: Task) -> None:
    case = inputs(task)
    to_case(case)
    assert len(case.stages) == 4
    for value in case.values.values():
        assert value.source, value.key
        assert value.basis is Basis.ASSUMED
        if value.low is not None and value.high is not None:
            assert value.low <= value.value <= value.high
    assert case.values["tax"].value == 0.3064
    assert case.price_date


def test_the_volume_follows_from_the_workload() -> None:
    values = inputs().values
    expected = 5000 * values["devices"].value * values["days"].value
    assert values["requests_per_year"].value == expected


def test_measured_latency_and_energy_keep_their_basis_interval_and_id() -> None:
    energy = measured(150.0, "mJ", "run/r1/energy_mj", low=140.0, high=160.0)
    values = made(candidate(latency_mean_ms=latency(), energy_mj=energy), device())
    found = values["latency_mean_ms"]
    assert (found.value, found.low, found.high) == (20.0, 19.0, 21.0)
    assert (found.basis, found.ref) == (Basis.MEASURED, "run/r1/latency_mean_ms")
    assert (values["energy_mj"].value, values["energy_mj"].basis) == (150.0, Basis.MEASURED)


def test_measured_power_times_time_is_a_prediction_of_energy() -> None:
    power = measured(5.0, "W", "run/r1/power_w")
    values = made(candidate(latency_mean_ms=latency(), power_w=power), device())
    assert values["energy_mj"].value == pytest.approx(100.0)
    assert values["energy_mj"].basis is Basis.PREDICTED


def test_typical_power_times_time_is_an_assumption_of_energy() -> None:
    unknown = not_measured("no_power_sensor", "mJ", "run/r1/energy_mj")
    values = made(candidate(latency_mean_ms=latency(), energy_mj=unknown), device())
    energy = values["energy_mj"]
    assert energy.value == pytest.approx(200.0)
    assert energy.basis is Basis.ASSUMED
    assert energy.low < energy.value < energy.high
    assert "device/board/typical_w" in energy.source


def test_a_device_price_is_converted_and_dated() -> None:
    price = made(None, device())["unit_price"]
    assert price.value == pytest.approx(80 * 155 + 30_000)
    assert (price.unit, price.date) == ("JPY", "2026-10")
    assert made(None, device())["idle_w"].value == 3.0


def test_a_device_without_facts_leaves_the_assumptions() -> None:
    from genba.study.device import Quantity

    bare = device(price=Quantity(), idle_w=Quantity(), typical_w=Quantity())
    assert made(candidate(latency_mean_ms=latency()), bare)["unit_price"].value == 90_000


def test_a_case_in_another_currency_is_converted_throughout() -> None:
    yen, dollars = made(None, device()), made(None, device(), currency="USD")
    for key in ("wage", "integration", "unit_price", "energy_price", "scrap_cost"):
        assert dollars[key].value == pytest.approx(yen[key].value / 155), key
        assert "USD" in dollars[key].unit
    assert dollars["days"].value == yen["days"].value


def test_a_currency_without_a_rate_is_refused() -> None:
    with pytest.raises(NoExchangeRate):
        made(None, device(), currency="CHF")


def test_generation_takes_its_latency_from_first_and_further_tokens() -> None:
    chosen = candidate(
        ttft_ms=Figure(value=100.0, unit="ms", basis=Basis.PREDICTED, ref="p/ttft"),
        tpot_ms=Figure(value=20.0, unit="ms", basis=Basis.PREDICTED, ref="p/tpot"),
    )
    values = made(chosen, device(), task=Task.TEXT_GENERATION, generate_tokens=51)
    assert values["latency_mean_ms"].value == pytest.approx(100 + 50 * 20)
    assert values["latency_mean_ms"].basis is Basis.PREDICTED
    assert values["latency_mean_ms"].ref == ""
    assert values["tokens_out"].value == 51


def test_another_metric_only_stands_in_for_recall() -> None:
    quality = measured(0.92, "1", "variant/v/quality", low=0.9, high=0.94)
    proxy = made(candidate(quality=quality), device(), quality_metric="macro_f1")["recall_edge"]
    assert (proxy.value, proxy.basis) == (0.92, Basis.PREDICTED)
    own = made(candidate(quality=quality), device(), quality_metric="recall")["recall_edge"]
    assert own.basis is Basis.MEASURED
    other = made(candidate(quality=quality), device(), quality_metric="psnr_db")["recall_edge"]
    assert other.basis is Basis.ASSUMED


def test_the_demo_device_marks_what_it_measured() -> None:
    values = made(candidate(demo=True, latency_mean_ms=latency(demo=True)), None)
    assert values["latency_mean_ms"].demo


def test_private_data_excludes_the_cloud() -> None:
    case = defaults(workload(private_data=("faces",)), None, None, PRICES, today=TODAY)
    assert case.cloud_excluded == ("faces",)


def test_more_volume_needs_more_cloud_instances() -> None:
    few, many = made(requests_per_day=1000.0), made(requests_per_day=2e6)
    assert few["cloud_instances"].value == 2
    assert many["cloud_instances"].value > 2


def test_false_alarms_are_counted_per_day_not_per_request() -> None:
    few, many = made(requests_per_day=1000.0), made(requests_per_day=1_000_000.0)
    alarms = [
        v["requests_per_year"].value * v["false_positive_rate_edge"].value for v in (few, many)
    ]
    assert alarms[0] == pytest.approx(alarms[1])


def test_no_requests_at_all_is_still_a_case() -> None:
    to_case(defaults(workload(requests_per_day=0.0), None, None, PRICES, today=TODAY))
