"""The bundled samples: what their cards state is what Genba measures."""

from __future__ import annotations

import json

import pytest

from genba.compression import quality
from genba.usecases import samples
from genba_plugins.runner_onnxruntime import RUNNER

ALL = [sample.id for sample in samples.list_samples()]


def test_the_three_applications_are_there() -> None:
    assert ALL == ["fault-diagnosis", "super-resolution", "text-generation"]


@pytest.mark.parametrize("name", ALL)
def test_a_sample_reaches_the_quality_of_its_card(name: str) -> None:
    sample = samples.get(name)
    stated = json.loads((sample.folder / "sample.json").read_text(encoding="utf-8"))
    score = quality.evaluate(
        RUNNER.device_half, sample.model_path, RUNNER.settings(), sample.evaluation_path
    )
    assert score.metric == stated["metric"] == sample.metric
    assert score.value == pytest.approx(stated["quality"]["value"], rel=0.002)
    better = score.value - stated["baseline"]["value"]
    assert better > 0 if score.higher_is_better else better < 0


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("language", ["en", "ja"])
def test_a_card_states_quality_data_and_licence(name: str, language: str) -> None:
    sample = samples.get(name)
    stated = json.loads((sample.folder / "sample.json").read_text(encoding="utf-8"))
    text = sample.card(language).read_text(encoding="utf-8")
    assert stated["licence"] in text
    assert any(f"{stated['quality']['value']:.{n}f}" in text for n in (1, 2, 3))
