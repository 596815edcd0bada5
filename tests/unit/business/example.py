"""The published worked example and small changes of it, for the tests of the business engine."""

from __future__ import annotations

import copy
import json
from functools import cache
from pathlib import Path
from typing import Any

from genba.business.case import Case
from genba.business.case_schema import parse

_FILE = Path(__file__).parents[2] / "data" / "business_example.json"


@cache
def _loaded() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(_FILE.read_text(encoding="utf-8"))
    return loaded


def example() -> dict[str, Any]:
    """A copy of the whole file, to be changed freely."""
    return copy.deepcopy(_loaded())


def document(**inputs: Any) -> dict[str, Any]:
    """The example's inputs alone, with some of them replaced."""
    return {"inputs": {**example()["inputs"], **inputs}}


def case(**inputs: Any) -> Case:
    """The example as a case, with its ranges and with some inputs replaced."""
    whole = example()
    whole["inputs"].update(inputs)
    for key in inputs:
        whole["uncertain"].pop(key, None)
    return parse(whole).case
