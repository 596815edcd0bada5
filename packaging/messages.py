"""What the program says to people: the English templates, read from the sources and the data.

In code a message is the text in `N_("…")`, the marker of `genba.errors`, or the first argument of
a method called `text`. It is read from the syntax tree, so that nested calls and joined strings
are found and a marker around anything but a plain string is an error here, not a gap later. In
data files it is the value of the keys that `DATA` names.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CODE = ("app/genba", "plugins")
DATA: Mapping[str, frozenset[str]] = {
    "assets/presets/*.json": frozenset({"name", "description"}),
    "assets/samples/*/workload.json": frozenset({"reason", "source", "private_data"}),
    "assets/business/*.json": frozenset({"source"}),
}
"""Pattern of files to the keys whose strings are shown to people, at any depth."""


class MarkedWrongly(Exception):
    """N_() around something that is not a plain string, which no catalogue can hold."""


def extract(
    root: Path = ROOT,
    code: Iterable[str] = CODE,
    data: Mapping[str, frozenset[str]] = DATA,
) -> dict[str, list[str]]:
    """All messages under `root`, sorted: English template to the files that use it.

    Raises:
        MarkedWrongly: N_() holds an f-string, a variable or anything else that is not a string.
        SyntaxError: a source file cannot be read.
    """
    found: dict[str, list[str]] = {}
    for path in (p for folder in code for p in sorted((root / folder).rglob("*.py"))):
        tree = ast.parse(path.read_text(encoding="utf-8"), str(path))
        _note(found, _in_code(tree, path), path.relative_to(root))
    for pattern, keys in data.items():
        for path in sorted(root.glob(pattern)):
            document = json.loads(path.read_text(encoding="utf-8"))
            _note(found, _in_data(document, keys), path.relative_to(root))
    return dict(sorted(found.items()))


def _note(found: dict[str, list[str]], texts: Iterable[str], path: Path) -> None:
    for text in texts:
        files = found.setdefault(text, [])
        if path.as_posix() not in files:
            files.append(path.as_posix())


def _in_code(tree: ast.AST, path: Path) -> Iterator[str]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        first = node.args[0]
        text = first.value if isinstance(first, ast.Constant) else None
        if isinstance(node.func, ast.Name) and node.func.id == "N_":
            if not isinstance(text, str):
                raise MarkedWrongly(f"{path}:{node.lineno}: N_() takes one plain string")
            yield text
        elif isinstance(node.func, ast.Attribute) and node.func.attr == "text":
            yield from [text] if isinstance(text, str) and text else []


def _in_data(value: object, keys: frozenset[str]) -> Iterator[str]:
    if isinstance(value, list):
        for item in value:
            yield from _in_data(item, keys)
    elif isinstance(value, dict):
        for key, item in value.items():
            if key in keys:
                texts = item if isinstance(item, list) else [item]
                yield from (text for text in texts if isinstance(text, str) and text)
            else:
                yield from _in_data(item, keys)
