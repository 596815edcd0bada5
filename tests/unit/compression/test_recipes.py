"""Presets ship as files; a recipe file is validated before anything runs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import builders
from genba.compression.applying import apply_recipe
from genba.compression.passes.base import NothingToCompress
from genba.compression.passes.registry import UnknownPass
from genba.compression.recipes import PRESET_TEXTS, RecipeInvalid, load_recipe, preset, presets
from genba.errors import UnknownId
from genba.jobs import JobContext, Progress
from genba.models.reader import NotAModel
from genba.study.variant import PassSpec, Recipe


def test_the_presets_ship_in_order() -> None:
    assert [recipe.id for recipe in presets()] == ["fp16", "int8-dynamic", "int4-block32"]


def test_every_text_of_a_preset_is_marked_for_translation() -> None:
    shown = {text for recipe in presets() for text in (recipe.name, recipe.description)}
    assert shown == set(PRESET_TEXTS)


def test_an_unknown_preset_names_the_command_that_lists_them() -> None:
    with pytest.raises(UnknownId) as caught:
        preset("int3")
    assert caught.value.params["command"] == "genba preset list"


def _write(folder: Path, text: str, name: str = "mine.json") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_recipe_file_may_be_json_or_toml(tmp_path: Path) -> None:
    document = {"passes": [{"name": "int4_weights", "parameters": {"block_size": 64}}]}
    from_json = load_recipe(_write(tmp_path, json.dumps(document)))
    text = '[[passes]]\nname = "int4_weights"\n[passes.parameters]\nblock_size = 64\n'
    from_toml = load_recipe(_write(tmp_path, text, "mine.toml"))
    assert from_json == from_toml
    assert from_json.id == "mine"


@pytest.mark.parametrize(
    "text",
    [
        "not json",
        "[]",
        "{}",
        '{"passes": []}',
        '{"passes": [{"name": "int4_weights", "parameters": {"block_size": 7}}]}',
        '{"passes": [{"name": "fp16", "parameters": {"colour": "red"}}]}',
        '{"passes": [{"name": "fp16"}], "surprise": 1}',
        "[" * 100_000,
    ],
)
def test_a_wrong_recipe_is_refused_in_one_sentence(text: str, tmp_path: Path) -> None:
    with pytest.raises(RecipeInvalid):
        load_recipe(_write(tmp_path, text))


def test_an_unknown_pass_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnknownPass):
        load_recipe(_write(tmp_path, '{"passes": [{"name": "magic"}]}'))


def test_a_missing_recipe_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RecipeInvalid):
        load_recipe(tmp_path / "none.json")


def test_passes_are_applied_in_order_and_recorded(tmp_path: Path) -> None:
    source = builders.save(builders.tiny_decoder(), tmp_path / "m.onnx")
    recipe = Recipe(
        id="two", name="two", passes=(PassSpec(name="int4_weights"), PassSpec(name="fp16"))
    )
    out = tmp_path / "out"
    out.mkdir()
    steps: list[object] = []
    done = JobContext(steps.append).run_process(apply_recipe, source, recipe, out)
    assert [record.name for record in done.passes] == ["int4_weights", "fp16"]
    assert done.passes[0].bytes_before == source.stat().st_size
    assert done.passes[1].bytes_before == done.passes[0].bytes_after
    assert done.bytes == done.passes[1].bytes_after == (out / "model.onnx").stat().st_size
    assert done.ratio == pytest.approx(done.bytes / source.stat().st_size)
    assert done.passes[0].parameters["block_size"] == 32
    assert done.peak_rss_bytes > 10_000_000
    assert [p.name for p in out.iterdir()] == ["model.onnx"]
    assert any(isinstance(step, Progress) for step in steps)


def test_the_same_recipe_gives_the_same_bytes(tmp_path: Path) -> None:
    source = builders.save_external(builders.tiny_decoder(), tmp_path / "m.onnx")
    digests = set()
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        done = apply_recipe(source, preset("int8-dynamic"), tmp_path / name)
        digests.add(tuple(file.sha256 for file in done.files))
    assert len(digests) == 1


def test_a_failed_recipe_leaves_nothing_behind(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    source = builders.save(builders.tiny_convnet(), tmp_path / "m.onnx")
    with pytest.raises(NothingToCompress):
        apply_recipe(source, preset("int4-block32"), out)
    (tmp_path / "text.onnx").write_text("hello, this is no model")
    with pytest.raises(NotAModel):
        apply_recipe(tmp_path / "text.onnx", preset("fp16"), out)
    assert list(out.iterdir()) == []
