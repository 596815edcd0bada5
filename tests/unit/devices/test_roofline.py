from __future__ import annotations

import pytest

from genba.devices.catalogue import profile
from genba.devices.engines import Engine, default_runtime, engine_of, unit_kind
from genba.devices.roofline import (
    BANDWIDTH,
    COMPUTE,
    UNKNOWN,
    arithmetic_of,
    breakdown,
    ideal_of,
    peak_of,
    streamed_bytes,
    work_of,
)
from unit.devices.costs_of import llama_2_7b, network


@pytest.mark.parametrize(
    ("runtime", "engine", "unit"),
    [
        ("onnxruntime", "onnxruntime", "cpu"),
        ("onnxruntime:CPUExecutionProvider", "onnxruntime", "cpu"),
        ("onnxruntime:CUDAExecutionProvider", "onnxruntime", "gpu"),
        ("onnxruntime:TensorrtExecutionProvider", "tensorrt", "gpu"),
        ("onnxruntime:QNNExecutionProvider", "onnxruntime", "npu"),
        ("openvino", "openvino", "cpu"),
        ("openvino:GPU", "openvino", "gpu"),
        ("openvino:NPU", "openvino", "npu"),
        ("llama.cpp:cuda", "llama.cpp", "gpu"),
        ("tflite:edgetpu", "edgetpu", "npu"),
        ("hailort (with HAT)", "hailort", "npu"),
        ("rkllm", "rkllm", "npu"),
        ("something new", "something new", "cpu"),
    ],
)
def test_a_runtime_names_an_engine_and_a_unit(runtime: str, engine: str, unit: str) -> None:
    found = engine_of(runtime)
    assert (found.name, found.unit) == (engine, unit)


def test_units_are_pooled_with_their_like() -> None:
    assert unit_kind(profile("raspberry-pi-4b", None), "cpu") == "arm_cpu_small"
    assert unit_kind(profile("raspberry-pi-5", None), "cpu") == "arm_cpu_big"
    assert unit_kind(profile("intel-n100", None), "gpu") == "integrated_gpu"
    assert unit_kind(profile("jetson-orin-nano-8gb", None), "gpu") == "jetson_gpu"
    assert unit_kind(profile("cloud-nvidia-l4", None), "gpu") == "discrete_gpu"
    assert unit_kind(profile("hailo-8", None), "npu") == "accelerator"


def test_without_a_runtime_the_first_that_genba_drives_is_taken() -> None:
    assert default_runtime(profile("rockchip-rk3588", None)) == "onnxruntime:CPUExecutionProvider"
    assert default_runtime(profile("hailo-8", None)) == "hailort"


def test_weight_only_formats_compute_in_floating_point() -> None:
    assert arithmetic_of(llama_2_7b(1)) == (4, "fp16")
    assert arithmetic_of(network(1, 1)) == (32, "fp32")
    assert arithmetic_of(network(1, 1, bytes_each=1, precision="int8")) == (8, "fp16")
    integer = network(1, 1, bytes_each=1, precision="int8", op_type="QLinearConv")
    assert arithmetic_of(integer) == (8, "int8")


def test_a_missing_peak_is_replaced_by_the_nearest_and_says_which() -> None:
    phone = profile("snapdragon-8-gen-3", None)
    found = peak_of(phone, "npu", "fp16")
    assert found is not None
    assert (found.key, found.per_s) == ("int8", 45e12)
    assert peak_of(phone, "gpu", "fp16") is None


def test_an_embedding_is_looked_up_and_not_streamed() -> None:
    costs = llama_2_7b(1)
    assert streamed_bytes(costs) == int(6_607_077_376 * 0.5625) + 8_192
    assert costs.weight_bytes > streamed_bytes(costs) + 200_000_000


def test_the_ideal_of_resnet_50_on_agx_orin_by_hand() -> None:
    # 4.1e9 MACs = 8.2e9 operations at 5.325e12/s; 25.6e6 weights of 4 bytes at 204.8e9 B/s.
    ideal = ideal_of(
        work_of(network(4_100_000_000, 25_600_000)), profile("jetson-agx-orin-64gb", None), "gpu"
    )
    assert ideal.compute_s == pytest.approx(8.2e9 / 5.325e12)
    assert ideal.traffic_s == pytest.approx(102.4e6 / 204.8e9)
    assert ideal.seconds == ideal.compute_s
    assert ideal.bound == COMPUTE


def test_a_token_waits_for_memory_and_a_prompt_for_arithmetic() -> None:
    orin = profile("jetson-agx-orin-64gb", None)
    token = ideal_of(work_of(llama_2_7b(1), 512), orin, "gpu")
    prompt = ideal_of(work_of(llama_2_7b(512)), orin, "gpu")
    assert (token.bound, prompt.bound) == (BANDWIDTH, COMPUTE)
    cache = 512 * 524_288 / 204.8e9
    alone = ideal_of(work_of(llama_2_7b(1)), orin, "gpu")
    assert token.traffic_s == pytest.approx((alone.traffic_s or 0) + cache)


def test_unknown_facts_leave_the_bound_unknown() -> None:
    ideal = ideal_of(work_of(network(1, 1)), profile("hailo-8", None), "npu")
    assert ideal.traffic_s is None
    assert ideal.bound == UNKNOWN
    assert ideal_of(work_of(network(1, 1)), profile("demo", None), "cpu").seconds is None
    assert breakdown(network(1, 1), profile("demo", None), "cpu") is None


def test_the_breakdown_sums_operators_and_says_what_waits_for_memory() -> None:
    orin = profile("jetson-agx-orin-64gb", None)
    token = breakdown(llama_2_7b(1), orin, "gpu")
    assert token is not None
    assert token.bandwidth_share == pytest.approx(1.0)
    assert token.largest[0][0] == "MatMulNBits"
    moved = int(6_607_077_376 * 0.5625) + 8_192 + 2 * 8_192
    assert token.seconds == pytest.approx(moved / 204.8e9)


def test_engines_compare_by_value() -> None:
    assert Engine("onnxruntime", "cpu") == engine_of("onnxruntime")
