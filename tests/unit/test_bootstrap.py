"""The set-up scripts of packaging/: what they decide, without installing anything."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import bootstrap
import checks
import environment
import system_packages

SCRIPTS = ("bootstrap.py", "environment.py", "system_packages.py", "checks.py")


@pytest.mark.parametrize("name", SCRIPTS)
def test_an_old_interpreter_can_read_the_set_up_and_say_what_it_needs(name: str) -> None:
    path = bootstrap.ROOT / "packaging" / name
    tree = ast.parse(path.read_text(encoding="utf-8"), feature_version=(3, 8))
    imported = {
        alias.name.partition(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for alias in node.names
    } | {n.module for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) and n.module}
    ours = {script.removesuffix(".py") for script in SCRIPTS}
    top = {name.partition(".")[0] for name in imported}
    assert top <= set(sys.stdlib_module_names) | ours


class TestCommandLine:
    def test_what_the_program_understands_is_passed_on(self) -> None:
        assert bootstrap._parse(["run", "--help"]) == ("run", ["--help"])
        assert bootstrap._parse(["test", "tests/unit", "-k", "x"]) == (
            "test",
            ["tests/unit", "-k", "x"],
        )

    @pytest.mark.parametrize("line", [["tset"], ["setup", "--fast"], ["setup", "now"]])
    def test_nonsense_is_refused_before_anything_is_installed(self, line: list[str]) -> None:
        with pytest.raises(bootstrap.UsageError):
            bootstrap.main(line)

    @pytest.mark.parametrize("line", [[], ["-h"], ["--help"], ["setup", "--help"]])
    def test_help_starts_nothing(self, line: list[str], capsys: pytest.CaptureFixture[str]) -> None:
        with pytest.raises(SystemExit) as stopped:
            bootstrap.main(line)
        assert stopped.value.code == 0
        assert "bootstrap.py demo" in capsys.readouterr().out

    def test_an_unsupported_interpreter_names_those_it_looked_for(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        monkeypatch.setattr(bootstrap, "OLDEST", (3, 98))
        monkeypatch.setattr(bootstrap, "NEWEST", (3, 99))
        monkeypatch.setenv("PATH", str(tmp_path))
        broken = tmp_path / "python3.12"  # a version manager's stand-in without the real one
        broken.write_text("#!/bin/sh\nexit 127\n")
        broken.chmod(0o755)
        with pytest.raises(environment.SetupError, match=r"python3\.13, python3\.12, python3\.11"):
            bootstrap._supported_interpreter()


class TestSystemPackages:
    def test_every_group_that_a_command_needs_is_listed(self) -> None:
        groups = system_packages.read(system_packages.LIST)
        assert {name for names in bootstrap.GROUPS.values() for name in names} == set(groups)
        assert all(groups.values())

    def test_an_entry_is_missing_only_when_no_alternative_is_installed(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        query = tmp_path / "dpkg-query"
        query.write_text(
            "#!/bin/sh\n"
            "printf 'new-name\\tinstalled\\nremoved\\tconfig-files\\n'\n"
            "exit 1\n"  # as the real one does when it does not know a name
        )
        query.chmod(0o755)
        monkeypatch.setenv("PATH", str(tmp_path))
        entries = ["old-name|new-name", "removed", "unknown"]
        assert system_packages.missing(entries) == ["removed", "unknown"]

    def test_a_plain_user_gets_one_command_and_goes_on(
        self,
        monkeypatch: pytest.MonkeyPatch,
        tmp_path: Path,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        query = tmp_path / "dpkg-query"
        query.write_text("#!/bin/sh\nexit 1\n")
        query.chmod(0o755)
        monkeypatch.setenv("PATH", str(tmp_path))
        monkeypatch.setattr(os, "geteuid", lambda: 1000)
        listing = tmp_path / "list.txt"
        listing.write_text("[base]\none|uno\ntwo # why\n")
        system_packages.ensure(["base"], listing)
        assert "sudo apt-get install -y one two\n" in capsys.readouterr().err


class TestEnvironment:
    def tree(self, root: Path) -> Path:
        """A checkout with lock files and an environment that is up to date."""
        (root / "packaging").mkdir()
        for name in ("requirements.txt", "requirements-dev.txt", "requirements-build.txt"):
            (root / "packaging" / name).write_text("one==1 --hash=sha256:00\n")
        (root / "pyproject.toml").write_text("[project]\n")
        python = root / ".venv" / "bin" / "python"
        python.parent.mkdir(parents=True)
        python.symlink_to(sys.executable)
        self.stamp(root, developer=True)
        return root

    def stamp(self, root: Path, *, developer: bool) -> None:
        made_from = environment._made_from(root, developer)
        (root / ".venv" / environment.STAMP).write_text(json.dumps(made_from))

    def test_an_up_to_date_environment_is_used_as_it_is(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        root = self.tree(tmp_path)
        monkeypatch.setattr(environment, "_fill", lambda *_: pytest.fail("installed again"))
        python = root / ".venv" / "bin" / "python"
        assert environment.ensure(root, developer=True) == python
        # The tools of a developer do no harm to whoever only runs the program.
        assert environment.ensure(root, developer=False) == python

    @pytest.mark.parametrize(
        "change",
        [
            lambda root: (root / "packaging" / "requirements-dev.txt").write_text("two==2\n"),
            lambda root: (root / "pyproject.toml").write_text("[project]\nname = 'x'\n"),
            lambda root: (root / ".venv" / environment.STAMP).write_text("no json"),
            lambda root: (root / ".venv" / environment.STAMP).unlink(),
            lambda root: (root / ".venv" / "bin" / "python").unlink(),
        ],
        ids=["lock", "pyproject", "stamp-broken", "stamp-gone", "interpreter-gone"],
    )
    def test_any_change_of_what_it_was_made_from_fills_it_again(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: object
    ) -> None:
        root = self.tree(tmp_path)
        assert callable(change)
        change(root)
        filled: list[Path] = []
        monkeypatch.setattr(environment, "_fill", lambda r, *_: filled.append(r))
        environment.ensure(root, developer=True)
        assert filled == [root]
        environment.ensure(root, developer=True)
        assert len(filled) == (2 if not (root / ".venv/bin/python").exists() else 1)

    def test_a_failed_filling_leaves_no_stamp_behind(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        root = self.tree(tmp_path)
        (root / "pyproject.toml").write_text("[project]\nname = 'x'\n")

        def fail(*_: object) -> None:
            raise environment.SetupError("no network")

        monkeypatch.setattr(environment, "_fill", fail)
        with pytest.raises(environment.SetupError):
            environment.ensure(root, developer=True)
        assert not (root / ".venv" / environment.STAMP).exists()

    def test_pip_takes_over_where_uv_fails(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        root = self.tree(tmp_path)
        uv = tmp_path / "uv"
        uv.write_text("#!/bin/sh\necho no route to the index\nexit 1\n")
        uv.chmod(0o755)
        monkeypatch.setattr(environment, "find_uv", lambda _: [str(uv)])
        filled: list[Path] = []
        monkeypatch.setattr(environment, "_fill_with_pip", lambda r, *_: filled.append(r))
        environment._fill(root, root / ".venv", [root / "packaging" / "requirements.txt"])
        assert filled == [root]
        assert "uv says: no route to the index" in capsys.readouterr().err

    def test_uv_is_told_of_the_index_that_pip_uses(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        for name in ("UV_DEFAULT_INDEX", "UV_INDEX_URL", "UV_CONFIG_FILE"):
            monkeypatch.delenv(name, raising=False)
        pip = tmp_path / "python"
        pip.write_text("#!/bin/sh\necho file:///mirror/simple\n")
        pip.chmod(0o755)
        monkeypatch.delenv("PIP_INDEX_URL", raising=False)
        assert environment._index_of_pip(pip) == {"UV_DEFAULT_INDEX": "file:///mirror/simple"}
        monkeypatch.setenv("PIP_INDEX_URL", "file:///other")
        assert environment._index_of_pip(pip) == {"UV_DEFAULT_INDEX": "file:///other"}
        monkeypatch.setenv("UV_DEFAULT_INDEX", "file:///own")
        assert environment._index_of_pip(pip) == {}

    def test_a_failing_program_is_quoted_in_the_error(self) -> None:
        command = [sys.executable, "-c", "print('no space left'); raise SystemExit(1)"]
        with pytest.raises(environment.SetupError, match="no space left"):
            environment._must(command, "pip")

    def test_uv_keeps_no_cache_where_it_cannot_write_one(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "not" / "yet"))
        assert environment._uv_cache() == []
        monkeypatch.setattr(os, "access", lambda *_: False)
        assert environment._uv_cache() == ["--no-cache"]


class TestChecks:
    def project(self, root: Path, test: str) -> Path:
        (root / "test_it.py").write_text(test, encoding="utf-8")
        return root

    @pytest.fixture(autouse=True)
    def plain_pytest(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Nested runs need none of the plugins, which cost a second each."""
        monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")

    def test_pytest_ends_with_its_own_closing_line(self, tmp_path: Path) -> None:
        root = self.project(tmp_path, "def test_a(): assert 0\ndef test_b(): pass\n")
        outcome, line = checks._pytest(root, Path(sys.executable), ["-p", "no:cacheprovider"])
        assert outcome == 1
        assert line.startswith("1 failed, 1 passed in")

    @pytest.mark.parametrize(
        "line",
        [
            "12 passed in 3.21s",
            "===== 1 failed, 2 passed, 1 warning in 61.00s (0:01:01) =====",
            "1 error in 0.10s",
            "===== no tests ran in 0.01s =====",
            "3 skipped in 0.05s",
        ],
    )
    def test_each_form_of_a_closing_line_is_known(self, line: str) -> None:
        assert checks._CLOSING.match(line)

    @pytest.mark.parametrize("line", ["FAILED a.py::test_b - 1 passed in", "....  [100%]"])
    def test_other_lines_are_no_closing_line(self, line: str) -> None:
        assert not checks._CLOSING.match(line)

    def test_the_tests_get_a_workspace_of_their_own_and_no_screen(self, tmp_path: Path) -> None:
        root = self.project(
            tmp_path,
            "import os\n"
            "def test_a():\n"
            "    assert os.environ['QT_QPA_PLATFORM'] == 'offscreen'\n"
            "    assert 'genba-test-' in os.environ['GENBA_HOME']\n"
            "    assert os.environ['OMP_NUM_THREADS'] == '1'\n",
        )
        arguments = ["-p", "no:cacheprovider", "-q"]
        assert checks.pytest_only(root, Path(sys.executable), arguments) == 0

    def test_one_failed_check_fails_the_whole(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        failing = ("python", "-c", "print('E501'); raise SystemExit(1)")
        monkeypatch.setattr(checks, "STATIC", (("fine", ("python", "-V")), ("style", failing)))
        monkeypatch.setattr(checks, "_pytest", lambda *_: (0, "3 passed in 0.1s"))
        assert checks.everything(tmp_path, Path(sys.executable)) == 1
        lines = capsys.readouterr().out.splitlines()
        assert "E501" in lines
        assert lines[-1] == "3 passed in 0.1s"
        assert [line.split()[:2] for line in lines[-4:-1]] == [
            ["fine", "ok"],
            ["style", "FAILED"],
            ["pytest", "ok"],
        ]


def test_it_starts_from_anywhere_with_nothing_set(tmp_path: Path) -> None:
    script = bootstrap.ROOT / "packaging" / "bootstrap.py"
    answer = subprocess.run(
        [sys.executable, str(script), "--help"],
        cwd=tmp_path,
        env={"PATH": os.defpath},
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0
    assert "demo" in answer.stdout
    assert answer.stderr == ""
