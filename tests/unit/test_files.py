"""What is promised about files that are written, and about JSON from outside."""

from __future__ import annotations

from pathlib import Path

import pytest

from genba.errors import DiskFull, NotWritable
from genba.files import disk_errors, replacing, strict_json


def names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


def test_a_file_is_replaced_by_a_complete_one(tmp_path: Path) -> None:
    target = tmp_path / "known.txt"
    target.write_text("old")
    with replacing(target) as draft:
        draft.write_text("new")
        assert target.read_text() == "old"
    assert target.read_text() == "new"
    assert names(tmp_path) == ["known.txt"]


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    target = tmp_path / "known.txt"
    target.write_text("old")

    def interrupted() -> None:
        with replacing(target) as draft:
            draft.write_text("half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert target.read_text() == "old"
    assert names(tmp_path) == ["known.txt"]


def test_a_full_disk_and_a_closed_one_are_told_apart(tmp_path: Path, small_disk: Path) -> None:
    with pytest.raises(DiskFull), disk_errors(small_disk), replacing(small_disk / "f") as draft:
        draft.write_bytes(bytes(64 << 20))
    assert names(small_disk) == []
    with pytest.raises(NotWritable), disk_errors(tmp_path), replacing(tmp_path / "no" / "f"):
        pass


@pytest.mark.parametrize("text", ["", "{", "[NaN]", "-Infinity", "[" * 100_000, '"\ud800"'])
def test_what_is_not_json_is_a_value_error(text: str) -> None:
    with pytest.raises(ValueError):
        strict_json(text.encode("utf-8", "surrogatepass"))


def test_json_is_read_as_it_stands() -> None:
    assert strict_json('{"名": [1, 2.5, null]}'.encode()) == {"名": [1, 2.5, None]}
