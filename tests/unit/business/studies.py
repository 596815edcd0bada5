"""Workloads, candidates and devices for the tests of a study's case."""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import Any

from genba.business.study_case import defaults, load_prices
from genba.figures import Basis, Figure, measured
from genba.study.business import BusinessInput, BusinessInputs
from genba.study.candidate import Candidate
from genba.study.device import DeviceProfile, Quantity
from genba.study.workload import Limit, Task, Workload

TODAY = dt.date(2026, 11, 24)
DRAWS = 4096


def workload(task: Task = Task.FAULT_DIAGNOSIS, **changes: Any) -> Workload:
    """A workload with a hard latency limit and a budget per device."""
    given: dict[str, Any] = {
        "task": task,
        "requests_per_day": 5000.0,
        "limits": (
            Limit(measure="latency_p99_ms", operator="<=", value=50.0),
            Limit(measure="budget", operator="<=", value=100_000.0),
        ),
    }
    return Workload(**{**given, **changes})


def device(**changes: Any) -> DeviceProfile:
    """A board at 80 USD that draws 10 W."""
    given: dict[str, Any] = {
        "id": "board",
        "name": "Board",
        "vendor": "Somebody",
        "device_class": "board",
        "stage": "existing_edge_chip",
        "cpu_arch": "aarch64",
        "cpu_name": "A76",
        "idle_w": Quantity(value=3.0, source="page", confidence="vendor_page"),
        "typical_w": Quantity(value=10.0, source="page", confidence="vendor_page"),
        "price": Quantity(value=80.0, source="page", confidence="vendor_page"),
        "price_currency": "USD",
        "price_date": "2026-10",
        "price_kind": "board",
    }
    return DeviceProfile(**{**given, **changes})


def candidate(*, demo: bool = False, **figures: Figure) -> Candidate:
    """A candidate on that board with the given Figures."""
    return Candidate(
        candidate_id="c",
        variant_id="v",
        variant_name="int8",
        device_ref="board",
        device_name="Board",
        runtime="onnxruntime",
        figures=figures,
        demo=demo,
    )


def latency(value: float = 20.0, *, demo: bool = False) -> Figure:
    """A measured mean latency."""
    return measured(
        value, "ms", "run/r1/latency_mean_ms", low=value * 0.95, high=value * 1.05, demo=demo
    )


@cache
def inputs(task: Task = Task.FAULT_DIAGNOSIS) -> BusinessInputs:
    """The default inputs of a task without a candidate."""
    return defaults(workload(task), None, None, load_prices(), today=TODAY)


def changed(base: BusinessInputs, **values: float) -> BusinessInputs:
    """`base` with plan values replaced and their ranges dropped."""
    new = {
        key: base.values[key].model_copy(update={"value": value, "low": None, "high": None})
        for key, value in values.items()
    }
    return base.model_copy(update={"values": {**base.values, **new}})


def field_record(base: BusinessInputs, *keys: str) -> BusinessInputs:
    """`base` with these inputs measured by a field record."""
    new: dict[str, BusinessInput] = {
        key: base.values[key].model_copy(
            update={"basis": Basis.MEASURED, "source": "time study of 12 shifts", "ref": ""}
        )
        for key in keys
    }
    return base.model_copy(update={"values": {**base.values, **new}})
