"""Decoding token by token with a cache gives what one pass over the whole text gives."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import builders
from genba.extension.runners import runner
from genba.runtimes import generate
from genba.runtimes.local import LocalHandle, open_handle


@pytest.fixture(params=["onnxruntime", "openvino"])
def handle(request: pytest.FixtureRequest, tmp_path: Path) -> LocalHandle:
    found = runner(request.param)
    path = builders.save(builders.tiny_decoder(), tmp_path / "decoder.onnx")
    return open_handle(found.device_half, path, found.settings(threads=1))


def test_the_cache_changes_nothing(handle: LocalHandle) -> None:
    tokens = np.array([3, 1, 4, 1, 5, 9, 2, 6])
    decoder = generate.Decoder(handle)
    whole = decoder.feed(tokens)
    decoder.reset()
    parts = np.concatenate([decoder.feed(tokens[:3])] + [decoder.feed([t]) for t in tokens[3:]])
    assert whole.shape == (8, 32)
    assert np.allclose(whole, parts, atol=1e-4)


def test_greedy_decoding_is_the_argmax_of_each_prefix(handle: LocalHandle) -> None:
    result = generate.generate(handle, [1, 2, 3], 5)
    sequence = [1, 2, 3]
    decoder = generate.Decoder(handle)
    for token in result["tokens"]:
        decoder.reset()
        assert int(np.argmax(decoder.feed(sequence)[-1])) == token
        sequence.append(token)
    assert len(result["tokens"]) == 5
    assert len(result["step_ns"]) == 4


def test_times_come_from_the_clock(handle: LocalHandle) -> None:
    ticks = iter(range(0, 1000, 10))
    result = generate.generate(handle, [1, 2], 3, clock=lambda: next(ticks))
    assert result["prefill_ns"] == 10
    assert result["step_ns"] == [10, 10]


class _Uniform:
    """A language model over 8 tokens that knows nothing; no cache."""

    inputs = ({"name": "input_ids", "dtype": "int64", "shape": ["b", "s"]},)
    outputs = ({"name": "logits", "dtype": "float32", "shape": ["b", "s", 8]},)

    def infer(self, inputs: dict[str, Any]) -> dict[str, Any]:
        return {"logits": np.zeros((*inputs["input_ids"].shape, 8), np.float32)}


def test_the_perplexity_of_knowing_nothing_is_the_vocabulary() -> None:
    losses = generate.window_losses(_Uniform(), np.arange(21) % 8, 5)
    assert [count for _, count in losses] == [4, 4, 4, 4]  # the last window of one token is dropped
    assert generate.perplexity(losses) == pytest.approx(8.0)


def test_the_loss_is_the_cross_entropy_of_the_next_token(handle: LocalHandle) -> None:
    tokens = np.array([5, 6, 7])
    logits = generate.Decoder(handle).feed(tokens).astype(np.float64)
    shares = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    expected = -np.log(shares[0, 6]) - np.log(shares[1, 7])
    assert generate.window_losses(handle, tokens, 16) == [(pytest.approx(expected), 2)]


@pytest.mark.parametrize(
    ("inputs", "outputs"),
    [
        ([{"name": "image", "dtype": "float32", "shape": [1, 3, 8, 8]}], []),
        (
            [
                {"name": "input_ids", "dtype": "int64", "shape": ["b", "s"]},
                {"name": "past_key_values.0.key", "dtype": "float32", "shape": ["b", 2, "p", 8]},
            ],
            [{"name": "logits", "dtype": "float32", "shape": ["b", "s", 8]}],
        ),
        (
            [
                {"name": "input_ids", "dtype": "int64", "shape": ["b", "s"]},
                {"name": "temperature", "dtype": "float32", "shape": [1]},
            ],
            [{"name": "logits", "dtype": "float32", "shape": ["b", "s", 8]}],
        ),
    ],
)
def test_what_does_not_generate_is_refused(
    inputs: list[dict[str, Any]], outputs: list[dict[str, Any]]
) -> None:
    fake = _Uniform()
    fake.inputs, fake.outputs = tuple(inputs), tuple(outputs)  # type: ignore[assignment]
    with pytest.raises(generate.NotGenerative):
        generate.Decoder(fake)


def test_it_can_be_pushed_to_a_device_with_python_3_8() -> None:
    source = Path(generate.__file__).read_text(encoding="utf-8")
    tree = ast.parse(source, feature_version=(3, 8))
    imported = {
        name.name.split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in (
            node.names if isinstance(node, ast.Import) else [ast.alias(node.module or "", None)]
        )
    }
    assert imported <= {"__future__", "math", "re", "time", "typing", "collections", "numpy"}
