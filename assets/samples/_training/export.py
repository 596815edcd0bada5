"""From a torch module to a plain ONNX graph."""

from __future__ import annotations

import onnx
import torch
from torch import Tensor, nn

OPSET = 18


def to_onnx(
    module: nn.Module, example: Tensor, input_name: str, output_name: str, dynamic: dict[int, str]
) -> onnx.ModelProto:
    """*module* with one input and one output; *dynamic* names the free axes of the input."""
    module.eval()
    program = torch.onnx.export(
        module,
        (example,),
        input_names=[input_name],
        output_names=[output_name],
        dynamic_shapes=({axis: torch.export.Dim(name) for axis, name in dynamic.items()},),
        opset_version=OPSET,
        dynamo=True,
        verbose=False,
    )
    return tidy(program.model_proto)


def tidy(model: onnx.ModelProto) -> onnx.ModelProto:
    """*model* without the exporter's notes on where each node came from, and with plain names."""
    graph = model.graph
    for holder in (
        model,
        graph,
        *graph.node,
        *graph.initializer,
        *graph.value_info,
        *graph.input,
        *graph.output,
    ):
        del holder.metadata_props[:]
        holder.doc_string = ""
    model.producer_name, model.producer_version = "genba samples", ""
    for number, node in enumerate(graph.node):
        node.name = f"{node.op_type}_{number}"
    return model
