from __future__ import annotations

import math

import pytest

from genba.devices import memory
from genba.devices.catalogue import profile
from genba.devices.energy import power_of
from genba.devices.prediction import Generation, own_observation, predict
from genba.figures import Basis
from genba.i18n import Language
from genba.study.candidate import Prediction
from genba.study.device import DeviceProfile
from unit.devices.costs_of import llama_2_7b, network

FIGURES = {
    "latency_ms", "ttft_ms", "tpot_ms", "memory_bytes", "energy_mj", "throughput_per_s",
}  # fmt: skip
RESNET_50 = network(4_100_000_000, 25_600_000)


def generation(prompt: int = 128, generate: int = 128) -> Generation:
    return Generation(llama_2_7b(prompt), llama_2_7b(1), prompt, generate)


def llama(device: str, runtime: str | None = None, prompt: int = 128) -> Prediction:
    work = generation(prompt)
    return predict(work.prefill, "v1", profile(device, None), runtime, work)


def inside(prediction: Prediction, name: str, published: float) -> bool:
    figure = prediction.figures[name]
    assert figure.low is not None
    assert figure.high is not None
    return figure.low <= published <= figure.high


def codes(prediction: Prediction) -> set[str]:
    return {warning.code for warning in prediction.warnings}


def test_every_figure_is_predicted_with_an_80_percent_interval_and_a_stable_id() -> None:
    prediction = llama("jetson-agx-orin-64gb", "llama.cpp:cuda")
    assert set(prediction.figures) == FIGURES
    for name, figure in prediction.figures.items():
        assert figure.basis is Basis.PREDICTED
        assert figure.level == 0.8
        assert figure.value is not None
        assert figure.low is not None
        assert figure.high is not None
        assert figure.low < figure.value < figure.high
        assert figure.ref == f"prediction/v1/jetson-agx-orin-64gb/llama.cpp:cuda/{name}"


@pytest.mark.parametrize(
    ("runtime", "published_ms"),
    [
        ("mlc-llm", 1000 / 46.9),  # row m0469: MLC LLM, AGX Orin 64 GB, MAXN
        ("llama.cpp:cuda", 1000 / 22.5),  # row m0470
    ],
)
def test_llama_2_7b_in_int4_on_agx_orin_lies_in_the_interval(
    runtime: str, published_ms: float
) -> None:
    prediction = llama("jetson-agx-orin-64gb", runtime)
    assert inside(prediction, "tpot_ms", published_ms)
    assert prediction.bound_by == "memory bandwidth"
    assert prediction.fits is True


@pytest.mark.parametrize(
    ("device", "runtime", "each", "precision", "operator", "published_ms", "published_mj"),
    [
        # rows m0543 and m0534: MLPerf single-stream p90 and energy at the wall, MAXN
        ("jetson-agx-orin-64gb", "tensorrt", 1, "int8", "QLinearConv", 0.640, 20.1),
        # rows m1187: ncnn, four threads, fp16 storage
        ("raspberry-pi-5", "ncnn:cpu", 2, "float16", "Conv", 46.2, None),
        # rows m1137 and m1129: MLPerf, TFLite 2.7.1
        ("raspberry-pi-4b", "tflite:xnnpack", 4, "float32", "Conv", 587.7, 3357.0),
    ],
)
def test_published_resnet_50_rows_lie_in_the_interval(
    device: str, runtime: str, each: int, precision: str, operator: str,
    published_ms: float, published_mj: float | None,
) -> None:  # fmt: skip
    resnet = network(
        4_100_000_000, 25_600_000, bytes_each=each, precision=precision, op_type=operator
    )
    prediction = predict(resnet, "v", profile(device, None), runtime)
    assert inside(prediction, "latency_ms", published_ms)
    assert prediction.fits is True
    if published_mj is not None:
        assert inside(prediction, "energy_mj", published_mj)


def test_a_request_is_its_prompt_and_all_further_tokens() -> None:
    figures = llama("jetson-agx-orin-64gb").figures
    first, each, whole = (figures[n].value for n in ("ttft_ms", "tpot_ms", "latency_ms"))
    assert first is not None
    assert each is not None
    assert whole == pytest.approx(first + 127 * each)
    assert figures["throughput_per_s"].value == pytest.approx(1000 / whole)
    low, high = figures["throughput_per_s"].low, figures["latency_ms"].high
    assert high is not None
    assert low == pytest.approx(1000 / high)


def test_a_network_that_does_not_generate_has_no_token_times() -> None:
    prediction = predict(RESNET_50, "v", profile("raspberry-pi-5", None), "onnxruntime")
    assert prediction.figures["ttft_ms"].not_measured == "not_generating"
    assert prediction.figures["tpot_ms"].not_measured == "not_generating"
    assert prediction.bound_by == "compute"
    assert prediction.fits is True


def test_a_longer_prompt_takes_longer_and_needs_more_memory() -> None:
    short, long = (llama("jetson-agx-orin-64gb", prompt=p).figures for p in (128, 2048))
    for name in ("ttft_ms", "tpot_ms", "memory_bytes"):
        assert (long[name].value or 0) > (short[name].value or 0)


