"""The command line's contract: fields, exit codes, one sentence for bad input, nothing else."""

import json
import pickle
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx.numpy_helper import to_array

import builders
from genba.cli.dispatch import dispatch
from genba.resources import asset


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    place = tmp_path / "home"
    monkeypatch.setenv("GENBA_HOME", str(place))
    return place


@pytest.fixture
def model(tmp_path) -> Path:
    return builders.save(builders.tiny_mlp(), tmp_path / "tiny.onnx")


@pytest.fixture
def genba(capsys):
    """Run a command; return (exit code, JSON document or text, stderr)."""

    def run(*arguments, as_json=True):
        line = [str(a) for a in arguments] + (["--json"] if as_json else [])
        code = dispatch(line)
        out, err = capsys.readouterr()
        return code, json.loads(out) if as_json else out, err

    return run


def evaluation(folder: Path) -> Path:
    """40 random inputs for the tiny model, with the labels that numpy computes for it."""
    features = np.random.default_rng(1).normal(size=(40, 64)).astype(np.float32)
    weights = {t.name: to_array(t) for t in builders.tiny_mlp().graph.initializer}
    hidden = np.maximum(features @ weights["first.weight"] + weights["first.bias"], 0)
    scores = hidden @ weights["second.weight"] + weights["second.bias"]
    path = folder / "evaluation.npz"
    np.savez(
        path,
        **{"metric": "accuracy", "input:features": features, "expected": scores.argmax(axis=1)},
    )
    return path


def refusal(genba, *arguments) -> dict:
    """The error document of a command that must fail: exit 1, one sentence, no traceback."""
    code, document, err = genba(*arguments)
    assert code == 1
    assert list(document) == ["error"]
    error = document["error"]
    assert error["message"]
    assert error["message"] in err
    assert "Traceback" not in err
    assert "{" not in err
    return error


def test_analyze_names_the_fields_of_the_contract(genba, model, home):
    code, found, _ = genba("model", "analyze", model)
    assert code == 0
    assert {
        "macs",
        "parameters",
        "weight_bytes",
        "peak_activation_bytes",
        "kv_cache_bytes_per_token",
        "attention",
        "operators",
        "warnings",
    } <= set(found)
    assert {
        "name",
        "op_type",
        "macs",
        "weight_bytes",
        "read_bytes",
        "write_bytes",
        "output_shape",
    } <= set(found["operators"][0])
    assert not home.exists(), "analysing a path must not touch the workspace"


def test_an_imported_model_is_found_by_id_prefix_and_name(genba, model):
    _, imported, _ = genba("model", "import", model, "--name", "Tiny")
    assert {
        "model_id",
        "name",
        "format",
        "sha256",
        "parameters",
        "weight_bytes",
        "inputs",
        "outputs",
    } <= set(imported)
    for name in (imported["model_id"], imported["model_id"][:10], "Tiny"):
        assert genba("model", "show", name)[1]["model_id"] == imported["model_id"]
    assert [m["model_id"] for m in genba("model", "list")[1]["models"]] == [imported["model_id"]]


def test_compressing_a_path_leaves_it_where_it_is(genba, model, tmp_path):
    before = model.read_bytes()
    output = tmp_path / "small.onnx"
    code, variant, _ = genba("compress", model, "--preset", "int8-dynamic", "-o", output)
    assert code == 0
    assert {
        "variant_id",
        "path",
        "bytes",
        "ratio",
        "quality",
        "wall_s",
        "peak_rss_bytes",
        "passes",
    } <= set(variant)
    assert variant["quality"] == {"not_measured": "no_evaluation_data"}
    assert output.stat().st_size == variant["bytes"] < len(before)
    assert model.read_bytes() == before


def test_quality_is_measured_for_the_original_and_the_variant(genba, model, tmp_path):
    data = evaluation(tmp_path)
    _, variant, _ = genba("compress", model, "--preset", "fp16", "--evaluate", data)
    quality = variant["quality"]
    assert quality["metric"] == "accuracy"
    assert quality["value"]["basis"] == quality["reference"]["basis"] == "measured"
    assert quality["reference"]["value"] == 1.0
    assert quality["value"]["value"] > 0.9


def test_predictions_are_figures_with_an_interval(genba, model):
    _, found, _ = genba("predict", model, "--device", "raspberry-pi-5", "--explain")
    [prediction] = found["predictions"]
    latency = prediction["latency_ms"]
    assert latency["basis"] == "predicted"
    assert latency["level"] == 0.8
    assert latency["low"] < latency["value"] < latency["high"]


def test_the_predictor_is_checked_on_given_measurements(genba):
    _, found, _ = genba("predict", "--check", asset("measurements", "measurements.csv"))
    assert {s["family"] for s in found["scores"]} == {"decode", "prefill", "network"}
    assert all(s["rows"] > 10 and 0 < s["median_error"] < 1 for s in found["scores"])


def test_a_study_walks_from_new_to_its_business_case(genba):
    _, study, _ = genba("study", "new", "Pump", "--sample", "fault-diagnosis")
    assert [s["study_id"] for s in genba("study", "list")[1]["studies"]] == [study["study_id"]]
    genba("predict", "fault-diagnosis", "--device", "raspberry-pi-5", "--study", "Pump")
    _, shown, _ = genba("study", "show", "Pump")
    [candidate] = shown["candidates"]
    _, chosen, _ = genba("study", "choose", "Pump", candidate["candidate_id"][:8])
    assert chosen["chosen"] == candidate["candidate_id"]
    _, case, _ = genba("business", "Pump", "--set", "wage=5000")
    assert {"npv", "irr", "payback_months", "tco_per_year", "stages", "sensitivity", "risk"} <= set(
        case
    )
    assert {"p10", "p50", "p90"} <= set(case["risk"])
    assert case["npv"]["basis"] == "assumed"


