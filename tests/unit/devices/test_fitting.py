from __future__ import annotations

import csv
import math
from pathlib import Path

import numpy as np
import pytest

from genba.devices import catalogue, efficiency, fitting
from genba.devices.efficiency import Posterior, parameters_file, posterior, weighted_median
from genba.devices.observations import MeasurementFileInvalid, read_table, shipped_table
from genba.resources import asset

DEVICES = {p.id: p for p in catalogue.profiles(None)}
FAMILIES = ("decode", "prefill", "network")


def test_published_rows_become_observations_and_none_is_lost_silently() -> None:
    table = shipped_table(DEVICES)
    with asset("measurements", "measurements.csv").open(encoding="utf-8") as stream:
        rows = sum(1 for _ in csv.DictReader(stream))
    assert len(table.observations) + sum(table.left_out.values()) == rows == 1045
    assert len(table.observations) > 700


def test_a_row_is_read_as_it_says() -> None:
    rows = {o.row_id: o for o in shipped_table(DEVICES).observations}
    tinychat = rows["m0473"]  # Llama-2-7B AWQ on AGX Orin, 25.94 ms per token
    assert tinychat.seconds == pytest.approx(0.02594)
    assert tinychat.features.family == "decode"
    assert tinychat.features.categories[:2] == ("jetson_gpu", "tinychat")
    prefill = rows["m0048"]  # 224.81 tokens/s over a prompt of 512
    assert prefill.seconds == pytest.approx(512 / 224.81)
    assert rows["m0448"].doubtful


def test_the_widths_that_ship_are_those_that_the_data_gives() -> None:
    refitted = fitting.refitted()["families"]
    shipped = parameters_file()["families"]
    for family in FAMILIES:
        assert refitted[family]["widths"] == pytest.approx(shipped[family]["widths"], abs=2e-3)
        assert refitted[family]["rows"] == shipped[family]["rows"]


@pytest.mark.parametrize(
    ("family", "unseen_device", "unseen_model"),
    [("decode", 0.27, 0.18), ("prefill", 0.34, 0.32), ("network", 0.45, 0.42)],
)
def test_errors_on_what_was_left_out_stay_where_they_were(
    family: efficiency.Family, unseen_device: float, unseen_model: float
) -> None:
    process = posterior(family)
    assert fitting.score(process, "device").median_error < unseen_device
    assert fitting.score(process, "model").median_error < unseen_model


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("case", ["device", "model", "both"])
def test_the_80_percent_interval_covers_what_was_left_out(
    family: efficiency.Family, case: str
) -> None:
    assert 0.78 <= fitting.score(posterior(family), case).coverage <= 0.95


def test_leaving_out_in_closed_form_equals_fitting_again_without_the_device() -> None:
    process = posterior("prefill")
    left = fitting.leave_out(process, "device")
    device = "rockchip-rk3588"
    rows = [i for i, o in enumerate(process.observations) if o.features.device_id == device]
    others = [o for o in process.observations if o.features.device_id != device]
    again = Posterior(process.parameters, others)
    again._centre, again._spread = process._centre, process._spread  # the same yardstick
    again.kernel = again._kernel(again._features, again._features)
    again.precision = np.linalg.inv(again.kernel + np.diag(again.noise + 1e-6))
    again._weights = again.precision @ again.targets

    for row in rows:
        estimate = again.estimate(process.observations[row].features)
        assert estimate.middle == pytest.approx(left.middle[row], abs=1e-6)


def test_a_median_by_weight() -> None:
    values = np.array([3.0, 1.0, 2.0])
    assert weighted_median(values, np.array([1.0, 1.0, 1.0])) == 2.0
    assert weighted_median(values, np.array([5.0, 1.0, 1.0])) == 3.0


def test_a_file_of_measurements_is_checked_row_by_row(tmp_path: Path) -> None:
    source = asset("measurements", "measurements.csv").read_text("utf-8").splitlines()
    mine = tmp_path / "mine.csv"
    rows = [line for line in source[1:] if line.startswith(("m0473", "m0048", "m0001", "m0070"))]
    mine.write_text("\n".join([source[0], *rows]))

    checked = fitting.check(mine, DEVICES)

    by_id = {row.row_id: row for row in checked.rows}
    row = by_id["m0473"]
    assert row.measured_s == pytest.approx(0.02594)
    assert row.low_s < row.predicted_s < row.high_s
    # A row that ships is predicted from the others, never from itself.
    known = posterior("decode").observations
    (twin,) = (o for o in known if o.row_id == "m0473")
    with_itself = twin.features.ideal_s * math.exp(
        posterior("decode").estimate(twin.features).middle
    )
    assert abs(row.predicted_s - row.measured_s) > abs(with_itself - row.measured_s)
    assert {score.family for score in checked.scores} <= set(FAMILIES)
    assert sum(score.rows for score in checked.scores) == len(checked.rows)


def test_what_is_no_table_is_said(tmp_path: Path) -> None:
    for content in (b"a,b\n1,2\n", b"", b"\xff\xfe\x00"):
        (tmp_path / "x.csv").write_bytes(content)
        with pytest.raises(MeasurementFileInvalid):
            read_table(tmp_path / "x.csv", DEVICES)
    with pytest.raises(MeasurementFileInvalid):
        read_table(tmp_path / "absent.csv", DEVICES)
