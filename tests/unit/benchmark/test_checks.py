"""Each pitfall is found when it is there, and only then."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))
from recordings import recorded, run_lines

from genba.benchmark.checks import warnings_of

STEADY = [10.0] * 600


def codes(folder: Path, lines: list[dict[str, Any]], elapsed_s: float | None = None) -> set[str]:
    return {message.code for message in warnings_of(recorded(folder, lines), elapsed_s)}


def test_a_quiet_machine_and_enough_samples_need_no_warning(tmp_path: Path) -> None:
    assert codes(tmp_path, run_lines(STEADY, governor="performance"), 7.0) == set()


@pytest.mark.parametrize(
    ("environment", "code"),
    [
        ({"load_1min": 2.5}, "high_load"),
        ({"governor": "ondemand"}, "governor"),
        ({"governor": "performance,powersave"}, "governor"),
        ({"swap_used_bytes": 300 << 20}, "swap"),
        ({"cpu_quota": 0.5}, "cpu_quota"),
    ],
)
def test_the_machine_s_state(tmp_path: Path, environment: dict[str, Any], code: str) -> None:
    assert codes(tmp_path, run_lines(STEADY, **environment)) == {code}


def test_throttling_during_the_run(tmp_path: Path) -> None:
    lines = run_lines(STEADY, throttle_count=3)
    lines[-1]["after"] = {"throttle_count": 5}
    assert codes(tmp_path, lines) == {"throttled"}


def test_a_falling_clock(tmp_path: Path) -> None:
    lines = run_lines([10.0] * 1000)
    readings = [line for line in lines if line["t"] == "telemetry"]
    for index, line in enumerate(readings):
        line["cpu_mhz"] = 1800.0 if index < len(readings) / 2 else 1200.0
    assert codes(tmp_path, lines) == {"clock_fell"}


def test_few_samples(tmp_path: Path) -> None:
    assert codes(tmp_path, run_lines([10.0] * 100)) == {"few_samples"}


def test_a_run_that_slows_down(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    series = [*rng.lognormal(2.3, 0.02, 500), *rng.lognormal(2.6, 0.02, 300)]
    assert codes(tmp_path, run_lines(series)) == {"slowdown"}


def test_a_warmup_that_never_settled(tmp_path: Path) -> None:
    lines = run_lines(STEADY)
    next(line for line in lines if line["t"] == "settled")["settled"] = False
    assert codes(tmp_path, lines) == {"no_warmup_end"}


def test_a_device_that_claims_more_time_than_there_was(tmp_path: Path) -> None:
    """600 requests of 10 ms are 6 s; this computer saw 2 s pass."""
    assert codes(tmp_path, run_lines(STEADY), 2.0) == {"clock_implausible"}
    assert codes(tmp_path, run_lines(STEADY), 6.2) == set()
