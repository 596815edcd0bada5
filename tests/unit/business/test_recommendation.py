"""When to go, when with conditions, when to stop, and when to take the cloud."""

from __future__ import annotations

from dataclasses import replace

import pytest

from genba.business.recommendation import Grounds, Recommendation, Standing, recommend
from genba.i18n import Language
from genba.study.business import GateCriterion
from unit.business.studies import inputs

TARGET = GateCriterion(measure="latency_p99_ms", operator="<=", value=50.0, unit="ms", met=True)
SOUND = Grounds(
    edge=Standing(npv=5e6, p50=4e6, loss=0.10),
    cloud=Standing(npv=3e6, p50=2e6, loss=0.20),
    measured_share=0.4,
    decisive=(),
    hard_targets=(TARGET,),
    poc_cost_after_tax=1e5,
    evpi=2e5,
    poc_net_value=None,
    currency="JPY",
)


def advice(**changes: object) -> Recommendation:
    return recommend(inputs(), replace(SOUND, **changes))  # type: ignore[arg-type]


def codes(found: Recommendation) -> list[str]:
    return [reason.code for reason in found.reasons]


def test_a_sound_case_is_a_go() -> None:
    assert (advice().choice, advice().level) == ("edge", "go")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"edge": Standing(5e6, 4e6, 0.3)}, "loss"),
        ({"measured_share": 0.1}, "coverage"),
        ({"decisive": ("cloud_usable_share",)}, "decisive"),
        ({"hard_targets": (TARGET.model_copy(update={"met": False}),)}, "missed"),
        ({"hard_targets": (TARGET.model_copy(update={"met": None}),)}, "unconfirmed"),
        ({"cloud": Standing(6e6, 2e6, 0.2)}, "split"),
        ({"poc_cost_after_tax": 3e5}, "poc_too_dear"),
    ],
)
def test_each_doubt_makes_it_conditional_and_is_named(
    changes: dict[str, object], code: str
) -> None:
    found = advice(**changes)
    assert (found.choice, found.level) == ("edge", "conditional")
    assert codes(found) == [code]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"edge": Standing(1e6, -1.0, 0.3), "cloud": Standing(1e6, -2.0, 0.3)}, "median_loss"),
        ({"edge": Standing(5e6, 4e6, 0.41)}, "loss"),
    ],
)
def test_each_reason_to_stop_is_named(changes: dict[str, object], code: str) -> None:
    found = advice(**changes)
    assert (found.choice, found.level) == ("nothing", "stop")
    assert codes(found) == [code]


def test_a_test_of_feasibility_can_justify_a_dear_poc() -> None:
    assert advice(poc_cost_after_tax=3e5, poc_net_value=1.0).level == "go"


def test_so_can_a_reason_that_somebody_wrote_down() -> None:
    assert advice(poc_cost_after_tax=3e5, poc_reason="the customer asks for it").level == "go"


def test_the_cloud_is_recommended_when_plan_and_median_are_above() -> None:
    found = advice(cloud=Standing(8e6, 7e6, 0.1))
    assert (found.choice, found.level) == ("cloud", "go")
    assert codes(found) == ["cloud_ahead"]


def test_a_cloud_that_may_not_be_used_is_no_rival() -> None:
    assert advice(cloud=None).choice == "edge"


def test_reasons_read_as_sentences_in_both_languages() -> None:
    found = advice(edge=Standing(5e6, 4e6, 0.305), measured_share=0.07)
    texts = [Language("en").message(reason) for reason in found.reasons]
    assert "30.5 %" in texts[0]
    assert "7 %" in texts[1]
    assert all("{" not in Language("ja").message(reason) for reason in found.reasons)
