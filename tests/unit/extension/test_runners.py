"""Runners are found by entry points, and a broken plugin stops no other."""

from __future__ import annotations

from importlib.metadata import EntryPoint

import pytest

from genba.extension import runners
from genba.i18n import Language


def _points(**values: str) -> list[EntryPoint]:
    return [EntryPoint(name, value, runners.GROUP) for name, value in values.items()]


def test_the_shipped_runners_are_installed() -> None:
    found = runners.installed()
    assert {"onnxruntime", "openvino"} <= set(found.runners)
    assert found.warnings == ()


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("no_such_package:RUNNER", "ModuleNotFoundError"),
        ("genba.errors:Nothing", "AttributeError"),
        ("genba.errors:GenbaError", "not a runner"),
        ("genba_plugins.runner_openvino:RUNNER", "name differs"),
    ],
)
def test_a_broken_plugin_is_named_and_left_out(value: str, reason: str) -> None:
    good = "genba_plugins.runner_onnxruntime:RUNNER"
    found = runners.load(_points(broken=value, onnxruntime=good))
    assert list(found.runners) == ["onnxruntime"]
    text = Language("en").message(found.warnings[0])
    assert "broken" in text
    assert reason in text


def test_an_unknown_runtime_names_those_there_are() -> None:
    with pytest.raises(runners.UnknownRunner) as caught:
        runners.runner("tensorrt")
    assert "onnxruntime" in Language("en").message(caught.value.hint)


def test_a_provider_after_a_colon_is_not_part_of_the_name() -> None:
    assert runners.runner("onnxruntime:CUDAExecutionProvider").name == "onnxruntime"
