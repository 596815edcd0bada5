from __future__ import annotations

import hashlib
import os
import time
from pathlib import Path

import pytest

from genba.errors import Cancelled, DiskFull, UnknownId
from genba.store.artifacts import ALWAYS_HASHED, ArtifactDamaged, ArtifactStore
from genba.store.copying import MissingFile, NotAFile
from genba.store.names import UnsafeName
from genba.study.model import ModelFile, artifact_id


@pytest.fixture
def store(tmp_path: Path) -> ArtifactStore:
    return ArtifactStore(tmp_path / "artifacts")


def _files(folder: Path) -> list[str]:
    return sorted(p.name for p in folder.iterdir() if p.name != ".index")


def test_the_id_is_the_hash_over_the_sorted_list_of_names_sizes_and_hashes() -> None:
    one, two = hashlib.sha256(b"a").hexdigest(), hashlib.sha256(b"bb").hexdigest()
    text = f"a.onnx\x001\x00{one}\nb.data\x002\x00{two}\n"
    files = [
        ModelFile(name="b.data", size=2, sha256=two),
        ModelFile(name="a.onnx", size=1, sha256=one),
    ]

    assert artifact_id(files) == hashlib.sha256(text.encode()).hexdigest()
    assert artifact_id(reversed(files)) == artifact_id(files)


def test_files_keep_their_names_and_contents(store: ArtifactStore, tmp_path: Path) -> None:
    (tmp_path / "net.onnx").write_bytes(b"graph")
    (tmp_path / "weights").write_bytes(b"x" * 100_000)

    artifact = store.put_files(
        {"net.onnx": tmp_path / "net.onnx", "data/weights.bin": tmp_path / "weights"}
    )

    assert artifact.path == store.folder / artifact.id
    assert (artifact.path / "data" / "weights.bin").read_bytes() == b"x" * 100_000
    assert store.get(artifact.id) == artifact
    assert artifact.bytes == 100_005
    assert store.ids() == (artifact.id,)


def test_the_same_content_is_stored_once(store: ArtifactStore) -> None:
    assert store.put_bytes({"a": b"1"}) == store.put_bytes({"a": b"1"})
    assert len(_files(store.folder)) == 1


def test_a_copy_is_independent_of_its_source(store: ArtifactStore, tmp_path: Path) -> None:
    source = tmp_path / "m.onnx"
    source.write_bytes(b"original")
    artifact = store.put_files({"m.onnx": source})

    with source.open("r+b") as stream:
        stream.write(b"CHANGED!")

    assert store.file(artifact.id, "m.onnx").read_bytes() == b"original"
    assert (artifact.path / "m.onnx").stat().st_ino != source.stat().st_ino


@pytest.mark.parametrize("damage", ["truncate", "flip", "delete"])
def test_a_damaged_file_is_noticed_on_read(store: ArtifactStore, damage: str) -> None:
    artifact = store.put_bytes({"samples.jsonl.gz": b"0123456789"})
    victim = artifact.path / "samples.jsonl.gz"
    times = victim.stat()
    if damage == "delete":
        victim.unlink()
    else:
        victim.write_bytes(b"01234" if damage == "truncate" else b"0123456780")
        os.utime(victim, ns=(times.st_atime_ns, times.st_mtime_ns))

    with pytest.raises(ArtifactDamaged) as caught:
        store.get(artifact.id)
    assert caught.value.params["name"] == "samples.jsonl.gz"


def test_a_large_file_is_hashed_again_only_when_its_time_differs(
    store: ArtifactStore, tmp_path: Path
) -> None:
    source = tmp_path / "big"
    source.write_bytes(bytes(ALWAYS_HASHED + 1))
    artifact = store.put_files({"big": source})
    victim = artifact.path / "big"
    times = victim.stat()
    with victim.open("r+b") as stream:
        stream.write(b"\x01")
    os.utime(victim, ns=(times.st_atime_ns, times.st_mtime_ns))

    store.get(artifact.id)  # a change that hides its time needs `verify`
    with pytest.raises(ArtifactDamaged):
        store.verify(artifact.id)
    os.utime(victim)
    with pytest.raises(ArtifactDamaged):
        store.get(artifact.id)


def test_a_lost_index_is_made_again_from_the_folder(store: ArtifactStore) -> None:
    artifact = store.put_bytes({"a": b"1", "b/c": b"2"})
    index = store.folder / ".index" / f"{artifact.id}.json"
    index.write_text("[{}]")

    assert store.get(artifact.id) == artifact
    index.unlink()
    (artifact.path / "a").write_bytes(b"changed")
    with pytest.raises(ArtifactDamaged):
        store.get(artifact.id)


@pytest.mark.parametrize(
    "name",
    ["../x", "/etc/x", "a/../b", "a//b", "", "C:x", "a\\b", "a\x00", "con.txt", "a/", "x\u202ey"],
)
def test_unsafe_names_are_refused(store: ArtifactStore, name: str) -> None:
    with pytest.raises(UnsafeName):
        store.put_bytes({name: b"1"})
    assert _files(store.folder) == []


def test_names_that_differ_only_in_case_are_refused(store: ArtifactStore) -> None:
    with pytest.raises(UnsafeName):
        store.put_bytes({"Model.onnx": b"1", "model.onnx": b"2"})


def test_sources_that_are_no_files_are_refused(store: ArtifactStore, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for source, error in [
        (tmp_path / "pipe", NotAFile),
        (tmp_path, NotAFile),
        (tmp_path / "absent", MissingFile),
    ]:
        with pytest.raises(error):
            store.put_files({"m": source})
    assert _files(store.folder) == []


def test_a_full_disk_leaves_nothing_half_written(small_disk: Path, tmp_path: Path) -> None:
    store = ArtifactStore(small_disk / "artifacts")
    kept = store.put_bytes({"a": b"1" * 1000})
    big = tmp_path / "big"
    big.write_bytes(b"x" * (2 << 20))

    with pytest.raises(DiskFull):
        store.put_files({"big": big})
    with pytest.raises(DiskFull):  # also where the size is not known beforehand
        store.put_bytes({"first": b"y" * 300_000, "second": b"z" * 900_000})

    assert _files(store.folder) == [kept.id]
    assert store.verify(kept.id) == kept
    assert store.put_bytes({"b": b"2" * 1000}).bytes == 1000


def test_cancelling_a_copy_leaves_nothing(store: ArtifactStore, tmp_path: Path) -> None:
    source = tmp_path / "m"
    source.write_bytes(b"x" * 1000)

    def stop(_count: int) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        store.put_files({"m": source}, stop)
    assert _files(store.folder) == []


def test_leftovers_of_a_crash_are_swept_once_they_are_old(store: ArtifactStore) -> None:
    store.put_bytes({"a": b"1"})
    old, young = store.folder / ".tmp-1-aa", store.folder / ".tmp-2-bb"
    old.mkdir()
    young.mkdir()
    yesterday = time.time() - 90_000
    os.utime(old, (yesterday, yesterday))

    assert store.sweep() == 1
    assert young.is_dir()
    assert not old.exists()


def test_removing_and_asking_for_what_is_not_there(store: ArtifactStore) -> None:
    artifact = store.put_bytes({"a": b"1"})
    store.remove(artifact.id)
    store.remove(artifact.id)

    assert not store.has(artifact.id)
    for missing in (artifact.id, "../..", ""):
        with pytest.raises(UnknownId):
            store.get(missing)
