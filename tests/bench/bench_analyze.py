"""Analysing a model of 4.4 GB: time and memory, against onnx's own shape inference.

The model is a Llama-style decoder of 1.1 billion parameters whose weights lie in a sparse file of
zeros: no bench needs the weights themselves, and nobody may read them.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from rows import Row, abba, paired

LAYERS, HIDDEN, FEED_FORWARD, VOCABULARY = 16, 2048, 8192, 32_000

_CHILD = """
import json, sys, time
started = time.perf_counter()
WORK
took_s = time.perf_counter() - started
status = dict(line.split(":", 1) for line in open("/proc/self/status"))
print(json.dumps([took_s, int(status["VmHWM"].split()[0]) * 1024]))
"""
# VmHWM and not getrusage: ru_maxrss of a fresh process starts at its parent's peak on Linux.
_OURS = """
from genba.models import costs
found = costs.analyze(sys.argv[1], {})
assert found.macs > 1e9, found.macs
"""
_PEER = """
import onnx
model = onnx.load(sys.argv[1], load_external_data=False)
onnx.shape_inference.infer_shapes(model, data_prop=True)
"""


def measure(*, quick: bool = False) -> list[Row]:
    """Wall time and peak resident memory of one fresh process each, imports included."""
    rounds = 3 if quick else 8
    with tempfile.TemporaryDirectory() as folder:
        model = make_decoder(Path(folder))
        taken: dict[bool, list[list[float]]] = {True: [], False: []}
        for is_ours in abba(rounds):
            taken[is_ours].append(_run(_OURS if is_ours else _PEER, model))
    pairs = list(zip(taken[True], taken[False], strict=True))
    peer = "onnx load without weights + shape inference (no costs)"
    return [
        paired("analyse 4.4 GB, wall", "s", peer, [(a[0], b[0]) for a, b in pairs]),
        paired("analyse 4.4 GB, peak", "MB", peer, [(a[1] / 1e6, b[1] / 1e6) for a, b in pairs]),
    ]


def _run(work: str, model: Path) -> list[float]:
    answer = subprocess.run(
        [sys.executable, "-c", _CHILD.replace("WORK", work), str(model)],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    figures: list[float] = json.loads(answer.stdout.splitlines()[-1])
    return figures


def make_decoder(folder: Path) -> Path:
    """Write the decoder and its sparse weights into `folder`; returns the model's path."""
    import onnx
    from onnx import TensorProto, helper

    weights: list[onnx.TensorProto] = []
    offset = 0

    def weight(name: str, *shape: int) -> str:
        nonlocal offset
        count = 4
        for extent in shape:
            count *= extent
        tensor = TensorProto(name=name, data_type=TensorProto.FLOAT, dims=shape)
        tensor.data_location = TensorProto.EXTERNAL
        for key, value in (("location", "weights.bin"), ("offset", offset), ("length", count)):
            tensor.external_data.add(key=key, value=str(value))
        weights.append(tensor)
        offset += count
        return name

    nodes = [helper.make_node("Gather", [weight("embedding", VOCABULARY, HIDDEN), "ids"], ["h0"])]
    for n in range(LAYERS):
        widths = {"q": HIDDEN, "k": HIDDEN // 4, "v": HIDDEN // 4}
        for part, width in widths.items():
            kernel = weight(f"{part}{n}.w", HIDDEN, width)
            nodes.append(helper.make_node("MatMul", [f"h{n}", kernel], [f"{part}{n}"]))
        nodes += [
            helper.make_node("Tile", [f"k{n}", "groups"], [f"kk{n}"]),
            helper.make_node("Tile", [f"v{n}", "groups"], [f"vv{n}"]),
            helper.make_node("Transpose", [f"kk{n}"], [f"kt{n}"], perm=[0, 2, 1]),
            helper.make_node("MatMul", [f"q{n}", f"kt{n}"], [f"s{n}"]),
            helper.make_node("Softmax", [f"s{n}"], [f"p{n}"]),
            helper.make_node("MatMul", [f"p{n}", f"vv{n}"], [f"a{n}"]),
            helper.make_node("MatMul", [f"a{n}", weight(f"o{n}.w", HIDDEN, HIDDEN)], [f"o{n}"]),
            helper.make_node("Add", [f"h{n}", f"o{n}"], [f"m{n}"]),
            helper.make_node(
                "MatMul", [f"m{n}", weight(f"gate{n}.w", HIDDEN, FEED_FORWARD)], [f"g{n}"]
            ),
            helper.make_node(
                "MatMul", [f"m{n}", weight(f"up{n}.w", HIDDEN, FEED_FORWARD)], [f"u{n}"]
            ),
            helper.make_node("Sigmoid", [f"g{n}"], [f"sg{n}"]),
            helper.make_node("Mul", [f"g{n}", f"sg{n}"], [f"silu{n}"]),
            helper.make_node("Mul", [f"silu{n}", f"u{n}"], [f"f{n}"]),
            helper.make_node(
                "MatMul", [f"f{n}", weight(f"down{n}.w", FEED_FORWARD, HIDDEN)], [f"d{n}"]
            ),
            helper.make_node("Add", [f"m{n}", f"d{n}"], [f"h{n + 1}"]),
        ]
    head = weight("head", HIDDEN, VOCABULARY)
    nodes.append(helper.make_node("MatMul", [f"h{LAYERS}", head], ["logits"]))
    groups = helper.make_tensor("groups", TensorProto.INT64, [3], [1, 1, 4])
    graph = helper.make_graph(
        nodes,
        "decoder",
        [helper.make_tensor_value_info("ids", TensorProto.INT64, ["batch", "sequence"])],
        [
            helper.make_tensor_value_info(
                "logits", TensorProto.FLOAT, ["batch", "sequence", VOCABULARY]
            )
        ],
        [groups, *weights],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)])
    path = folder / "decoder.onnx"
    onnx.save(model, path)
    with (folder / "weights.bin").open("wb") as stream:
        stream.truncate(offset)
    return path
