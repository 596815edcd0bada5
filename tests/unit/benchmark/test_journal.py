"""The journal is checked line by line, and read as far as it was written."""

from __future__ import annotations

import gzip
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from recordings import recorded, run_lines, write_journal

from genba.benchmark.journal import (
    FILE_NAME,
    ChainCheck,
    JournalDamaged,
    JournalFile,
    Recording,
    read_recording,
    read_samples,
)
from genba.remote.frames import parse_document


def test_a_kept_journal_reads_back_as_samples(tmp_path: Path) -> None:
    path = write_journal(tmp_path, run_lines([10.0] * 20, warmup=5))
    samples = read_samples(path)
    assert [s.sequence for s in samples] == list(range(20))
    assert [s.warmup for s in samples] == [True] * 5 + [False] * 15
    assert samples[3].latency_ms == 10.0
    recording = read_recording(path)
    assert recording.complete
    assert recording.numbers(warmup=False).shape == (15, 5)


@pytest.mark.parametrize("change", ["drop", "edit", "swap", "double"])
def test_a_changed_journal_is_refused(tmp_path: Path, change: str) -> None:
    path = write_journal(tmp_path, run_lines([10.0] * 20))
    lines = gzip.decompress(path.read_bytes()).splitlines(keepends=True)
    if change == "drop":
        del lines[3]
    elif change == "edit":
        lines[-2] = lines[-2].replace(b"10000000", b"9000000", 1)
    elif change == "swap":
        lines[2], lines[3] = lines[3], lines[2]
    else:
        lines.insert(4, lines[3])
    path.write_bytes(gzip.compress(b"".join(lines)))
    with pytest.raises(JournalDamaged):
        read_recording(path)


def test_a_journal_cut_short_ends_where_it_was_cut(tmp_path: Path) -> None:
    path = write_journal(tmp_path, run_lines([10.0] * 3000))
    path.write_bytes(path.read_bytes()[:-40])
    recording = read_recording(path)
    assert not recording.complete


def test_what_was_flushed_can_be_read_while_it_grows(tmp_path: Path) -> None:
    whole = write_journal(tmp_path, run_lines([10.0] * 20))
    lines = gzip.decompress(whole.read_bytes()).splitlines()
    folder = tmp_path / "growing"
    folder.mkdir()
    with JournalFile(folder) as journal:
        for line in lines[:6]:
            journal.add(line)
        journal.flush()
        assert read_recording(folder / FILE_NAME).start


def test_a_line_with_a_foreign_hash_is_refused() -> None:
    check = ChainCheck()
    text = b'{"n":0,"t":"start","h":"0123456789abcdef"}'
    document = parse_document(text)
    assert document is not None
    with pytest.raises(JournalDamaged):
        check.take(document, text)


@pytest.mark.parametrize(
    "document",
    [
        {"t": "samples", "q": 5, "warmup": False, "s": [[1, 2]]},
        {"t": "samples", "q": 0, "warmup": False, "s": [[1, -2]]},
        {"t": "samples", "q": 0, "warmup": False, "s": [["x", 2]]},
        {"t": "samples", "q": 0, "s": [[1, 2]]},
        {"t": "telemetry", "at_ns": 1, "rss": "much"},
        {"t": "phase", "phase": "load"},
    ],
)
def test_lines_of_another_form_are_refused(document: dict[str, object]) -> None:
    with pytest.raises(JournalDamaged):
        Recording().add({**document, "n": 0})


def test_the_larger_peak_counts(tmp_path: Path) -> None:
    lines = run_lines([10.0] * 20)
    assert recorded(tmp_path, lines).peak_rss_bytes == 70_000_000
