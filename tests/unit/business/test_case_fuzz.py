"""Whatever keeps the rules is answered with finite numbers; whatever does not gets a sentence."""

from __future__ import annotations

import contextlib
import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from genba.business.case_file import evaluate_case
from genba.business.rules import RULES
from genba.errors import GenbaError
from unit.business.example import example

INPUTS = example()["inputs"]


def values(key: str) -> st.SearchStrategy[float]:
    """Values that keep the rule of one input, zero and its ends among them."""
    rule = RULES[key]
    high = min(rule.high, 20 if rule.integer else max(1.0, 5 * float(INPUTS[key])))
    if key == "hw_life":
        return st.integers(2, 10)
    if rule.integer:
        return st.integers(int(rule.low), int(high))
    low = max(rule.low, 1e-6 if rule.over else rule.low)
    return st.floats(low, high, allow_subnormal=False)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_any_case_within_the_rules_is_answered(data: st.DataObject) -> None:
    keys = data.draw(st.lists(st.sampled_from(sorted(RULES)), unique=True, max_size=12))
    inputs = {**INPUTS, **{key: data.draw(values(key), label=key) for key in keys}}
    inputs["ramp"] = data.draw(st.lists(st.floats(0, 1), max_size=int(inputs["years"])))
    inputs["hw_method"] = data.draw(st.sampled_from(["straight_line", "declining_200", "lump3"]))
    document = {"inputs": inputs, "uncertain": {"wage": [1000, 3000, 9000]}}
    found = evaluate_case(document, draws=64)
    json.dumps(found, allow_nan=False)
    edge = found["edge"]
    assert len(edge["net"]) == inputs["years"] + 1
    depreciated, bought = sum(edge["depreciation"]), sum(edge["capex"])
    assert depreciated <= bought * (1 + 1e-9) + 1e-6


JUNK: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=5) | st.integers(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_junk_in_any_place_is_refused_with_a_sentence(data: st.DataObject) -> None:
    document = example()
    part = data.draw(st.sampled_from(["inputs", "uncertain", "poc_test", "stage_plan"]))
    if part != "uncertain":
        del document["uncertain"]
    if data.draw(st.booleans()):
        document[part] = data.draw(JUNK)
    else:
        holder = document[part][0] if part == "stage_plan" else document[part]
        holder[data.draw(st.sampled_from(sorted(holder)))] = data.draw(JUNK)
    with contextlib.suppress(GenbaError):  # anything else is a defect and fails the test
        evaluate_case(document, draws=16)
