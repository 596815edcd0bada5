"""Recipes: the presets that ship, and recipe files that a person writes (JSON or TOML)."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from genba.compression.passes import registry
from genba.errors import N_, GenbaError, Message, UnknownId
from genba.files import reason_of
from genba.resources import asset
from genba.study.base import first_problem
from genba.study.variant import PassSpec, Recipe

MAX_FILE_BYTES = 1_000_000
MAX_PASSES = 32

# The texts of assets/presets/*.json, marked here because extraction reads Python only.
PRESET_TEXTS = (
    N_("Half precision (fp16)"),
    N_("Weights and arithmetic in 16 bits. Half the size; faster on GPUs, seldom on CPUs."),
    N_("8-bit integers, dynamic"),
    N_("8-bit weights; activations are quantised while the model runs. A quarter of the size."),
    N_("4-bit weights, blocks of 32"),
    N_("4-bit weight matrices with a scale for every 32 numbers. Best where memory is the limit."),
)


class RecipeInvalid(GenbaError):
    """A recipe file breaks a rule."""

    code = "recipe_invalid"
    what = N_("The recipe {path} is not valid: {reason}.")
    fix = N_("See the presets for examples: genba preset show fp16 --json")


def presets() -> tuple[Recipe, ...]:
    """The recipes that ship, from the gentlest to the strongest."""
    found = [load_recipe(path) for path in sorted(asset("presets").glob("*.json"))]
    order = {"fp16": 0, "int8-dynamic": 1, "int4-block32": 2}
    return tuple(sorted(found, key=lambda r: (order.get(r.id, len(order)), r.id)))


def preset(identifier: str) -> Recipe:
    """One preset by id.

    Raises:
        UnknownId: there is none.
    """
    for recipe in presets():
        if recipe.id == identifier:
            return recipe
    raise UnknownId(kind=Message(text=N_("preset")), name=identifier, command="genba preset list")


def load_recipe(path: Path) -> Recipe:
    """Read and validate a recipe file; the id is the file's name unless it gives one.

    Raises:
        RecipeInvalid: unreadable, too large, not JSON or TOML, or a field is wrong.
        UnknownPass: it names a pass that does not exist.
    """
    document = _document(Path(path))
    document.setdefault("id", Path(path).stem)
    document.setdefault("name", document["id"])
    try:
        recipe = Recipe.model_validate(document)
    except ValidationError as error:
        raise RecipeInvalid(path=str(path), reason=_first(error)) from error
    if not 1 <= len(recipe.passes) <= MAX_PASSES:
        reason = Message(text=N_("it needs 1 to {most} passes"), params={"most": MAX_PASSES})
        raise RecipeInvalid(path=str(path), reason=reason)
    for step in recipe.passes:
        try:
            validated(step)
        except ValidationError as error:
            raise RecipeInvalid(path=str(path), reason=f"{step.name}: {_first(error)}") from error
    return recipe


def validated(step: PassSpec) -> Any:
    """The pass's own parameters object, defaults filled in.

    Raises:
        UnknownPass: no such pass.
        pydantic.ValidationError: a parameter is wrong.
    """
    # JSON form: tuples and literals are then read as they come from a file.
    return registry.find(step.name).parameters.model_validate_json(json.dumps(step.parameters))


def _document(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as stream:
            raw = stream.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise RecipeInvalid(path=str(path), reason=reason_of(error)) from error
    if len(raw) > MAX_FILE_BYTES:
        raise RecipeInvalid(path=str(path), reason=Message(text=N_("the file is too large")))
    try:
        text = raw.decode("utf-8")
        document = tomllib.loads(text) if path.suffix == ".toml" else json.loads(text)
    except (ValueError, RecursionError) as error:
        raise RecipeInvalid(path=str(path), reason=str(error)) from error
    if not isinstance(document, dict):
        reason = Message(text=N_("it must be an object with “passes”"))
        raise RecipeInvalid(path=str(path), reason=reason)
    return document


def _first(error: ValidationError) -> str:
    field, problem = first_problem(error)
    return f"{field}: {problem}" if field else problem
