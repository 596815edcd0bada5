"""Figures from recordings whose every number is known."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))
from recordings import MS, recorded, run_lines

from genba.benchmark.summary import summarise
from genba.figures import Basis

TEN_MS = [30.0, 20.0, *[10.0] * 100]


def test_latencies_leave_the_warmup_out(tmp_path: Path) -> None:
    figures = summarise(recorded(tmp_path, run_lines(TEN_MS)), "r1")
    p50 = figures["latency_p50_ms"]
    assert (p50.value, p50.low, p50.high, p50.level) == (10.0, 10.0, 10.0, 0.95)
    assert p50.basis is Basis.MEASURED
    assert p50.ref == "run/r1/latency_p50_ms"
    assert figures["latency_p90_ms"].value == 10.0
    assert figures["latency_mean_ms"].value == 10.0
    assert figures["throughput_per_s"].value == pytest.approx(100.0)


def test_too_few_requests_make_no_percentile(tmp_path: Path) -> None:
    figures = summarise(recorded(tmp_path, run_lines([10.0] * 8)), "r1")
    assert figures["latency_p50_ms"].not_measured == "too_few_samples"
    assert figures["latency_p90_ms"].not_measured == "too_few_samples"
    assert figures["latency_mean_ms"].value == 10.0
    assert figures["latency_mean_ms"].low is None


def test_without_sensors_nothing_is_made_up(tmp_path: Path) -> None:
    figures = summarise(recorded(tmp_path, run_lines(TEN_MS)), "r1")
    for name in ("power_w", "energy_mj", "energy_net_mj"):
        assert figures[name].value is None
        assert figures[name].not_measured == "no_power_sensor"
    assert figures["temperature_c"].not_measured == "no_temperature_sensor"


def test_energy_is_power_times_latency_gross_and_net(tmp_path: Path) -> None:
    """5 W x 10 ms = 50 mJ; 2 W of it are idle, so 30 mJ net."""
    lines = run_lines(TEN_MS, watts=5.0, idle_watts=2.0, celsius=48.5)
    figures = summarise(recorded(tmp_path, lines), "r1")
    assert figures["power_w"].value == pytest.approx(5.0)
    assert figures["energy_mj"].value == pytest.approx(50.0)
    assert figures["energy_net_mj"].value == pytest.approx(30.0)
    assert figures["energy_mj"].inputs == ("run/r1/power_w", "run/r1/latency_mean_ms")
    assert figures["temperature_c"].value == 48.5


def test_idle_power_is_never_counted_as_running(tmp_path: Path) -> None:
    lines = run_lines(TEN_MS, watts=5.0, idle_watts=1.0)
    assert summarise(recorded(tmp_path, lines), "r1")["power_w"].low == pytest.approx(5.0)


def test_a_run_too_short_for_the_sensor_has_no_power(tmp_path: Path) -> None:
    figures = summarise(recorded(tmp_path, run_lines([10.0] * 12, watts=5.0)), "r1")
    assert figures["power_w"].not_measured == "too_few_samples"


def test_memory_is_the_runner_s_peak(tmp_path: Path) -> None:
    assert summarise(recorded(tmp_path, run_lines(TEN_MS)), "r")["memory_bytes"].value == 70e6


def test_the_demo_flag_is_on_every_measured_figure(tmp_path: Path) -> None:
    figures = summarise(recorded(tmp_path, run_lines(TEN_MS, watts=5.0)), "r1", demo=True)
    assert all(figure.demo for figure in figures.values() if figure.known)


def test_tokens(tmp_path: Path) -> None:
    """20 ms to the first token and 4 x 5 ms: TTFT 20, TPOT 5, 200 tokens/s."""
    lines = run_lines([40.0] * 12, kind="generate")
    for line in lines:
        if line["t"] == "samples":
            line["s"] = [[*row, 20 * MS, *[5 * MS] * 4] for row in line["s"]]
    figures = summarise(recorded(tmp_path, lines), "r1")
    assert figures["ttft_ms"].value == pytest.approx(20.0)
    assert figures["tpot_ms"].value == pytest.approx(5.0)
    assert figures["decode_tokens_per_s"].value == pytest.approx(200.0)


def test_one_token_has_no_time_per_further_token(tmp_path: Path) -> None:
    lines = run_lines([20.0] * 12, kind="generate")
    for line in lines:
        if line["t"] == "samples":
            line["s"] = [[*row, 20 * MS] for row in line["s"]]
    figures = summarise(recorded(tmp_path, lines), "r1")
    assert figures["ttft_ms"].value == pytest.approx(20.0)
    assert figures["tpot_ms"].not_measured == "not_applicable"


def test_intervals_hold_their_values(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    latencies = list(rng.lognormal(2.0, 0.3, 600))
    figures = summarise(recorded(tmp_path, run_lines(latencies, watts=3.0)), "r1")
    for figure in figures.values():
        if figure.low is not None and figure.high is not None and figure.value is not None:
            assert figure.low <= figure.value <= figure.high
            assert figure.level == 0.95
    assert figures["latency_p99_ms"].known


def test_an_empty_run_has_no_figures_but_reasons(tmp_path: Path) -> None:
    lines = run_lines([10.0, 10.0])
    figures = summarise(recorded(tmp_path, lines), "r1")
    assert not figures["latency_mean_ms"].known
    assert not figures["throughput_per_s"].known
