from __future__ import annotations

import hashlib
import json
import stat
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from genba.errors import Cancelled, DiskFull
from genba.jobs import JobContext
from genba.store import archive
from genba.store.archive import StudyFileInvalid, StudyFileTooLarge, StudyFileTooNew
from genba.store.copying import MissingFile
from genba.store.exchange import export_study, import_study
from genba.store.exporting import LinkedFileChanged
from genba.store.workspace import Workspace
from genba.study.study import Study
from unit.store.nouns import a_model, a_run, a_study, a_variant

JOB = JobContext()


def fill(workspace: Workspace, folder: Path) -> Study:
    """A study with a linked model, a stored variant and a run with samples."""
    folder.mkdir(exist_ok=True)
    (folder / "model.onnx").write_bytes(b"weights")
    model = a_model(path=str(folder / "model.onnx"), storage="linked")
    variant = a_variant(model)
    stored = workspace.artifacts.put_bytes({"model.onnx": b"small weights"})
    assert stored.id == variant.variant_id
    samples = workspace.artifacts.put_bytes({"samples.jsonl.gz": b"\x1f\x8b samples"})
    run = a_run(variant, samples_id=samples.id, samples_path=str(samples.path / "samples.jsonl.gz"))
    workspace.models.add(model)
    workspace.variants.add(variant.model_copy(update={"path": str(stored.path / "model.onnx")}))
    workspace.runs.add(run)
    return workspace.studies.add(a_study(model, variant, run))


@pytest.fixture
def study(workspace: Workspace, tmp_path: Path) -> Study:
    return fill(workspace, tmp_path / "models")


@pytest.fixture
def exported(workspace: Workspace, study: Study, tmp_path: Path) -> Path:
    return export_study(workspace, study.study_id, tmp_path / "study.genba", JOB)


def rewrite(
    source: Path, target: Path, change: Callable[[dict[str, bytes]], None], *, seal: bool = True
) -> Path:
    """A copy with changed members; `seal` renews the manifest's sizes and hashes."""
    with zipfile.ZipFile(source) as old:
        members = {name: old.read(name) for name in old.namelist()}
    change(members)
    if seal:
        manifest = json.loads(members["manifest.json"])
        contents = {n: d for n, d in members.items() if n != "manifest.json"}
        manifest["members"] = [
            {"name": n, "size": len(d), "sha256": hashlib.sha256(d).hexdigest()}
            for n, d in contents.items()
        ]
        manifest["total_bytes"] = sum(map(len, contents.values()))
        members["manifest.json"] = json.dumps(manifest).encode()
    with zipfile.ZipFile(target, "w") as new:
        for name, data in members.items():
            new.writestr(name, data)
    return target


def edited(**changes: Any) -> Callable[[dict[str, bytes]], None]:
    def change(members: dict[str, bytes]) -> None:
        members["study.json"] = json.dumps(json.loads(members["study.json"]) | changes).encode()

    return change


def assert_empty(home: Path) -> None:
    with Workspace.open(home) as other:
        assert other.studies.list() == ()
        assert other.models.list() == ()
        assert other.artifacts.ids() == ()
        assert list(other.artifacts.folder.glob(".tmp*")) == []


def test_a_study_arrives_in_another_workspace_with_all_its_evidence(
    workspace: Workspace, study: Study, exported: Path, tmp_path: Path
) -> None:
    with Workspace.open(tmp_path / "other") as other:
        arrived = import_study(other, exported, JOB)

        assert arrived.model_copy(update={"changed_at": study.changed_at}) == study
        model = other.models.get(study.model_id)
        assert model.storage == "copied"
        assert Path(model.path).read_bytes() == b"weights"
        assert Path(model.path).is_relative_to(tmp_path / "other")
        (variant,) = other.variants_of(arrived)
        assert Path(variant.path).read_bytes() == b"small weights"
        (run,) = other.runs_of(arrived)
        assert Path(run.samples_path).read_bytes() == b"\x1f\x8b samples"
        assert run.figures == workspace.runs_of(study)[0].figures
        assert run.warnings == workspace.runs_of(study)[0].warnings


def test_the_same_study_gives_the_same_bytes_wherever_it_is_exported(
    workspace: Workspace, study: Study, exported: Path, tmp_path: Path
) -> None:
    again = export_study(workspace, study.study_id, tmp_path / "again.genba", JOB)
    assert again.read_bytes() == exported.read_bytes()

    with Workspace.open(tmp_path / "other") as other:
        arrived = import_study(other, exported, JOB)
        other.studies.add(arrived.model_copy(update={"changed_at": study.changed_at}))
        third = export_study(other, study.study_id, tmp_path / "third.genba", JOB)
    assert third.read_bytes() == exported.read_bytes()