def test_a_device_without_the_facts_gets_no_number() -> None:
    demo = llama("demo")
    for name in ("latency_ms", "ttft_ms", "tpot_ms", "energy_mj", "throughput_per_s"):
        assert demo.figures[name].not_measured == "no_device_facts"
    assert demo.figures["memory_bytes"].known
    assert demo.bound_by == "unknown"

    elite = llama("snapdragon-8-elite")  # bandwidth known, no peak published
    assert elite.figures["tpot_ms"].known
    assert elite.figures["ttft_ms"].not_measured == "no_device_facts"
    assert elite.figures["latency_ms"].not_measured == "no_device_facts"


def test_energy_needs_a_known_power() -> None:
    assert power_of(profile("rockchip-rk3576", None)) is None
    figure = predict(RESNET_50, "v", profile("rockchip-rk3576", None), None).figures["energy_mj"]
    assert figure.not_measured == "no_device_facts"

    pi = predict(RESNET_50, "v", profile("raspberry-pi-5", None), None).figures
    assert pi["energy_mj"].value == pytest.approx(11.9 * (pi["latency_ms"].value or 0))
    assert pi["energy_mj"].high == pytest.approx(25 * (pi["latency_ms"].high or 0))


def test_what_a_reader_must_know_is_said() -> None:
    assert "not_verified_on_hardware" in codes(llama("raspberry-pi-5"))
    assert "facts_from_memory" in codes(llama("snapdragon-8-elite"))
    assert "runtime_not_listed" in codes(llama("raspberry-pi-5", "tensorrt"))
    assert "other_peak" in codes(llama("snapdragon-8-gen-3", "qnn"))
    assert "no_measurements_of_engine" in codes(llama("raspberry-pi-5", "mlx"))
    assert "no_measurements_of_kind" in codes(
        predict(RESNET_50, "v", profile("apple-mac-mini-m4", None), "mlx")
    )
    assert "host_not_counted" in codes(llama("hailo-8"))


def test_explanations_render_in_both_languages_without_open_fields() -> None:
    prediction = llama("jetson-agx-orin-64gb")
    for code in ("en", "ja"):
        language = Language(code)
        for message in (*prediction.explanation, *prediction.warnings):
            text = language.message(message)
            assert "{" not in text
            assert text
    assert {m.code for m in prediction.explanation} >= {
        "compute_ideal", "traffic_ideal", "efficiency", "operators", "memory", "energy",
    }  # fmt: skip


def test_a_device_that_nobody_measured_gets_a_wider_interval() -> None:
    def width(device: DeviceProfile) -> float:
        figure = predict(RESNET_50, "v", device, "onnxruntime:CPUExecutionProvider").figures[
            "latency_ms"
        ]
        return math.log((figure.high or 0) / (figure.low or 1))

    known = profile("raspberry-pi-5", None)
    new = known.model_copy(update={"id": "a-new-board"})
    assert width(new) > width(known) > math.log(1.5)


def test_own_runs_move_the_prediction_towards_them_and_narrow_it() -> None:
    device = profile("intel-n100", None)
    runtime = "openvino:CPU"
    before = predict(RESNET_50, "v", device, runtime).figures["latency_ms"]
    assert before.value is not None
    own = own_observation(RESNET_50, device, runtime, 3 * before.value / 1e3)
    assert own is not None

    after = predict(RESNET_50, "v", device, runtime, own=[own]).figures["latency_ms"]

    assert after.value is not None
    assert before.value * 3**0.6 < after.value < before.value * 3
    assert (after.high or 0) / (after.low or 1) < (before.high or 0) / (before.low or 1)
    assert own_observation(RESNET_50, profile("demo", None), runtime, 1.0) is None


def test_small_work_is_bound_by_overhead() -> None:
    tiny = network(200_000, 5_000, activations=10_000)
    prediction = predict(tiny, "v", profile("jetson-agx-orin-64gb", None), "tensorrt")
    assert prediction.figures["latency_ms"].value == pytest.approx(0.058)  # one call, one launch
    assert prediction.bound_by == "overhead"
    assert "overhead" in {m.code for m in prediction.explanation}


def test_memory_is_weights_cache_activations_and_the_runtime() -> None:
    costs = llama_2_7b(1)
    need = memory.need_of(costs, "cpu", 1024)
    assert need.cache == 1024 * 524_288
    assert need.low == costs.weight_bytes + need.cache + 50e6 + 30e6
    assert need.low < need.value < need.high


def test_it_fits_or_not_or_it_is_not_certain() -> None:
    assert llama("raspberry-pi-4b").fits is None
    assert llama("intel-n100").fits is True
    assert llama("amd-kria-kv260").fits is False
    assert llama("hailo-8").fits is None  # works out of its host's memory


def test_usable_memory_is_the_profile_s_or_a_documented_share() -> None:
    assert memory.capacity_of(profile("jetson-orin-nano-8gb", None)) == 5_583_457_484
    assert memory.capacity_of(profile("raspberry-pi-4b", None)) == pytest.approx(0.65 * 2**33)
    assert memory.capacity_of(profile("intel-n100", None)) == pytest.approx(0.8 * 2**34)
    assert memory.capacity_of(profile("coral-usb-accelerator", None)) is None


def test_a_microcontroller_holds_its_weights_in_flash() -> None:
    small = network(20_000_000, 1_660_000, bytes_each=1, precision="int8", activations=250_000)
    large = small.model_copy(update={"peak_activation_bytes": 9_000_000})
    device = profile("stm32n6570-dk", None)
    assert predict(small, "v", device, None).fits is True
    assert predict(large, "v", device, None).fits is False
