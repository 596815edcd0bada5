"""A model is rewritten with one tensor in memory at a time."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import numpy_helper

import builders
from genba.compression.applying import apply_recipe
from genba.compression.passes.streaming import Rewriter
from genba.compression.recipes import preset
from genba.jobs import JobContext


@pytest.mark.parametrize("external", [False, True])
def test_rewriting_nothing_keeps_every_number(external: bool, tmp_path: Path) -> None:
    model = builders.tiny_mlp(inputs=96, hidden=80)
    writer = builders.save_external if external else builders.save
    source = writer(model, tmp_path / "m.onnx")
    target = tmp_path / "model.onnx"
    with Rewriter(source, target) as work:
        work.finish()
    copied = onnx.load(target)
    wanted = {t.name: numpy_helper.to_array(t) for t in model.graph.initializer}
    given = {t.name: numpy_helper.to_array(t) for t in copied.graph.initializer}
    assert all(np.array_equal(given[name], wanted[name]) for name in wanted)
    assert [n.op_type for n in copied.graph.node] == [n.op_type for n in model.graph.node]
    assert (tmp_path / "model.onnx.data").exists() == external


def test_unused_weights_are_dropped(tmp_path: Path) -> None:
    model = builders.tiny_mlp()
    unused = numpy_helper.from_array(np.ones(5000, np.float32), "unused")
    model.graph.initializer.append(unused)
    with Rewriter(builders.save(model, tmp_path / "m.onnx"), tmp_path / "model.onnx") as work:
        work.finish()
    names = {t.name for t in onnx.load(tmp_path / "model.onnx").graph.initializer}
    assert "unused" not in names
    assert "first.weight" in names


def test_large_constants_in_nodes_come_back_into_the_model_file(tmp_path: Path) -> None:
    values = np.arange(6000, dtype=np.float32)
    tensor = numpy_helper.from_array(values, "v")
    graph = onnx.helper.make_graph(
        [
            onnx.helper.make_node("Constant", [], ["c"], value=tensor),
            onnx.helper.make_node("Add", ["x", "c"], ["y"]),
        ],
        "g",
        [builders.floats("x", 6000)],
        [builders.floats("y", 6000)],
    )
    model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 18)])
    with Rewriter(builders.save(model, tmp_path / "m.onnx"), tmp_path / "model.onnx") as work:
        work.finish()
    node = onnx.load(tmp_path / "model.onnx").graph.node[0]
    assert np.array_equal(numpy_helper.to_array(node.attribute[0].t), values)


def _peak(source: Path, out: Path, identifier: str) -> int:
    out.mkdir()
    done: Any = JobContext().run_process(apply_recipe, source, preset(identifier), out)
    assert len(done.files) == 2
    return int(done.peak_rss_bytes)


@pytest.mark.parametrize("identifier", ["int4-block32", "int8-dynamic", "fp16"])
def test_memory_does_not_grow_with_the_number_of_layers(identifier: str, tmp_path: Path) -> None:
    """Sixteen times the layers, 64 MB more weights, less than 16 MB more memory."""
    sizes = {}
    for layers in (1, 16):
        net = builders.Net()
        x = "x"
        for _ in range(layers):
            x = net.add("MatMul", x, net.weight(1024, 1024))
        net.add("Identity", x, output="y")
        ends = [builders.floats("x", 1, 1024)], [builders.floats("y", 1, 1024)]
        folder = tmp_path / str(layers)
        folder.mkdir()
        source = builders.save_external(net.model(*ends, "deep"), folder / "m.onnx")
        sizes[layers] = _peak(source, folder / "out", identifier)
    assert sizes[16] - sizes[1] < 16_000_000
