from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from genba.errors import DiskFull, InvalidValue, NotWritable
from genba.store import database
from genba.store.database import FILE_NAME, HEAD, alembic_configuration
from genba.store.faults import (
    NotAWorkspace,
    WorkspaceBusy,
    WorkspaceDamaged,
    WorkspaceTooNew,
)
from genba.store.home import default_home
from genba.store.workspace import Workspace
from unit.store.nouns import a_model

SOURCE = Path(database.__file__).parents[2]


def _python(code: str, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": str(SOURCE)},
    )  # fmt: skip


def test_the_default_home_is_the_environment_s(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("GENBA_HOME", str(tmp_path / "w"))
    assert default_home() == tmp_path / "w"
    with Workspace.open() as workspace:
        assert workspace.home == tmp_path / "w"
    monkeypatch.delenv("GENBA_HOME")
    assert default_home().name == "genba"


def test_the_file_is_marked_as_ours_and_safe_settings_are_on(tmp_path: Path) -> None:
    with Workspace.open(tmp_path) as workspace, workspace._read() as session:
        pragma = {
            name: session.connection().exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("application_id", "journal_mode", "foreign_keys", "trusted_schema")
        }
    assert pragma == {
        "application_id": 0x47454E42, "journal_mode": "wal", "foreign_keys": 1, "trusted_schema": 0,
    }  # fmt: skip


def test_the_migrations_give_exactly_the_tables_of_the_code(tmp_path: Path) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext
    from alembic.script import ScriptDirectory

    from genba.store.tables import Base

    assert ScriptDirectory.from_config(alembic_configuration()).get_current_head() == HEAD
    with Workspace.open(tmp_path) as workspace, workspace._read() as session:
        context = MigrationContext.configure(session.connection())
        assert compare_metadata(context, Base.metadata) == []


def test_alembic_is_imported_only_when_the_schema_differs(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from genba.store.workspace import Workspace\n"
        "with Workspace.open(Path(sys.argv[1])): print('alembic' in sys.modules)"
    )
    first, second = (_python(code, str(tmp_path)).communicate()[0] for _ in range(2))
    assert (first.strip(), second.strip()) == ("True", "False")


@pytest.mark.parametrize(
    "content", [b"not a database at all" * 50, b"SQLite format 3\x00" + b"x" * 5000]
)
def test_a_file_that_is_no_database_is_left_untouched(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE_NAME).write_bytes(content)
    with pytest.raises(WorkspaceDamaged), Workspace.open(tmp_path):
        pass
    assert (tmp_path / FILE_NAME).read_bytes() == content


def test_every_damaged_page_is_noticed_or_harmless(tmp_path: Path) -> None:
    with Workspace.open(tmp_path) as workspace:
        for n in range(40):
            workspace.models.add(a_model(data=str(n).encode()))
    path = tmp_path / FILE_NAME
    sound = path.read_bytes()
    noticed = 0
    pages = range(0, len(sound), 4096)
    for page in pages:
        path.write_bytes(sound[:page] + bytes(64) + sound[page + 64 :])
        try:
            with Workspace.open(tmp_path) as workspace:
                assert len(workspace.models.list()) == 40
        except (WorkspaceDamaged, NotAWorkspace):
            noticed += 1
        for extra in ("-wal", "-shm"):
            (tmp_path / (FILE_NAME + extra)).unlink(missing_ok=True)
    assert noticed > len(pages) // 2


def test_an_emptied_database_is_not_mistaken_for_a_new_one(tmp_path: Path) -> None:
    with Workspace.open(tmp_path) as workspace:
        workspace.artifacts.put_bytes({"a": b"1"})
    (tmp_path / FILE_NAME).write_bytes(b"")
    with pytest.raises(WorkspaceDamaged), Workspace.open(tmp_path):
        pass


def test_a_document_that_does_not_fit_its_noun_is_damage(tmp_path: Path) -> None:
    with Workspace.open(tmp_path) as workspace:
        workspace.models.add(a_model())
    with sqlite3.connect(tmp_path / FILE_NAME) as raw:
        raw.execute("UPDATE models SET document = '{}'")
    raw.close()
    with Workspace.open(tmp_path) as workspace, pytest.raises(WorkspaceDamaged):
        workspace.models.list()


def test_another_program_s_database_is_refused(tmp_path: Path) -> None:
    for number, statement in enumerate(["PRAGMA application_id=7", "CREATE TABLE x (y)"]):
        home = tmp_path / str(number)
        home.mkdir()
        raw = sqlite3.connect(home / FILE_NAME)
        raw.execute(statement)
        raw.execute("CREATE TABLE z (y)")
        raw.commit()
        raw.close()
        with pytest.raises(NotAWorkspace), Workspace.open(home):
            pass


def test_a_newer_schema_is_refused(tmp_path: Path) -> None:
    with Workspace.open(tmp_path):
        pass
    raw = sqlite3.connect(tmp_path / FILE_NAME)
    raw.execute("UPDATE alembic_version SET version_num = '9999'")
    raw.commit()
    raw.close()
    with pytest.raises(WorkspaceTooNew), Workspace.open(tmp_path):
        pass


def test_a_writer_that_holds_on_too_long_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "BUSY_S", 0.05)
    with Workspace.open(tmp_path) as workspace:
        other = sqlite3.connect(tmp_path / FILE_NAME, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(WorkspaceBusy):
            workspace.models.add(a_model())
        assert workspace.models.list() == ()  # readers are not disturbed
        other.execute("ROLLBACK")
        other.close()
        workspace.models.add(a_model())


def test_a_full_disk_is_said_and_the_workspace_survives(small_disk: Path) -> None:
    stored = 0

    def fill() -> None:
        nonlocal stored
        with Workspace.open(small_disk) as workspace:
            for n in range(2000):
                workspace.models.add(a_model(name="x" * 500, data=str(n).encode()))
                stored += 1

    with pytest.raises(DiskFull):
        fill()
    assert stored > 0
    subprocess.run(["mount", "-o", "remount,size=8m", str(small_disk)], check=True)
    with Workspace.open(small_disk) as workspace:
        assert len(workspace.models.list()) == stored


def test_a_read_only_disk_is_said(small_disk: Path) -> None:
    with Workspace.open(small_disk):
        pass
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    with pytest.raises(NotWritable), Workspace.open(small_disk) as workspace:
        workspace.models.add(a_model())


def test_a_home_that_is_a_file_is_said(tmp_path: Path) -> None:
    (tmp_path / "f").write_text("")
    with pytest.raises(NotWritable), Workspace.open(tmp_path / "f"):
        pass


def test_a_bad_address_of_the_team_s_database_is_said_without_showing_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("GENBA_HOME", str(tmp_path))
    monkeypatch.setenv("GENBA_DATABASE_URL", "nonsense://u:secret@h/d")
    with pytest.raises(InvalidValue) as caught, Workspace.open():
        pass
    assert "secret" not in str(caught.value)


_WRITER = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from unit.store.nouns import a_model
from genba.store.workspace import Workspace
with Workspace.open(Path(sys.argv[1])) as workspace:
    for n in range(100000):
        artifact = workspace.artifacts.put_bytes({"m": str(n).encode() * 1000})
        workspace.models.add(a_model(data=str(n).encode()))
        print(n, flush=True)
"""


@pytest.mark.parametrize("after", [1, 15])
def test_killed_in_the_middle_of_writing_nothing_that_was_kept_is_lost(
    tmp_path: Path, after: int
) -> None:
    writer = _python(_WRITER, str(tmp_path), str(Path(__file__).parents[2]))
    assert writer.stdout is not None
    said = [next(writer.stdout) for _ in range(after)]
    writer.send_signal(signal.SIGKILL)
    said += list(writer.stdout)
    writer.wait()

    with Workspace.open(tmp_path) as workspace:
        kept = workspace.models.list()
        assert len(said) <= len(kept) <= len(said) + 1
        for identifier in workspace.artifacts.ids():
            workspace.artifacts.verify(identifier)
        assert len(workspace.artifacts.ids()) >= len(kept)
        workspace.models.add(a_model(data=b"after"))


_MANY = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from unit.store.nouns import a_model
from genba.store.workspace import Workspace
for n in range(10):
    with Workspace.open(Path(sys.argv[1])) as workspace:
        workspace.models.add(a_model(data=f"{sys.argv[3]}-{n}".encode()))
"""


def test_several_processes_share_one_workspace_from_its_first_moment(tmp_path: Path) -> None:
    tests = str(Path(__file__).parents[2])
    writers = [_python(_MANY, str(tmp_path), tests, str(n)) for n in range(2)]
    assert [w.wait() for w in writers] == [0, 0]
    with Workspace.open(tmp_path) as workspace:
        assert len(workspace.models.list()) == 20
