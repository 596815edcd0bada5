"""The view models without a window: what a page says, and what it asks of the use cases."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy
import pytest

from genba.errors import InvalidValue
from genba.figures import Basis
from genba.gui.bridge import JobBoard
from genba.gui.theme.look import Look
from genba.gui.viewmodels.business import BusinessModel
from genba.gui.viewmodels.compress import CompressModel
from genba.gui.viewmodels.device import DeviceModel
from genba.gui.viewmodels.live import MOST_POINTS, LiveBuffers
from genba.gui.viewmodels.measure import MeasureModel
from genba.gui.viewmodels.model import ModelModel, by_type
from genba.gui.viewmodels.opened import OpenedStudy
from genba.gui.viewmodels.report import ReportModel
from genba.gui.viewmodels.start import StartModel, UnknownFile
from genba.gui.viewmodels.workload import WorkloadModel, field_unit
from genba.i18n import Language
from genba.study.run import Sample, SampleBatch
from genba.study.words import INPUTS
from genba.study.workload import Limit, Task
from gui.example import (
    INT8_ID,
    MODEL_ID,
    ExampleDoor,
    business,
    costs,
    samples,
    telemetry,
)

EN = Language("en")
Wait = Callable[[], None]


def sentence(model) -> str:
    return EN.message(model.answer[1])


# the open study


def test_a_study_is_opened_by_prefix_or_name_and_read_once(
    door: ExampleDoor, board: JobBoard, idle: Wait
):
    opened = OpenedStudy(door, board)
    opened.open("0123")
    idle()
    assert opened.study_id == "0123456789abcdef"
    assert [name for name, _ in door.calls].count("show_study") == 1


def test_the_last_of_two_openings_wins(door: ExampleDoor, board: JobBoard, idle: Wait):
    opened = OpenedStudy(door, board)
    opened.open("first")
    opened.open("second")
    idle()
    assert [value for name, value in door.calls if name == "show_study"][-1] == "second"


# start


def test_the_three_questions_become_a_workload(door: ExampleDoor, board: JobBoard, idle: Wait):
    start = StartModel(door, board)
    opened: list[str] = []
    start.opened.connect(opened.append)
    start.create("Line 3", Task.TEXT_GENERATION, 1500.0, 90_000.0)
    idle()
    name, workload, sample = dict(door.calls)["create_study"]
    assert (name, sample, workload.task) == ("Line 3", None, Task.TEXT_GENERATION)
    assert workload.limit("latency_p90_ms").value == 1500.0
    assert workload.limit("budget").value == 90_000.0
    assert opened == ["0123456789abcdef"]


def test_a_dropped_file_of_another_kind_is_refused_with_a_sentence(
    door: ExampleDoor, board: JobBoard
):
    start = StartModel(door, board)
    start.open_file(Path("photo.jpg"))
    assert isinstance(start.error, UnknownFile)
    assert "photo.jpg" in str(start.error)


def test_a_file_that_is_no_model_leaves_no_study_behind(
    door: ExampleDoor, board: JobBoard, idle: Wait
):
    door.failing["import_model"] = InvalidValue(value="x", field="model", rule="an ONNX file")
    start = StartModel(door, board)
    start.open_file(Path("broken.onnx"))
    idle()
    assert isinstance(start.error, InvalidValue)
    assert "delete_study" in dict(door.calls)


# workload


def test_limits_are_judged_at_once_saved_later_and_undone(
    door: ExampleDoor, board: JobBoard, opened: OpenedStudy, idle: Wait, qtbot
):
    model = WorkloadModel(door, board, opened)
    before = {r.limit.measure: r.verdict for r in model.rows}
    assert before["latency_p90_ms"] == "likely"
    model.set_limit("latency_p90_ms", 1.0)
    assert {r.limit.measure: r.verdict for r in model.rows}["latency_p90_ms"] == "unlikely"
    assert "save_workload" not in dict(door.calls), "not while the user is typing"
    qtbot.waitUntil(lambda: "save_workload" in dict(door.calls))
    idle()
    assert dict(door.calls)["save_workload"].limit("latency_p90_ms").value == 1.0
    model.undo()
    model.save()
    idle()
    assert door.study.workload.limit("latency_p90_ms").value == 20.0


def test_a_limit_is_added_with_the_right_direction_and_removed(
    door: ExampleDoor, board: JobBoard, opened: OpenedStudy
):
    model = WorkloadModel(door, board, opened)
    assert "latency_p99_ms" in model.free_measures
    model.add_limit("throughput_per_s")
    assert model.draft.limit("throughput_per_s").operator == ">="
    model.add_limit("latency_p99_ms")
    assert model.draft.limit("latency_p99_ms").operator == "<="
    model.remove_limit("latency_p99_ms")
    assert model.draft.limit("latency_p99_ms") is None


@pytest.mark.parametrize(
    ("measure", "value", "unit"),
    [
        ("latency_p90_ms", 12_000.0, "s"),
        ("latency_p90_ms", 20.0, "ms"),
        ("memory_bytes", 3e9, "GB"),
        ("memory_bytes", 200e6, "MB"),
        ("energy_mj", 300_000.0, "J"),
        ("budget", 450_000.0, "JPY"),
        ("quality", 0.9, ""),
    ],
)
def test_limits_are_edited_in_the_unit_that_reads_best(measure: str, value: float, unit: str):
    assert field_unit(measure, value, "JPY").unit == unit


# model


def test_operators_are_summed_by_type_and_lose_nothing():
    groups = by_type(costs().operators)
    assert {g.op_type: g.count for g in groups} == {"Conv": 8, "Relu": 8, "Gemm": 1}
    assert sum(g.macs for g in groups) == costs().macs
    assert sum(g.count for g in groups) == len(costs().operators)


def test_headline_facts_are_counted_and_carry_no_mark(
    door: ExampleDoor, board: JobBoard, opened: OpenedStudy, idle: Wait
):
    model = ModelModel(door, board, opened)
    model.enter()
    idle()
    assert all(f is not None and f.basis is Basis.EXACT for _, f in model.headline)
    assert dict(model.headline)["Parameters"].value == 473_461
    assert sum(share for _, _, share in model.shares) == pytest.approx(1.0)


def test_another_dimension_counts_again(
    door: ExampleDoor, board: JobBoard, opened: OpenedStudy, idle: Wait
):
    model = ModelModel(door, board, opened)
    model.enter()
    idle()
    model.set_dimension("batch", 4)
    idle()
    assert [v for n, v in door.calls if n == "analyze"] == [{}, {"batch": 4}]


def test_a_model_over_the_memory_limit_is_said_to_be(
    door: ExampleDoor, board: JobBoard, opened: OpenedStudy, idle: Wait
):
    door.study = door.study.model_copy(
        update={
            "workload": door.study.workload.model_copy(
                update={"limits": (Limit(measure="memory_bytes", operator="<=", value=1e6),)}
            )
        }
    )
    opened.reload()
    idle()
    model = ModelModel(door, board, opened)
    model.enter()
    idle()
    assert model.answer[0] == "attention"
    assert sentence(model).startswith("Not as it is: 2.94 MB against 1.00 MB")


# device


def test_devices_are_ordered_by_prediction_and_judged_by_their_interval(
    door: ExampleDoor, board: JobBoard, opened: OpenedStudy, idle: Wait
):
    model = DeviceModel(door, board, opened)
    model.enter()
    idle()
    verdicts = {r.device.id: r.verdict for r in model.rows}
    assert [r.device.id for r in model.rows][:2] == ["jetson-orin-nano", "intel-n100"]
    assert verdicts["raspberry-pi-5"] == "likely"
    assert verdicts["rk3588"] == "undecided", "17.5 ms with an interval over the limit of 20 ms"
    assert verdicts["kria-kv260"] == "unlikely"
    assert verdicts["hailo-8l"] == "no_limit", "nothing is known of it"
    model.set_scope("pass")
    assert len(model.rows) == 3
    model.set_scope("all")
    model.set_filter("rockchip")
    assert [r.device.id for r in model.rows] == ["rk3588"]


def test_a_new_device_on_the_short_list_is_predicted_for_the_study(
    door: ExampleDoor, board: JobBoard, opened: OpenedStudy, idle: Wait
):
    model = DeviceModel(door, board, opened)
    model.enter()
    idle()
    model.toggle("rk3588")
    idle()
    assert door.study.shortlist[-1] == "rk3588"
    assert door.calls[-2] == ("predict", (MODEL_ID, "0123456789abcdef", ("rk3588",)))
    model.toggle("rk3588")
    idle()
    assert "rk3588" not in door.study.shortlist


# compress


def test_presets_are_run_one_after_the_other(
    door: ExampleDoor, board: JobBoard, opened: OpenedStudy, idle: Wait
):
    model = CompressModel(door, board, opened)
    model.enter()
    idle()
    model.toggle("int4-block32")
    model.toggle("fp16")
    model.toggle("none")
    model.run_selected()
    idle()
    assert [v for n, v in door.calls if n == "compress"] == ["fp16", "int4-block32"]
    assert model.selected == set()


def test_the_matrix_shows_a_figure_where_something_is_known(
    door: ExampleDoor, board: JobBoard, opened: OpenedStudy, idle: Wait
):
    model = CompressModel(door, board, opened)
    demo = next(c for c in model.columns if c.demo)
    by_id = {v.variant_id: v for v in model.variants}
    assert model.cell(by_id[INT8_ID], demo).verdict == "met"
    other = next(c for c in model.columns if not c.demo)
    assert model.cell(by_id[INT8_ID], other).candidate is None
    model.set_measure("energy")
    assert model.cell(by_id[INT8_ID], demo).figure.not_measured == "no_power_sensor"


def test_the_short_list_is_predicted_into_the_study_by_itself(
    door: ExampleDoor, board: JobBoard, opened: OpenedStudy, idle: Wait
):
    """A study from a sample has a short list and no prediction: nothing could be put forward."""
    assert opened.view is not None
    opened.view = opened.view.model_copy(update={"predictions": (), "candidates": ()})
    device = DeviceModel(door, board, opened)
    device.enter()
    idle()
    kept = [value for name, value in door.calls if name == "predict" and value[1] is not None]
    listed = opened.view.study.shortlist
    wanted = [(v.variant_id, opened.study_id, listed) for v in opened.view.variants]
    assert kept == wanted
    device.enter()
    idle()
    assert len([v for n, v in door.calls if n == "predict" and v[1] is not None]) == len(wanted)


def test_new_variants_are_predicted_after_the_compression(
    door: ExampleDoor, board: JobBoard, opened: OpenedStudy, idle: Wait
):
    model = CompressModel(door, board, opened)
    model.enter()
    idle()
    model.toggle("int8-dynamic")
    model.run_selected()
    idle()
    names = [name for name, _ in door.calls]
    assert "predict" in names[names.index("compress") :]


# measure


def test_percentiles_are_those_of_numpy_and_wait_for_enough_samples():
    taken = samples(500, warm=10)
    live = LiveBuffers()
    live.add(SampleBatch(samples=taken[:30]))
    assert live.percentile_ms("p90") is None
    assert live.missing("p90") == 44 - 20
    live.add(SampleBatch(samples=taken[30:]))
    steady = [s.latency_ms for s in taken if not s.warmup]
    for name in ("p50", "p90", "p99"):
        expected = numpy.percentile(steady, float(name[1:]))
        assert live.percentile_ms(name) == pytest.approx(expected)


def test_half_a_million_samples_are_counted_exactly_and_drawn_as_a_few_thousand(app, qtbot):
    """A model that answers in ten microseconds must not hold the window."""
    from genba.gui.widgets.plots import Distribution, Lanes

    look = Look.of("light", "en")
    draw = numpy.random.default_rng(7)
    latency = draw.gamma(2.0, 5000.0, 500_000).astype(int) + 1000
    latency[123_457] = 90_000_000
    taken = [
        Sample(sequence=i, scheduled_ns=i * 10_000, latency_ns=int(ns), warmup=i < 1000)
        for i, ns in enumerate(latency)
    ]
    live = LiveBuffers()
    for start in range(0, len(taken), 50_000):
        live.add(SampleBatch.model_construct(samples=taken[start : start + 50_000], telemetry=()))
        live.percentile_ms("p90")
    for name in ("p50", "p90", "p99"):
        expected = numpy.percentile(latency[1000:] / 1e6, float(name[1:]))
        assert live.percentile_ms(name) == pytest.approx(expected, rel=1e-12)
    assert (live.total, live.count) == (500_000, 499_000)
    assert live.warmup_end_s == pytest.approx(0.01)

    lanes, distribution = Lanes(look), Distribution(look)
    qtbot.addWidget(lanes)
    qtbot.addWidget(distribution)
    lanes.show_live(live, running=True)
    distribution.show_live(live, None, None)
    at, values = lanes._points.getData()
    warm_at, _ = lanes._warm.getData()
    assert 2000 < len(at) + len(warm_at) <= MOST_POINTS
    assert values.max() * lanes._unit[0] == pytest.approx(90.0), "the slowest request is drawn"
    assert len(distribution._curve.getData()[0]) <= MOST_POINTS


def test_the_warm_up_is_kept_marked_and_left_out():
    live = LiveBuffers.of(samples(20, warm=7), telemetry())
    assert live.count == 20
    assert sum(live.warm) == 7
    assert live.warmup_end_s == live.at_s[7]


def test_a_missing_sensor_leaves_an_empty_lane_not_zeros():
    live = LiveBuffers.of(samples(5), telemetry())
    assert live.lane_values["power"] == []
    assert live.lane_values["memory"][0] == 61_000_000
    assert live.readings == len(telemetry())


def test_a_run_arrives_live_and_is_shown(
    door: ExampleDoor, board: JobBoard, opened: OpenedStudy, idle: Wait
):
    model = MeasureModel(door, board, opened)
    model.enter()
    idle()
    model.start()
    assert model.answer[0] == "running"
    idle()
    assert model.run_shown is not None
    assert model.live.count == 520
    assert "p90 3.81 ms ● stays within 20 ms" in sentence(model)
    assert model.answer[0] == "attention", "a demo run proves nothing about a device"


def test_a_new_run_stays_shown_while_the_study_is_read_again(
    door: ExampleDoor, board: JobBoard, opened: OpenedStudy, idle: Wait
):
    """The view that is still there does not hold the new run yet."""
    assert opened.view is not None
    opened.view = opened.view.model_copy(update={"runs": ()})
    model = MeasureModel(door, board, opened)
    model.start()
    idle()
    assert model.run_shown is not None
    opened.close()
    assert model.run_shown is None, "another study is another story"


def test_stop_and_keep_ends_the_run_with_its_samples(
    door: ExampleDoor, board: JobBoard, opened: OpenedStudy, idle: Wait, qtbot
):
    door.slow_s = 0.1
    model = MeasureModel(door, board, opened)
    model.start()
    qtbot.waitUntil(lambda: model.live.total > 0)
    model.stop_and_keep()
    idle()
    assert model.run_shown is not None
    assert not model.run_shown.complete


def test_an_untrusted_target_cannot_be_measured_before_its_key_is_compared(
    door: ExampleDoor, board: JobBoard, opened: OpenedStudy, idle: Wait
):
    model = MeasureModel(door, board, opened)
    model.enter()
    idle()
    asked: list[object] = []
    model.key_question.connect(asked.append)
    model.add_target("genba@bench-1")
    idle()
    assert len(asked) == 1
    assert model.blocked is not None
    model.start()
    assert "benchmark" not in dict(door.calls)
    model.trust("SHA256:q7Rk9dXw2LmAtB4v8sZe")
    idle()
    assert dict(door.calls)["trust"] == "SHA256:q7Rk9dXw2LmAtB4v8sZe"


# business


def test_the_results_follow_an_input_and_the_newest_wins(
    door: ExampleDoor, board: JobBoard, opened: OpenedStudy, idle: Wait
):
    model = BusinessModel(door, board, opened)
    model.enter()
    idle()
    assert model.edge.npv.value == pytest.approx(5.169e6)
    for hours in (1.4, 1.2, 0.9):
        model.set_value("hours_saved_per_device_day", hours)
    idle()
    assert model.edge.npv.value == pytest.approx(business({"hours_saved_per_device_day": 0.9})
                                                 .alternative("edge").npv.value)  # fmt: skip
    assert not model.kept
    model.keep()
    idle()
    assert door.calls[-2] == ("business", ({"hours_saved_per_device_day": 0.9}, True))
    assert model.kept


def test_the_top_inputs_keep_their_order_while_they_are_moved(
    door: ExampleDoor, board: JobBoard, opened: OpenedStudy, idle: Wait
):
    model = BusinessModel(door, board, opened)
    model.enter()
    idle()
    order = [entry.key for entry in model.top]
    assert order[0] == "hours_saved_per_device_day"
    model.set_value("energy_mj", 9999.0)
    idle()
    assert [entry.key for entry in model.top] == order


def test_inputs_in_conflict_leave_the_last_result(
    door: ExampleDoor, board: JobBoard, opened: OpenedStudy, idle: Wait
):
    model = BusinessModel(door, board, opened)
    model.enter()
    idle()
    door.failing["business"] = InvalidValue(value="-1", field="devices", rule="at least 1")
    model.set_value("devices", -1)
    idle()
    assert model.error is not None
    assert model.result is not None


def test_every_input_of_the_worked_example_has_a_name():
    import json

    path = Path(__file__).parents[2] / "data" / "business_example.json"
    inputs = json.loads(path.read_text(encoding="utf-8"))["inputs"]
    numbers = {k for k, v in inputs.items() if isinstance(v, int | float)} - {"years"}
    assert numbers - set(INPUTS) == set()


# report


def test_a_block_leaves_a_draft_and_a_pdf_is_written(
    door: ExampleDoor, board: JobBoard, opened: OpenedStudy, idle: Wait, tmp_path: Path
):
    model = ReportModel(door, board, opened, "en")
    model.enter()
    idle()
    assert len(model.blocks) == 1
    assert len(model.cautions) == 1
    assert model.answer[0] == "failed"
    model.set_language("ja")
    model.export(tmp_path / "report")
    idle()
    assert (tmp_path / "report.pdf").is_file()
    assert dict(door.calls)["write_report"][1:] == ("ja", "manager")


def test_a_file_name_is_suggested_that_every_system_takes(
    door: ExampleDoor, board: JobBoard, opened: OpenedStudy, idle: Wait
):
    door.study = door.study.model_copy(update={"name": "Line 3 / A:B"})
    opened.reload()
    idle()
    name = ReportModel(door, board, opened, "ja").suggested_name
    assert name == "Line 3 - A-B-manager-ja.pdf"