def test_two_studies_cannot_have_one_name(genba):
    genba("study", "new", "Pump")
    assert refusal(genba, "study", "new", "Pump")["code"] == "name_taken"
    assert genba("study", "remove", "Pump")[1] == {"removed": "Pump"}
    assert genba("study", "list")[1] == {"studies": []}


def test_business_says_what_it_recommends_and_why_the_cloud_is_out(genba):
    genba("study", "new", "Pump", "--sample", "fault-diagnosis")
    genba("predict", "fault-diagnosis", "--device", "raspberry-pi-5", "--study", "Pump")
    _, text, _ = genba("business", "Pump", as_json=False)
    assert "Recommended" in text
    assert "ruled out" in text


def test_a_study_decides_which_variant_a_preset_s_name_means(genba, model, tmp_path):
    other = builders.save(builders.tiny_mlp(seed=7), tmp_path / "other.onnx")
    for name, path in (("A", model), ("B", other)):
        genba("study", "new", name)
        genba("compress", path, "--preset", "fp16", "--study", name)
    assert refusal(genba, "predict", "fp16", "--device", "raspberry-pi-5")
    _, mine, _ = genba("predict", "fp16", "--device", "raspberry-pi-5", "--study", "B")
    _, shown, _ = genba("study", "show", "B")
    assert mine["predictions"][0]["variant_id"] in {v["variant_id"] for v in shown["variants"]}


def test_lists_answer_under_their_plural_name(genba):
    assert genba("preset", "list")[1]["presets"][0]["preset_id"] == "fp16"
    assert len(genba("device", "list")[1]["devices"]) >= 42
    assert genba("target", "list")[1]["targets"][0]["name"] == "demo"
    assert genba("run", "list")[1] == {"runs": []}
    assert {p["name"] for p in genba("plugin", "list")[1]["plugins"]} >= {"onnxruntime", "openvino"}


class Evil:
    def __reduce__(self):
        return (Path.touch, (Path("PWNED"),))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"hello, this is a text\n",
        pickle.dumps(Evil()),
        b"PK\x03\x04" + b"\0" * 64,
        b"\x08" * 99,
    ],
    ids=["empty", "text", "pickle", "zip", "noise"],
)
def test_a_file_that_is_no_model_is_refused(genba, tmp_path, home, content):
    path = tmp_path / "bad.onnx"
    path.write_bytes(content)
    for line in (("model", "import", path), ("compress", path, "--preset", "fp16")):
        refusal(genba, *line)
    assert not Path("PWNED").exists()
    assert genba("model", "list")[1] == {"models": []}


@pytest.mark.parametrize("location", ["gone.bin", "../outside.bin", "/etc/hostname"])
def test_external_data_that_is_missing_or_outside_is_refused(genba, tmp_path, location):
    folder = tmp_path / "folder"
    folder.mkdir()
    (tmp_path / "outside.bin").write_bytes(b"\0" * 1_000_000)
    path = builders.save_external(builders.tiny_mlp(), folder / "split.onnx")
    model = onnx.load(path, load_external_data=False)
    for tensor in model.graph.initializer:
        for entry in tensor.external_data:
            entry.value = location if entry.key == "location" else entry.value
    path.write_bytes(model.SerializeToString())
    refusal(genba, "model", "import", path)
    assert genba("model", "list")[1] == {"models": []}


@pytest.mark.parametrize(
    "line",
    [
        ("model", "show", "nothing"),
        ("study", "show", "nothing"),
        ("run", "show", "nothing"),
        ("preset", "show", "nothing"),
        ("device", "show", "nothing"),
        ("bench", "nothing", "--target", "demo"),
        ("predict", "nothing"),
        ("report", "nothing", "-o", "x.pdf"),
        ("study", "new", "X", "--sample", "nothing"),
        ("target", "trust", "nothing"),
    ],
    ids=lambda line: " ".join(line[:2]),
)
def test_an_unknown_id_says_what_to_list(genba, line):
    error = refusal(genba, *line)
    assert "nothing" in error["message"]


def test_a_missing_file_is_named(genba, tmp_path):
    assert "absent.onnx" in refusal(genba, "model", "import", tmp_path / "absent.onnx")["message"]


def test_a_wrong_dimension_or_override_is_explained(genba, model):
    assert refusal(genba, "model", "analyze", model, "--dim", "batch")["code"] == "invalid_value"
    genba("study", "new", "Pump", "--sample", "fault-diagnosis")
    assert refusal(genba, "business", "Pump", "--set", "wage=a lot")["code"] == "invalid_value"
    refusal(genba, "business", "Pump", "--set", "no_such_input=1")


def test_japanese_errors_are_japanese(genba):
    code, document, _ = genba("model", "show", "nothing", "--lang", "ja")
    assert code == 1
    assert any("\u3040" <= c <= "\u30ff" for c in document["error"]["message"])


def test_usage_errors_exit_with_2():
    with pytest.raises(SystemExit) as caught:
        dispatch(["compress"])
    assert caught.value.code == 2


def test_evaluation_data_must_not_hold_pickles(genba, model, tmp_path):
    path = tmp_path / "evil.npz"
    np.savez(path, metric=np.array("accuracy"), expected=np.array([Evil()], dtype=object))
    refusal(genba, "compress", model, "--preset", "fp16", "--evaluate", path)
    assert not Path("PWNED").exists()