def test_no_path_of_this_computer_travels(exported: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(exported) as opened:
        for name in opened.namelist():
            assert str(tmp_path).encode() not in opened.read(name)


def test_importing_again_changes_nothing(
    workspace: Workspace, study: Study, exported: Path
) -> None:
    before = (workspace.runs.list(), workspace.artifacts.ids())
    assert import_study(workspace, exported, JOB).study_id == study.study_id
    assert len(workspace.studies.list()) == 1
    assert workspace.runs.list() == before[0]


def test_ids_that_are_taken_by_other_content_are_given_anew(
    workspace: Workspace, study: Study, exported: Path
) -> None:
    (run,) = workspace.runs_of(study)
    workspace.runs.add(run.model_copy(update={"runtime_version": "9.9"}))
    workspace.studies.update(study.study_id, lambda s: s.model_copy(update={"chosen": "x"}))

    arrived = import_study(workspace, exported, JOB)

    (copy,) = workspace.runs_of(arrived)
    assert arrived.study_id != study.study_id
    assert copy.run_id != run.run_id
    assert copy.runtime_version == run.runtime_version
    assert copy.figures["latency_p50_ms"].ref == f"run/{copy.run_id}/latency_p50_ms"
    assert workspace.runs.get(run.run_id).runtime_version == "9.9"
    assert workspace.studies.get(study.study_id).chosen == "x"


def test_model_files_can_be_left_out(workspace: Workspace, study: Study, tmp_path: Path) -> None:
    path = export_study(workspace, study.study_id, tmp_path / "s.genba", JOB, with_models=False)
    with Workspace.open(tmp_path / "other") as other:
        arrived = import_study(other, path, JOB)
        assert other.models.get(arrived.model_id).storage == "linked"
        assert len(other.artifacts.ids()) == 1


def test_a_linked_file_that_changed_is_not_exported(
    workspace: Workspace, study: Study, tmp_path: Path
) -> None:
    (tmp_path / "models" / "model.onnx").write_bytes(b"WEIGHTS")
    with pytest.raises(LinkedFileChanged):
        export_study(workspace, study.study_id, tmp_path / "s.genba", JOB)
    assert not (tmp_path / "s.genba").exists()


def test_a_failed_export_leaves_the_older_file(
    workspace: Workspace, study: Study, tmp_path: Path, small_disk: Path
) -> None:
    target = small_disk / "s.genba"
    export_study(workspace, study.study_id, target, JOB)
    before = target.read_bytes()
    with (small_disk / "filler").open("wb", buffering=0) as filler, suppress(OSError):
        while True:
            filler.write(bytes(4096))

    with pytest.raises(DiskFull):
        export_study(workspace, study.study_id, target, JOB)

    assert target.read_bytes() == before
    assert sorted(p.name for p in small_disk.iterdir()) == ["filler", "s.genba"]


def test_a_cancelled_import_leaves_nothing(exported: Path, tmp_path: Path) -> None:
    job = JobContext()
    job.cancel()
    with Workspace.open(tmp_path / "other") as other, pytest.raises(Cancelled):
        import_study(other, exported, job)
    assert_empty(tmp_path / "other")


def _truncate(members: dict[str, bytes]) -> None:
    name = next(n for n in members if n.startswith("artifacts/"))
    members[name] = members[name][:-1]


def _remove_run(members: dict[str, bytes]) -> None:
    del members[next(n for n in members if n.startswith("runs/"))]


def _remove_samples(members: dict[str, bytes]) -> None:
    del members[next(n for n in members if n.endswith("samples.jsonl.gz"))]


def _other_variant_id(members: dict[str, bytes]) -> None:
    name = next(n for n in members if n.startswith("variants/"))
    document = json.loads(members.pop(name)) | {"variant_id": "0" * 64}
    members["variants/" + "0" * 64 + ".json"] = json.dumps(document).encode()
    edited(variant_ids=["0" * 64])(members)


def _forged_file_list(members: dict[str, bytes]) -> None:
    name = next(n for n in members if n.startswith("variants/"))
    document = json.loads(members[name])
    document["files"][0]["sha256"] = "0" * 64
    members[name] = json.dumps(document).encode()


def _not_json(members: dict[str, bytes]) -> None:
    members["study.json"] = b"{"


def _deep_json(members: dict[str, bytes]) -> None:
    members["study.json"] = b"[" * 200_000


def _nan(members: dict[str, bytes]) -> None:
    members["study.json"] = members["study.json"].replace(b"1000.0", b"NaN")


def _no_study(members: dict[str, bytes]) -> None:
    del members["study.json"]


def _extra(name: str, data: bytes = b"x") -> Callable[[dict[str, bytes]], None]:
    def change(members: dict[str, bytes]) -> None:
        members[name] = data

    return change


@pytest.mark.parametrize(
    "change",
    [
        _truncate, _remove_run, _remove_samples, _other_variant_id, _forged_file_list, _not_json,
        _deep_json, _nan, _no_study, edited(unknown=1), edited(created_at="never"),
        edited(model_id="0" * 64), edited(run_ids=["0" * 16]),
        _extra("../evil"), _extra("/etc/evil"), _extra("artifacts/../../evil"), _extra("run.sh"),
        _extra("artifacts/" + "0" * 64 + "/../x"), _extra("artifacts/" + "0" * 64 + "/x"),
        _extra("genba.db"), _extra("runs/ID.json"), _extra("C:\\evil"), _extra("STUDY.json"),
    ],
)  # fmt: skip
def test_a_hostile_file_is_refused_and_nothing_of_it_is_kept(
    exported: Path, tmp_path: Path, change: Callable[[dict[str, bytes]], None]
) -> None:
    hostile = rewrite(exported, tmp_path / "hostile.genba", change)
    with Workspace.open(tmp_path / "other") as other, pytest.raises(StudyFileInvalid):
        import_study(other, hostile, JOB)
    assert_empty(tmp_path / "other")
    assert not (tmp_path / "evil").exists()


def test_any_changed_byte_of_a_member_is_noticed(exported: Path, tmp_path: Path) -> None:
    def change(members: dict[str, bytes]) -> None:
        members["study.json"] = members["study.json"].replace(b"Press", b"press")

    hostile = rewrite(exported, tmp_path / "h.genba", change, seal=False)
    with Workspace.open(tmp_path / "other") as other, pytest.raises(StudyFileInvalid):
        import_study(other, hostile, JOB)


def _refused(path: Path, tmp_path: Path) -> None:
    with Workspace.open(tmp_path / "other") as other, pytest.raises(StudyFileInvalid):
        import_study(other, path, JOB)
    assert_empty(tmp_path / "other")


def test_links_and_duplicate_names_are_refused(exported: Path, tmp_path: Path) -> None:
    linked = tmp_path / "linked.genba"
    linked.write_bytes(exported.read_bytes())
    with zipfile.ZipFile(linked, "a") as opened:
        entry = zipfile.ZipInfo("artifacts/" + "0" * 64 + "/link")
        entry.create_system = 3
        entry.external_attr = (stat.S_IFLNK | 0o777) << 16
        opened.writestr(entry, "/etc/passwd")
    _refused(linked, tmp_path)

    doubled = tmp_path / "doubled.genba"
    doubled.write_bytes(exported.read_bytes())
    with zipfile.ZipFile(doubled, "a") as opened, pytest.warns(UserWarning, match="Duplicate"):
        opened.writestr("study.json", b"{}")
    _refused(doubled, tmp_path)


def test_bombs_are_refused_before_they_are_unpacked(
    exported: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bomb = tmp_path / "bomb.genba"
    bomb.write_bytes(exported.read_bytes())
    with zipfile.ZipFile(bomb, "a", zipfile.ZIP_DEFLATED) as opened:
        opened.writestr("artifacts/" + "0" * 64 + "/zeros", bytes(5_000_000))
    _refused(bomb, tmp_path)

    monkeypatch.setattr(archive, "MOST_MEMBERS", 50)
    many = tmp_path / "many.genba"
    with zipfile.ZipFile(many, "w") as opened:
        for n in range(60):
            opened.writestr(f"runs/{n:016x}.json", "{}")
    _refused(many, tmp_path)

    with Workspace.open(tmp_path / "other") as other, pytest.raises(StudyFileTooLarge):
        import_study(other, exported, JOB, most_bytes=100)


def test_a_study_that_nobody_could_take_in_is_not_exported(
    workspace: Workspace, study: Study, tmp_path: Path
) -> None:
    with pytest.raises(StudyFileTooLarge):
        export_study(workspace, study.study_id, tmp_path / "s.genba", JOB, most_bytes=100)


def test_what_is_no_study_file_is_said(exported: Path, tmp_path: Path) -> None:
    (tmp_path / "text").write_text("hello")
    _refused(tmp_path / "text", tmp_path)
    (tmp_path / "half").write_bytes(exported.read_bytes()[:-200])
    _refused(tmp_path / "half", tmp_path)
    other_zip = tmp_path / "zip"
    with zipfile.ZipFile(other_zip, "w") as opened:
        opened.writestr("manifest.json", '{"format": "x"}')
    _refused(other_zip, tmp_path)
    with Workspace.open(tmp_path / "other") as other, pytest.raises(MissingFile):
        import_study(other, tmp_path / "absent", JOB)


def test_a_newer_format_is_named_as_such(exported: Path, tmp_path: Path) -> None:
    def change(members: dict[str, bytes]) -> None:
        manifest = json.loads(members["manifest.json"]) | {"format_version": 2}
        members["manifest.json"] = json.dumps(manifest).encode()

    newer = rewrite(exported, tmp_path / "n.genba", change, seal=False)
    with Workspace.open(tmp_path / "other") as other, pytest.raises(StudyFileTooNew):
        import_study(other, newer, JOB)


def test_flipping_any_byte_never_gives_a_different_study(
    study: Study, exported: Path, tmp_path: Path
) -> None:
    sound = exported.read_bytes()
    damaged = tmp_path / "d.genba"
    with Workspace.open(tmp_path / "other") as other:
        for place in range(0, len(sound), max(1, len(sound) // 150)):
            damaged.write_bytes(sound[:place] + bytes([sound[place] ^ 0x55]) + sound[place + 1 :])
            try:
                arrived = import_study(other, damaged, JOB)
            except (StudyFileInvalid, StudyFileTooLarge, StudyFileTooNew):
                continue
            assert arrived.model_copy(update={"changed_at": study.changed_at}) == study
